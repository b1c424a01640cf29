//! Signing keys through their lives: which one signs, which are shown, when a new one is due and when an old one is over
//! (OpenID Connect Core 1.0, section 10.1.1).
//!
//! Overlap both ways. A new key is shown before it signs, because relying parties keep the key set for a while and
//! some look at it once a day. An old key is shown until the last token it signed is over. All of it follows from two
//! moments that are written down when a key is made and when it gets a successor, so that nodes need not agree on
//! anything but the time.

use std::time::Duration;

use crate::lifetimes::Lifetimes;
use crate::time::Timestamp;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a new key is shown before it signs. Our own answers may be kept for five minutes; libraries and gateways
/// that pay no heed to that mostly look again within a day.
pub const LEAD: Duration = DAY;

/// How far behind a relying party's clock may be: it still wants the key of a token that is over for everybody else.
const TOLERANCE: Duration = Duration::from_secs(5 * 60);

/// How long a key is shown after it stopped signing. Not the configured life of a token but the longest that can be
/// configured: it may have been another one when the token was signed.
const SHOWN_AFTER: Duration = Lifetimes::LONGEST_TOKEN.saturating_add(TOLERANCE);

/// The moments a key's life hangs on. A successor begins at the very moment its predecessor ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyTimes {
    /// From when on it signs.
    pub signs_from: Timestamp,
    /// From when on its successor signs; none while it is the newest.
    pub replaced_at: Option<Timestamp>,
}

impl KeyTimes {
    /// Of a key that signs from this moment on and has no successor yet.
    pub fn starting(signs_from: Timestamp) -> Self {
        Self { signs_from, replaced_at: None }
    }
}

/// Where a key is in its life. In the order of the key set: whoever takes the first key that fits takes the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyState {
    /// Shown, and signs.
    Signing,
    /// Shown, and will sign.
    Next,
    /// Shown, for tokens signed before.
    Retiring,
    /// No longer shown: no token of it holds. An ID token of it may still come back to us as a hint, expired or not,
    /// for as long as the session it speaks of can live.
    Kept,
    /// Of no use to anybody.
    Over,
}

impl KeyState {
    /// The state's name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Signing => "signing",
            Self::Next => "next",
            Self::Retiring => "retiring",
            Self::Kept => "kept",
            Self::Over => "over",
        }
    }

    /// Whether the key is in the key set.
    pub const fn is_published(self) -> bool {
        matches!(self, Self::Signing | Self::Next | Self::Retiring)
    }
}

/// How keys follow one another in an installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyRotation {
    /// How long a key signs.
    period: Duration,
    /// How long a key is kept after it stopped signing. Never shorter than it is shown.
    kept_after: Duration,
}

impl KeyRotation {
    /// As these lifetimes have it.
    pub fn of(lifetimes: &Lifetimes) -> Self {
        // Shorter than the lead, the next key but one would be made before the next one signs.
        let period = lifetimes.signing_key().max(LEAD);
        Self { period, kept_after: lifetimes.session().max(SHOWN_AFTER) }
    }

    /// Where a key is in its life.
    pub fn state(&self, key: KeyTimes, now: Timestamp) -> KeyState {
        match key.replaced_at {
            Some(at) if now >= at + self.kept_after => KeyState::Over,
            Some(at) if now >= at + SHOWN_AFTER => KeyState::Kept,
            Some(at) if now >= at => KeyState::Retiring,
            _ if now >= key.signs_from => KeyState::Signing,
            _ => KeyState::Next,
        }
    }

    /// Since when a key has been in its state, which a key made at `made` is in at `now`.
    pub fn since(&self, key: KeyTimes, made: Timestamp, now: Timestamp) -> Timestamp {
        let replaced_at = key.replaced_at.unwrap_or(now);
        match self.state(key, now) {
            KeyState::Next => made,
            KeyState::Signing => key.signs_from,
            KeyState::Retiring => replaced_at,
            KeyState::Kept => replaced_at + SHOWN_AFTER,
            KeyState::Over => replaced_at + self.kept_after,
        }
    }

