//! The provider as a process of its own: started, killed, asked to end.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use serde_json::Value;

use super::process::Process;

/// A `watchword serve` that this test started. Gone when this value is.
pub struct Provider {
    pub address: SocketAddr,
    /// Where its metrics are, if it has any.
    pub metrics: Option<String>,
    process: Process,
}

impl Provider {
    /// Starts it and waits for the line that says it is ready. Its log is kept in `dir`.
    pub async fn start(mut command: Command, dir: &Path) -> Self {
        let log = dir.join("serve.log");
        let file = std::fs::File::options().create(true).append(true).open(&log).unwrap();
        let (process, said) = Process::start(command.stdout(Stdio::piped()).stderr(file));
        let first_line = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            BufReader::new(said.unwrap()).read_line(&mut line).map(|_| line)
        });
        let line = first_line.await.unwrap().unwrap();
        let ready: Value = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("it did not start: {line}{}", std::fs::read_to_string(&log).unwrap()));
        let address = ready["provider"].as_str().unwrap().trim_start_matches("http://").parse().unwrap();
        Self { address, metrics: ready["metrics"].as_str().map(str::to_owned), process }
    }

    /// `kill -9`: it has no chance to finish anything.
    pub fn kill(self) {
        self.process.kill();
    }

    /// `SIGTERM`: please end.
    pub fn ask_to_end(&self) {
        self.process.signal("TERM");
    }

    /// How it ended.
    pub async fn ended(self) -> ExitStatus {
        self.process.ended().await
    }
}
