//! The provider as a process of its own: started, killed, asked to end.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use serde_json::Value;

use super::until;

/// A `watchword serve` that this test started. Gone when this value is.
pub struct Provider {
    pub address: SocketAddr,
    child: Child,
}

impl Provider {
    /// Starts it and waits for the line that says it is ready. Its log is kept in `dir`.
    pub async fn start(mut command: Command, dir: &Path) -> Self {
        let log = dir.join("serve.log");
        let file = std::fs::File::options().create(true).append(true).open(&log).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(file).spawn().unwrap();
        let output = child.stdout.take().unwrap();
        let first_line = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            BufReader::new(output).read_line(&mut line).map(|_| line)
        });
        let line = first_line.await.unwrap().unwrap();
        let ready: Value = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("it did not start: {line}{}", std::fs::read_to_string(&log).unwrap()));
        let address = ready["provider"].as_str().unwrap().trim_start_matches("http://").parse().unwrap();
        Self { address, child }
    }

    /// `kill -9`: it has no chance to finish anything.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// `SIGTERM`: please end.
    pub fn ask_to_end(&self) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(asked.unwrap().success());
    }

    /// How it ended.
    pub async fn ended(mut self) -> ExitStatus {
        until("the end of the provider", async || self.child.try_wait().unwrap()).await
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        // Gone already, after `kill` and `ended`; a test that failed leaves it running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
