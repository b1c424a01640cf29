//! What Meta tells us, in our words.
//!
//! Owns the types of webhook events, how one is recognised when it arrives again, and what their `Debug`
//! keeps to itself: numbers, message ids (which contain numbers), user ids and anything a person wrote. Knows
//! no JSON shape.

use std::fmt;

use openssl::sha::sha256;
use serde_json::Value;
use watchword_domain::{DeliveryState, FailureClass};

use crate::whatsapp::errors;

/// Meta's own code for "something went wrong and we do not know what"; stands in where a report names no
/// code.
pub(super) const UNKNOWN_ERROR: i64 = 131_000;
/// The payload of the button by which a person says that the code is not theirs.
const DID_NOT_REQUEST_CODE: &str = "DID_NOT_REQUEST_CODE";

/// One thing Meta told us.
#[derive(Clone, PartialEq)]
pub enum Event {
    /// How a message of ours fares.
    Status(Status),
    /// A person wrote, or tapped something.
    Inbound(Inbound),
    /// Anything else, as it came: news about templates, numbers and the account, and what we cannot read yet.
    Other {
        /// The WhatsApp Business Account it is about, where it says so.
        account_id: Option<String>,
        /// When Meta says it happened, in Unix seconds.
        at: Option<i64>,
        /// Meta's name for the kind of news, such as `message_template_status_update`; `messages` for an item
        /// of a message webhook that could not be read.
        field: String,
        /// The news itself.
        raw: Value,
    },
}

/// How a message of ours fares. Reports come in any order and more than once.
#[derive(Clone, PartialEq)]
pub struct Status {
    /// The sender the message left from.
    pub phone_number_id: String,
    /// Meta's id of the message. Contains the number.
    pub provider_message_id: String,
    /// What is reported.
    pub state: State,
    /// When it happened, in Unix seconds.
    pub at: i64,
    /// Our message id, where we gave one.
    pub correlation: Option<String>,
    /// The recipient's number without `+`, as Meta spells it. Absent for people whose number is withheld.
    pub recipient_id: Option<String>,
    /// The recipient's business-scoped user id. Absent when the message failed.
    pub recipient_user_id: Option<String>,
    /// Changes when the recipient registers WhatsApp anew; only there when that check is on.
    pub identity_key_hash: Option<String>,
    /// Why it failed. Told once and never again: keep all of it.
    pub errors: Vec<GraphError>,
    /// What it costs; comes with some of the reports of a message.
    pub pricing: Option<Pricing>,
}

/// The state a report speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Handed to the network.
    Sent,
    /// On the person's phone. Left out when the chat is open: then only `Read` comes.
    Delivered,
    /// Seen. Never comes from people who turned receipts off.
    Read,
    /// Will not arrive.
    Failed,
    /// A state we do not know, such as `played`.
    Other(String),
}

/// An error as Graph tells it.
#[derive(Clone, PartialEq, Eq)]
pub struct GraphError {
    /// See [`errors::KNOWN`].
    pub code: i64,
    /// A few words, in the account's language.
    pub title: Option<String>,
    /// More words. Can name the number.
    pub details: Option<String>,
}

/// What a message costs, in Meta's words; any of them can be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pricing {
    /// Whether it is charged.
    pub billable: Option<bool>,
    /// `PMP`: per message.
    pub model: Option<String>,
    /// `regular` or one of the free kinds.
    pub kind: Option<String>,
    /// Such as `authentication` or `authentication-international`, the latter always spelled like this.
    pub category: Option<String>,
}

/// Something a person sent or tapped.
#[derive(Clone, PartialEq)]
pub struct Inbound {
    /// The sender (ours) it was addressed to.
    pub phone_number_id: String,
    /// Meta's id of the message. Contains the number.
    pub provider_message_id: String,
    /// The person's number without `+`. Absent for people whose number is withheld: then only the user id
    /// tells who it is.
    pub from: Option<String>,
    /// The person's business-scoped user id.
    pub from_user_id: Option<String>,
    /// The person's WhatsApp username, where they have one.
    pub username: Option<String>,
    /// Changes when the person registers WhatsApp anew; only there when that check is on.
    pub identity_key_hash: Option<String>,
    /// When it was sent, in Unix seconds.
    pub at: i64,
    /// The message of ours it answers, by Meta's id.
    pub context_id: Option<String>,
    /// The group it was written in. What is said in a group proves nothing about a person.
    pub group_id: Option<String>,
    /// What it is.
    pub kind: Kind,
    /// The part named after the kind, as it came; the whole message when there is no such part.
    pub body: Value,
}

