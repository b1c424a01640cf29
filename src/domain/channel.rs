//! Channels that codes go out by, and a project's policy for them: which come first, and when another steps in.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::country::Country;
use crate::delivery::{DeliveryState, FailureClass};
use crate::time::Timestamp;

/// A way a code can take to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A message on WhatsApp.
    Whatsapp,
    /// A text message.
    Sms,
    /// A mail, where the user has a mailbox.
    Email,
}

/// A word that names no [`Channel`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a channel: choose of whatsapp, sms, email")]
pub struct UnknownChannel;

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 3] = [Self::Whatsapp, Self::Sms, Self::Email];

    /// The word used in the database, in settings, forms and metrics.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Whatsapp => "whatsapp",
            Self::Sms => "sms",
            Self::Email => "email",
        }
    }

    /// How long a code must still work for a message to be worth sending: a person has to see it, and type it.
    #[must_use]
    pub fn least_life(self) -> Duration {
        match self {
            Self::Whatsapp => Duration::from_secs(30),
            // Billed as soon as it is handed over, and told to its carrier with what is left of its life.
            Self::Sms | Self::Email => Duration::ZERO,
        }
    }
}

impl FromStr for Channel {
    type Err = UnknownChannel;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|channel| channel.as_str() == word).ok_or(UnknownChannel)
    }
}

/// Who decides that another channel steps in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fallback {
    /// The person who waits, by a button.
    #[default]
    OnRequest,
    /// The service, unless the person chose the channel; and the person, too.
    Automatic,
}

/// A word that names no [`Fallback`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("choose of on-request, automatic")]
pub struct UnknownFallback;

impl FromStr for Fallback {
    type Err = UnknownFallback;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "on-request" => Ok(Self::OnRequest),
            "automatic" => Ok(Self::Automatic),
            _ => Err(UnknownFallback),
        }
    }
}

/// A project's policy for channels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeliveryPolicy {
    /// The channels, the first one first.
    pub channels: Vec<Channel>,
    /// What is otherwise for the numbers of some countries.
    pub by_country: BTreeMap<Country, CountryPolicy>,
    /// Who decides that another channel steps in.
    pub fallback: Fallback,
    /// Seconds after which a message that is not known to have arrived may be followed by one on another channel, 5 to
    /// 120. One that failed may be at once.
    pub fallback_after_seconds: u32,
}

/// What a project decided otherwise for the numbers of one country.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, from = "StoredCountryPolicy")]
pub struct CountryPolicy {
    /// The channels, the first one first.
    pub channels: Vec<Channel>,
    /// Who decides that another channel steps in; none for what holds elsewhere.
    pub fallback: Option<Fallback>,
    /// Seconds after which another may; none for what holds elsewhere.
    pub fallback_after_seconds: Option<u32>,
}

/// As it may be written: there were only channels once.
#[derive(Deserialize)]
#[serde(untagged)]
enum StoredCountryPolicy {
    Channels(Vec<Channel>),
    Whole {
        channels: Vec<Channel>,
        #[serde(default)]
        fallback: Option<Fallback>,
        #[serde(default)]
        fallback_after_seconds: Option<u32>,
    },
}

impl From<Vec<Channel>> for CountryPolicy {
    fn from(channels: Vec<Channel>) -> Self {
        Self { channels, ..Self::default() }
    }
}

impl From<StoredCountryPolicy> for CountryPolicy {
    fn from(stored: StoredCountryPolicy) -> Self {
        match stored {
            StoredCountryPolicy::Channels(channels) => channels.into(),
            StoredCountryPolicy::Whole { channels, fallback, fallback_after_seconds } => {
                Self { channels, fallback, fallback_after_seconds }
            }
        }
    }
}

impl Default for DeliveryPolicy {
    fn default() -> Self {
        Self {
            channels: vec![Channel::Whatsapp],
            by_country: BTreeMap::new(),
            fallback: Fallback::default(),
            fallback_after_seconds: 20,
        }
    }
}

