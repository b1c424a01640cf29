//! Which senders are handed messages now: one that is out of order is left alone, one that takes no more for the moment is
//! waited for, and neither holds up the others.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use watchword_domain::breaker::Breaker;
use watchword_domain::ids::SenderId;
use watchword_domain::pace::Pace;
use watchword_domain::{FailureClass, Timestamp};
use watchword_messaging::Outcome;
use watchword_messaging::sms::{self, Provider};
use watchword_messaging::whatsapp::errors;

/// A provider's refusal, as far as it concerns the sender and not the message.
pub(crate) struct Refusal {
    code: i64,
    meaning: &'static str,
    stops_sender: bool,
    asks_too_much: bool,
}

impl Refusal {
    /// What this code of Meta's means for the sender.
    pub(crate) fn on_whatsapp(code: i64) -> Self {
        Self {
            code,
            meaning: errors::known(code).map_or("", |known| known.meaning),
            stops_sender: errors::stops_sender(code),
            asks_too_much: errors::asks_too_much(code),
        }
    }

    /// What this code of a provider of SMS means for the account there.
    pub(crate) fn by_sms(provider: Provider, code: i64) -> Self {
        Self {
            code,
            meaning: sms::errors::known(provider, code).map_or("", |known| known.meaning),
            stops_sender: sms::errors::stops_sender(provider, code),
            asks_too_much: false,
        }
    }
}

/// How often it is written down that a sender's webhooks arrive.
const HEARD_ANEW: Duration = Duration::from_secs(60);

/// What this process knows of the senders it hands messages to. Each node finds out by itself: a few messages are no storm,
/// and a provider that is asked for too much by several nodes says so to each.
pub(crate) struct SenderStates {
    per_second: u32,
    states: Mutex<HashMap<SenderId, State>>,
}

struct State {
    breaker: Breaker,
    pace: Pace,
    /// When it was last written down that its webhooks arrive.
    heard_at: Option<Timestamp>,
}

impl SenderStates {
    /// Senders that take so many messages a second each.
    pub(crate) fn new(per_second: u32) -> Self {
        Self { per_second, states: Mutex::default() }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<SenderId, State>> {
        // A state changes in one step: whoever panicked elsewhere left none half changed.
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of<T>(&self, sender: &SenderId, change: impl FnOnce(&mut State) -> T) -> T {
        let mut all = self.all();
        if let Some(state) = all.get_mut(sender) {
            return change(state);
        }
        let new = State { breaker: Breaker::default(), pace: Pace::new(self.per_second), heard_at: None };
        change(all.entry(sender.clone()).or_insert(new))
    }

    /// The senders that take no message at `now`, and when the first of them does again.
    pub(crate) fn resting(&self, now: Timestamp) -> (Vec<SenderId>, Option<Timestamp>) {
        let all = self.all();
        let resting = || all.iter().filter(|(_, state)| state.pace.room(now) == 0);
        let first = resting().map(|(_, state)| state.pace.opens(now)).min();
        (resting().map(|(id, _)| id.clone()).collect(), first)
    }

    /// Speaks for one message of this sender.
    ///
    /// # Errors
    /// When it takes none now: the moment it does again.
    pub(crate) fn take(&self, sender: &SenderId, now: Timestamp) -> Result<(), Timestamp> {
        self.of(sender, |state| if state.pace.take(now) { Ok(()) } else { Err(state.pace.opens(now)) })
    }

    /// What a message comes to that is not even handed over, while its sender is left alone.
    pub(crate) fn refuses(&self, sender: &SenderId, now: Timestamp) -> Option<Outcome> {
        let code = self.of(sender, |state| state.breaker.admits(now)).err()?;
        Some(Outcome::Rejected { code, class: FailureClass::SenderUnavailable, retry_after: None })
    }

    /// The provider took a message.
    pub(crate) fn took(&self, sender: &SenderId) {
        if self.of(sender, |state| state.breaker.succeeded()) {
            metrics::gauge!("watchword_senders_out_of_order").decrement(1);
            tracing::info!(%sender, "a sender works again");
        }
    }

    /// The provider refused a message, at once or by report. Whoever runs the sender is told once.
    pub(crate) fn refused(&self, sender: &SenderId, refusal: &Refusal, now: Timestamp) {
        if refusal.asks_too_much {
            self.of(sender, |state| state.pace.rest(now));
        }
        if refusal.stops_sender && self.of(sender, |state| state.breaker.failed(refusal.code, now)) {
            metrics::gauge!("watchword_senders_out_of_order").increment(1);
            tracing::error!(
                %sender,
                code = refusal.code,
                meaning = refusal.meaning,
                "a sender is out of order: nobody gets a code from it until this is mended; `watchword doctor` says more"
            );
        }
    }

    /// A webhook of this sender was heard: whether to write that down, which is worth it once a minute.
    pub(crate) fn heard(&self, sender: &SenderId, now: Timestamp) -> bool {
        self.of(sender, |state| {
            let is_due = state.heard_at.is_none_or(|heard| now.since(heard) >= HEARD_ANEW);
            if is_due {
                state.heard_at = Some(now);
            }
            is_due
        })
    }

    /// What a sender did before counts no more: it was changed, or is gone.
    pub(crate) fn forget(&self, sender: &SenderId) {
        let forgotten = self.all().remove(sender);
        if forgotten.is_some_and(|state| state.breaker.is_open()) {
            metrics::gauge!("watchword_senders_out_of_order").decrement(1);
        }
    }
}
