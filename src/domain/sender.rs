//! A sender: the WhatsApp business number that messages of a project leave from.

use crate::ids::{PoolId, SenderId};
use crate::time::Timestamp;

/// A project's own WhatsApp sender; its secrets are not part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// Its id.
    pub id: SenderId,
    /// The pool it belongs to.
    pub pool_id: PoolId,
    /// What its project calls it.
    pub name: String,
    /// Meta's id of the number: digits, and not the number itself.
    pub phone_number_id: String,
    /// Meta's id of the WhatsApp Business Account the number belongs to.
    pub waba_id: String,
    /// The authentication template codes go out in.
    pub template: String,
    /// The template that steps in while that one cannot be sent.
    pub standby_template: Option<String>,
    /// Whether the project's messages leave from it. One of a project's senders at most; without one, they leave from the
    /// installation's shared sender.
    pub is_live: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When anything of it, its secrets included, was changed last.
    pub changed_at: Timestamp,
}

impl Sender {
    /// The names of its templates, in the order in which they are tried.
    pub fn templates(&self) -> Vec<String> {
        std::iter::once(self.template.clone()).chain(self.standby_template.clone()).collect()
    }
}
