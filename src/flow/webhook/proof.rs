//! Whose word a webhook is: a signature proves the app it was made with, and so the senders that have that app's secret. A
//! sender's secret proves news about that sender and about nobody else.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use watchword_domain::Language;
use watchword_messaging::whatsapp::webhook::{Event, Named, named, signature_matches};

use crate::Watchword;
use crate::error::{Error, Fault, Outcome};
use crate::senders::Wire;

/// Numbers and accounts that one webhook is looked through for. Meta's batches speak of one account.
const MOST_NAMED: usize = 100;

/// Events of projects' own senders that one webhook may hold; Meta's batches hold some hundreds.
const MOST_OF_PROJECTS: usize = 1_000;

/// Secrets that one webhook is checked against: each costs a hash of the whole body.
const MOST_SECRETS: usize = 16;

/// Why a webhook is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookRefusal {
    /// No sender is set up whose secret could prove it.
    NoSender,
    /// The signature is missing or not ours.
    BadSignature,
}

/// The senders whose secret a webhook was signed with.
pub(super) struct Proven {
    senders: Vec<Arc<Wire>>,
}

/// An event, and the sender whose word it is. Without one it is kept and not acted upon.
pub(super) struct Heard {
    pub(super) event: Event,
    pub(super) sender: Option<Arc<Wire>>,
}

impl Proven {
    /// Whether the installation's own app signed it.
    pub(super) fn is_of_installation(&self) -> bool {
        self.senders.iter().any(|wire| wire.is_shared())
    }

    pub(super) fn senders(&self) -> impl Iterator<Item = &Arc<Wire>> {
        self.senders.iter()
    }

    /// The events that these senders' secrets prove. What the installation's own app signed is kept even when it is about
    /// a number we do not know.
    pub(super) fn heard(&self, events: Vec<Event>) -> Vec<Heard> {
        let is_of_installation = self.is_of_installation();
        let heard = events.into_iter().map(|event| {
            let sender = self.senders.iter().find(|wire| is_about(&event, wire)).cloned();
            Heard { event, sender }
        });
        let heard = heard.filter(|heard| heard.sender.is_some() || is_of_installation);
        let mut of_projects = 0;
        heard
            .filter(|heard| {
                let Some(wire) = heard.sender.as_ref().filter(|wire| !wire.is_shared()) else { return true };
                of_projects += 1;
                of_projects <= MOST_OF_PROJECTS && is_of_use(&heard.event, wire)
            })
            .collect()
    }
}

/// Whether something comes of an event of a project's own sender. What is of no use is not kept: the project could sign any
/// amount of it.
fn is_of_use(event: &Event, wire: &Wire) -> bool {
    match event {
        Event::Status(status) => status.state.delivery().is_some(),
        Event::Inbound(inbound) => inbound.disowned_message().is_some(),
        Event::Other { .. } => event.template_news().is_some_and(|news| {
            wire.templates.contains(&news.name) && Language::from_meta_code(&news.language).is_some()
        }),
    }
}

fn is_about(event: &Event, wire: &Wire) -> bool {
    match event {
        Event::Status(status) => status.phone_number_id == wire.phone_number_id,
        Event::Inbound(inbound) => inbound.phone_number_id == wire.phone_number_id,
        Event::Other { account_id, .. } => account_id.as_deref() == Some(&wire.waba_id),
    }
}

impl Watchword {
    /// The senders whose secret this body was signed with, among those it speaks of and the shared one.
    pub(super) async fn prove(&self, raw: &[u8], signature: Option<&str>) -> Outcome<Proven, WebhookRefusal> {
        let shared = self.settings.whatsapp.as_ref().map(|shared| &shared.wire);
        let mut candidates: Vec<Arc<Wire>> = shared.into_iter().cloned().collect();
        // What the shared sender's app signed and only that sender is spoken of in needs nobody else.
        if let Ok(named) = named(raw) {
            candidates.extend(self.senders_named(named).await?);
        }
        if candidates.is_empty() {
            return Err(Error::Refused(WebhookRefusal::NoSender));
        }
        let senders = signers(&candidates, raw, signature);
        match senders.is_empty() {
            true => Err(Error::Refused(WebhookRefusal::BadSignature)),
            false => Ok(Proven { senders }),
        }
    }

    /// Projects' own senders that are spoken of.
    async fn senders_named(&self, named: Named) -> Result<Vec<Arc<Wire>>, Fault> {
        let shared = self.settings.whatsapp.as_ref().map(|shared| &shared.wire);
        let others = |ids: BTreeSet<String>, ours: Option<&String>| -> Vec<String> {
            ids.into_iter().filter(|id| Some(id) != ours).take(MOST_NAMED).collect()
        };
        let numbers = others(named.phone_number_ids, shared.map(|wire| &wire.phone_number_id));
        let accounts = others(named.waba_ids, shared.map(|wire| &wire.waba_id));
        let rows = self.store.read_system();
        let mut found = Vec::new();
        if !numbers.is_empty() {
            found.extend(rows.list_senders_by_number(numbers).await?);
        }
        if !accounts.is_empty() {
            found.extend(rows.list_senders_by_account(accounts).await?);
        }
        found.sort_by(|one, other| one.sender.id.cmp(&other.sender.id));
        found.dedup_by(|one, other| one.sender.id == other.sender.id);
        found.iter().map(|row| self.wire_of(row)).collect()
    }
}

/// Those whose secret this body was signed with. Many senders can belong to one app: each secret is tried once.
fn signers(candidates: &[Arc<Wire>], raw: &[u8], signature: Option<&str>) -> Vec<Arc<Wire>> {
    let mut tried: HashMap<&str, bool> = HashMap::new();
    let mut signers = Vec::new();
    for wire in candidates {
        let mut signed = false;
        for secret in &wire.app_secrets {
            let of_one = || signature_matches(raw, signature, std::slice::from_ref(secret));
            if tried.len() >= MOST_SECRETS && !tried.contains_key(secret.expose().as_str()) {
                continue;
            }
            signed |= *tried.entry(secret.expose().as_str()).or_insert_with(of_one);
        }
        signers.extend(signed.then(|| wire.clone()));
    }
    signers
}
