//! What WhatsApp reports: proven to be Meta's, stored once, applied to the message it is about.

use serde_json::json;
use watchword_domain::ids::MessageId;
use watchword_domain::timeline::{Price, Step};
use watchword_domain::{FailureClass, Timestamp};
use watchword_messaging::whatsapp::webhook::{
    Event, Inbound, Status, parse, signature_matches, verify_subscription,
};
use watchword_store::{Advanced, Disowned, StatusReport, SystemTx};

use crate::Watchword;
use crate::crypto::token_hash;
use crate::error::{Error, Fault, Outcome};
use crate::timeline;

/// Why a webhook is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookRefusal {
    /// No sender is set up whose secret could prove it.
    NoSender,
    /// The signature is missing or not ours.
    BadSignature,
}

impl Watchword {
    /// The answer to Meta's handshake, when it shows the verify token.
    pub fn verify_webhook<'a>(&self, fields: &'a [(String, String)]) -> Option<&'a str> {
        verify_subscription(fields, &self.settings.whatsapp.as_ref()?.verify_token)
    }

    /// Takes a webhook: checks the signature over the raw bytes, stores every event under its unique key, applies those
    /// that are new. When this returns, nothing of it can be lost; an error means that Meta must send it again.
    ///
    /// # Errors
    /// When it is not proven to be Meta's; when the database fails.
    pub async fn receive_webhook(&self, raw: &[u8], signature: Option<&str>) -> Outcome<(), WebhookRefusal> {
        let sender = self.settings.whatsapp.as_ref().ok_or(Error::Refused(WebhookRefusal::NoSender))?;
        if !signature_matches(raw, signature, &sender.app_secrets) {
            return Err(Error::Refused(WebhookRefusal::BadSignature));
        }
        let now = self.clock.now();
        let tx = self.store.begin_system().await?;
        let mut news = Vec::new();
        match parse(raw) {
            Ok(events) => {
                let mut new = Self::take_in(&tx, events, now).await?;
                // Challenges before messages, as a right code takes them: neither waits for the other for ever.
                new.sort_by_key(|event| matches!(event, Event::Status(_)));
                for event in &new {
                    news.extend(self.apply(&tx, event).await?);
                }
            }
            Err(_) => {
                // Signed, yet not what we can read: kept for a person to look at, and not asked for again.
                let body = String::from_utf8_lossy(raw).replace('\0', "");
                tx.claim_webhook_event(&token_hash(&body), "unreadable", body, now).await?;
            }
        }
        tx.commit().await?;
        for (message, step) in &news {
            self.delivery.tell(&message.challenge_id);
            timeline::count(&message.channel, &message.recipient, *step);
        }
        Ok(())
    }

    /// Stores events, and gives those that are new.
    ///
    /// All are stored before the first is applied, and always in the same order: two webhooks that report the same
    /// messages would otherwise each wait for rows that the other holds.
    async fn take_in(tx: &SystemTx, mut events: Vec<Event>, now: Timestamp) -> Result<Vec<Event>, Fault> {
        events.sort_by_cached_key(|event| (subject_of(event).to_owned(), event.dedupe_key()));
        let mut new = Vec::with_capacity(events.len());
        for event in events {
            if tx.claim_webhook_event(&event.dedupe_key(), kind_of(&event), body_of(&event), now).await? {
                new.push(event);
            }
        }
        Ok(new)
    }

    async fn apply(&self, tx: &SystemTx, event: &Event) -> Result<Option<(Advanced, Step)>, Fault> {
        let ours = self.settings.whatsapp.as_ref().map(|sender| sender.phone_number_id.as_str());
        match event {
            Event::Status(status) if ours == Some(&status.phone_number_id) => self.report(tx, status).await,
            Event::Inbound(inbound) if ours == Some(&inbound.phone_number_id) => self.hear(tx, inbound).await,
            _ => Ok(None),
        }
    }

    /// What a person tapped. The id of the message it answers was given to its receiver alone, and Meta signs who taps.
    async fn hear(&self, tx: &SystemTx, inbound: &Inbound) -> Result<Option<(Advanced, Step)>, Fault> {
        let Some(message) = inbound.disowned_message() else { return Ok(None) };
        let disowned = tx.claim_disowned(message, self.clock.now()).await?;
        Ok(disowned.map(|Disowned { message, was_answered }| {
            tracing::warn!(was_answered, "somebody got a code they did not ask for");
            (message, Step::Disowned)
        }))
    }

    async fn report(&self, tx: &SystemTx, status: &Status) -> Result<Option<(Advanced, Step)>, Fault> {
        let Some(state) = status.state.delivery() else { return Ok(None) };
        metrics::counter!("watchword_delivery_reports_total", "state" => state.as_str()).increment(1);
        if let Some((_, code)) = failure_of(status) {
            self.sender.refused(code, self.clock.now());
        }
        let at = Timestamp::from_seconds(status.at);
        let report = StatusReport { state, at, failure: failure_of(status), price: price_of(status) };
        let news = match &status.correlation {
            Some(id) => tx.save_status(&MessageId::from(id.as_str()), &report).await?,
            None => tx.save_status_by_provider_id(&status.provider_message_id, &report).await?,
        };
        Ok(news.zip(Step::to(state)))
    }
}

fn price_of(status: &Status) -> Option<Price> {
    let told = status.pricing.as_ref()?;
    Some(Price { billable: told.billable, category: told.category.clone() })
}

fn failure_of(status: &Status) -> Option<(FailureClass, i64)> {
    Some((status.failure()?, status.errors.first().map_or(0, |error| error.code)))
}

/// The message an event is about, by the provider's id.
fn subject_of(event: &Event) -> &str {
    match event {
        Event::Status(status) => &status.provider_message_id,
        Event::Inbound(inbound) => &inbound.provider_message_id,
        Event::Other { .. } => "",
    }
}

fn kind_of(event: &Event) -> &'static str {
    match event {
        Event::Status(_) => "status",
        Event::Inbound(_) => "inbound",
        Event::Other { .. } => "other",
    }
}

/// What is kept of an event: all that cannot be asked for again, and no more of a person than that needs.
fn body_of(event: &Event) -> String {
    let body = match event {
        Event::Status(status) => json!({
            "id": status.provider_message_id,
            "status": status.state.as_str(),
            "at": status.at,
            "correlation": status.correlation,
            "errors": status.errors.iter().map(|error| json!({
                "code": error.code, "title": error.title, "details": error.details,
            })).collect::<Vec<_>>(),
        }),
        Event::Inbound(inbound) => json!({
            "id": inbound.provider_message_id,
            "from": inbound.from,
            "from_user_id": inbound.from_user_id,
            "at": inbound.at,
            "context": inbound.context_id,
            "body": inbound.body,
        }),
        Event::Other { account_id, at, field, raw } => {
            json!({ "account": account_id, "at": at, "field": field, "raw": raw })
        }
    };
    body.to_string()
}
