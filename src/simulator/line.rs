//! A business number as people and webhooks see it. It never changes, so messages carry it and nobody has to look it up.

use crate::sender::{Sender, digits_of};

/// Who a business number is.
pub(crate) struct Line {
    pub(crate) phone_number_id: String,
    /// The account it belongs to.
    pub(crate) waba_id: String,
    /// As people see it.
    pub(crate) display: String,
    /// Without plus, spaces or hyphens, as webhooks write it.
    pub(crate) digits: String,
    /// Verified name: the title of its chats.
    pub(crate) name: String,
}

impl Line {
    pub(crate) fn of(sender: &Sender) -> Self {
        Self {
            phone_number_id: sender.phone_number_id.clone(),
            waba_id: sender.waba_id.clone(),
            display: sender.display_phone_number.clone(),
            digits: digits_of(&sender.display_phone_number),
            name: sender.verified_name.clone(),
        }
    }
}