/// A message by which the code of a challenge was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// The channel it took.
    pub channel: Channel,
    /// How far it has come.
    pub state: DeliveryState,
    /// Why it failed.
    pub failure: Option<FailureClass>,
    /// Whether its provider is known to have taken it: it answered so, or reported on it.
    pub taken: bool,
    /// When it was written.
    pub created_at: Timestamp,
}

impl Attempt {
    /// Whether it failed for a reason of ours or of the sender's, and cost nothing: then it says nothing of whoever asked for
    /// it. What a carrier took is billed whatever becomes of it; WhatsApp bills what arrives.
    #[must_use]
    pub fn was_never_sent(&self) -> bool {
        let is_billed = self.taken && self.channel != Channel::Whatsapp;
        self.state == DeliveryState::Failed && self.failure.is_some_and(FailureClass::is_ours) && !is_billed
    }

    /// Whether somebody may have got the code by it, as far as we can know: a report of failure does not prove that a message
    /// that was taken did not arrive.
    #[must_use]
    pub fn may_have_arrived(&self) -> bool {
        match self.state {
            DeliveryState::Queued => false,
            DeliveryState::Failed => self.taken && self.channel != Channel::Whatsapp,
            _ => true,
        }
    }
}

/// Another channel that may carry the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Other {
    /// The channel.
    pub channel: Channel,
    /// From when on.
    pub from: Timestamp,
}

impl DeliveryPolicy {
    /// What holds for numbers of this country.
    #[must_use]
    pub fn of(&self, country: Option<Country>) -> Self {
        let own = country.and_then(|country| self.by_country.get(&country));
        Self {
            channels: own.map_or(&self.channels, |own| &own.channels).clone(),
            by_country: BTreeMap::new(),
            fallback: own.and_then(|own| own.fallback).unwrap_or(self.fallback),
            fallback_after_seconds: own
                .and_then(|own| own.fallback_after_seconds)
                .unwrap_or(self.fallback_after_seconds),
        }
    }

    /// The channels for numbers of this country, of those that are `there`, the first one first. WhatsApp when the policy
    /// leaves none: there the fault of a sender that is missing is told.
    pub fn channels_for(&self, country: Option<Country>, there: impl Fn(Channel) -> bool) -> Vec<Channel> {
        let mut channels: Vec<Channel> = Vec::new();
        for channel in self.of(country).channels {
            if there(channel) && !channels.contains(&channel) {
                channels.push(channel);
            }
        }
        if channels.is_empty() {
            channels.push(Channel::Whatsapp);
        }
        channels
    }

    /// Whether numbers of this country may get their codes by this channel.
    pub fn uses(&self, channel: Channel, country: Option<Country>) -> bool {
        self.channels_for(country, |there| there == channel).contains(&channel)
    }

    /// How long a message is waited for before another channel may carry its code.
    pub fn patience(&self) -> Duration {
        Duration::from_secs(u64::from(self.fallback_after_seconds.clamp(5, 120)))
    }

    /// The next channel that may carry a code that went out by these messages, newest first. None once one of them arrived,
    /// or where the reason of a failure holds for every channel.
    pub fn other(&self, channels: &[Channel], attempts: &[Attempt]) -> Option<Other> {
        let newest = attempts.first()?;
        if attempts.iter().any(|attempt| has_arrived(attempt.state)) {
            return None;
        }
        let is_new = |channel: &&Channel| attempts.iter().all(|attempt| attempt.channel != **channel);
        let channel = *channels.iter().find(is_new)?;
        let from = match (newest.state, newest.failure) {
            (DeliveryState::Failed, Some(class)) if !leads_elsewhere(class) => return None,
            (DeliveryState::Failed | DeliveryState::Expired, _) => newest.created_at,
            _ => newest.created_at + self.patience(),
        };
        Some(Other { channel, from })
    }
}

/// For how long a number that WhatsApp did not reach is taken to be out of its reach: long enough for somebody who tries
/// again, and over before somebody who installed it meanwhile asks why.
pub const OUT_OF_REACH: Duration = Duration::from_secs(10 * 60);

