//! Whether messages are handed to the shared sender, or it is left alone because it is out of order.

use std::sync::{Mutex, MutexGuard, PoisonError};

use watchword_domain::breaker::Breaker;
use watchword_domain::{FailureClass, Timestamp};
use watchword_messaging::Outcome;
use watchword_messaging::whatsapp::errors;

/// What this process knows of the sender. Each node finds out by itself: a few messages are no storm.
#[derive(Default)]
pub(crate) struct SenderState(Mutex<Breaker>);

impl SenderState {
    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        // A breaker changes in one step: whoever panicked elsewhere left none half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a message comes to that is not even handed over, while the sender is left alone.
    pub(crate) fn refuses(&self, now: Timestamp) -> Option<Outcome> {
        let code = self.breaker().admits(now).err()?;
        Some(Outcome::Rejected { code, class: FailureClass::SenderUnavailable, retry_after: None })
    }

    /// The provider took a message.
    pub(crate) fn took(&self) {
        if self.breaker().succeeded() {
            metrics::gauge!("watchword_sender_out_of_order").set(0);
            tracing::info!("the WhatsApp sender works again");
        }
    }

    /// The provider refused a message with this code, at once or by report. Whoever runs the sender is told once.
    pub(crate) fn refused(&self, code: i64, now: Timestamp) {
        if errors::stops_sender(code) && self.breaker().failed(code, now) {
            let meaning = errors::known(code).map_or("", |known| known.meaning);
            metrics::gauge!("watchword_sender_out_of_order").set(1);
            tracing::error!(
                code,
                meaning,
                "the WhatsApp sender is out of order: nobody gets a code until this is mended; `watchword doctor` says more"
            );
        }
    }
}
