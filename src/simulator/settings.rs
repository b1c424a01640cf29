//! What a simulator is told when it starts, and the checks that refuse a setting that could only fail later.
//! Knows nothing of HTTP routes or of how messages travel.

use reqwest::Url;

/// Everything a [`Simulator`](crate::Simulator) plays: one WhatsApp Business Account, one business number, one app.
///
/// It holds secrets, so it has no `Debug`.
#[derive(Clone)]
pub struct Settings {
    /// Id of the business phone number, digits only; the `{phone-number-id}` of `POST /v{N}/{phone-number-id}/messages`.
    pub phone_number_id: String,
    /// Id of the WhatsApp Business Account, digits only; the `{waba}` of the template and subscription calls.
    pub waba_id: String,
    /// The business number as people see it, `+E.164` or with spaces; webhooks carry its digits.
    pub display_phone_number: String,
    /// Name shown above a chat.
    pub verified_name: String,
    /// The name its pages and its control interface are reached by, besides `localhost` and IP addresses. They answer to
    /// no other.
    pub host: Option<String>,
    /// Bearer token every Graph and SMS call must carry.
    pub access_token: String,
    /// Key of `X-Hub-Signature-256`.
    pub app_secret: String,
    /// Shared word of the webhook handshake.
    pub verify_token: String,
    /// Where webhooks go (http or https). `None`: the account has no subscribed app until `subscribed_apps` names one.
    pub webhook_url: Option<String>,
    /// Authentication templates approved from the start.
    pub templates: Vec<Template>,
    /// How fast messages reach the phone.
    pub delivery: DeliveryPace,
}

/// An authentication template with a copy-code button, the security line and an expiry of five minutes.
#[derive(Clone, Debug)]
pub struct Template {
    /// Lowercase letters, digits and underscores.
    pub name: String,
    /// Meta's language codes (`en_US`, `pt_BR`, `hi`, …) in which it is approved.
    pub languages: Vec<String>,
}

/// How long a message takes, in milliseconds after it was accepted, and how soon a refused webhook is repeated.
#[derive(Clone, Copy, Debug)]
pub struct DeliveryPace {
    /// Until `sent`. 0 is at once.
    pub sent_ms: u64,
    /// Until `delivered`, counted from acceptance. 0 is at once.
    pub delivered_ms: u64,
    /// Before the first repetition of a webhook that was not answered with 200; doubled each time.
    pub retry_ms: u64,
}

impl Default for DeliveryPace {
    /// 300 ms to sent, 900 ms to delivered, 1 s to the first repetition: quick, and still visible to a person.
    fn default() -> Self {
        Self { sent_ms: 300, delivered_ms: 900, retry_ms: 1_000 }
    }
}

/// Why a simulator could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A setting could never work.
    #[error("the simulator's {name} {wrong}")]
    Setting {
        /// Which one, as the field of [`Settings`] is called.
        name: &'static str,
        /// What is wrong with it; never its value.
        wrong: &'static str,
    },
    /// The client that posts webhooks could not be built.
    #[error("the simulator's webhook client could not be built")]
    Client(#[from] reqwest::Error),
}

impl Settings {
    /// Refuses what could only fail later: an empty secret, an id that is not digits, an address that is no URL.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let refuse = |name, wrong| Err(Error::Setting { name, wrong });
        for (name, id) in [("phone_number_id", &self.phone_number_id), ("waba_id", &self.waba_id)] {
            if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) {
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
        if self.display_digits().len() < 7 {
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

    /// The business number without plus, spaces or hyphens, as webhooks write it.
    pub(crate) fn display_digits(&self) -> String {
        self.display_phone_number.chars().filter(char::is_ascii_digit).collect()
    }
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
