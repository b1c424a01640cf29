//! Which senders are handed messages now: one that is out of order is left alone, one that takes no more for the moment is
//! waited for, and neither holds up the others.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use watchword_domain::breaker::Breaker;
use watchword_domain::ids::SenderId;
use watchword_domain::pace::Pace;
use watchword_domain::silence::Silence;
use watchword_domain::{FailureClass, Timestamp};
use watchword_messaging::Outcome;
use watchword_messaging::sms::{self, Provider};
use watchword_messaging::whatsapp::errors;

/// A provider's refusal, as far as it concerns the sender and not the message.
pub(crate) struct Refusal {
    code: i64,
    meaning: &'static str,
    stops_sender: bool,
    wants_a_look: bool,
    asks_too_much: bool,
}

impl Refusal {
    /// What this code of Meta's means for the sender.
    pub(crate) fn on_whatsapp(code: i64) -> Self {
        Self {
            code,
            meaning: errors::known(code).map_or("", |known| known.meaning),
            stops_sender: errors::stops_sender(code),
            wants_a_look: errors::wants_a_look(code),
            asks_too_much: errors::asks_too_much(code),
        }
    }

    /// What this code of a provider of SMS means for the account there.
    pub(crate) fn by_sms(provider: Provider, code: i64) -> Self {
        Self {
            code,
            meaning: sms::errors::known(provider, code).map_or("", |known| known.meaning),
            stops_sender: sms::errors::stops_sender(provider, code),
            wants_a_look: false,
            asks_too_much: false,
        }
    }
}

/// How long a sender rests that said it was asked for too much.
const ASKED_TOO_MUCH: Duration = Duration::from_secs(1);

/// Messages of one sender that are with its provider at once. A provider that answers after half a second is handed a
/// thousand a second with these; one that hangs keeps no hand of the others.
const HANDS: u32 = 512;

/// Who takes messages, and how many.
pub(crate) struct Openings {
    /// The senders that take none.
    pub(crate) resting: Vec<SenderId>,
    /// When the first of them does again.
    pub(crate) opens: Option<Timestamp>,
    /// How many each of the others takes.
    pub(crate) room: u32,
}

/// How often it is written down that a sender's webhooks arrive.
const HEARD_ANEW: Duration = Duration::from_secs(60);

/// How often a node asks whether a code of a sender is to be told of.
const TOLD_ANEW: Duration = Duration::from_secs(60 * 60);

/// News of its templates that a project's own app may sign within [`NEWS_ANEW`].
const MOST_NEWS: u32 = 500;

/// Within which [`MOST_NEWS`] are taken in.
const NEWS_ANEW: Duration = Duration::from_secs(60 * 60);

/// Codes of one sender that are remembered: more than its provider has.
const CODES: usize = 256;

/// What this process knows of the senders it hands messages to. Each node finds out by itself: a few messages are no storm,
/// and a provider that is asked for too much by several nodes says so to each.
pub(crate) struct SenderStates {
    per_second: u32,
    states: Mutex<HashMap<SenderId, State>>,
    /// What nobody was told of yet.
    untold: Mutex<Vec<Trouble>>,
}

/// A sender that went out of order, or refuses some messages for a reason that somebody has to look into.
pub(crate) struct Trouble {
    pub(crate) sender: SenderId,
    /// Whether it refuses everything.
    pub(crate) is_out_of_order: bool,
    /// The provider's code.
    pub(crate) code: i64,
    /// What it means, where that is known.
    pub(crate) meaning: &'static str,
}

struct State {
    breaker: Breaker,
    pace: Pace,
    silence: Silence,
    /// Messages that are with its provider now.
    in_hand: u32,
    /// When it was last written down that its webhooks arrive.
    heard_at: Option<Timestamp>,
    /// News of its templates that a project signed, and since when they are counted.
    news: Option<(Timestamp, u32)>,
    /// The codes that somebody has to look into, and when they were last told of by this node.
    told: HashMap<i64, Timestamp>,
}

impl State {
    fn new(per_second: u32) -> Self {
        Self {
            breaker: Breaker::default(),
            pace: Pace::new(per_second),
            silence: Silence::default(),
            in_hand: 0,
            heard_at: None,
            news: None,
            told: HashMap::new(),
        }
    }

    /// Whether a code is to be told of. With every refused message the database would be asked.
    fn is_news(&mut self, code: i64, now: Timestamp) -> bool {
        let is_news = self.told.get(&code).is_none_or(|told| now.since(*told) >= TOLD_ANEW);
        if is_news && self.told.len() < CODES {
            self.told.insert(code, now);
        }
        is_news
    }

    /// Messages it takes now.
    fn room(&self, now: Timestamp) -> u32 {
        self.pace.room(now).min(HANDS.saturating_sub(self.in_hand))
    }
}

impl SenderStates {
    /// Senders that take so many messages a second each.
    pub(crate) fn new(per_second: u32) -> Self {
        Self { per_second, states: Mutex::default(), untold: Mutex::default() }
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
        change(all.entry(sender.clone()).or_insert(State::new(self.per_second)))
    }

    /// Who takes messages at `now`, and how many.
    pub(crate) fn openings(&self, now: Timestamp) -> Openings {
        let all = self.all();
        let mut openings =
            Openings { resting: Vec::new(), opens: None, room: State::new(self.per_second).room(now) };
        for (sender, state) in all.iter() {
            match state.room(now) {
                0 => {
                    openings.resting.push(sender.clone());
                    let opens = state.pace.opens(now);
                    openings.opens = Some(openings.opens.map_or(opens, |first| first.min(opens)));
                }
                room => openings.room = openings.room.min(room),
            }
        }
        openings
    }

