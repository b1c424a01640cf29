//! How often: tries, failures, sends, starts and budgets, with their defaults and bounds, and how they are counted in
//! windows.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::money::Money;
use crate::monitor::Monitor;
use crate::prices::PriceTable;
use crate::time::Timestamp;

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
    /// SMS to one number within a day, over all pools; they are messages, too.
    pub sms_per_number_day: u32,
    /// Sign-ins started from one address (IPv4 /32, IPv6 /64) within ten minutes.
    pub starts_per_address: u32,
    /// How many of these take no proof of work: see [`proof`](crate::proof).
    pub starts_before_proof: u32,
    /// Zero bits of a proof of work; each one more doubles the work.
    pub proof_bits: u8,
    /// Messages of one pool within a UTC hour, where its project sets no other budget.
    pub messages_per_pool_hour: u32,
    /// Messages of one pool within a UTC day, where its project sets no other budget.
    pub messages_per_pool_day: u32,
    /// SMS of one pool within a UTC day, where its project sets no other budget; they are messages, too.
    pub sms_per_pool_day: u32,
    /// What one pool's messages may cost within a UTC hour.
    pub money_per_pool_hour: Option<Money>,
    /// What one pool's messages may cost within a UTC day.
    pub money_per_pool_day: Option<Money>,
    /// Days for which a project counts as new; 0 for never.
    pub probation_days: u32,
    /// Messages of a new project's pool within a UTC day.
    pub probation_messages_day: u32,
    /// What these may cost, in percent of a pool's money for the UTC day, 1 to 100.
    pub probation_money_percent: u32,
    /// What is done about ranges of numbers whose codes do not come back.
    pub monitor: Monitor,
    /// What messages cost. Read from a file of its own.
    #[serde(skip)]
    pub prices: Arc<PriceTable>,
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
            sms_per_number_day: 5,
            starts_per_address: 60,
            starts_before_proof: 10,
            proof_bits: 15,
            messages_per_pool_hour: 300,
            messages_per_pool_day: 1000,
            sms_per_pool_day: 200,
            money_per_pool_hour: None,
            money_per_pool_day: None,
            probation_days: 7,
            probation_messages_day: 100,
            probation_money_percent: 10,
            monitor: Monitor::Observe,
            prices: Arc::default(),
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
        within("limits.sms_per_number_day", self.sms_per_number_day.into(), 1, 1000)?;
        within("limits.starts_per_address", self.starts_per_address.into(), 1, 100_000_000)?;
        within("limits.starts_before_proof", self.starts_before_proof.into(), 1, 100_000_000)?;
        within("limits.proof_bits", self.proof_bits.into(), 8, 22)?;
        within("limits.messages_per_pool_hour", self.messages_per_pool_hour.into(), 1, 1_000_000_000)?;
        within("limits.messages_per_pool_day", self.messages_per_pool_day.into(), 1, 1_000_000_000)?;
        within("limits.sms_per_pool_day", self.sms_per_pool_day.into(), 1, 1_000_000_000)?;
        within("limits.probation_days", self.probation_days.into(), 0, 365)?;
        within("limits.probation_messages_day", self.probation_messages_day.into(), 1, 1_000_000_000)?;
        within("limits.probation_money_percent", self.probation_money_percent.into(), 1, 100)
    }
}

/// The network an address is counted with: itself for IPv4, its /64 for IPv6, where one household holds them all.
pub fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address => address,
    }
}

/// The network whose connections are counted together: an address itself for IPv4, its /56 for IPv6, which carriers give to
/// one household (RIPE-690, section 4.2).
pub fn household_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 72 << 72).into(),
        address => address,
    }
}

/// The wide network an address is of, as traffic is counted: its /24 for IPv4, its /48 for IPv6, which are about what one
/// site or one pool of a carrier has.
pub fn wide_network_of(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => format!("{}/24", Ipv4Addr::from_bits(address.to_bits() >> 8 << 8)),
        IpAddr::V6(address) => format!("{}/48", Ipv6Addr::from_bits(address.to_bits() >> 80 << 80)),
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

/// The first moment at which one more makes no more than `most`, if nothing else happens until then: what a person who is
/// asked to wait is told.
pub fn calm_at(previous: u32, current: u32, most: u32, window: Duration, now: Timestamp) -> Timestamp {
    let start = window_start(window, now);
    let room = most.saturating_sub(1);
    match room.checked_sub(current) {
        Some(left) => now.max(start + carried_down_to(previous, left, window)),
        None => start + window + carried_down_to(current, room, window),
    }
}

/// How far into a window no more than `left` of the `previous` one still count.
fn carried_down_to(previous: u32, left: u32, window: Duration) -> Duration {
    let window = u64::try_from(window.as_millis()).unwrap_or(u64::MAX);
    // floor(previous * (window - into) / window) <= left, solved for the smallest `into`.
    let beyond = (u64::from(left) + 1).saturating_mul(window);
    match u64::from(previous).saturating_mul(window).checked_sub(beyond) {
        Some(excess) => Duration::from_millis((excess / u64::from(previous).max(1) + 1).min(window)),
        None => Duration::ZERO,
    }
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

    proptest! {
        #[test]
        fn whoever_waits_as_told_is_let_in_and_nobody_waits_longer_than_needed(
            previous in 0_u32..200,
            current in 0_u32..200,
            most in 1_u32..100,
            into in 0_i64..600_000,
        ) {
            let start = Timestamp::from_millis(600_000 * 1000);
            let now = Timestamp::from_millis(start.millis() + into);
            let makes = |at: Timestamp| {
                let (previous, current) = match (at.millis() - start.millis()) / 600_000 {
                    0 => (previous, current),
                    1 => (current, 0),
                    _ => (0, 0),
                };
                sliding_count(previous, current + 1, ADDRESS_WINDOW, at)
            };
            let calm = calm_at(previous, current, most, ADDRESS_WINDOW, now);
            prop_assert!(makes(calm) <= most, "{} at {}", makes(calm), calm.millis());
            let before = Timestamp::from_millis(calm.millis() - 1);
            prop_assert!(calm == now || makes(before) > most);
        }
    }

    #[test]
    fn ipv6_is_counted_by_64_and_ipv4_by_32() {
        let network = |text: &str| network_of(text.parse().unwrap()).to_string();
        assert_eq!(network("203.0.113.7"), "203.0.113.7");
        assert_eq!(network("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    }

    #[test]
    fn a_wide_network_names_no_address() {
        let network = |text: &str| wide_network_of(text.parse().unwrap());
        assert_eq!(network("203.0.113.7"), "203.0.113.0/24");
        assert_eq!(network("::ffff:203.0.113.7"), "203.0.113.0/24");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1::/48");
    }

    #[test]
    fn bounds_are_checked() {
        assert_eq!(Limits::default().check(), Ok(()));
        let short = Limits { code_digits: 5, ..Limits::default() };
        assert_eq!(short.check().unwrap_err().name, "limits.code_digits");
    }
}
