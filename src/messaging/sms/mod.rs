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

pub use wire::{SettingsRefusal, Times, Unread};

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
