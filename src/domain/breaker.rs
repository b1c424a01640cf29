//! A sender that is out of order is left alone for a while: an account that is locked does not come back sooner for being
//! asked once for everybody who signs in.

use std::time::Duration;

use crate::time::Timestamp;

/// So many messages refused for the sender's sake within [`WINDOW`] begin a pause.
const TRIPS: usize = 3;

/// The time within which they count together.
const WINDOW: Duration = Duration::from_secs(60);

/// The first pause; each one that follows without a message that was taken is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(10);

/// No pause is longer: somebody may have paid the bill.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

/// How long one message that finds out may take before another does.
const PROBE: Duration = Duration::from_secs(30);

/// Whether messages are handed to a sender.
#[derive(Debug)]
pub struct Breaker {
    state: State,
    /// The provider's code of the newest refusal.
    cause: i64,
}

#[derive(Debug)]
enum State {
    /// They are; these were the newest refusals.
    Closed(Vec<Timestamp>),
    /// They are not until then.
    Paused { until: Timestamp, pause: Duration },
    /// One was, to find out; the others wait for what it finds.
    Probing { until: Timestamp, pause: Duration },
}

impl Default for Breaker {
    fn default() -> Self {
        Self { state: State::Closed(Vec::new()), cause: 0 }
    }
}

impl Breaker {
    /// Whether a message may be handed to the sender at `now`.
    ///
    /// # Errors
    /// The provider's code for which it may not.
    pub fn admits(&mut self, now: Timestamp) -> Result<(), i64> {
        match self.state {
            State::Closed(_) => Ok(()),
            State::Paused { until, .. } | State::Probing { until, .. } if now < until => Err(self.cause),
            State::Paused { pause, .. } | State::Probing { pause, .. } => {
                self.state = State::Probing { until: now + PROBE, pause };
                Ok(())
            }
        }
    }

    /// A message was refused for the sender's sake. Gives whether a pause begins that nobody was told of.
    pub fn failed(&mut self, cause: i64, now: Timestamp) -> bool {
        self.cause = cause;
        match &mut self.state {
            State::Closed(refusals) => {
                refusals.retain(|refused| now.since(*refused) < WINDOW);
                refusals.push(now);
                let trips = refusals.len() >= TRIPS;
                if trips {
                    self.state = State::Paused { until: now + FIRST_PAUSE, pause: FIRST_PAUSE };
                }
                trips
            }
            State::Probing { pause, .. } => {
                let pause = (*pause * 2).min(LONGEST_PAUSE);
                self.state = State::Paused { until: now + pause, pause };
                false
            }
            // One that left before the pause began.
            State::Paused { .. } => false,
        }
    }

    /// Whether messages are held back, or one of them is finding out.
    pub fn is_open(&self) -> bool {
        !matches!(self.state, State::Closed(_))
    }

    /// A message was taken. Gives whether that ends a pause.
    pub fn succeeded(&mut self) -> bool {
        match self.state {
            // Some refusals come by report, long after the message was taken: that takes back none of them.
            State::Closed(_) => false,
            State::Paused { .. } | State::Probing { .. } => {
                self.state = State::Closed(Vec::new());
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(1_000_000 + seconds)
    }

    fn tripped() -> Breaker {
        let mut breaker = Breaker::default();
        assert_eq!([0, 1, 2].map(|second| breaker.failed(190, at(second))), [false, false, true]);
        breaker
    }

    #[test]
    fn three_refusals_within_a_minute_begin_a_pause_and_one_message_finds_out() {
        let mut breaker = tripped();
        assert_eq!(breaker.admits(at(3)), Err(190));
        assert!(!breaker.failed(131_031, at(3)), "one that left before");
        assert_eq!(breaker.admits(at(12)), Ok(()));
        assert_eq!(breaker.admits(at(12)), Err(131_031), "the others wait for what it finds");
        assert!(breaker.succeeded() && !breaker.succeeded());
        assert_eq!(breaker.admits(at(12)), Ok(()));
    }

    #[test]
    fn refusals_far_apart_begin_none() {
        let mut breaker = Breaker::default();
        for minute in 0..10 {
            assert!(!breaker.failed(190, at(minute * 40)));
        }
        assert_eq!(breaker.admits(at(400)), Ok(()));
    }

    #[test]
    fn pauses_grow_to_five_minutes() {
        let mut breaker = tripped();
        let mut now = 2;
        for pause in [10, 20, 40, 80, 160, 300, 300] {
            assert_eq!(breaker.admits(at(now + pause - 1)), Err(190));
            now += pause;
            assert_eq!(breaker.admits(at(now)), Ok(()));
            assert!(!breaker.failed(190, at(now)), "it was told already");
        }
    }

    #[test]
    fn a_message_that_never_finds_out_is_followed_by_another() {
        let mut breaker = tripped();
        assert_eq!(breaker.admits(at(12)), Ok(()));
        assert_eq!(breaker.admits(at(41)), Err(190));
        assert_eq!(breaker.admits(at(42)), Ok(()));
    }

    proptest! {
        /// However many ask: a sender that refuses everything is asked ever more rarely.
        #[test]
        fn a_sender_out_of_order_is_left_alone(gaps in prop::collection::vec(0_i64..5, 50..400)) {
            let (mut breaker, mut now, mut asked) = (Breaker::default(), 0, 0);
            for gap in gaps {
                now += gap;
                if breaker.admits(at(now)).is_ok() {
                    asked += 1;
                    breaker.failed(190, at(now));
                }
            }
            prop_assert!(asked <= 3 + 5 + now / 300 + 1, "{asked} in {now} s");
        }
    }
}
