//! Looks at the templates of every live sender when it starts, and every hour from then on.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::Watchword;

/// How often it is looked. Meta tells of changes by itself; this is for what was not heard.
const PACE: Duration = Duration::from_secs(60 * 60);

impl Watchword {
    /// Looks until told to stop.
    pub async fn run_template_looks(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            // Broken off, a look has learned what it had read.
            tokio::select! {
                outcome = self.look_at_templates() => if let Err(error) = outcome {
                    tracing::error!(error = &error as &dyn std::error::Error, "templates cannot be looked at");
                },
                _ = stop.changed() => return,
            }
            tokio::select! {
                () = tokio::time::sleep(PACE) => {}
                _ = stop.changed() => {}
            }
        }
    }
}