/// The one of these messages, newest first, whose way is worth telling: that which arrived, else the newest.
#[must_use]
pub fn telling(attempts: &[Attempt]) -> Option<&Attempt> {
    attempts.iter().find(|attempt| has_arrived(attempt.state)).or_else(|| attempts.first())
}

fn has_arrived(state: DeliveryState) -> bool {
    matches!(state, DeliveryState::Delivered | DeliveryState::Read)
}

/// Whether a code that failed for this reason may take another channel. Not when the number has too many messages already,
/// nor when the account behind it changed: that is a sign of somebody else, on every channel.
#[must_use]
pub fn leads_elsewhere(class: FailureClass) -> bool {
    match class {
        FailureClass::NotReachable
        | FailureClass::HeldBack
        | FailureClass::SenderUnavailable
        | FailureClass::TryLater
        | FailureClass::Rejected
        | FailureClass::Blocked => true,
        FailureClass::TooFast | FailureClass::IdentityChanged => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BOTH: [Channel; 2] = [Channel::Whatsapp, Channel::Sms];

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(1_000_000 + seconds)
    }

    fn attempt(channel: Channel, state: DeliveryState, failure: Option<FailureClass>) -> Attempt {
        Attempt { channel, state, failure, taken: false, created_at: at(0) }
    }

    fn by_sms(from: i64) -> Option<Other> {
        Some(Other { channel: Channel::Sms, from: at(from) })
    }

    #[test]
    fn a_country_may_have_an_order_of_its_own_and_what_is_not_there_is_left_out() {
        let brazil: Country = "BR".parse().unwrap();
        let policy = DeliveryPolicy {
            channels: BOTH.to_vec(),
            by_country: BTreeMap::from([(
                brazil,
                vec![Channel::Sms, Channel::Whatsapp, Channel::Sms].into(),
            )]),
            ..DeliveryPolicy::default()
        };
        assert_eq!(policy.channels_for(None, |_| true), BOTH);
        assert_eq!(policy.channels_for(Some(brazil), |_| true), [Channel::Sms, Channel::Whatsapp]);
        assert_eq!(
            policy.channels_for(Some(brazil), |channel| channel == Channel::Whatsapp),
            [Channel::Whatsapp]
        );
        assert_eq!(policy.channels_for(Some(brazil), |_| false), [Channel::Whatsapp]);
    }

    #[test]
    fn a_country_may_decide_who_lets_another_channel_step_in_and_when() {
        let [brazil, india] = ["BR", "IN"].map(|code| code.parse::<Country>().unwrap());
        let own = CountryPolicy {
            channels: BOTH.to_vec(),
            fallback: Some(Fallback::Automatic),
            fallback_after_seconds: Some(40),
        };
        let by_country = BTreeMap::from([(brazil, own), (india, BOTH.to_vec().into())]);
        let policy = DeliveryPolicy { by_country, ..DeliveryPolicy::default() };
        let of = |country| {
            let of = policy.of(country);
            (of.channels.len(), of.fallback, of.patience().as_secs())
        };
        assert_eq!(of(Some(brazil)), (2, Fallback::Automatic, 40));
        assert_eq!(of(Some(india)), (2, Fallback::OnRequest, 20));
        assert_eq!(of(None), (1, Fallback::OnRequest, 20));
    }

    #[test]
    fn what_was_stored_as_channels_alone_is_read() {
        let text = r#"{"channels":["whatsapp"],"by_country":{"BR":["sms","whatsapp"]}}"#;
        let policy: DeliveryPolicy = serde_json::from_str(text).unwrap();
        let written = serde_json::to_string(&policy).unwrap();
        assert_eq!(serde_json::from_str::<DeliveryPolicy>(&written).unwrap(), policy);
        let brazil = "BR".parse().unwrap();
        assert_eq!(policy.channels_for(Some(brazil), |_| true), [Channel::Sms, Channel::Whatsapp]);
    }

    #[test]
    fn another_channel_steps_in_at_once_after_a_failure_and_after_a_while_otherwise() {
        let policy = DeliveryPolicy::default();
        let other = |state, failure| policy.other(&BOTH, &[attempt(Channel::Whatsapp, state, failure)]);
        assert_eq!(other(DeliveryState::Failed, Some(FailureClass::NotReachable)), by_sms(0));
        for state in
            [DeliveryState::Queued, DeliveryState::Accepted, DeliveryState::Sent, DeliveryState::Unknown]
        {
            assert_eq!(other(state, None), by_sms(20), "{state:?}");
        }
        for state in [DeliveryState::Delivered, DeliveryState::Read] {
            assert_eq!(other(state, None), None, "{state:?}");
        }
        for class in [FailureClass::TooFast, FailureClass::IdentityChanged] {
            assert_eq!(other(DeliveryState::Failed, Some(class)), None, "{class:?}");
        }
    }

    #[test]
    fn what_arrived_is_told_of_before_what_was_sent_later() {
        let sms = attempt(Channel::Sms, DeliveryState::Accepted, None);
        let failed = attempt(Channel::Whatsapp, DeliveryState::Failed, Some(FailureClass::NotReachable));
        let read = attempt(Channel::Whatsapp, DeliveryState::Read, None);
        assert_eq!(telling(&[sms, failed]), Some(&sms));
        assert_eq!(telling(&[sms, read]), Some(&read));
        assert_eq!(telling(&[]), None);
    }

    #[test]
    fn what_a_carrier_took_is_billed_and_may_have_arrived_whatever_it_reports_later() {
        let failed =
            |channel, class, taken| Attempt { taken, ..attempt(channel, DeliveryState::Failed, Some(class)) };
        for class in [FailureClass::TryLater, FailureClass::Rejected, FailureClass::SenderUnavailable] {
            for (channel, taken) in [(Channel::Sms, true), (Channel::Email, true)] {
                let attempt = failed(channel, class, taken);
                assert!(!attempt.was_never_sent() && attempt.may_have_arrived(), "{attempt:?}");
            }
            for (channel, taken) in [
                (Channel::Sms, false),
                (Channel::Email, false),
                (Channel::Whatsapp, false),
                (Channel::Whatsapp, true),
            ] {
                let attempt = failed(channel, class, taken);
                assert!(attempt.was_never_sent() && !attempt.may_have_arrived(), "{attempt:?}");
            }
        }
        assert!(!failed(Channel::Whatsapp, FailureClass::NotReachable, true).was_never_sent());
    }

    #[test]
    fn only_what_waits_to_be_sent_or_was_refused_cannot_have_arrived() {
        for state in DeliveryState::ALL {
            let cannot = matches!(state, DeliveryState::Queued | DeliveryState::Failed);
            assert_eq!(attempt(Channel::Sms, state, None).may_have_arrived(), !cannot, "{state:?}");
        }
    }

    #[test]
    fn words_are_the_same_in_settings_and_in_the_database() {
        for channel in Channel::ALL {
            assert_eq!(serde_json::to_value(channel).unwrap(), channel.as_str());
            assert_eq!(channel.as_str().parse(), Ok(channel));
        }
        assert_eq!("pigeon".parse::<Channel>(), Err(UnknownChannel));
    }

    proptest! {
        #[test]
        fn no_channel_is_offered_twice_and_none_once_the_code_arrived(
            tried in prop::collection::vec((0_usize..2, 0_usize..9, 0_i64..60), 1..4),
            order in prop::sample::subsequence(BOTH.to_vec(), 0..=2),
        ) {
            let attempts: Vec<Attempt> = tried
                .into_iter()
                .map(|(channel, state, seconds)| Attempt {
                    channel: BOTH[channel],
                    state: DeliveryState::ALL[state],
                    failure: None,
                    taken: true,
                    created_at: at(seconds),
                })
                .collect();
            if let Some(other) = DeliveryPolicy::default().other(&order, &attempts) {
                prop_assert!(attempts.iter().all(|attempt| attempt.channel != other.channel));
                prop_assert!(attempts.iter().all(|attempt| !has_arrived(attempt.state)));
                prop_assert!(order.contains(&other.channel));
            }
        }
    }
}
