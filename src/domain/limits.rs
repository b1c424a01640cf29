//! How often: tries, failures, sends and starts, with their defaults and bounds, and the rules that count them.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::failures::Device;
use crate::time::Timestamp;

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The window of the address limit.
pub const ADDRESS_WINDOW: Duration = Duration::from_secs(10 * 60);

/// The installation's limits. A pool may narrow some of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Digits of a one-time code, 6 to 8.
    pub code_digits: u8,
    /// Guesses at one code, 1 to 10.
    pub tries_per_code: u32,
    /// Consecutive wrong codes of one account over all its codes, after which the method is off: see
    /// [`failures`](crate::failures).
    pub failures_per_account: u32,
    /// How long it is off for browsers that the account's owner never used, before they may guess again.
    pub failure_pause_seconds: u64,
    /// Seconds before the first, second, … repeated send to a number; the last one holds for all that follow.
    pub resend_waits_seconds: Vec<u64>,
    /// Messages to one number within an hour, over all pools.
    pub sends_per_number_hour: u32,
    /// Messages to one number within a day, over all pools.
    pub sends_per_number_day: u32,
    /// Sign-ins started from one address (IPv4 /32, IPv6 /64) within ten minutes.
    pub starts_per_address: u32,
    /// Messages of one pool within a UTC day, where its project sets no other budget.
    pub messages_per_pool_day: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            code_digits: 6,
            tries_per_code: 5,
            failures_per_account: 20,
            failure_pause_seconds: 24 * 60 * 60,
            resend_waits_seconds: vec![30, 60, 120, 300, 600],
            sends_per_number_hour: 5,
            sends_per_number_day: 10,
            starts_per_address: 60,
            messages_per_pool_day: 1000,
        }
    }
}

/// A setting outside its bounds.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{name} is {value}, but must be from {least} to {most}")]
pub struct OutOfBounds {
    /// The setting's name as configuration writes it.
    pub name: &'static str,
    /// What was given.
    pub value: u64,
    /// The smallest value allowed.
    pub least: u64,
    /// The largest value allowed.
    pub most: u64,
}

/// Checks one setting against its bounds.
///
/// # Errors
/// When it lies outside.
pub(crate) fn within(name: &'static str, value: u64, least: u64, most: u64) -> Result<(), OutOfBounds> {
    if (least..=most).contains(&value) { Ok(()) } else { Err(OutOfBounds { name, value, least, most }) }
}

impl Limits {
    /// Checks every limit against its bounds.
    ///
    /// # Errors
    /// The first setting that lies outside.
    pub fn check(&self) -> Result<(), OutOfBounds> {
        within("limits.code_digits", self.code_digits.into(), 6, 8)?;
        within("limits.tries_per_code", self.tries_per_code.into(), 1, 10)?;
        within("limits.failures_per_account", self.failures_per_account.into(), 1, 50)?;
        within("limits.failure_pause_seconds", self.failure_pause_seconds, 60, 7 * 24 * 60 * 60)?;
        within("limits.resend_waits_seconds (entries)", self.resend_waits_seconds.len() as u64, 1, 20)?;
        for wait in &self.resend_waits_seconds {
            within("limits.resend_waits_seconds", *wait, 1, 3600)?;
        }
        within("limits.sends_per_number_hour", self.sends_per_number_hour.into(), 1, 1000)?;
        within("limits.sends_per_number_day", self.sends_per_number_day.into(), 1, 1000)?;
        within("limits.starts_per_address", self.starts_per_address.into(), 1, 100_000_000)?;
        within("limits.messages_per_pool_day", self.messages_per_pool_day.into(), 1, 1_000_000_000)
    }

    fn wait_after(&self, sends: usize) -> Duration {
        let waits = &self.resend_waits_seconds;
        let step = sends.saturating_sub(1).min(waits.len().saturating_sub(1));
        Duration::from_secs(waits.get(step).copied().unwrap_or(0))
    }
}

/// When a number may get its next message, and what holds it back until then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SendRefusal {
    /// What holds it back.
    pub reason: SendLimit,
    /// When it ends.
    pub until: Timestamp,
}

/// Which limit on sends bites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendLimit {
    /// The growing wait between two messages.
    ResendWait,
    /// The number's hourly or daily allowance over all pools.
    Allowance,
}

