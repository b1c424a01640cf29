//! Signing keys get their successors in time, whichever node looks first.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use watchword_domain::key_rotation::KeyRotation;

use crate::Watchword;
use crate::error::Fault;

/// How often it is looked. A successor has a day before it signs.
const PACE: Duration = Duration::from_secs(60);

/// Keys looked at in one go: what a small machine makes without anybody noticing.
const MOST: u64 = 20;

impl Watchword {
    /// Rotates until told to stop.
    pub async fn run_rotation(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            // Broken off, a round has made all of a successor or nothing of it.
            tokio::select! {
                outcome = self.rotate_aged_keys() => if let Err(error) = outcome {
                    tracing::error!(error = &error as &dyn std::error::Error, "signing keys cannot be looked at");
                },
                _ = stop.changed() => return,
            }
            tokio::select! {
                () = tokio::time::sleep(PACE) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// One round: keys that are due get successors, in the pools that have waited longest. Gives how many were made.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rotate_aged_keys(&self) -> Result<usize, Fault> {
        let due_since = KeyRotation::of(&self.settings.lifetimes).due_since(self.clock.now());
        let mut made = 0;
        for pool in self.store.read_system().list_pools_with_aged_keys(due_since, MOST).await? {
            match self.rotate_due_keys(&pool).await {
                Ok(added) => made += added,
                Err(fault) if fault.is_outage() => return Err(fault),
                // One pool's trouble is no reason to leave the others waiting.
                Err(fault) => {
                    tracing::error!(%pool, error = &fault as &dyn std::error::Error, "no successor was made");
                }
            }
        }
        Ok(made)
    }
}
