//! Waking those who wait: the outbox worker for a message, a page for news of its code.
//!
//! A wake-up is only ever a hint to look at the rows sooner; on another node, or after a crash, they are looked at all
//! the same.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::sync::{Notify, watch};
use watchword_domain::ids::ChallengeId;

/// Pages that may follow one code at once: a few tabs.
const FOLLOWERS: usize = 4;

/// Entries that are never worth clearing.
const CROWD: usize = 1024;

/// Who waits in this process.
pub(crate) struct Delivery {
    outbox: Notify,
    fallbacks: Notify,
    pages: Mutex<HashMap<ChallengeId, watch::Sender<()>>>,
    /// Entries from which on those nobody follows any more are cleared away.
    crowded: AtomicUsize,
}

impl Delivery {
    pub(crate) fn new() -> Self {
        Self {
            outbox: Notify::new(),
            fallbacks: Notify::new(),
            pages: Mutex::new(HashMap::new()),
            crowded: AtomicUsize::new(CROWD),
        }
    }

    /// There is something in the outbox.
    pub(crate) fn wake_outbox(&self) {
        self.outbox.notify_one();
    }

    /// Until there may be something in the outbox.
    pub(crate) async fn outbox_woken(&self) {
        self.outbox.notified().await;
    }

    /// A message failed: another channel may have to step in.
    pub(crate) fn wake_fallbacks(&self) {
        self.fallbacks.notify_one();
    }

    /// Until a message failed.
    pub(crate) async fn fallbacks_woken(&self) {
        self.fallbacks.notified().await;
    }

    /// There is news of this challenge's message.
    pub(crate) fn tell(&self, challenge: &ChallengeId) {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.get(challenge).is_some_and(|page| page.send(()).is_err()) {
            pages.remove(challenge);
        }
    }

    /// News of this challenge's message, from now on; nothing when enough pages follow it already.
    pub(crate) fn follow(&self, challenge: &ChallengeId) -> Option<watch::Receiver<()>> {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.len() >= self.crowded.load(Ordering::Relaxed) {
            pages.retain(|_, page| page.receiver_count() > 0);
            self.crowded.store((pages.len() * 2).max(CROWD), Ordering::Relaxed);
        }
        let page = pages.entry(challenge.clone()).or_insert_with(|| watch::Sender::new(()));
        (page.receiver_count() < FOLLOWERS).then(|| page.subscribe())
    }
}