/// What was sent to a number lately, over all pools of the installation.
///
/// Strangers wait for whatever was sent. Browsers its owner signed in with wait for their own messages only: whoever
/// types other people's numbers uses up strangers' allowance and never the owner's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendHistory {
    sends: Vec<Timestamp>,
    /// Those of `sends` that known browsers asked for, or whose code was answered rightly.
    #[serde(default)]
    owned: Vec<Timestamp>,
    answered_at: Option<Timestamp>,
}

impl SendHistory {
    /// Whether a message may be sent at `now` to whom this device asks for.
    ///
    /// # Errors
    /// When it must wait, with the reason that lasts longest.
    pub fn allows(&self, limits: &Limits, device: Device, now: Timestamp) -> Result<(), SendRefusal> {
        let sends = self.counted(device);
        let refusals = [
            self.resend_wait(sends, limits, now),
            allowance(sends, limits.sends_per_number_hour, HOUR, now),
            allowance(sends, limits.sends_per_number_day, DAY, now),
        ];
        match refusals.into_iter().flatten().filter(|refusal| refusal.until > now).max_by_key(|r| r.until) {
            Some(refusal) => Err(refusal),
            None => Ok(()),
        }
    }

    /// Notes a message sent at `now`, and forgets what no limit looks at any more.
    pub fn record(&mut self, device: Device, now: Timestamp) {
        self.sends.retain(|sent| now.since(*sent) < DAY);
        self.owned.retain(|sent| now.since(*sent) < DAY);
        self.sends.push(now);
        if device == Device::Known {
            self.owned.push(now);
        }
    }

    /// Notes that the code of the message sent at `sent` was answered rightly: it was the owner's own, and the growing
    /// waits start anew. The allowances do not.
    pub fn answered(&mut self, sent: Timestamp, now: Timestamp) {
        self.answered_at = Some(now);
        if self.sends.contains(&sent) && !self.owned.contains(&sent) {
            self.owned.push(sent);
            self.owned.sort_unstable();
        }
    }

    fn counted(&self, device: Device) -> &[Timestamp] {
        match device {
            Device::Unknown => &self.sends,
            Device::Known => &self.owned,
        }
    }

    fn resend_wait(&self, sends: &[Timestamp], limits: &Limits, now: Timestamp) -> Option<SendRefusal> {
        let unanswered = |sent: &&Timestamp| self.answered_at.is_none_or(|answered| **sent > answered);
        let recent = sends.iter().filter(|sent| now.since(**sent) < HOUR).filter(unanswered).count();
        let last = sends.last().filter(|last| recent > 0 && unanswered(last))?;
        Some(SendRefusal { reason: SendLimit::ResendWait, until: *last + limits.wait_after(recent) })
    }
}

/// The allowance of `most` messages in any `window`: full until the oldest of the newest `most` leaves the window.
fn allowance(sends: &[Timestamp], most: u32, window: Duration, now: Timestamp) -> Option<SendRefusal> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let within = sends.iter().filter(|sent| now.since(**sent) < window).count();
    let oldest = sends.iter().rev().nth(most.checked_sub(1)?).filter(|_| within >= most)?;
    Some(SendRefusal { reason: SendLimit::Allowance, until: *oldest + window })
}

/// The network an address is counted with: itself for IPv4, its /64 for IPv6, where one household holds them all.
pub fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address => address,
    }
}

/// An estimate of events in the window that ends now, from the counts of two aligned windows: the previous one weighs
/// as much as of it still lies inside.
pub fn sliding_count(previous: u32, current: u32, window: Duration, now: Timestamp) -> u32 {
    let window = u64::try_from(window.as_millis()).unwrap_or(u64::MAX).max(1);
    let into = u64::try_from(now.millis()).unwrap_or(0) % window;
    let carried = u64::from(previous) * (window - into) / window;
    current.saturating_add(u32::try_from(carried).unwrap_or(u32::MAX))
}

