//! One chat: which messages it holds, the rate at which one person may be written to, and the 24-hour window.

use std::collections::VecDeque;

use crate::rate::{Pace, Rate};

/// A person's message opens free-form replies for a day.
const WINDOW_MS: u64 = 24 * 60 * 60 * 1_000;

/// The chat between one business number and one phone.
#[derive(Default)]
pub(crate) struct Chat {
    messages: VecDeque<u64>,
    heard_at: Option<u64>,
    rate: Rate,
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

    /// As if the person had never written.
    pub(super) const fn forget_person(&mut self) {
        self.heard_at = None;
    }

    /// Charges one message against the pair rate; false when it has to wait.
    pub(crate) fn may_write(&mut self, now: u64) -> bool {
        self.rate.charge(now, Pace::PAIR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_open_for_a_day_after_the_person_wrote() {
        let mut chat = Chat::default();
        assert_eq!(chat.window_left(5), None);
        chat.heard(5);
        assert_eq!(chat.window_left(6), Some(WINDOW_MS - 1));
        assert_eq!(chat.window_left(5 + WINDOW_MS), None);
    }
}
