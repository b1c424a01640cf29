//! What the SMS providers that speak HTTP share: how settings are refused, how a sender looks, how one is asked.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;
use reqwest::{RequestBuilder, Url};
use serde_json::Value;
use watchword_domain::Secret;

use crate::http::{self, Answer, ClientRefusal, NoAnswer};
use crate::wording::WordingFault;
use crate::{Outcome, OutgoingCode, Recipient, json};

/// What an account says of itself is a few kilobytes at most.
const LONGEST_ANSWER: usize = 64 * 1024;

/// Settings no message could be sent with, in words for the operator; never a secret.
#[derive(Debug, thiserror::Error)]
pub enum SettingsRefusal {
    /// The provider's address is none.
    #[error("the address must be http(s)://host[:port][/path], without user, query or fragment")]
    ApiUrl,
    /// The address that reports should be posted to is none.
    #[error("the address of reports must be http(s)://host[:port][/path], without user, query or fragment")]
    ReportUrl,
    /// The account's name cannot be one.
    #[error("the account must be letters and digits (Twilio: the account SID, AC…; Vonage: the API key)")]
    Account,
    /// A secret is empty or cannot be sent.
    #[error("the secret is empty or has characters no secret has")]
    Secret,
    /// Nobody can be the sender.
    #[error(
        "the sender must be a number (+E.164), up to 11 letters and digits, or, at Twilio, a messaging service (MG…)"
    )]
    From,
    /// The waits contradict each other.
    #[error("the connect time-out must be more than nothing and less than the whole time-out")]
    Timeouts,
    /// The body of a gateway is no JSON, or lacks what it must hold.
    #[error("the body must be JSON with {{to}} and {{text}} in it, each in the place of a string")]
    Body,
    /// The header of a gateway's reports has no name.
    #[error("the header must be the name of one, such as x-signature")]
    Header,
    /// A place in a gateway's JSON is none.
    #[error("a place in JSON is written as a pointer, such as /messages/0/id (RFC 6901)")]
    Pointer,
    /// The texts are broken.
    #[error(transparent)]
    Texts(#[from] WordingFault),
    /// The TLS library could not be set up.
    #[error("the HTTP client could not be set up")]
    Client(#[source] reqwest::Error),
}

impl From<ClientRefusal> for SettingsRefusal {
    fn from(refusal: ClientRefusal) -> Self {
        match refusal {
            ClientRefusal::Timeouts => Self::Timeouts,
            ClientRefusal::Client(error) => Self::Client(error),
        }
    }
}

/// Why something could not be asked of a provider.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// No connection was made.
    #[error("no connection could be made: {0}")]
    NoConnection(String),
    /// A connection was made, and no whole answer came in time.
    #[error("no answer came in time")]
    NoAnswer,
    /// It says no.
    #[error("refused with HTTP {status}")]
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// Whoever answered does not speak as the provider does.
    #[error("the answer is not the provider's own (HTTP {status})")]
    Strange {
        /// The HTTP status.
        status: u16,
    },
}

/// Hands a message over once. What is no whole answer is an outcome already.
pub(super) async fn exchange(request: RequestBuilder) -> Result<Answer, Outcome> {
    http::exchange(request, "the SMS provider").await
}

/// Asks for something that sends and changes nothing.
pub(super) async fn ask(request: RequestBuilder) -> Result<Value, Unread> {
    let (status, body) = http::ask(request, LONGEST_ANSWER).await.map_err(|none| match none {
        NoAnswer::NoConnection(why) => Unread::NoConnection(why),
        NoAnswer::InTime => Unread::NoAnswer,
    })?;
    match json::parse(&body) {
        Ok(body) if status.is_success() && body.is_object() => Ok(body),
        _ if status.is_client_error() => Err(Unread::Refused { status: status.as_u16() }),
        _ => Err(Unread::Strange { status: status.as_u16() }),
    }
}

/// A provider's address, to which paths are added.
pub(super) fn address(text: &str, refusal: SettingsRefusal) -> Result<Url, SettingsRefusal> {
    http::address(text).ok_or(refusal)
}

/// The header of RFC 7617.
pub(super) fn basic(account: &str, secret: &Secret<String>) -> Result<HeaderValue, SettingsRefusal> {
    if account.is_empty() || !account.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(SettingsRefusal::Account);
    }
    if secret.expose().is_empty() || !secret.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(SettingsRefusal::Secret);
    }
    sensitive(format!("Basic {}", STANDARD.encode(format!("{account}:{}", secret.expose()))))
}

/// A header whose value no log shows.
pub(super) fn sensitive(value: String) -> Result<HeaderValue, SettingsRefusal> {
    http::sensitive(value).ok_or(SettingsRefusal::Secret)
}

/// The number a message goes to; what has none is not sent.
pub(super) fn number(message: &OutgoingCode) -> Result<&str, &'static str> {
    match &message.to {
        Recipient::Phone(phone) => Ok(phone.as_e164()),
        Recipient::Email(_) => Err("an SMS goes to phones only"),
    }
}

/// Whether a network would show this as the sender: a number, or a name of up to 11 letters, digits and spaces of
/// which one is a letter (3GPP TS 23.040 gives it 11 places).
pub(super) fn is_sender(from: &str) -> bool {
    let digits = from.strip_prefix('+').unwrap_or(from);
    let is_number = (3..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_name = (1..=11).contains(&from.len())
        && from.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' ')
        && from.bytes().any(|byte| byte.is_ascii_alphabetic());
    is_number || is_name
}

#[cfg(test)]
mod tests {
    use super::is_sender;

    #[test]
    fn a_sender_is_a_number_or_a_short_name() {
        for good in ["+15005550006", "15005550006", "12345", "Acme", "Acme Market", "4Acme"] {
            assert!(is_sender(good), "{good}");
        }
        for bad in ["", "+", "+1500555000600000", "Acme Markets", "Äcme", "Ac-me", "\n"] {
            assert!(!is_sender(bad), "{bad}");
        }
    }
}