/// What a person's message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something typed.
    Text,
    /// A tap on a template's button.
    Button,
    /// A tap on a reply button or a list, or the result of a Flow.
    Interactive,
    /// Contact cards, among them the answer to a request for the number.
    Contacts,
    /// The person's number or user id changed.
    System,
    /// An earlier message was changed. Never acts again on what the first one did.
    Edit,
    /// An earlier message was taken back.
    Revoke,
    /// Something WhatsApp does not pass on.
    Unsupported,
    /// A kind of no use to us, or a new one.
    Other(String),
}

impl Event {
    /// The same for every delivery of the same news and different for any other: store it uniquely before
    /// acting.
    ///
    /// 64 hexadecimal digits. A digest, because message ids contain numbers and this key ends up in indexes.
    #[must_use]
    pub fn dedupe_key(&self) -> String {
        match self {
            Self::Status(status) => digest(&["status", &status.provider_message_id, status.state.as_str()]),
            Self::Inbound(inbound) => digest(&["inbound", &inbound.provider_message_id]),
            Self::Other { account_id, at, field, raw } => digest(&[
                "other",
                account_id.as_deref().unwrap_or_default(),
                &at.map(|at| at.to_string()).unwrap_or_default(),
                field,
                &raw.to_string(),
            ]),
        }
    }
}

// U+0000 separates the parts: it is stripped from everything that is parsed.
fn digest(parts: &[&str]) -> String {
    sha256(parts.join("\0").as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Status {
    /// Why the message failed, and Meta's code of that, by the first error that was given; nothing for any other state. A
    /// failure without an error says no more than that.
    #[must_use]
    pub fn failure(&self) -> Option<(FailureClass, i64)> {
        let code = self.errors.first().map_or(UNKNOWN_ERROR, |error| error.code);
        (self.state == State::Failed).then(|| (errors::class_of(code), code))
    }
}

impl State {
    pub(super) fn named(name: String) -> Self {
        match name.as_str() {
            "sent" => Self::Sent,
            "delivered" => Self::Delivered,
            "read" => Self::Read,
            "failed" => Self::Failed,
            _ => Self::Other(name),
        }
    }

    /// Meta's word for it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
            Self::Other(name) => name,
        }
    }

    /// The step of a message's way this speaks of; nothing for a state we do not know.
    #[must_use]
    pub fn delivery(&self) -> Option<DeliveryState> {
        match self {
            Self::Sent => Some(DeliveryState::Sent),
            Self::Delivered => Some(DeliveryState::Delivered),
            Self::Read => Some(DeliveryState::Read),
            Self::Failed => Some(DeliveryState::Failed),
            Self::Other(_) => None,
        }
    }
}

impl Inbound {
    /// What the person typed.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.body.get("body").filter(|_| self.kind == Kind::Text)?.as_str()
    }

    /// Meta's id of the message whose code the person says they never asked for: cancel it and take it as a
    /// sign of fraud.
    #[must_use]
    pub fn disowned_message(&self) -> Option<&str> {
        let disowned = self.kind == Kind::Button
            && self.body.get("payload").and_then(Value::as_str) == Some(DID_NOT_REQUEST_CODE);
        self.context_id.as_deref().filter(|_| disowned)
    }
}

impl Kind {
    pub(super) fn named(name: String) -> Self {
        match name.as_str() {
            "text" => Self::Text,
            "button" => Self::Button,
            "interactive" => Self::Interactive,
            "contacts" => Self::Contacts,
            "system" => Self::System,
            "edit" => Self::Edit,
            "revoke" => Self::Revoke,
            "unsupported" => Self::Unsupported,
            _ => Self::Other(name),
        }
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => status.fmt(f),
            Self::Inbound(inbound) => inbound.fmt(f),
            Self::Other { field, at, .. } => {
                f.debug_struct("Other").field("field", field).field("at", at).finish_non_exhaustive()
            }
        }
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Status")
            .field("phone_number_id", &self.phone_number_id)
            .field("state", &self.state)
            .field("at", &self.at)
            .field("correlation", &self.correlation)
            .field("errors", &self.errors)
            .field("pricing", &self.pricing)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GraphError").field("code", &self.code).finish_non_exhaustive()
    }
}

impl fmt::Debug for Inbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbound")
            .field("phone_number_id", &self.phone_number_id)
            .field("at", &self.at)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
