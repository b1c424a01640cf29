//! Everything one simulator shares between its endpoints, its webhooks and its page.
//! Every lock is held for a few lines and never across an await.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

use crate::{
    faults::Faults,
    number::Number,
    phone::Phones,
    queue::Queue,
    settings::{Error, Settings},
    signature,
    templates::Templates,
};

/// How long a webhook receiver may take before its silence counts as a refusal.
const WEBHOOK_PATIENCE: Duration = Duration::from_secs(10);

/// The state behind all routes.
pub(crate) struct World {
    pub(crate) settings: Settings,
    pub(crate) queue: Queue,
    pub(crate) client: reqwest::Client,
    phones: Mutex<Phones>,
    templates: Mutex<Templates>,
    faults: Mutex<Faults>,
    subscription: Mutex<Subscription>,
    changes: watch::Sender<u64>,
    closing: watch::Sender<bool>,
}

/// Whether the account has a subscribed app, and where its webhooks go.
#[derive(Clone, Default)]
pub(crate) struct Subscription {
    pub(crate) subscribed: bool,
    /// From `override_callback_uri`; wins over the address in the settings.
    pub(crate) callback: Option<String>,
}

impl World {
    pub(crate) fn new(settings: Settings) -> Result<Self, Error> {
        settings.check()?;
        let client = webhook_client()?;
        Ok(Self {
            templates: Mutex::new(Templates::approved(&settings.templates)),
            subscription: Mutex::new(Subscription {
                subscribed: settings.webhook_url.is_some(),
                callback: None,
            }),
            settings,
            queue: Queue::default(),
            client,
            phones: Mutex::default(),
            faults: Mutex::default(),
            changes: watch::Sender::new(0),
            closing: watch::Sender::new(false),
        })
    }

    pub(crate) fn phones(&self) -> MutexGuard<'_, Phones> {
        open(&self.phones)
    }

    pub(crate) fn templates(&self) -> MutexGuard<'_, Templates> {
        open(&self.templates)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        open(&self.faults)
    }

    pub(crate) fn subscription(&self) -> MutexGuard<'_, Subscription> {
        open(&self.subscription)
    }

    /// Where webhooks go now; `None` while no app is subscribed, exactly as with Meta.
    pub(crate) fn webhook_target(&self) -> Option<String> {
        let subscription = self.subscription().clone();
        if !subscription.subscribed {
            return None;
        }
        subscription.callback.or_else(|| self.settings.webhook_url.clone())
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

    /// The business-scoped user id of a phone: the same for as long as the account is, and telling nothing.
    pub(crate) fn user_id(&self, phone: &Number) -> String {
        let scope = format!("{}:{}", self.settings.waba_id, phone.as_str());
        let mark = signature::hmac(scope.as_bytes(), self.settings.app_secret.as_bytes()).unwrap_or_default();
        let digits = mark.iter().take(8).fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
        format!("{}.{digits:020}", phone.country())
    }

    /// The token a call carries is ours. Compared in constant time, as a service would.
    pub(crate) fn knows_token(&self, given: &str) -> bool {
        let (given, ours) = (given.as_bytes(), self.settings.access_token.as_bytes());
        given.len() == ours.len() && openssl::memcmp::eq(given, ours)
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
