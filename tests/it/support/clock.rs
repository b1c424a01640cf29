//! A clock that tests turn forward.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use watchword_domain::limits::window_start;
use watchword_domain::{Clock, Timestamp};
use watchword_flow::seams::SystemClock;

/// The machine's clock plus what the test added.
#[derive(Default)]
pub struct TurnedClock(AtomicI64);

impl TurnedClock {
    /// Turns it forward.
    pub fn turn(&self, span: Duration) {
        self.0.fetch_add(i64::try_from(span.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// Turns it on to where the next window of this length begins, so that no test straddles two.
    pub fn turn_to_next(&self, window: Duration) {
        let now = self.now();
        self.turn((window_start(window, now) + window).until(now));
    }
}

impl Clock for TurnedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(SystemClock.now().millis() + self.0.load(Ordering::SeqCst))
    }
}
