//! A pace that may be hurried for a while: what is sent early is borrowed from the future. Meta's pair rate and its
//! throughput are both of this kind. Pure; whoever asks brings the time.

/// One in `step_us` microseconds, and at most `burst` at once.
#[derive(Clone, Copy)]
pub(crate) struct Pace {
    step_us: u64,
    burst: u64,
}

impl Pace {
    /// Meta's pair rate: one message in six seconds to the same person, of which 45 may be borrowed from the future.
    pub(crate) const PAIR: Self = Self { step_us: 6_000_000, burst: 45 };

    /// So many in any second.
    pub(crate) fn per_second(messages: u32) -> Self {
        let messages = u64::from(messages.max(1));
        Self { step_us: 1_000_000 / messages, burst: messages }
    }
}

/// Up to when a pace is used up.
#[derive(Clone, Copy, Default)]
pub(crate) struct Rate {
    paid_until_us: u64,
}

impl Rate {
    /// Charges one; false, and nothing charged, when it has to wait.
    pub(crate) fn charge(&mut self, now_ms: u64, pace: Pace) -> bool {
        let now = now_ms.saturating_mul(1_000);
        let paid_until = self.paid_until_us.max(now);
        let allowed = paid_until - now <= pace.step_us * (pace.burst - 1);
        if allowed {
            self.paid_until_us = paid_until + pace.step_us;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forty_five_messages_may_burst_and_then_one_in_six_seconds() {
        let mut rate = Rate::default();
        assert!((0..45).all(|_| rate.charge(1_000, Pace::PAIR)));
        assert!(!rate.charge(1_000, Pace::PAIR));
        assert!(!rate.charge(6_999, Pace::PAIR));
        assert!(rate.charge(7_000, Pace::PAIR));
        assert!(!rate.charge(7_000, Pace::PAIR));
    }

    #[test]
    fn a_number_that_is_used_up_is_free_again_a_second_later() {
        let (mut rate, pace) = (Rate::default(), Pace::per_second(80));
        assert!((0..80).all(|_| rate.charge(5_000, pace)));
        assert!(!rate.charge(5_000, pace));
        assert!((0..80).all(|_| rate.charge(6_000, pace)));
        assert!(!rate.charge(6_000, pace));
    }
}
