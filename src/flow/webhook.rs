//! What WhatsApp reports: proven to be Meta's, stored once, applied to the message it is about.

mod proof;

use serde_json::json;
use watchword_domain::ids::MessageId;
use watchword_domain::limits::window_start;
use watchword_domain::timeline::{Price, Step};
use watchword_domain::{FailureClass, Timestamp};
use watchword_messaging::whatsapp::webhook::{Event, Inbound, Status, parse, subscription};
use watchword_store::{Advanced, AlertRow, Disowned, StatusReport, SystemTx};

use self::proof::{Heard, Proven};
use crate::Watchword;
use crate::alerts::HOUR;
use crate::crypto::token_hash;
use crate::error::{Fault, Outcome};
use crate::senders::{Refusal, Wire};
use crate::{identity, timeline};

pub use self::proof::WebhookRefusal;

/// The kind of the alert that codes go to people who did not ask for them.
pub const DISOWNED: &str = "disowned";

/// The longest text that is kept of an event, in bytes.
const LONGEST_KEPT: usize = 16 * 1024;

/// So many codes within an hour that nobody had asked for are worth an alert.
const SUSPICIOUS: u32 = 3;

impl Watchword {
    /// The answer to Meta's handshake, when it shows the verify token of a sender.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn verify_webhook<'a>(&self, fields: &'a [(String, String)]) -> Result<Option<&'a str>, Fault> {
        let Some(asked) = subscription(fields) else { return Ok(None) };
        let shared = self.settings.whatsapp.as_ref();
        let is_known = match shared.is_some_and(|shared| asked.offers(&shared.verify_token)) {
            true => true,
            // Found by its hash: what is stored opens nothing, and a lookup's time tells nothing of 190 random bits.
            false => {
                let hash = token_hash(asked.verify_token);
                self.store.read_system().find_pool_by_verify_token(&hash).await?.is_some()
            }
        };
        Ok(is_known.then_some(asked.challenge))
    }

    /// Takes a webhook: checks the signature over the raw bytes with the secrets of the senders it speaks of, stores every
    /// event of these under its unique key, applies those that are new. When this returns, nothing of it can be lost; an
    /// error means that Meta must send it again.
    ///
    /// # Errors
    /// When it is not proven to be Meta's; when the database fails.
    pub async fn receive_webhook(&self, raw: &[u8], signature: Option<&str>) -> Outcome<(), WebhookRefusal> {
        // Read only once it is known whose word it is: a body can be made to cost far more than its length.
        let proven = self.prove(raw, signature).await?;
        let events = parse(raw);
        let now = self.clock.now();
        let tx = self.store.begin_system().await?;
        let (mut news, mut of_templates) = (Vec::new(), Vec::new());
        match events {
            Ok(events) => {
                let mut new = self.take_in(&tx, proven.heard(events), now).await?;
                // Challenges before messages, as a right code takes them: neither waits for the other for ever.
                // Templates in the order of whoever asked about them.
                new.sort_by_cached_key(|heard| {
                    let template =
                        heard.event.template_news().map(|news| (news.waba_id, news.name, news.language));
                    (matches!(heard.event, Event::Status(_)), template)
                });
                let own = new.iter().filter(|heard| heard.sender.is_some());
                of_templates.extend(own.filter_map(|heard| heard.event.template_news()));
                for heard in &new {
                    news.extend(self.apply(&tx, heard).await?);
                }
            }
            // Signed, yet not what we can read: kept for a person to look at, and not asked for again.
            Err(_) if proven.is_of_installation() => {
                let body = String::from_utf8_lossy(raw).replace('\0', "");
                tx.claim_webhook_event(&token_hash(&body), "unreadable", kept(body), now).await?;
            }
            // A project may sign what it likes.
            Err(_) => tracing::warn!("a webhook that a project's secret signed cannot be read"),
        }
        let failed = news.iter().filter(|(message, step)| *step == Step::Failed && message.failed_by_us());
        tx.uncount_sent(failed.map(|(message, _)| message)).await?;
        self.note_seen(&tx, &proven, now).await?;
        tx.commit().await?;
        self.tell_of_troubled_senders().await;
        self.tell_of_templates(&of_templates).await;
        if news.iter().any(|(_, step)| *step == Step::Failed) {
            self.delivery.wake_fallbacks();
        }
        for (message, step) in &news {
            self.delivery.tell(&message.challenge_id);
            timeline::count_news(message, *step);
            if *step == Step::Disowned {
                self.count_disowned(message).await?;
            }
            if message.failure == Some(FailureClass::IdentityChanged) && *step == Step::Failed {
                let pool = self.pool_by_id(&message.pool_id).await?;
                self.raise(&pool, &identity::alert(&message.recipient, now)).await?;
            }
        }
        Ok(())
    }

    /// Counts codes that nobody had asked for: several within an hour in one range of numbers are told to the project.
    async fn count_disowned(&self, message: &Advanced) -> Result<(), Fault> {
        let (now, range) = (self.clock.now(), message.recipient.range());
        let window = window_start(HOUR, now);
        let tx = self.store.begin(&message.pool_id).await?;
        let amount = tx.count(&format!("disowned {} {range}", message.pool_id), window).await?;
        tx.commit().await?;
        if amount < SUSPICIOUS {
            return Ok(());
        }
        let (amount, kind) = (amount.into(), DISOWNED.to_owned());
        let alert =
            AlertRow { kind, subject: range, window, percent: 0, amount, most: amount, raised_at: now };
        self.raise(&*self.pool_by_id(&message.pool_id).await?, &alert).await
    }

    /// Notes, once a minute, that these senders' webhooks arrive. Last of all, and always in the same order.
    async fn note_seen(&self, tx: &SystemTx, proven: &Proven, now: Timestamp) -> Result<(), Fault> {
        let mut numbers: Vec<&str> = proven
            .senders()
            .filter(|wire| self.senders.heard(&wire.id, now))
            .map(|wire| wire.phone_number_id.as_str())
            .collect();
        numbers.sort_unstable();
        for number in numbers {
            tx.save_webhook_seen(number, now).await?;
        }
        Ok(())
    }

    /// Stores events, and gives those that are new.
    ///
    /// All are stored before the first is applied, and always in the same order: two webhooks that report the same
    /// messages would otherwise each wait for rows that the other holds.
    async fn take_in(
        &self,
        tx: &SystemTx,
        mut heard: Vec<Heard>,
        now: Timestamp,
    ) -> Result<Vec<Heard>, Fault> {
        heard.sort_by_cached_key(|heard| (subject_of(&heard.event).to_owned(), heard.event.dedupe_key()));
        let mut new = Vec::with_capacity(heard.len());
        for heard in heard {
            let Some(key) = self.key_of(tx, &heard, now).await? else { continue };
            let event = &heard.event;
            if tx.claim_webhook_event(&key, kind_of(event), kept(body_of(event)), now).await? {
                new.push(heard);
            }
        }
        Ok(new)
    }

    /// The same for every delivery of the same news. Those of projects' own senders are kept apart, so that none can take
    /// another's news by telling them first; and since a project may sign what it likes, any amount of it, they are kept by
    /// what they are news of: a message that left from that sender, so many times as it has steps. None for what is news of
    /// nothing.
    async fn key_of(&self, tx: &SystemTx, heard: &Heard, now: Timestamp) -> Result<Option<String>, Fault> {
        let Some(wire) = heard.sender.as_ref().filter(|wire| !wire.is_shared()) else {
            return Ok(Some(heard.event.dedupe_key()));
        };
        let (ids, step) = match &heard.event {
            Event::Status(status) => {
                let ours = status.correlation.as_deref().map(MessageId::from);
                ((ours, status.provider_message_id.as_str()), status.state.as_str())
            }
            Event::Inbound(inbound) => match inbound.disowned_message() {
                Some(theirs) => ((None, theirs), "disowned"),
                None => return Ok(None),
            },
            Event::Other { .. } => {
                let is_admitted = self.senders.admits_news(&wire.id, now);
                return Ok(is_admitted.then(|| format!("{} {}", wire.id, heard.event.dedupe_key())));
            }
        };
        let message = tx.find_message_of(&wire.id, (ids.0.as_ref(), ids.1)).await?;
        Ok(message.map(|message| format!("{} {message} {step}", wire.id)))
    }

    async fn apply(&self, tx: &SystemTx, heard: &Heard) -> Result<Option<(Advanced, Step)>, Fault> {
        let Some(wire) = &heard.sender else { return Ok(None) };
        match &heard.event {
            Event::Status(status) => self.report(tx, wire, status).await,
            Event::Inbound(inbound) => self.hear(tx, wire, inbound).await,
            event => {
                if let Some(news) = event.template_news() {
                    self.hear_of_template(tx, &news).await?;
                }
                Ok(None)
            }
        }
    }

    /// What a person tapped. The id of the message it answers was given to its receiver alone, and Meta signs who taps.
    async fn hear(
        &self,
        tx: &SystemTx,
        wire: &Wire,
        inbound: &Inbound,
    ) -> Result<Option<(Advanced, Step)>, Fault> {
        let Some(message) = inbound.disowned_message() else { return Ok(None) };
        let disowned = tx.claim_disowned(&wire.id, message, self.clock.now()).await?;
        Ok(disowned.map(|Disowned { message, was_answered }| {
            tracing::warn!(was_answered, "somebody got a code they did not ask for");
            (message, Step::Disowned)
        }))
    }

    async fn report(
        &self,
        tx: &SystemTx,
        wire: &Wire,
        status: &Status,
    ) -> Result<Option<(Advanced, Step)>, Fault> {
        let Some(state) = status.state.delivery() else { return Ok(None) };
        metrics::counter!("watchword_delivery_reports_total", "state" => state.as_str()).increment(1);
        let (failure, price) = (status.failure(), price_of(status));
        // That the token is not valid is said in answers: who reports is not asked for one.
        if let Some((_, code)) = failure.filter(|(_, code)| *code != 0) {
            self.senders.refused(&wire.id, &Refusal::on_whatsapp(code), self.clock.now());
        }
        let at = Timestamp::from_seconds(status.at);
        let identity_key_hash = status.identity_key_hash.clone();
        let report = StatusReport { state, at, failure, price, identity_key_hash };
        let ours = status.correlation.as_deref().map(MessageId::from);
        let id = (ours.as_ref(), status.provider_message_id.as_str());
        let news = tx.save_reported_status(&wire.id, id, &report).await?;
        Ok(news.map(|message| (message, Step::to(state))))
    }
}

fn price_of(status: &Status) -> Option<Price> {
    let told = status.pricing.as_ref()?;
    Some(Price { billable: told.billable, category: told.category.clone() })
}

/// As much of a body as is kept: far more than Meta's are long.
pub(crate) fn kept(mut body: String) -> String {
    body.truncate(body.floor_char_boundary(LONGEST_KEPT));
    body
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
