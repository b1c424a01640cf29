//! What whoever set up a sender calls its parts, and does about them.

/// What somebody who set up a sender calls its parts.
#[derive(Debug, Clone, Copy)]
pub(in crate::senders) struct Names {
    /// The number's id.
    pub(super) phone_number_id: &'static str,
    /// The account's id.
    pub(super) waba_id: &'static str,
    /// The token.
    pub(super) access_token: &'static str,
    /// How a new token is put in the place of the old.
    pub(super) replace_token: &'static str,
    /// The command that makes the template.
    pub(super) save_template: &'static str,
    /// The command that subscribes the app.
    pub(super) subscribe: &'static str,
}

/// Of a project's own sender.
pub(in crate::senders) const OWN: Names = Names {
    phone_number_id: "the phone number id",
    waba_id: "the WhatsApp Business Account id",
    access_token: "the access token",
    replace_token: "hand it over with `watchword sender replace-token`",
    save_template: "`watchword sender save-template`",
    subscribe: "`watchword sender subscribe`",
};

/// Of the shared sender, by its settings.
pub(in crate::senders) const SHARED: Names = Names {
    phone_number_id: "whatsapp.phone_number_id",
    waba_id: "whatsapp.waba_id",
    access_token: "whatsapp.access_token",
    replace_token: "set WATCHWORD_WHATSAPP_ACCESS_TOKEN",
    save_template: "`watchword sender save-template --shared`",
    subscribe: "`watchword sender subscribe --shared`",
};
