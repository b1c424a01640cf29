//! One sender as it is described to a simulator, and the checks that refuse what could only fail later.
//! Knows nothing of HTTP routes or of how messages travel.

use reqwest::Url;
use serde::Deserialize;

/// A business number, the WhatsApp Business Account it belongs to, and the app that hears of it.
///
/// Several senders may share an account, and then its app. It holds secrets, so it has no `Debug`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// Id of the business phone number, digits only; the `{phone-number-id}` of `POST /v{N}/{phone-number-id}/messages`.
    pub phone_number_id: String,
    /// Id of the WhatsApp Business Account, digits only; the `{waba}` of the template and subscription calls.
    pub waba_id: String,
    /// The business number as people see it, `+E.164` or with spaces; webhooks carry its digits.
    pub display_phone_number: String,
    /// Name shown above a chat.
    pub verified_name: String,
    /// Bearer token every call about this sender must carry.
    pub access_token: String,
    /// Key of `X-Hub-Signature-256`. Accounts with the same key belong to the same app.
    pub app_secret: String,
    /// Shared word of the webhook handshake.
    pub verify_token: String,
    /// Where webhooks go (http or https). `None`: the account has no subscribed app until `subscribed_apps` names one.
    #[serde(default)]
    pub webhook_url: Option<String>,
    /// Authentication templates approved from the start.
    #[serde(default)]
    pub templates: Vec<Template>,
}

/// An authentication template with a copy-code button, the security line and an expiry of five minutes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Lowercase letters, digits and underscores.
    pub name: String,
    /// Meta's language codes (`en_US`, `pt_BR`, `hi`, …) in which it is approved.
    pub languages: Vec<String>,
}

/// Why a simulator could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A setting could never work.
    #[error("the simulator's {name} {wrong}")]
    Setting {
        /// Which one, as the field of [`Sender`] is called.
        name: &'static str,
        /// What is wrong with it; never its value.
        wrong: &'static str,
    },
    /// The client that posts webhooks could not be built.
    #[error("the simulator's webhook client could not be built")]
    Client(#[from] reqwest::Error),
}

impl Sender {
    /// Refuses what could only fail later: an empty secret, an id that is not digits, an address that is no URL.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let refuse = |name, wrong| Err(Error::Setting { name, wrong });
        for (name, id) in [("phone_number_id", &self.phone_number_id), ("waba_id", &self.waba_id)] {
            if id.is_empty() || id.len() > 32 || !id.bytes().all(|byte| byte.is_ascii_digit()) {
                return refuse(name, "must be a string of digits");
            }
        }
        if self.phone_number_id == self.waba_id {
            return refuse("waba_id", "must differ from phone_number_id");
        }
        for (name, secret) in [
            ("access_token", &self.access_token),
            ("app_secret", &self.app_secret),
            ("verify_token", &self.verify_token),
        ] {
            if secret.is_empty() {
                return refuse(name, "must not be empty");
            }
        }
        if digits_of(&self.display_phone_number).len() < 7 {
            return refuse("display_phone_number", "must be an international number");
        }
        if self.webhook_url.as_deref().is_some_and(|url| !is_web_address(url)) {
            return refuse("webhook_url", "must be an http or https URL");
        }
        if self.templates.iter().any(|template| !is_template_name(&template.name)) {
            return refuse("templates", "may be named with lowercase letters, digits and underscores only");
        }
        Ok(())
    }
}

/// A number without plus, spaces or hyphens, as webhooks write it.
pub(crate) fn digits_of(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

/// True for an absolute http or https URL.
pub(crate) fn is_web_address(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// Meta's rule for template names: at most 512 lowercase letters, digits and underscores.
pub(crate) fn is_template_name(name: &str) -> bool {
    (1..=512).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
