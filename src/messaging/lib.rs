//! The wires messages leave by, and what their providers say about them afterwards.
//!
//! Owns the seam [`Channel`] and one room per provider. Knows how a provider is spoken to and how its answers
//! read. Must not know why a code is sent, how often, to whom it may go, or what is stored: that is the
//! flow's.
//!
//! A channel sends at most once. It never retries, because a provider that did not answer may still deliver;
//! what happened is told apart by [`Outcome`] so that the flow can decide.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use watchword_domain::{EmailAddress, FailureClass, Language, Phone, Secret};

pub mod email;
mod gsm;
mod http;
mod json;
pub mod sms;
pub mod whatsapp;
pub mod wording;

/// A way to bring a code to a person: the seam behind which every provider sits.
pub trait Channel: Send + Sync {
    /// Hands one code to the provider and says what became of it. Never fails otherwise and never sends
    /// twice.
    fn send_code<'a>(&'a self, message: &'a OutgoingCode) -> Sending<'a>;
}

/// A message on its way; what [`Channel::send_code`] returns, boxed so that channels can be chosen at run
/// time.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// One code for one person.
pub struct OutgoingCode {
    /// Where it goes.
    pub to: Recipient,
    /// What the person will type. Meta takes at most 15 printable ASCII characters.
    pub code: Secret<String>,
    /// The language of the text around the code.
    pub language: Language,
    /// Our message id, echoed in every later report about this message. Must say nothing about the person;
    /// at most 512 characters.
    pub correlation: String,
    /// The project's name, as the people who sign in see it.
    pub project: String,
    /// The host of the page the code is typed on, without its port: a phone offers an SMS code there and nowhere else.
    pub host: String,
    /// How much longer the code works.
    pub lives: Duration,
    /// The identity that WhatsApp must still see behind the number, else nothing is delivered; none when any may be.
    pub identity: Option<String>,
}

/// Where a code goes. Each channel takes one kind and sends nothing to the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// A phone.
    Phone(Phone),
    /// A mailbox.
    Email(EmailAddress),
}

/// What became of a message that was handed to a provider.
#[derive(Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The provider took it. This does not yet mean that it arrives: reports follow.
    Accepted {
        /// The provider's id of the message. WhatsApp's contains the person's number: never log it.
        provider_message_id: String,
        /// The number as the provider knows it, without `+`. It can differ from the one we sent to.
        recipient_id: Option<String>,
    },
    /// The provider refused it and said why; nothing was or will be delivered.
    Rejected {
        /// The provider's error code.
        code: i64,
        /// What that means to us.
        class: FailureClass,
        /// How long to wait before another try is of use, where that is known.
        retry_after: Option<Duration>,
    },
    /// It provably never left: the connection was never made, or the message was refused by ourselves.
    NotSent {
        /// What stood in the way, for the operator.
        why: &'static str,
    },
    /// Nobody knows: it may or may not be delivered. A second message would risk two codes, so wait for a
    /// report that carries the correlation.
    Unknown {
        /// What happened instead of an answer, for the operator.
        why: &'static str,
    },
}

impl fmt::Debug for OutgoingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutgoingCode")
            .field("language", &self.language)
            .field("correlation", &self.correlation)
            .field("project", &self.project)
            .field("lives", &self.lives)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted { .. } => f.debug_struct("Accepted").finish_non_exhaustive(),
            Self::Rejected { code, class, retry_after } => f
                .debug_struct("Rejected")
                .field("code", code)
                .field("class", class)
                .field("retry_after", retry_after)
                .finish(),
            Self::NotSent { why } => f.debug_struct("NotSent").field("why", why).finish(),
            Self::Unknown { why } => f.debug_struct("Unknown").field("why", why).finish(),
        }
    }
}
