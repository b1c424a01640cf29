//! Everything one simulator shares between its endpoints, its webhooks and its page.
//! Every lock is held for a few lines and never across an await. While the phones are held, others may be taken; while
//! another is held, none is.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

use crate::{
    chaos::Chaos,
    faults::Faults,
    line::Line,
    mail::Inbox,
    number::Number,
    people::People,
    phone::Phones,
    queue::Queue,
    sender::Error,
    senders::Senders,
    settings::{DeliveryPace, Settings, SmsAccount},
};

/// How long a webhook receiver may take before its silence counts as a refusal.
const WEBHOOK_PATIENCE: Duration = Duration::from_secs(10);

/// The state behind all routes.
pub(crate) struct World {
    /// The name it answers to, besides `localhost` and IP addresses.
    pub(crate) host: Option<String>,
    pub(crate) delivery: DeliveryPace,
    pub(crate) sms: SmsAccount,
    pub(crate) queue: Queue,
    pub(crate) client: reqwest::Client,
    senders: Mutex<Senders>,
    phones: Mutex<Phones>,
    inbox: Mutex<Inbox>,
    people: Mutex<People>,
    faults: Mutex<Faults>,
    chaos: Mutex<Chaos>,
    changes: watch::Sender<u64>,
    closing: watch::Sender<bool>,
}

impl World {
    pub(crate) fn new(settings: Settings, sms: SmsAccount) -> Result<Self, Error> {
        settings.sender.check()?;
        let client = webhook_client()?;
        Ok(Self {
            senders: Mutex::new(Senders::new(&settings.sender)),
            host: settings.host,
            delivery: settings.delivery,
            sms,
            queue: Queue::default(),
            client,
            phones: Mutex::default(),
            inbox: Mutex::default(),
            people: Mutex::default(),
            faults: Mutex::default(),
            chaos: Mutex::default(),
            changes: watch::Sender::new(0),
            closing: watch::Sender::new(false),
        })
    }

    pub(crate) fn senders(&self) -> MutexGuard<'_, Senders> {
        open(&self.senders)
    }

    pub(crate) fn phones(&self) -> MutexGuard<'_, Phones> {
        open(&self.phones)
    }

    pub(crate) fn inbox(&self) -> MutexGuard<'_, Inbox> {
        open(&self.inbox)
    }

    pub(crate) fn people(&self) -> MutexGuard<'_, People> {
        open(&self.people)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        open(&self.faults)
    }

    pub(crate) fn chaos(&self) -> MutexGuard<'_, Chaos> {
        open(&self.chaos)
    }

    /// Tells the pages that something looks different now.
    pub(crate) fn changed(&self) {
        self.changes.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// A counter that moves with every change; its value has no meaning.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// From now on whatever waits without an end gives up, so that a shutdown does not wait for it.
    pub(crate) fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Resolves when the simulator is asked to stop.
    pub(crate) async fn closed(&self) {
        let mut closing = self.closing.subscribe();
        // An error means that the world itself is gone, which is as closed as it gets.
        let _ = closing.wait_for(|closing| *closing).await;
    }

    /// The user id by which the account of a business number knows whoever has a phone now.
    pub(crate) fn user_id(&self, line: &Line, phone: &Number) -> String {
        let owner = self.people().nature(phone).owner;
        let senders = self.senders();
        senders.account(&line.waba_id).map(|account| account.user_id(phone, owner)).unwrap_or_default()
    }

    /// The identity of a phone, for a business number that has asked to be told.
    pub(crate) fn identity(&self, line: &Line, phone: &Number) -> Option<String> {
        let wanted = self.senders().number(&line.phone_number_id).is_some_and(|number| number.identity_check);
        wanted.then(|| self.people().identity(phone))
    }
}

/// The receiver is usually this very machine: a proxy of the environment must not come between, and a redirect is no
/// answer to a webhook.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the simulator's seam: with time-out, without redirects"
)]
fn webhook_client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .timeout(WEBHOOK_PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
}

/// A panic while a lock was held cannot leave this state half-changed in a way that matters to a stand-in.
fn open<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
