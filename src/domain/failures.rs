//! Wrong codes in a row: how many an account bears before its method is off, and for how long.
//!
//! Whoever knows a number can guess wrongly at its codes. So the guesses of strangers and those of the browsers its
//! owner signed in with are counted apart: strangers can switch the method off for strangers, never for the owner. Nor
//! can one of those browsers for another, which may be somebody else's by now: each has a count of its own beside the
//! one they share, and where either is full the browser is a stranger like any other. Both shared counts together stay
//! within the hundred that NIST SP 800-63B-4, section 3.2.2, allows one account.

use std::time::Duration;

use crate::limits::Limits;
use crate::time::Timestamp;

/// The browser at the door, as seen from a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    /// Nobody signed in with this number here before, or it was another browser.
    Unknown,
    /// This number signed in with this browser before.
    Known,
}

/// Whose wrong guesses at an account are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guessers<'a> {
    /// Every browser the number never signed in with.
    Strangers,
    /// Every browser the number signed in with.
    Known,
    /// One of these, by its hash.
    Browser(&'a str),
}

/// Failures in a row of one account's method, in one of its counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failures {
    /// How many.
    pub count: u32,
    /// When the newest was.
    pub newest: Timestamp,
}

/// When one more guess may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailureRule {
    /// After so many, and after every further so many, the method is off for a while.
    pub per_pause: u32,
    /// After so many it is off until the number is proved in another way.
    pub most: u32,
    /// A pause is over when the newest failure lies at this moment or before.
    pub rested: Timestamp,
}

/// What one account bears in all (NIST SP 800-63B-4, section 3.2.2).
const CEILING: u32 = 100;

/// How many pauses strangers get before the method is off for good: patience for an owner with a new browser.
const ROUNDS: u32 = 4;

impl Limits {
    /// When one more guess may be made by these at `now`.
    pub fn failure_rule(&self, guessers: Guessers<'_>, now: Timestamp) -> FailureRule {
        let per_pause = self.failures_per_account;
        let most = match guessers {
            // A code and its successor: enough for somebody who mistypes, and a share that two bad browsers can take.
            Guessers::Browser(_) => per_pause.div_ceil(2),
            Guessers::Known => per_pause,
            Guessers::Strangers => per_pause.saturating_mul(ROUNDS).min(CEILING.saturating_sub(per_pause)),
        };
        FailureRule { per_pause, most, rested: now - Duration::from_secs(self.failure_pause_seconds) }
    }
}

impl FailureRule {
    /// Whether one more guess may be made after these.
    pub fn admits(&self, failures: Failures) -> bool {
        let pausing = failures.count > 0
            && failures.count.checked_rem(self.per_pause).is_none_or(|rest| rest == 0)
            && failures.newest > self.rested;
        failures.count < self.most && !pausing
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(1_000_000 + seconds)
    }

    fn limits(failures_per_account: u32) -> Limits {
        Limits { failures_per_account, failure_pause_seconds: 1000, ..Limits::default() }
    }

    /// Guesses wrongly whenever that is allowed, once a second.
    fn guess(guessers: Guessers<'_>, limits: &Limits, seconds: i64) -> Failures {
        let mut failures = Failures { count: 0, newest: at(0) };
        for second in 0..seconds {
            if limits.failure_rule(guessers, at(second)).admits(failures) {
                failures = Failures { count: failures.count + 1, newest: at(second) };
            }
        }
        failures
    }

    #[test]
    fn twenty_failures_switch_strangers_off_for_a_while_and_eighty_for_good() {
        let limits = limits(20);
        assert_eq!(guess(Guessers::Strangers, &limits, 1000).count, 20);
        assert_eq!(guess(Guessers::Strangers, &limits, 1020).count, 21);
        assert_eq!(guess(Guessers::Strangers, &limits, 100_000).count, 80);
    }

    #[test]
    fn known_browsers_share_twenty_failures_and_each_has_ten() {
        assert_eq!(guess(Guessers::Known, &limits(20), 100_000).count, 20);
        assert_eq!(guess(Guessers::Browser("a"), &limits(20), 100_000).count, 10);
        assert_eq!(guess(Guessers::Browser("a"), &limits(1), 100_000).count, 1);
    }

    proptest! {
        #[test]
        fn all_together_bear_a_hundred_at_most(per_account in 1_u32..=50) {
            let limits = limits(per_account);
            prop_assert!(limits.check().is_ok());
            let count = |guessers| guess(guessers, &limits, 10_000).count;
            prop_assert!(count(Guessers::Strangers) >= per_account);
            prop_assert!(count(Guessers::Strangers) + count(Guessers::Known) <= CEILING);
        }

        #[test]
        fn a_method_that_is_off_pauses_as_long_as_it_says(count in 1_u32..80, waited in 0_i64..2000) {
            let rule = limits(20).failure_rule(Guessers::Strangers, at(waited));
            let admits = rule.admits(Failures { count, newest: at(0) });
            prop_assert_eq!(admits, count % 20 != 0 || waited >= 1000);
        }
    }
}
