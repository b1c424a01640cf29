//! SMS through Twilio, Vonage or any gateway that speaks HTTP and JSON.
//!
//! Owns both directions of these wires: one file per provider sends, [`reports`] reads what they post back,
//! [`errors`] says what their codes mean in either. What is written is in [`wording`](crate::wording). Must not know
//! which pool or project a message belongs to.

pub mod errors;
pub mod gateway;
pub mod reports;
pub mod twilio;
pub mod vonage;
mod wire;

use watchword_domain::Secret;

pub use crate::http::Times;
pub use wire::{SettingsRefusal, Unread};

/// An account at Twilio or Vonage, and who its messages come from.
pub struct AccountSettings {
    /// Where the provider answers: `https://api.twilio.com`, `https://api.nexmo.com`.
    pub base_url: String,
    /// Twilio's account SID (`AC…`), Vonage's API key.
    pub account: String,
    /// Twilio's auth token, Vonage's API secret.
    pub secret: Secret<String>,
    /// A number (`+E.164`), a name of up to 11 letters and digits, or, at Twilio, a messaging service (`MG…`).
    pub from: String,
    /// Where reports are posted: this very text is what Twilio signs.
    pub report_url: String,
    /// How long the provider may take.
    pub times: Times,
}

/// Who carries messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// Twilio's Programmable Messaging.
    Twilio,
    /// Vonage's Messages API.
    Vonage,
    /// A gateway that is described by configuration.
    Gateway,
}

impl Provider {
    /// Every provider.
    pub const ALL: [Self; 3] = [Self::Twilio, Self::Vonage, Self::Gateway];

    /// Its word in configuration and in the address of its reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Twilio => "twilio",
            Self::Vonage => "vonage",
            Self::Gateway => "gateway",
        }
    }

    /// The provider of a word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.as_str() == word)
    }
}
