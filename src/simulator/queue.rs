//! What is due when: one heap and one timer for everything that happens later, instead of a timer for each message.

use axum::body::Bytes;
use serde_json::Value;
use std::{
    cmp::Ordering,
    collections::BinaryHeap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::Notify;

use crate::{
    clock,
    phone::{Carried, Status},
    templates::Event,
};

/// Most tasks settled in one go, so that the phones' lock is free in between.
const AT_ONCE: usize = 500;
/// Most tasks that can wait. Far above what a bounded number of messages brings forth.
const ROOM: usize = 200_000;

/// Something that happens at its time.
pub(crate) enum Task {
    /// A message gets further, and a webhook says so. The two differ when reports come in disorder.
    Status { message: u64, becomes: Status, report: Status },
    /// A report of what was so at a time before, in Unix milliseconds; nothing changes on the phone.
    Report { message: u64, report: Status, at: u64 },
    /// A person wrote.
    Inbound { message: u64 },
    /// The review of a template comes to its end.
    Decide { account: String, template: String, event: Event },
    /// Something happened to an account that only a webhook tells.
    Tell { account: String, field: &'static str, value: Value },
    /// A webhook that was not accepted is tried again.
    Again(Post),
}

/// Who hears of something.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Addressee {
    pub(crate) account: String,
    pub(crate) way: Way,
}

/// Which address of an account it goes to. What concerns the account itself ignores `override_callback_uri`, as with Meta.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// The app's.
    App,
    /// The subscription's, if it has its own, or the app's.
    Subscription,
}

/// Where a post goes, which says how it is signed.
pub(crate) enum Receiver {
    /// A webhook of WhatsApp's.
    Webhook(Addressee),
    /// Whoever sent this SMS.
    Sms(Arc<Carried>),
}

/// The body of a report that has not been accepted yet.
pub(crate) struct Post {
    pub(crate) to: Receiver,
    pub(crate) body: Bytes,
    pub(crate) tries: u32,
}

struct Entry {
    due: u64,
    order: u64,
    task: Task,
}

/// Everything that waits for its time.
#[derive(Default)]
pub(crate) struct Queue {
    waiting: Mutex<Waiting>,
    earlier: Notify,
}

#[derive(Default)]
struct Waiting {
    heap: BinaryHeap<Entry>,
    pushed: u64,
}

impl Queue {
    /// Adds a task for `due`, in Unix milliseconds. Tasks of the same time keep their order.
    pub(crate) fn push(&self, due: u64, task: Task) {
        let mut waiting = self.lock();
        if waiting.heap.len() >= ROOM {
            drop(waiting);
            tracing::warn!("too much is waiting for its time; one task was dropped");
            return;
        }
        waiting.pushed += 1;
        let order = waiting.pushed;
        let is_next = waiting.heap.peek().is_none_or(|next| due < next.due);
        waiting.heap.push(Entry { due, order, task });
        drop(waiting);
        if is_next {
            self.earlier.notify_one();
        }
    }

    /// Resolves with what is due, as soon as something is. Nothing is lost when it is dropped while it waits.
    pub(super) async fn due(&self) -> Vec<Task> {
        loop {
            let now = clock::now_ms();
            let (tasks, next) = self.take(now);
            if !tasks.is_empty() {
                return tasks;
            }
            match next {
                Some(due) => {
                    let pause = Duration::from_millis(due.saturating_sub(now));
                    tokio::select! {
                        () = tokio::time::sleep(pause) => {}
                        () = self.earlier.notified() => {}
                    }
                }
                None => self.earlier.notified().await,
            }
        }
    }

    fn take(&self, now: u64) -> (Vec<Task>, Option<u64>) {
        let mut waiting = self.lock();
        let mut tasks = Vec::new();
        while tasks.len() < AT_ONCE && waiting.heap.peek().is_some_and(|next| next.due <= now) {
            tasks.extend(waiting.heap.pop().map(|entry| entry.task));
        }
        (tasks, waiting.heap.peek().map(|next| next.due))
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The heap's greatest entry is the one that is due first.
impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.due, other.order).cmp(&(self.due, self.order))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Entry {}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_due_comes_in_order_of_time_and_then_of_arrival() {
        let queue = Queue::default();
        for (due, message) in [(20, 1), (10, 2), (20, 3), (u64::MAX, 4)] {
            queue.push(due, Task::Inbound { message });
        }
        let order: Vec<u64> = queue
            .due()
            .await
            .into_iter()
            .map(|task| match task {
                Task::Inbound { message } => message,
                _ => 0,
            })
            .collect();
        assert_eq!(order, [2, 1, 3]);
    }
}
