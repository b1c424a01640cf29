//! What a new sender is to be, what one is changed to, and why one cannot be made or changed.

use watchword_domain::Secret;
use watchword_domain::sender::Sender;
use watchword_messaging::whatsapp::{SettingsRefusal, Unread, is_template_name};

use super::health::Trouble;
use crate::clients::is_name;

/// What a new sender is to be.
pub struct NewSender {
    /// What its project calls it.
    pub name: String,
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// Meta's id of the account.
    pub waba_id: String,
    /// A system user's token.
    pub access_token: Secret<String>,
    /// The app's secret.
    pub app_secret: Secret<String>,
    /// The template codes go out in.
    pub template: String,
    /// The template that steps in for it.
    pub standby_template: Option<String>,
}

/// A sender as made. The verify token is shown this once.
pub struct CreatedSender {
    /// The sender.
    pub sender: Sender,
    /// What Meta is told to repeat when the webhook is registered.
    pub verify_token: Secret<String>,
}

/// What a sender is to be from now on. Whatever is nothing stays as it is.
#[derive(Debug, Clone, Default)]
pub struct SenderChange {
    /// What its project calls it.
    pub name: Option<String>,
    /// The template codes go out in.
    pub template: Option<String>,
    /// The template that steps in for it, or none.
    pub standby_template: Option<Option<String>>,
}

impl SenderChange {
    pub(super) fn apply(self, sender: &mut Sender) -> Result<(), SenderRefusal> {
        if let Some(name) = self.name {
            if !is_name(&name) {
                return Err(SenderRefusal::Name);
            }
            name.trim().clone_into(&mut sender.name);
        }
        sender.template = self.template.unwrap_or_else(|| sender.template.clone());
        sender.standby_template = self.standby_template.unwrap_or_else(|| sender.standby_template.clone());
        match sender.templates().iter().all(|name| is_template_name(name)) {
            true => Ok(()),
            false => Err(SettingsRefusal::Template.into()),
        }
    }
}

/// Why a sender cannot be made or changed as asked.
#[derive(Debug, thiserror::Error)]
pub enum SenderRefusal {
    /// No name, or one longer than 128 characters.
    #[error("a sender's name has 1 to 128 characters")]
    Name,
    /// Something about it cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsRefusal),
    /// The app secret is empty or no text that Meta makes.
    #[error("the app secret is empty or has characters no secret has")]
    AppSecret,
    /// Meta does not say that the token may use the number.
    #[error("Meta does not confirm it: {0}")]
    Unproven(Unread),
    /// The number belongs to another account.
    #[error("the number does not belong to this WhatsApp Business Account")]
    NotOfAccount,
    /// Another sender of this installation has the number.
    #[error("another sender of this installation has this number")]
    NumberTaken,
    /// The project has no such sender.
    #[error("the project has no such sender")]
    Unknown,
    /// The installation has no sender that projects share.
    #[error("no sender is set up that projects share")]
    NoneShared,
    /// It is not fit to be sent from.
    #[error("it is not ready")]
    NotReady(Vec<Trouble>),
}
