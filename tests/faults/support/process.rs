//! A process of this test's own.

use std::process::{Child, ChildStdout, Command, ExitStatus};

use super::until;

/// Something that this test started. Gone when this value is.
pub struct Process(Child);

impl Process {
    /// Starts it. What it says is there to be read, if the command pipes it.
    pub fn start(command: &mut Command) -> (Self, Option<ChildStdout>) {
        let mut child = command.spawn().unwrap();
        let said = child.stdout.take();
        (Self(child), said)
    }

    /// `kill -9`: it has no chance to finish anything.
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Sends a signal, such as `TERM`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([format!("-{name}"), self.0.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }

    /// How it ended, by itself.
    pub async fn ended(mut self) -> ExitStatus {
        until("the end of a process", async || self.0.try_wait().unwrap()).await
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Gone already, after `kill` and `ended`; a test that failed leaves it running.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
