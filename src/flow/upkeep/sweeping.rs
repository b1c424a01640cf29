//! Clearing up, a little at a time: late messages, dead workers' leases, rows nothing looks at any more.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use watchword_domain::timeline::Step;

use crate::error::Fault;
use crate::{Watchword, timeline};

/// How often it is looked.
const PACE: Duration = Duration::from_secs(5);

/// How long after its code died a message that nobody reported on is given up: reports may come late.
const UNHEARD: Duration = Duration::from_secs(60);

/// How long others may write between two rounds, when more lies there than one round removes.
const BREATH: Duration = Duration::from_millis(50);

/// Rows of each kind removed in one go.
const MOST: u64 = 500;

/// What a round of clearing up came to.
struct Round {
    touched: u64,
    is_cut_short: bool,
}

impl Watchword {
    /// Sweeps until told to stop.
    pub async fn run_sweeping(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let pause = match self.round().await {
                Ok(Round { is_cut_short: true, .. }) => BREATH,
                Ok(_) => PACE,
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "sweeping failed");
                    PACE
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = stop.changed() => {}
            }
        }
        // What was refused since the last round.
        if let Err(error) = self.write_refusals().await {
            tracing::error!(error = &error as &dyn std::error::Error, "refusals were not written");
        }
    }

    /// One round of clearing up. Gives how many rows were touched.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep(&self) -> Result<u64, Fault> {
        Ok(self.round().await?.touched)
    }

    async fn round(&self) -> Result<Round, Fault> {
        let now = self.clock.now();
        let written = self.write_refusals().await?;
        self.tell_of_troubled_senders().await;
        let tx = self.store.begin_system().await?;
        let mut expired = tx.sweep_late_messages(now, MOST).await?;
        expired.extend(tx.sweep_unheard_messages(now - UNHEARD, MOST).await?);
        let mut touched = expired.len() as u64;
        touched += tx.sweep_dead_leases(now).await?;
        touched += tx.sweep_dead_codes(now).await?;
        let swept = tx.sweep(&self.settings.lifetimes, now, MOST).await?;
        touched += swept.removed;
        if touched > 0 {
            tx.commit().await?;
        }
        for message in &expired {
            self.delivery.tell(&message.challenge_id);
            timeline::count(&message.channel, &message.recipient, Step::Expired);
        }
        let under_way = self.store.read_system().count_messages_under_way().await?;
        metrics::gauge!("watchword_messages_under_way")
            .set(f64::from(u32::try_from(under_way).unwrap_or(u32::MAX)));
        Ok(Round { touched: touched + written, is_cut_short: swept.is_cut_short })
    }
}
