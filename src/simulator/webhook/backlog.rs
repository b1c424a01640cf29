//! Reports that wait to be posted, apart by account, because each account has its own receivers and its own
//! secret.

use std::collections::VecDeque;

use super::report::{Event, Report};
use crate::queue::Addressee;

/// Most reports that wait for a slow receiver; beyond it the oldest of the longest queue are lost, as after Meta's seven
/// days.
const ROOM: usize = 50_000;

/// What waits. Receivers take turns.
#[derive(Default)]
pub(super) struct Backlog {
    queues: VecDeque<(Addressee, VecDeque<Event>)>,
    waiting: usize,
}

impl Backlog {
    /// Adds a report; false when another was lost for it.
    pub(super) fn add(&mut self, report: Report) -> bool {
        match self.queues.iter_mut().find(|(to, _)| *to == report.to) {
            Some((_, events)) => events.push_back(report.event),
            None => self.queues.push_back((report.to, VecDeque::from([report.event]))),
        }
        if self.waiting < ROOM {
            self.waiting += 1;
            return true;
        }
        let longest = self.queues.iter_mut().max_by_key(|(_, events)| events.len());
        if let Some((_, events)) = longest {
            events.pop_front();
        }
        false
    }

    /// The receiver whose turn it is, and up to `most` of its reports.
    pub(super) fn next(&mut self, most: usize) -> Option<(Addressee, Vec<Event>)> {
        let (to, mut events) = self.queues.pop_front()?;
        let batch: Vec<Event> = events.drain(..events.len().min(most)).collect();
        self.waiting = self.waiting.saturating_sub(batch.len());
        if !events.is_empty() {
            self.queues.push_back((to.clone(), events));
        }
        Some((to, batch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queue::Way;
    use serde_json::json;

    #[test]
    fn receivers_take_turns_and_nothing_is_mixed() {
        let mut backlog = Backlog::default();
        let of =
            [("a", Way::App), ("a", Way::App), ("a", Way::Subscription), ("a", Way::App), ("b", Way::App)];
        for (account, way) in of {
            let event = Event::Account { field: "field", value: json!(1) };
            assert!(backlog.add(Report { to: Addressee { account: account.into(), way }, event }));
        }
        let mut turns = Vec::new();
        while let Some((to, events)) = backlog.next(2) {
            turns.push((to.account, to.way, events.len()));
        }
        let turn = |account: &str, way, count| (account.to_owned(), way, count);
        let expected = [
            turn("a", Way::App, 2),
            turn("a", Way::Subscription, 1),
            turn("b", Way::App, 1),
            turn("a", Way::App, 1),
        ];
        assert_eq!(turns, expected);
    }
}
