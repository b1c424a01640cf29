//! What a new sender is to be, and why one cannot be made or changed.

use watchword_domain::Secret;
use watchword_domain::sender::Sender;
use watchword_messaging::whatsapp::{SettingsRefusal, Unread};

use super::health::Trouble;

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
    /// It is not fit to be sent from.
    #[error("it is not ready")]
    NotReady(Vec<Trouble>),
}
