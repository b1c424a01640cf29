//! Who hears of reports: whether our app is subscribed, and whether anything was heard.

use watchword_domain::Timestamp;
use watchword_domain::sender::missed_webhooks;
use watchword_messaging::whatsapp::{App, Granted};
use watchword_store::{Store, StoreError};

use super::super::Wire;
use super::trouble::Trouble;
use super::{Examined, Finding, Part, SharedSender, list};

/// What is known of a sender's webhooks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Heard {
    /// When they were last heard; nothing when never, or when nobody can say.
    pub seen: Option<Timestamp>,
    /// When a message was accepted that a report should have followed, and none did.
    pub missed: Option<Timestamp>,
}

/// What the database knows of the shared sender's webhooks.
///
/// # Errors
/// When the database fails.
pub async fn heard(store: &Store, shared: &SharedSender, now: Timestamp) -> Result<Heard, StoreError> {
    heard_of(store, &shared.wire, now).await
}

pub(in crate::senders) async fn heard_of(
    store: &Store,
    wire: &Wire,
    now: Timestamp,
) -> Result<Heard, StoreError> {
    let rows = store.read_system();
    let seen = rows.find_webhook_seen(&wire.phone_number_id).await?;
    let missed = match missed_webhooks(seen, now) {
        Some((after, until)) => rows.find_accepted(&wire.id, after, until).await?,
        None => None,
    };
    Ok(Heard { seen, missed })
}

impl Examined<'_> {
    /// Looks at the subscription. Which app is ours, only the token tells.
    pub(super) async fn webhooks(&self, granted: &Granted) -> Finding {
        let of = |found: String, troubles| Finding { part: Part::Webhooks, found, troubles };
        let apps = match self.wire.account.subscribers().await {
            Ok(apps) => apps,
            Err(unread) => {
                let trouble = self.unread(self.names.waba_id, &self.wire.waba_id, &unread);
                return of(String::new(), vec![trouble]);
            }
        };
        let names: Vec<&str> = apps.iter().map(|app| app.name.as_str()).collect();
        let troubles = self.unsubscribed(&apps, granted).into_iter().chain(self.unheard()).collect();
        let seen = self
            .heard
            .seen
            .map_or("never heard so far".to_owned(), |seen| format!("last heard {}", seen.to_rfc3339()));
        of(format!("subscribed: {}; {seen}", list(&names)), troubles)
    }

    fn unsubscribed(&self, apps: &[App], granted: &Granted) -> Option<Trouble> {
        let is_ours = |app: &App| match (&app.id, &granted.app_id) {
            (Some(id), Some(ours)) => id == ours,
            // Nobody knows better.
            _ => true,
        };
        if apps.iter().any(is_ours) {
            return None;
        }
        let wrong = if apps.is_empty() {
            "has no subscribed app: nobody would learn whether a code arrived".to_owned()
        } else {
            let others: Vec<&str> = apps.iter().map(|app| app.name.as_str()).collect();
            format!("reports to {} and not to the app of the access token", list(&others))
        };
        let mend = format!("Subscribe your app with {}.", self.names.subscribe);
        Some(Trouble::fatal(format!("the account {}", self.wire.waba_id), wrong, mend))
    }

    fn unheard(&self) -> Option<Trouble> {
        let missed = self.heard.missed?.to_rfc3339();
        let wrong = match self.heard.seen {
            Some(seen) => {
                format!("were last heard {}, and Meta accepted a message at {missed}", seen.to_rfc3339())
            }
            None => format!("were never heard, and Meta accepted a message at {missed}"),
        };
        let mend = "Check in the App Dashboard that the app is live, the callback URL is this installation's, the app \
                    secret is its own and the field messages is subscribed.";
        Some(Trouble::minor("the webhooks", wrong, mend))
    }
}
