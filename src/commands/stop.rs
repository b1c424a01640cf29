//! Ctrl-C and SIGTERM: the first ends everything in good order, the second at once.

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::running::Running;
use crate::config::problem::{Problem, Problems};

/// What asks us to stop.
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// Listens for them from now on; until then they end the process.
    pub(super) fn listen() -> Result<Self, Problem> {
        let failed =
            |error| Problem::new("signals", format!("cannot be listened for: {error}"), "Try again.");
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).map_err(failed)?,
            terminate: signal(SignalKind::terminate()).map_err(failed)?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    /// Lets it run until somebody asks for the end, or a part of it fails.
    pub(super) async fn run(mut self, mut running: Running) -> Result<(), Problems> {
        let failure = tokio::select! {
            () = self.next() => None,
            problem = running.ended() => Some(problem),
        };
        tracing::info!("stopping");
        let stopped = tokio::select! {
            stopped = running.stop() => stopped,
            () = self.next() => {
                let mend = "What was in hand is taken up at the next start.";
                Err(Problem::new("the shutdown", "was cut short by a second signal", mend))
            }
        };
        match failure {
            Some(problem) => Err(problem.into()),
            None => Ok(stopped?),
        }
    }
}
