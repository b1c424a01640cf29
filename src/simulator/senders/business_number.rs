//! One business number: who it is, the token that speaks for it, and how much it may send.

use std::sync::Arc;

use crate::{
    line::Line,
    rate::{Pace, Rate},
    sender::Sender,
};

/// What a token may do that may do everything here: send, and manage the account.
pub(crate) const PERMISSIONS: [&str; 2] = [MESSAGING, MANAGEMENT];
/// To send.
pub(crate) const MESSAGING: &str = "whatsapp_business_messaging";
/// To look at and change what is set up.
pub(crate) const MANAGEMENT: &str = "whatsapp_business_management";
/// The state of a number that sends.
pub(crate) const CONNECTED: &str = "CONNECTED";

/// The number.
pub(crate) struct BusinessNumber {
    pub(crate) line: Arc<Line>,
    pub(super) token: String,
    pub(crate) token_expired: bool,
    /// What the token may do.
    pub(crate) permissions: Vec<String>,
    /// `CONNECTED` when messages can leave from it.
    pub(crate) status: String,
    /// Whether webhooks carry the identity of the phones, and sends may name it.
    pub(crate) identity_check: bool,
    /// `GREEN` and so on.
    pub(crate) quality: String,
    /// Whether the pair rate holds.
    pub(crate) pair_rate: bool,
    /// Most messages in a second; 0 is without end.
    pub(crate) messages_per_second: u32,
    rate: Rate,
}

impl BusinessNumber {
    pub(super) fn of(sender: &Sender) -> Self {
        Self {
            line: Arc::new(Line::of(sender)),
            token: sender.access_token.clone(),
            token_expired: false,
            permissions: PERMISSIONS.map(str::to_owned).to_vec(),
            status: CONNECTED.into(),
            identity_check: false,
            quality: "GREEN".into(),
            pair_rate: true,
            messages_per_second: 0,
            rate: Rate::default(),
        }
    }

    /// Compared in constant time, as a service would.
    pub(super) fn has_token(&self, given: &str) -> bool {
        let (given, ours) = (given.as_bytes(), self.token.as_bytes());
        given.len() == ours.len() && openssl::memcmp::eq(given, ours)
    }

    /// Charges one message against the throughput; false when it has to wait.
    pub(crate) fn may_send(&mut self, now_ms: u64) -> bool {
        self.messages_per_second == 0 || self.rate.charge(now_ms, Pace::per_second(self.messages_per_second))
    }
}
