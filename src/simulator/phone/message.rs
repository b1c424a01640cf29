//! One message on a phone: what it says, which way it went and how far it got.

use serde::Serialize;
use std::sync::Arc;

use crate::{ids::Way, line::Line, number::Number};

/// What carried a message.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Channel {
    Whatsapp,
    Sms,
}

/// How far a message got. Only ever moves forward; `Failed` is an end of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    Accepted,
    Sent,
    Delivered,
    Read,
    Failed,
}

impl Status {
    /// The word webhooks and the control interface use.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
        }
    }
}

/// What Meta charges a message as.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Category {
    Authentication,
    Utility,
    Marketing,
    /// Free-form messages inside the 24-hour window, and everything a person writes.
    Service,
}

impl Category {
    /// As the `pricing` of a status webhook spells it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Authentication => "authentication",
            Self::Utility => "utility",
            Self::Marketing => "marketing",
            Self::Service => "service",
        }
    }
}

/// A button under a message.
#[derive(Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Button {
    /// Puts the code into the clipboard; nothing is sent.
    CopyCode { title: String, code: String },
    /// Quick reply of a template; comes back as `type: button`.
    QuickReply { title: String, payload: String },
    /// Reply button of an interactive message; comes back as `button_reply`.
    Reply { title: String, id: String },
    /// Row of an interactive list; comes back as `list_reply`.
    Row {
        title: String,
        id: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    },
    /// Opens an address.
    Url { title: String, url: String },
}

/// What a phone shows of a message.
#[derive(Clone, Default)]
pub(crate) struct Content {
    pub(crate) header: Option<String>,
    pub(crate) body: String,
    pub(crate) footer: Option<String>,
    pub(crate) buttons: Vec<Button>,
}

impl Content {
    /// Nothing but a body.
    pub(crate) fn text(body: impl Into<String>) -> Self {
        Self { body: body.into(), ..Self::default() }
    }
}

/// What a fault asked for when the message was taken, and what later webhooks must still respect.
#[derive(Clone, Copy, Default)]
pub(crate) struct Quirks {
    /// No webhook is ever posted about it.
    pub(crate) silent: bool,
    /// Every webhook about it is posted twice.
    pub(crate) twice: bool,
    /// Every webhook about it is posted so many milliseconds late.
    pub(crate) late_ms: u64,
}

/// Which interface an SMS came by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carrier {
    Gateway,
    Twilio,
    Vonage,
}

/// How an SMS came, and who is told what becomes of it.
pub(crate) struct Carried {
    pub(crate) by: Carrier,
    pub(crate) from: String,
    pub(crate) report_to: Option<String>,
}

/// A message before it has a place among the others.
pub(crate) struct Draft {
    /// The business number at the other end.
    pub(crate) line: Arc<Line>,
    pub(crate) phone: Number,
    pub(crate) way: Way,
    pub(crate) channel: Channel,
    pub(crate) id: String,
    pub(crate) content: Content,
    pub(crate) category: Category,
    pub(crate) code: Option<String>,
    pub(crate) template: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) correlation: Option<String>,
    /// Id of the message this one quotes or answers.
    pub(crate) context: Option<String>,
    pub(crate) quirks: Quirks,
    /// An SMS only.
    pub(crate) carried: Option<Arc<Carried>>,
}

impl Draft {
    /// A free-form message; the other fields are set by those who have them.
    pub(crate) fn new(
        (line, phone): (Arc<Line>, Number),
        way: Way,
        channel: Channel,
        id: String,
        content: Content,
    ) -> Self {
        Self {
            line,
            phone,
            way,
            channel,
            id,
            content,
            category: Category::Service,
            code: None,
            template: None,
            language: None,
            correlation: None,
            context: None,
            quirks: Quirks::default(),
            carried: None,
        }
    }
}

/// A message as a phone remembers it.
pub(crate) struct Message {
    /// Its place in the order of all messages of this simulator, from 1.
    pub(crate) n: u64,
    /// Unix milliseconds at which it was taken.
    pub(crate) at: u64,
    pub(crate) status: Status,
    /// Meta's code, once it failed.
    pub(crate) failure: Option<u32>,
    draft: Draft,
}

impl Message {
    pub(super) const fn new(n: u64, draft: Draft, at: u64) -> Self {
        Self { n, at, status: Status::Accepted, failure: None, draft }
    }

    /// Moves forward, never back. True when something changed.
    pub(crate) fn advance(&mut self, to: Status) -> bool {
        let forward = self.status < to && !(to == Status::Failed && self.status >= Status::Delivered);
        if forward {
            self.status = to;
        }
        forward
    }
}

/// What never changes about a message is read straight through it.
impl std::ops::Deref for Message {
    type Target = Draft;

    fn deref(&self) -> &Draft {
        &self.draft
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_never_goes_back_and_failure_never_overwrites_delivery() {
        let phone = Number::strict("+16505551234").unwrap();
        let line = Arc::new(Line {
            phone_number_id: "1".into(),
            waba_id: "2".into(),
            display: "+1 555 078 3881".into(),
            digits: "15550783881".into(),
            name: "Acme Market".into(),
        });
        let draft =
            Draft::new((line, phone), Way::ToPhone, Channel::Whatsapp, "w".into(), Content::text("x"));
        let mut message = Message::new(1, draft, 0);
        assert!(message.advance(Status::Delivered));
        assert!(!message.advance(Status::Sent));
        assert!(!message.advance(Status::Failed));
        assert!(message.advance(Status::Read));
        assert_eq!(message.status, Status::Read);
    }
}
