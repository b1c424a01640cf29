//! Owns the states of one outbound message and the rule by which they follow each other.
//!
//! It knows nothing of providers, error codes, channels or clocks: `messaging` translates what a provider
//! said into these words, `flow` decides what to do about it.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// How far a message has come.
///
/// Serialised, stored and sent to pages as the `snake_case` word of [`as_str`](Self::as_str).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Written in the outbox; no worker has taken it.
    Queued,
    /// A worker is talking to the provider.
    Sending,
    /// The provider took it and gave it an id. It may still never arrive.
    Accepted,
    /// The provider handed it to the network.
    Sent,
    /// It is on the person's phone.
    Delivered,
    /// The person saw it (told only by people who share that).
    Read,
    /// The provider says that it will not arrive; a [`FailureClass`] says why.
    Failed,
    /// The provider did not answer, or not understandably: it may or may not have been taken. Never sent
    /// again by itself.
    Unknown,
    /// It is too late for it to be of use and nobody told us more.
    Expired,
}

impl DeliveryState {
    /// Every state, in the order of the type.
    pub const ALL: [Self; 9] = [
        Self::Queued,
        Self::Sending,
        Self::Accepted,
        Self::Sent,
        Self::Delivered,
        Self::Read,
        Self::Failed,
        Self::Unknown,
        Self::Expired,
    ];

    /// The state after hearing `to`: `Some(to)` when that is news, `None` when it changes nothing.
    ///
    /// A state only ever gives way to one of higher rank, so that statuses may arrive twice, late or in any
    /// order and the end is the same. `Delivered` and `Read` outrank `Failed`, because some providers report
    /// a failed attempt after the successful one. `Unknown` gives way to whatever the provider tells.
    /// `Failed` and `Expired` share a rank: the first of the two stays, and only proof of arrival changes it.
    #[must_use]
    pub fn advance(self, to: Self) -> Option<Self> {
        (to.rank() > self.rank()).then_some(to)
    }

    /// The word used in the database, in JSON and in events.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Expired => "expired",
        }
    }

    fn rank(self) -> u8 {
        match self {
            Self::Queued => 0,
            Self::Sending => 1,
            Self::Unknown => 2,
            Self::Accepted => 3,
            Self::Sent => 4,
            Self::Failed | Self::Expired => 5,
            Self::Delivered => 6,
            Self::Read => 7,
        }
    }
}

/// What a provider's error means to us and to the person who waits.
///
/// Serialised and stored as the `snake_case` word of [`as_str`](Self::as_str). The provider's own codes stay
/// in `messaging`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureClass {
    /// This number cannot be reached on this channel (no account, too old an app, terms not accepted).
    /// Another channel may work; the same one will not.
    NotReachable,
    /// The provider chose not to deliver this message to this person now, for a reason of its own. It says nothing
    /// about the number: another time or another channel may work.
    HeldBack,
    /// Too many messages to this number in too short a time. It works again after a wait.
    TooFast,
    /// Our side of the channel is out of order (account locked, unpaid, template paused, number not
    /// registered). The person can do nothing; an operator must.
    SenderUnavailable,
    /// The provider is busy or in maintenance. The same message may work a little later.
    TryLater,
    /// The provider finds the message itself wrong. A fault of ours; sending it again is useless.
    Rejected,
    /// The person, or a rule about the person's country, does not let this sender write to them.
    Blocked,
    /// The account behind the number is not the one that proved it before. A security event, not a hiccup.
    IdentityChanged,
}

impl FailureClass {
    /// Every class, in the order of the type.
    pub const ALL: [Self; 8] = [
        Self::NotReachable,
        Self::HeldBack,
        Self::TooFast,
        Self::SenderUnavailable,
        Self::TryLater,
        Self::Rejected,
        Self::Blocked,
        Self::IdentityChanged,
    ];

    /// The word used in the database, in JSON and in events.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotReachable => "not_reachable",
            Self::HeldBack => "held_back",
            Self::TooFast => "too_fast",
            Self::SenderUnavailable => "sender_unavailable",
            Self::TryLater => "try_later",
            Self::Rejected => "rejected",
            Self::Blocked => "blocked",
            Self::IdentityChanged => "identity_changed",
        }
    }

    /// Whether the fault lies on this side of the number: then a message that failed says nothing of whoever asked for it.
    #[must_use]
    pub fn is_ours(self) -> bool {
        matches!(self, Self::SenderUnavailable | Self::TryLater | Self::Rejected)
    }
}