    /// When a key's state ends; for the newest key, when it will end if nobody replaces it sooner. None when it is over.
    pub fn until(&self, key: KeyTimes, now: Timestamp) -> Option<Timestamp> {
        let replaced_at = key.replaced_at.unwrap_or(key.signs_from + self.period);
        match self.state(key, now) {
            KeyState::Next => Some(key.signs_from),
            KeyState::Signing => Some(replaced_at),
            KeyState::Retiring => Some(replaced_at + SHOWN_AFTER),
            KeyState::Kept => Some(replaced_at + self.kept_after),
            KeyState::Over => None,
        }
    }

    /// Newest keys that sign since this moment or longer need a successor now: it has its lead and begins on time.
    pub fn due_since(&self, now: Timestamp) -> Timestamp {
        now + LEAD - self.period
    }

    /// Whether the newest key needs a successor.
    pub fn is_due(&self, newest: KeyTimes, now: Timestamp) -> bool {
        newest.signs_from <= self.due_since(now)
    }

    /// Keys that were replaced before this moment are over.
    pub fn over_since(&self, now: Timestamp) -> Timestamp {
        now - self.kept_after
    }
}

/// Whether the newest key may get a successor before its time: not when it is itself one that waits to sign.
pub fn may_be_replaced(newest: KeyTimes, now: Timestamp) -> bool {
    newest.signs_from <= now
}

