//! Parts that run until they are told to stop, and the order in which they are told.

use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{Id, JoinSet};
use tokio::time::timeout;
use watchword_store::Store;

use crate::config::problem::Problem;

/// How long the parts may take to stop. Requests in hand are given eight seconds, and who supervises us waits ten.
const PATIENCE: Duration = Duration::from_millis(8500);

/// How long the database may take to be closed.
const CLOSING: Duration = Duration::from_secs(1);

/// How long one stage is waited for before the next is told, too.
const STAGE_PATIENCE: Duration = Duration::from_secs(4);

/// The order of stopping: first nothing new comes in, then what is in hand is finished, then who it is handed to goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// What takes requests.
    Doors,
    /// What works on what they brought: the outbox, sweeping, rotation.
    Work,
    /// What stands in for others: the simulator.
    Others,
}

const STAGES: [Stage; 3] = [Stage::Doors, Stage::Work, Stage::Others];

/// Everything that runs. Dropped, it ends at once.
#[derive(Default)]
pub struct Running {
    stops: [watch::Sender<bool>; STAGES.len()],
    tasks: JoinSet<Result<(), Problem>>,
    stage_of: HashMap<Id, Stage>,
    stores: Vec<Store>,
}

impl Running {
    /// What tells a part of this stage to stop: it turns true.
    pub fn stop_of(&self, stage: Stage) -> watch::Receiver<bool> {
        let [doors, work, others] = &self.stops;
        match stage {
            Stage::Doors => doors,
            Stage::Work => work,
            Stage::Others => others,
        }
        .subscribe()
    }

    /// Runs a part.
    pub fn spawn(&mut self, stage: Stage, part: impl Future<Output = Result<(), Problem>> + Send + 'static) {
        let handle = self.tasks.spawn(part);
        self.stage_of.insert(handle.id(), stage);
    }

    /// Closes this store when all have stopped.
    pub fn keep(&mut self, store: Store) {
        self.stores.push(store);
    }

    /// Waits for a part that ends without having been told to. Something is wrong then.
    pub async fn ended(&mut self) -> Problem {
        match self.next().await {
            Some(Err(problem)) => problem,
            Some(Ok(())) => Problem::new("a part of the program", "ended by itself", "The log says why."),
            None => std::future::pending().await,
        }
    }

    /// Stops stage after stage, within ten seconds. What has not ended by then is broken off, as a crash might do it: every
    /// transaction is whole or was none, and a message without an answer counts as unknown.
    ///
    /// # Errors
    /// When something failed while it stopped.
    pub async fn stop(mut self) -> Result<(), Problem> {
        match timeout(PATIENCE, self.finish()).await {
            Ok(finished) => finished?,
            Err(_) => {
                tracing::warn!("what was in hand was broken off; it is taken up at the next start");
                self.tasks.shutdown().await;
            }
        }
        timeout(CLOSING, self.close()).await.unwrap_or_else(|_| Err(not_closed("it took too long")))
    }

    async fn finish(&mut self) -> Result<(), Problem> {
        for (stage, stop) in STAGES.into_iter().zip(self.stops.clone()) {
            stop.send_replace(true);
            if let Ok(finished) = timeout(STAGE_PATIENCE, self.finish_stage(stage)).await {
                finished?;
            }
        }
        while let Some(finished) = self.next().await {
            finished?;
        }
        Ok(())
    }

    async fn close(&mut self) -> Result<(), Problem> {
        for store in self.stores.drain(..) {
            store.close().await.map_err(not_closed)?;
        }
        Ok(())
    }

    async fn finish_stage(&mut self, stage: Stage) -> Result<(), Problem> {
        while self.stage_of.values().any(|other| *other == stage) {
            match self.next().await {
                Some(finished) => finished?,
                None => break,
            }
        }
        Ok(())
    }

    async fn next(&mut self) -> Option<Result<(), Problem>> {
        let (id, outcome) = match self.tasks.join_next_with_id().await? {
            Ok((id, outcome)) => (id, outcome),
            Err(error) => {
                let wrong = "broke off with a panic";
                let mend = "This is a fault of the program: please report it with the log.";
                (error.id(), Err(Problem::new("a part of the program", wrong, mend)))
            }
        };
        self.stage_of.remove(&id);
        Some(outcome)
    }
}

fn not_closed(why: impl std::fmt::Display) -> Problem {
    Problem::new("the database", format!("was not closed: {why}"), "Look at its log.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[tokio::test]
    async fn doors_close_before_the_work_behind_them_ends() {
        let mut running = Running::default();
        let order = Arc::new(Mutex::new(Vec::new()));
        for stage in [Stage::Others, Stage::Work, Stage::Doors] {
            let (mut stop, order) = (running.stop_of(stage), order.clone());
            running.spawn(stage, async move {
                let _ = stop.wait_for(|stop| *stop).await;
                order.lock().unwrap().push(stage);
                Ok(())
            });
        }
        running.stop().await.unwrap();
        assert_eq!(*order.lock().unwrap(), STAGES);
    }

    #[tokio::test]
    async fn a_part_that_ends_by_itself_is_noticed() {
        let mut running = Running::default();
        running.spawn(Stage::Work, std::future::pending());
        running.spawn(Stage::Doors, async { Err(Problem::new("the door", "is stuck", "Oil it.")) });
        assert_eq!(running.ended().await.what, "the door");
    }
}
