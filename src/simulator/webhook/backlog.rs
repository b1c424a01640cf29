//! Reports that wait to be posted, apart by account, because each account has its own receiver and its own secret.

use std::collections::VecDeque;

use super::report::{Event, Report};

/// Most reports that wait for a slow receiver; beyond it the oldest of the longest queue are lost, as after Meta's seven
/// days.
const ROOM: usize = 50_000;

/// What waits. Accounts take turns.
#[derive(Default)]
pub(super) struct Backlog {
    accounts: VecDeque<(String, VecDeque<Event>)>,
    waiting: usize,
}

impl Backlog {
    /// Adds a report; false when another was lost for it.
    pub(super) fn add(&mut self, report: Report) -> bool {
        match self.accounts.iter_mut().find(|(account, _)| *account == report.account) {
            Some((_, events)) => events.push_back(report.event),
            None => self.accounts.push_back((report.account, VecDeque::from([report.event]))),
        }
        if self.waiting < ROOM {
            self.waiting += 1;
            return true;
        }
        let longest = self.accounts.iter_mut().max_by_key(|(_, events)| events.len());
        if let Some((_, events)) = longest {
            events.pop_front();
        }
        false
    }

    /// The account whose turn it is, and up to `most` of its reports.
    pub(super) fn next(&mut self, most: usize) -> Option<(String, Vec<Event>)> {
        let (account, mut events) = self.accounts.pop_front()?;
        let batch: Vec<Event> = events.drain(..events.len().min(most)).collect();
        self.waiting = self.waiting.saturating_sub(batch.len());
        if !events.is_empty() {
            self.accounts.push_back((account.clone(), events));
        }
        Some((account, batch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn accounts_take_turns_and_nothing_is_mixed() {
        let mut backlog = Backlog::default();
        for (account, n) in [("a", 1), ("a", 2), ("a", 3), ("b", 4)] {
            let event = Event::Account { field: "field", value: json!(n) };
            assert!(backlog.add(Report { account: account.into(), event }));
        }
        let mut turns = Vec::new();
        while let Some((account, events)) = backlog.next(2) {
            turns.push((account, events.len()));
        }
        assert_eq!(turns, [("a".to_owned(), 2), ("b".to_owned(), 1), ("a".to_owned(), 1)]);
    }
}