    /// A message of this sender is handed over.
    pub(crate) fn take(&self, sender: &SenderId, now: Timestamp) {
        self.of(sender, |state| {
            state.pace.take(now);
            state.in_hand += 1;
        });
    }

    /// One that was handed over is done with, whatever came of it.
    pub(crate) fn done(&self, sender: &SenderId) {
        // Its sender may have been forgotten meanwhile.
        self.of(sender, |state| state.in_hand = state.in_hand.saturating_sub(1));
    }

    /// The provider did not answer for a message: nobody could be reached, or nothing came back in time.
    pub(crate) fn unanswered(&self, sender: &SenderId, now: Timestamp) {
        let rests = self.of(sender, |state| {
            let rests = state.silence.unanswered();
            if let Some((rest, _)) = rests {
                state.pace.rest(rest, now);
            }
            rests
        });
        if rests.is_some_and(|(_, is_news)| is_news) {
            tracing::error!(%sender, "a provider does not answer: messages wait, and it is asked again after growing rests");
        }
    }

    /// The provider answered for a message, whatever it said.
    pub(crate) fn answered(&self, sender: &SenderId) {
        if self.of(sender, |state| state.silence.broken()) {
            tracing::info!(%sender, "a provider answers again");
        }
    }

    /// What a message comes to that is not even handed over, while its sender is left alone.
    pub(crate) fn refuses(&self, sender: &SenderId, now: Timestamp) -> Option<Outcome> {
        let code = self.of(sender, |state| state.breaker.admits(now)).err()?;
        Some(Outcome::Rejected { code, class: FailureClass::SenderUnavailable, retry_after: None })
    }

    /// The provider took a message.
    pub(crate) fn took(&self, sender: &SenderId) {
        self.answered(sender);
        if self.of(sender, |state| state.breaker.succeeded()) {
            metrics::gauge!("watchword_senders_out_of_order").decrement(1);
            tracing::info!(%sender, "a sender works again");
        }
    }

    /// The provider refused a message, at once or by report. A sender that goes out of order for it, or one that
    /// somebody has to look into, is among the [`untold`](Self::untold) then: this is also called in the middle of a transaction, and telling needs another.
    pub(crate) fn refused(&self, sender: &SenderId, refusal: &Refusal, now: Timestamp) {
        if refusal.asks_too_much {
            self.of(sender, |state| state.pace.rest(ASKED_TOO_MUCH, now));
        }
        let (code, meaning) = (refusal.code, refusal.meaning);
        if refusal.stops_sender && self.of(sender, |state| state.breaker.failed(code, now)) {
            metrics::gauge!("watchword_senders_out_of_order").increment(1);
            self.tell_later(Trouble { sender: sender.clone(), is_out_of_order: true, code, meaning });
        }
        if refusal.wants_a_look && self.of(sender, |state| state.is_news(code, now)) {
            self.tell_later(Trouble { sender: sender.clone(), is_out_of_order: false, code, meaning });
        }
    }

    /// What went wrong with senders since this was asked; whoever asks tells.
    pub(crate) fn untold(&self) -> Vec<Trouble> {
        std::mem::take(&mut *self.untold.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// This could not be told.
    pub(crate) fn tell_later(&self, trouble: Trouble) {
        self.untold.lock().unwrap_or_else(PoisonError::into_inner).push(trouble);
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

    /// Whether what a project's own app signed of its templates is taken in: so many within an hour as no account has.
    pub(crate) fn admits_news(&self, sender: &SenderId, now: Timestamp) -> bool {
        self.of(sender, |state| {
            let (since, count) =
                state.news.filter(|(since, _)| now.since(*since) < NEWS_ANEW).unwrap_or((now, 0));
            state.news = Some((since, count.saturating_add(1)));
            count < MOST_NEWS
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

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(1_000_000 + seconds)
    }

    #[test]
    fn who_takes_least_decides_how_many_are_taken_at_once_and_nobody_who_rests() {
        let senders = SenderStates::new(80);
        let (one, other) = (SenderId::from("one"), SenderId::from("other"));
        assert_eq!(senders.openings(at(0)).room, 8, "a burst");
        (0..5).for_each(|_| senders.take(&one, at(0)));
        assert_eq!(senders.openings(at(0)).room, 3);
        (0..3).for_each(|_| senders.take(&one, at(0)));
        senders.take(&other, at(0));
        let openings = senders.openings(at(0));
        assert_eq!((openings.resting, openings.room), (vec![one], 7));
        assert!(openings.opens.is_some_and(|opens| opens > at(0) && opens < at(1)));
    }

    #[test]
    fn a_provider_that_hangs_keeps_no_hand_of_the_others() {
        let senders = SenderStates::new(1_000_000);
        let (hangs, other) = (SenderId::from("hangs"), SenderId::from("other"));
        (0..HANDS).for_each(|_| senders.take(&hangs, at(0)));
        senders.take(&other, at(0));
        assert_eq!(senders.openings(at(1)).resting, vec![hangs.clone()]);
        senders.done(&hangs);
        assert!(senders.openings(at(1)).resting.is_empty());
    }

    #[test]
    fn a_provider_that_does_not_answer_is_left_alone_for_a_while() {
        let (senders, silent) = (SenderStates::new(80), SenderId::from("silent"));
        (0..5).for_each(|_| senders.unanswered(&silent, at(0)));
        assert_eq!(senders.openings(at(0)).resting, vec![silent.clone()]);
        assert!(senders.openings(at(2)).resting.is_empty(), "then it is asked again");
        senders.answered(&silent);
        senders.unanswered(&silent, at(3));
        assert!(senders.openings(at(3)).resting.is_empty(), "one is a hiccup");
    }
}
