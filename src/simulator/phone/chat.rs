//! One chat: which messages it holds, the rate at which one person may be written to, and the 24-hour window.

use std::collections::VecDeque;

/// Meta's pair rate: one message in six seconds to the same person, …
const PACE_MS: u64 = 6_000;
/// … of which a burst of 45 may be borrowed from the future.
const BURST: u64 = 45;
/// A person's message opens free-form replies for a day.
const WINDOW_MS: u64 = 24 * 60 * 60 * 1_000;

/// The chat between the business and one phone.
#[derive(Default)]
pub(crate) struct Chat {
    messages: VecDeque<u64>,
    /// What the person calls themselves, once they wrote.
    pub(crate) name: Option<String>,
    heard_at: Option<u64>,
    paid_until: u64,
}

impl Chat {
    pub(super) fn add(&mut self, n: u64) {
        self.messages.push_back(n);
    }

    /// Forgets the oldest message; true when none is left.
    pub(super) fn forget(&mut self, n: u64) -> bool {
        if self.messages.front() == Some(&n) {
            self.messages.pop_front();
        }
        self.messages.is_empty()
    }

    pub(super) fn newest(&self) -> Option<u64> {
        self.messages.back().copied()
    }

    pub(super) fn newest_first(&self) -> impl Iterator<Item = u64> + '_ {
        self.messages.iter().rev().copied()
    }

    pub(super) const fn heard(&mut self, now: u64) {
        self.heard_at = Some(now);
    }

    /// Milliseconds for which free-form messages are still allowed; `None` when only templates are.
    pub(crate) fn window_left(&self, now: u64) -> Option<u64> {
        let left = (self.heard_at? + WINDOW_MS).saturating_sub(now);
        (left > 0).then_some(left)
    }

    /// Charges one message against the pair rate; false when it has to wait.
    pub(crate) fn may_write(&mut self, now: u64) -> bool {
        let paid_until = self.paid_until.max(now);
        let allowed = paid_until - now <= PACE_MS * (BURST - 1);
        if allowed {
            self.paid_until = paid_until + PACE_MS;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forty_five_messages_may_burst_and_then_one_in_six_seconds() {
        let mut chat = Chat::default();
        assert!((0..45).all(|_| chat.may_write(1_000)));
        assert!(!chat.may_write(1_000));
        assert!(!chat.may_write(6_999));
        assert!(chat.may_write(7_000));
        assert!(!chat.may_write(7_000));
    }

    #[test]
    fn the_window_is_open_for_a_day_after_the_person_wrote() {
        let mut chat = Chat::default();
        assert_eq!(chat.window_left(5), None);
        chat.heard(5);
        assert_eq!(chat.window_left(6), Some(WINDOW_MS - 1));
        assert_eq!(chat.window_left(5 + WINDOW_MS), None);
    }
}
