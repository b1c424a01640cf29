//! How fast messages may be handed to one sender: a provider that is asked for more refuses, and counts it against us.

use std::time::Duration;

use crate::time::Timestamp;

/// What may go at once after a rest: so much of a second's worth.
const BURST: Duration = Duration::from_millis(100);

/// The pace of one sender, after the generic cell rate algorithm (ITU-T I.371, annex A): the moment up to which its
/// messages are spoken for runs ahead of the clock by at most a burst.
#[derive(Debug, Clone)]
pub struct Pace {
    /// Microseconds from one message to the next.
    step: i64,
    /// How far messages may be spoken for ahead of the clock, in microseconds.
    ahead: i64,
    /// The moment up to which messages are spoken for, in Unix microseconds.
    spoken_for: i64,
}

impl Pace {
    /// A sender that takes so many messages a second, at least one.
    pub fn new(per_second: u32) -> Self {
        let step = 1_000_000 / i64::from(per_second.max(1));
        let burst = i64::try_from(BURST.as_micros()).unwrap_or(i64::MAX);
        Self { step, ahead: burst.max(step), spoken_for: i64::MIN }
    }

    /// How many messages may be handed over at `now`.
    pub fn room(&self, now: Timestamp) -> u32 {
        let now = now.millis().saturating_mul(1000);
        let free = now.saturating_add(self.ahead).saturating_sub(self.spoken_for.max(now));
        u32::try_from((free / self.step).max(0)).unwrap_or(u32::MAX)
    }

    /// Speaks for one message: whether it may be handed over at `now`.
    pub fn take(&mut self, now: Timestamp) -> bool {
        let may = self.room(now) > 0;
        if may {
            self.spoken_for =
                self.spoken_for.max(now.millis().saturating_mul(1000)).saturating_add(self.step);
        }
        may
    }

    /// The sender takes nothing for so long.
    pub fn rest(&mut self, rest: Duration, now: Timestamp) {
        let rested = (now + rest).millis().saturating_mul(1000).saturating_add(self.ahead);
        self.spoken_for = self.spoken_for.max(rested);
    }

    /// When there is room again; `now` when there is.
    pub fn opens(&self, now: Timestamp) -> Timestamp {
        if self.room(now) > 0 {
            return now;
        }
        let micros = self.spoken_for.saturating_add(self.step).saturating_sub(self.ahead);
        // Rounded up: who wakes then finds room.
        Timestamp::from_millis(micros.div_euclid(1000) + i64::from(micros.rem_euclid(1000) > 0)).max(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(1_000_000_000 + millis)
    }

    #[test]
    fn after_a_rest_a_burst_goes_and_then_one_by_one() {
        let mut pace = Pace::new(80);
        assert_eq!(pace.room(at(0)), 8);
        assert_eq!((0..20).filter(|_| pace.take(at(0))).count(), 8);
        assert_eq!(pace.opens(at(0)), at(13));
        assert!(!pace.take(at(12)));
        assert!(pace.take(at(13)));
    }

    #[test]
    fn a_slow_sender_still_takes_one_at_a_time() {
        let mut pace = Pace::new(1);
        assert!(pace.take(at(0)) && !pace.take(at(999)) && pace.take(at(1000)));
    }

    #[test]
    fn who_rests_is_left_alone_for_so_long() {
        let mut pace = Pace::new(80);
        pace.rest(Duration::from_secs(1), at(0));
        assert!(!pace.take(at(999)));
        assert!(pace.opens(at(0)) <= at(1013));
        assert!(pace.take(pace.opens(at(0))));
    }

    proptest! {
        #[test]
        fn in_no_second_more_go_than_a_second_and_a_burst_hold(
            per_second in 1_u32..200,
            waits in prop::collection::vec(0_i64..40, 1..60),
        ) {
            let mut pace = Pace::new(per_second);
            let (mut now, mut gone) = (0, Vec::new());
            for wait in waits {
                now += wait;
                let announced = pace.room(at(now));
                let mut took = 0;
                while pace.take(at(now)) {
                    gone.push(now);
                    took += 1;
                }
                prop_assert_eq!(took, announced);
                prop_assert!(pace.opens(at(now)) > at(now));
                prop_assert!(pace.room(pace.opens(at(now))) > 0);
            }
            let most = usize::try_from(per_second + per_second.div_ceil(10) + 2).unwrap();
            for (index, start) in gone.iter().enumerate() {
                let within = gone[index..].iter().take_while(|moment| **moment < start + 1000).count();
                prop_assert!(within <= most, "{} within a second of {}", within, per_second);
            }
        }
    }
}