/// The aligned start of the window that `now` lies in.
pub fn window_start(window: Duration, now: Timestamp) -> Timestamp {
    let window = i64::try_from(window.as_millis()).unwrap_or(i64::MAX).max(1);
    Timestamp::from_millis(now.millis() - now.millis().rem_euclid(window))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(1_000_000 + seconds)
    }

    fn sent(times: &[i64]) -> SendHistory {
        let mut history = SendHistory::default();
        times.iter().for_each(|seconds| history.record(Device::Unknown, at(*seconds)));
        history
    }

    #[test]
    fn waits_grow_with_every_send() {
        let limits = Limits { sends_per_number_hour: 100, sends_per_number_day: 100, ..Limits::default() };
        let mut now = 0;
        let mut history = SendHistory::default();
        for wait in [30, 60, 120, 300, 600, 600] {
            history.record(Device::Unknown, at(now));
            let refusal = history.allows(&limits, Device::Unknown, at(now)).unwrap_err();
            assert_eq!(refusal, SendRefusal { reason: SendLimit::ResendWait, until: at(now + wait) });
            now += wait;
            assert_eq!(history.allows(&limits, Device::Unknown, at(now)), Ok(()));
        }
    }

    #[test]
    fn a_right_answer_ends_the_waits_but_not_the_allowance() {
        let limits = Limits::default();
        let mut history = sent(&[0]);
        history.answered(at(0), at(5));
        assert_eq!(history.allows(&limits, Device::Unknown, at(6)), Ok(()));
        let mut history = sent(&[0, 1, 2, 3, 4]);
        history.answered(at(4), at(5));
        let refusal = history.allows(&limits, Device::Unknown, at(6)).unwrap_err();
        assert_eq!(refusal, SendRefusal { reason: SendLimit::Allowance, until: at(3600) });
    }

    #[test]
    fn the_day_counts_what_the_hour_forgot() {
        let hours: Vec<i64> = (0..10).map(|n| n * 4000).collect();
        let refusal = sent(&hours).allows(&Limits::default(), Device::Unknown, at(39_000)).unwrap_err();
        assert_eq!(refusal, SendRefusal { reason: SendLimit::Allowance, until: at(86_400) });
    }

    #[test]
    fn strangers_never_hold_back_the_owner() {
        let (limits, mut history) = (Limits::default(), sent(&[0]));
        history.answered(at(0), at(5));
        (10..14).for_each(|seconds| history.record(Device::Unknown, at(seconds)));
        assert!(history.allows(&limits, Device::Unknown, at(14)).is_err());
        for seconds in [14, 44, 104, 224] {
            assert_eq!(history.allows(&limits, Device::Known, at(seconds)), Ok(()), "{seconds}");
            history.record(Device::Known, at(seconds));
        }
        let full = history.allows(&limits, Device::Known, at(1000)).unwrap_err();
        let since_the_first = SendRefusal { reason: SendLimit::Allowance, until: at(3600) };
        assert_eq!(full, since_the_first, "the message answered rightly was the owner's own");
    }

    #[test]
    fn a_history_written_by_the_version_before_is_read() {
        let written = r#"{"sends":[1000000000,1000005000],"answered_at":null}"#;
        let read: SendHistory = serde_json::from_str(written).unwrap();
        assert_eq!(read, sent(&[0, 5]));
    }

    #[test]
    fn ipv6_is_counted_by_64_and_ipv4_by_32() {
        let network = |text: &str| network_of(text.parse().unwrap()).to_string();
        assert_eq!(network("203.0.113.7"), "203.0.113.7");
        assert_eq!(network("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    }

    #[test]
    fn bounds_are_checked() {
        assert_eq!(Limits::default().check(), Ok(()));
        let short = Limits { code_digits: 5, ..Limits::default() };
        assert_eq!(short.check().unwrap_err().name, "limits.code_digits");
    }

    proptest! {
        #[test]
        fn no_window_ever_holds_more_than_its_allowance(gaps in prop::collection::vec(0_i64..5000, 1..80)) {
            let limits = Limits::default();
            let mut history = SendHistory::default();
            let mut sends: Vec<i64> = Vec::new();
            let mut now = 0;
            for gap in gaps {
                now += gap;
                if history.allows(&limits, Device::Unknown, at(now)).is_ok() {
                    history.record(Device::Unknown, at(now));
                    sends.push(now);
                }
            }
            for start in &sends {
                prop_assert!(sends.iter().filter(|t| (*start..start + 3600).contains(*t)).count() <= 5);
                prop_assert!(sends.iter().filter(|t| (*start..start + 86_400).contains(*t)).count() <= 10);
            }
        }

        #[test]
        fn a_refusal_ends_when_it_says(gaps in prop::collection::vec(0_i64..2000, 1..12)) {
            let limits = Limits::default();
            let mut history = SendHistory::default();
            let mut now = 0;
            for gap in gaps {
                now += gap;
                match history.allows(&limits, Device::Unknown, at(now)) {
                    Ok(()) => history.record(Device::Unknown, at(now)),
                    Err(refusal) => prop_assert_eq!(history.allows(&limits, Device::Unknown, refusal.until), Ok(())),
                }
            }
        }
    }
}