/// The one of several keys that signs: the last to have begun. When none has (this node's clock is a little behind that
/// of the node which made them), the first that will.
pub fn signing<K>(
    keys: impl Iterator<Item = K> + Clone,
    times: impl Fn(&K) -> KeyTimes,
    now: Timestamp,
) -> Option<K> {
    let begins = |key: &K| times(key).signs_from;
    let begun = keys.clone().filter(|key| begins(key) <= now).max_by_key(begins);
    begun.or_else(|| keys.min_by_key(begins))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR: i64 = 3600;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn rotation() -> KeyRotation {
        KeyRotation::of(&Lifetimes::default())
    }

    /// The keys of one algorithm after looking at these moments, in order: what upkeep and people do.
    fn keys_after(rotation: KeyRotation, looks: &[(i64, bool)]) -> Vec<KeyTimes> {
        let mut keys = vec![KeyTimes::starting(at(0))];
        for (seconds, is_asked_for) in looks {
            let (now, newest) = (at(*seconds), keys.last_mut().unwrap());
            if rotation.is_due(*newest, now) || *is_asked_for && may_be_replaced(*newest, now) {
                newest.replaced_at = Some(now + LEAD);
                keys.push(KeyTimes::starting(now + LEAD));
            }
        }
        keys
    }

    #[test]
    fn a_key_is_shown_a_day_before_it_signs_and_until_its_last_token_is_over() {
        let day = 24 * HOUR;
        let keys = keys_after(rotation(), &[(89 * day - 1, false), (89 * day, false), (89 * day + 1, false)]);
        let states = |seconds| {
            let states: Vec<&str> =
                keys.iter().map(|key| rotation().state(*key, at(seconds)).name()).collect();
            states.join(" ")
        };
        assert_eq!(keys.len(), 2, "one successor is enough");
        assert_eq!(states(89 * day), "signing next");
        assert_eq!(states(90 * day - 1), "signing next");
        assert_eq!(states(90 * day), "retiring signing");
        assert_eq!(states(91 * day + 299), "retiring signing");
        assert_eq!(states(91 * day + 300), "kept signing");
        assert_eq!(states(97 * day - 1), "kept signing");
        assert_eq!(states(97 * day), "over signing");
        assert_eq!(rotation().until(keys[1], at(91 * day)), Some(at(180 * day)));
        assert_eq!(rotation().since(keys[0], at(0), at(91 * day)), at(90 * day));
        assert_eq!(rotation().over_since(at(97 * day)), at(90 * day));
    }

    /// Clocks of nodes differ by a little, also when the key was made a moment ago.
    #[test]
    fn a_node_whose_clock_is_behind_signs_all_the_same() {
        let keys = [KeyTimes::starting(at(10)), KeyTimes::starting(at(100))];
        let signing = |now| signing(keys.iter(), |key| **key, at(now));
        assert_eq!(signing(9), Some(&keys[0]));
        assert_eq!(signing(99), Some(&keys[0]));
        assert_eq!(signing(100), Some(&keys[1]));
    }

    proptest! {
        /// Whatever the settings, whenever upkeep looks and people ask: a token verifies for as long as it lives.
        #[test]
        fn one_key_signs_shown_in_time_and_long_enough(
            days in 1_u64..=365,
            session_seconds in 300_u64..=366 * 86_400,
            steps in prop::collection::vec((1_i64..=40 * 24 * HOUR, any::<bool>()), 1..60),
            moment in 0_i64..=1200 * 24 * HOUR,
        ) {
            let lifetimes = Lifetimes { signing_key_days: days, session_seconds, ..Lifetimes::default() };
            let rotation = KeyRotation::of(&lifetimes);
            let mut elapsed = 0;
            let looks: Vec<(i64, bool)> =
                steps.iter().map(|(step, asked)| { elapsed += step; (elapsed, *asked) }).collect();
            let keys = keys_after(rotation, &looks);
            let states = |now| keys.iter().map(move |key| rotation.state(*key, now));
            let now = at(moment);

            prop_assert_eq!(states(now).filter(|state| *state == KeyState::Signing).count(), 1);
            let signer = states(now).position(|state| state == KeyState::Signing).unwrap();
            prop_assert_eq!(signing(keys.iter(), |key| **key, now), Some(&keys[signer]));
            // Whoever read the key set less than a day ago has the key, but for the very first.
            let read = at((moment - 24 * HOUR + 1).max(0));
            prop_assert!(signer == 0 || looks.iter().any(|(look, _)| at(*look) + LEAD == keys[signer].signs_from));
            prop_assert!(signer == 0 || keys[signer].signs_from - LEAD <= read);
            // A token signed now, however long it may live, is verified to its end by whoever is a little behind.
            let last = now + Lifetimes::LONGEST_TOKEN + TOLERANCE - Duration::from_millis(1);
            prop_assert!(rotation.state(keys[signer], last).is_published());
            // Its ID token is a hint for as long as the session it speaks of.
            let hint = now + lifetimes.session() - Duration::from_millis(1);
            prop_assert!(rotation.state(keys[signer], hint) != KeyState::Over);
            // What is swept is over, and what is over is swept.
            for key in &keys {
                let is_swept = key.replaced_at.is_some_and(|at| at <= rotation.over_since(now));
                prop_assert_eq!(is_swept, rotation.state(*key, now) == KeyState::Over);
            }
        }

        /// With upkeep at work no key signs longer than it should, and there is never more than one waiting.
        #[test]
        fn upkeep_alone_keeps_the_period(days in 1_u64..=30, looks in 1_i64..=400) {
            let rotation = KeyRotation::of(&Lifetimes { signing_key_days: days, ..Lifetimes::default() });
            let looks: Vec<(i64, bool)> = (1..=looks).map(|look| (look * 6 * HOUR, false)).collect();
            let keys = keys_after(rotation, &looks);
            for key in &keys {
                let signs = key.replaced_at.map(|at| at.since(key.signs_from));
                let slack = Duration::from_secs(6 * 3600);
                prop_assert!(signs.is_none_or(|signs| rotation.period <= signs && signs <= rotation.period + slack));
            }
            for (look, _) in looks {
                let waiting = keys.iter().filter(|key| {
                    let made = key.signs_from - LEAD;
                    made <= at(look) && at(look) < key.signs_from && key.signs_from > at(0)
                });
                prop_assert!(waiting.count() <= 1);
            }
        }
    }
}
