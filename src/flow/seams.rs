//! Where the machine's own clock and randomness enter.

use std::time::{SystemTime, UNIX_EPOCH};

use watchword_domain::ids::Random;
use watchword_domain::{Clock, Timestamp};

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the seam that everybody else asks")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// OpenSSL's generator, seeded by the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::disallowed_methods, reason = "this is the seam that everybody else asks")]
    #[expect(
        clippy::panic,
        reason = "without randomness nothing may go on: every code and token would be guessable"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        if openssl::rand::rand_bytes(bytes).is_err() {
            panic!("the system's random generator failed");
        }
    }
}
