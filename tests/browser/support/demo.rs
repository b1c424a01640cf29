//! `watchword demo` as a child process, on free ports and in a directory of its own.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;

use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::PATIENCE;

/// A running demo. It ends with this value.
pub struct Demo {
    /// The pool's issuer.
    pub issuer: String,
    /// The provider's own address.
    pub provider: String,
    pub simulator: String,
    pub portal: String,
    pub(super) child: Mutex<Child>,
    pub(super) dir: TempDir,
}

impl Demo {
    /// Starts one, and waits until it says where it is. `settings` are environment variables.
    pub async fn start(settings: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (child, ready) = ready(command(&dir, settings), &dir).await;
        let address =
            |part: &str| ready[part].as_str().expect("an address").replace("127.0.0.1", "localhost");
        let provider = address("provider");
        Self {
            issuer: format!("{provider}/acme"),
            provider,
            simulator: address("simulator"),
            portal: address("portal"),
            child: Mutex::new(child),
            dir,
        }
    }

    /// Ends it at once, as a crash does.
    pub fn end(&self) {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        // It may have ended by itself; there is nothing else to be done about an error here.
        let _ = child.kill();
        let _ = child.wait();
    }

    /// What it wrote to its error stream.
    pub fn errors(&self) -> String {
        errors_in(&self.dir)
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.end();
    }
}

fn command(dir: &TempDir, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_watchword"));
    command.args([
        "demo",
        "--provider-port",
        "0",
        "--simulator-port",
        "0",
        "--portal-port",
        "0",
        "--json-ready",
    ]);
    command.arg("--dir").arg(dir.path().join("demo"));
    // Nothing of the person who runs the tests, and no port that two demos would share.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("WATCHWORD_") {
            command.env_remove(name);
        }
    }
    // Every test comes from one address; those of the proof of work say otherwise.
    command.env("WATCHWORD_LIMITS_STARTS_BEFORE_PROOF", "100000");
    command.env("WATCHWORD_METRICS_LISTEN", "off").envs(settings.iter().copied());
    command
}

/// Starts it and waits for the line that says where it is. Its errors are kept in `dir`.
pub(super) async fn ready(mut command: Command, dir: &TempDir) -> (Child, Value) {
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    command.stderr(File::create(dir.path().join("errors")).unwrap());
    let mut child = command.spawn().expect("it starts");
    let first_line = first_line_of(child.stdout.take().unwrap());
    let line = timeout(PATIENCE, first_line).await.expect("it says that it is ready").unwrap_or_default();
    let ready = serde_json::from_str(&line)
        .unwrap_or_else(|_| panic!("the first line is no JSON: {line:?}\n{}", errors_in(dir)));
    (child, ready)
}

/// The first line, as soon as it is there. What follows is read and forgotten, so that the demo never waits to write.
fn first_line_of(stdout: ChildStdout) -> oneshot::Receiver<String> {
    let (tell, told) = oneshot::channel();
    thread::spawn(move || {
        let mut reader = BufReader::new(stdout);
        let mut line = String::new();
        let _ = reader.read_line(&mut line);
        let _ = tell.send(line);
        let _ = reader.read_to_end(&mut Vec::new());
    });
    told
}

fn errors_in(dir: &TempDir) -> String {
    fs::read_to_string(dir.path().join("errors")).unwrap_or_default()
}
