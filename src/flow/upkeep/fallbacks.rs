//! Lets another channel step in where a project wants that by itself: for messages that failed, and for those nothing was
//! heard of for long enough.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::Watchword;
use crate::error::Fault;

/// How late another channel steps in at most when nobody wakes this.
const PATIENCE: Duration = Duration::from_secs(1);

/// Messages looked at in one go.
const MOST: u64 = 64;

impl Watchword {
    /// Lets other channels step in until told to stop.
    pub async fn run_fallbacks(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            if let Err(fault) = self.fall_back_due().await {
                tracing::error!(error = &fault as &dyn std::error::Error, "no other channel could step in");
            }
            tokio::select! {
                () = self.delivery.fallbacks_woken() => {}
                () = tokio::time::sleep(PATIENCE) => {}
                _ = stop.changed() => return,
            }
        }
    }

    async fn fall_back_due(&self) -> Result<(), Fault> {
        let due = self.store.read_system().list_due_fallbacks(self.clock.now(), MOST).await?;
        for (pool, challenge, message) in due {
            // One that cannot be helped holds up nobody else's.
            if let Err(fault) = self.fall_back(&pool, &challenge, message.clone()).await {
                tracing::error!(error = &fault as &dyn std::error::Error, %message, "no other channel could step in");
                self.forget_fallback(&pool, &message).await?;
            }
        }
        Ok(())
    }
}