/// A word that names no [`DeliveryState`] or [`FailureClass`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a delivery state or failure class")]
pub struct UnknownDeliveryWord;

impl FromStr for DeliveryState {
    type Err = UnknownDeliveryWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|state| state.as_str() == word).ok_or(UnknownDeliveryWord)
    }
}

impl FromStr for FailureClass {
    type Err = UnknownDeliveryWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|class| class.as_str() == word).ok_or(UnknownDeliveryWord)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a provider tells us, by its answer or by webhook.
    const TOLD: [DeliveryState; 5] = [
        DeliveryState::Accepted,
        DeliveryState::Sent,
        DeliveryState::Delivered,
        DeliveryState::Read,
        DeliveryState::Failed,
    ];

    fn after(start: DeliveryState, heard: &[DeliveryState]) -> DeliveryState {
        heard.iter().fold(start, |state, &to| state.advance(to).unwrap_or(state))
    }

    #[test]
    fn a_message_goes_the_whole_way() {
        let way = [
            DeliveryState::Queued,
            DeliveryState::Sending,
            DeliveryState::Accepted,
            DeliveryState::Sent,
            DeliveryState::Delivered,
            DeliveryState::Read,
        ];
        for pair in way.windows(2) {
            assert_eq!(pair[0].advance(pair[1]), Some(pair[1]));
            assert_eq!(pair[1].advance(pair[0]), None);
        }
    }

    #[test]
    fn arrival_wins_over_failure_in_any_order() {
        for arrived in [DeliveryState::Delivered, DeliveryState::Read] {
            assert_eq!(arrived.advance(DeliveryState::Failed), None);
            assert_eq!(DeliveryState::Failed.advance(arrived), Some(arrived));
        }
    }

    #[test]
    fn an_unknown_outcome_becomes_whatever_the_provider_tells_but_is_never_sent_again() {
        for told in TOLD {
            assert_eq!(DeliveryState::Unknown.advance(told), Some(told));
        }
        assert_eq!(DeliveryState::Unknown.advance(DeliveryState::Queued), None);
        assert_eq!(DeliveryState::Unknown.advance(DeliveryState::Sending), None);
        assert_eq!(DeliveryState::Sending.advance(DeliveryState::Unknown), Some(DeliveryState::Unknown));
        assert_eq!(DeliveryState::Accepted.advance(DeliveryState::Unknown), None);
    }

    #[test]
    fn only_arrival_revives_an_expired_message() {
        for told in TOLD {
            let revived = matches!(told, DeliveryState::Delivered | DeliveryState::Read);
            assert_eq!(DeliveryState::Expired.advance(told), revived.then_some(told));
        }
        assert_eq!(
            DeliveryState::Failed.advance(DeliveryState::Expired),
            None,
            "the reason for a failure stays"
        );
    }

    #[test]
    fn hearing_the_same_twice_is_no_news() {
        for state in DeliveryState::ALL {
            assert_eq!(state.advance(state), None);
        }
    }

    #[test]
    fn words_are_the_same_in_json_in_the_database_and_back() {
        for state in DeliveryState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        for class in FailureClass::ALL {
            assert_eq!(serde_json::to_value(class).unwrap(), class.as_str());
            assert_eq!(class.as_str().parse(), Ok(class));
        }
        assert_eq!("Delivered".parse::<DeliveryState>(), Err(UnknownDeliveryWord));
        assert_eq!("".parse::<FailureClass>(), Err(UnknownDeliveryWord));
    }

    fn any_state() -> impl Strategy<Value = DeliveryState> {
        prop::sample::select(&DeliveryState::ALL[..])
    }

    proptest! {
        #[test]
        fn what_arrived_has_arrived_for_ever(
            start in any_state(),
            heard in prop::collection::vec(any_state(), 0..20),
        ) {
            let mut state = start;
            for to in heard {
                let next = state.advance(to).unwrap_or(state);
                let arrived = |state| matches!(state, DeliveryState::Delivered | DeliveryState::Read);
                prop_assert!(!arrived(state) || arrived(next));
                prop_assert!(state != DeliveryState::Read || next == DeliveryState::Read);
                state = next;
            }
        }

        #[test]
        fn the_order_of_the_providers_statuses_does_not_matter(
            start in any_state(),
            (heard, shuffled) in prop::collection::vec(prop::sample::select(&TOLD[..]), 0..8)
                .prop_flat_map(|heard| (Just(heard.clone()), Just(heard).prop_shuffle())),
        ) {
            prop_assert_eq!(after(start, &heard), after(start, &shuffled));
        }
    }
}
