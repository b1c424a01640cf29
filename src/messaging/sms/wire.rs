//! The HTTP client of SMS providers.
//!
//! Owns the connection: time-outs, the pool of open connections, how much of an answer is read, and which failures prove
//! that nothing left. Must not retry, follow redirects or ask the environment for a proxy: each of them could send a
//! code twice or to somebody else. Knows no provider's shapes.

use std::error::Error;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{HeaderValue, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url, redirect};
use serde_json::Value;
use watchword_domain::Secret;

use crate::wording::WordingFault;
use crate::{Outcome, OutgoingCode, Recipient, json};

/// Answers to a send are a few kilobytes at most.
const LONGEST_ANSWER: usize = 64 * 1024;
/// Using a connection just as the provider closes it would leave the outcome unknown, so old ones are not used.
const LONGEST_IDLE: Duration = Duration::from_secs(30);
/// The longest wait a `Retry-After` is believed; beyond it other ways are tried anyway.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// How long a provider may take.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// Until there is a connection, TLS included. Shorter than `whole`.
    pub connect: Duration,
    /// Until the whole exchange is done. What takes longer has an unknown outcome.
    pub whole: Duration,
}

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

/// What a provider answered, read to its end.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Vec<u8>,
}

/// The one way to speak to a provider: bounded in time, to whom was named and to nobody else.
pub(super) fn client(times: Times) -> Result<Client, SettingsRefusal> {
    if times.connect.is_zero() || times.connect >= times.whole {
        return Err(SettingsRefusal::Timeouts);
    }
    #[expect(clippy::disallowed_methods, reason = "the seam: time-outs set, redirects and retries off")]
    let builder = Client::builder();
    builder
        .user_agent(concat!("watchword/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(times.connect)
        .timeout(times.whole)
        .no_proxy()
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .pool_idle_timeout(LONGEST_IDLE)
        .build()
        .map_err(SettingsRefusal::Client)
}

/// Hands a message over once. What is no whole answer is an outcome already.
pub(super) async fn exchange(request: RequestBuilder) -> Result<Answer, Outcome> {
    let response = request.send().await.map_err(without_answer)?;
    let status = response.status();
    let retry_after = retry_after(&response);
    let body = read_capped(response).await.map_err(|why| Outcome::Unknown { why })?;
    Ok(Answer { status, retry_after, body })
}

/// Asks for something that sends and changes nothing.
pub(super) async fn ask(request: RequestBuilder) -> Result<Value, Unread> {
    let response = request.send().await.map_err(|error| {
        if !error.is_connect() {
            return Unread::NoAnswer;
        }
        // The last cause is the telling one: a name that is not known, a certificate that is not trusted.
        let error = error.without_url();
        Unread::NoConnection(causes(&error).pop().unwrap_or_else(|| error.to_string()))
    })?;
    let status = response.status();
    let body = read_capped(response).await.map_err(|_| Unread::NoAnswer)?;
    match json::parse(&body) {
        Ok(body) if status.is_success() && body.is_object() => Ok(body),
        _ if status.is_client_error() => Err(Unread::Refused { status: status.as_u16() }),
        _ => Err(Unread::Strange { status: status.as_u16() }),
    }
}

/// A provider's address, to which paths are added.
pub(super) fn address(text: &str, refusal: SettingsRefusal) -> Result<Url, SettingsRefusal> {
    match Url::parse(text) {
        Ok(url)
            if matches!(url.scheme(), "http" | "https")
                && url.has_host()
                && url.username().is_empty()
                && url.password().is_none()
                && url.query().is_none()
                && url.fragment().is_none() =>
        {
            Ok(url)
        }
        _ => Err(refusal),
    }
}

/// The address of a thing below another.
pub(super) fn below(base: &Url, segments: &[&str]) -> Result<Url, SettingsRefusal> {
    let mut url = base.clone();
    url.path_segments_mut().map_err(|()| SettingsRefusal::ApiUrl)?.pop_if_empty().extend(segments);
    Ok(url)
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
    let mut value = HeaderValue::try_from(value).map_err(|_| SettingsRefusal::Secret)?;
    value.set_sensitive(true);
    Ok(value)
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

/// Tells a connection that was never made from an exchange that broke off.
fn without_answer(error: reqwest::Error) -> Outcome {
    let error = error.without_url();
    tracing::warn!(error = ?causes(&error), "the SMS provider gave no answer");
    if error.is_connect() {
        Outcome::NotSent { why: "no connection to the SMS provider could be made" }
    } else if error.is_timeout() {
        Outcome::Unknown { why: "the SMS provider did not answer in time" }
    } else {
        Outcome::Unknown { why: "the connection to the SMS provider broke off" }
    }
}

/// Why an answer that was read says nothing.
pub(super) fn unreadable(status: StatusCode) -> Outcome {
    let why = if status.is_success() {
        "a success without a readable message id"
    } else if status.is_redirection() {
        "a redirect, which is never followed"
    } else if status.is_server_error() {
        "a server error"
    } else {
        "an answer that is not the SMS provider's own"
    };
    Outcome::Unknown { why }
}

fn causes(error: &(dyn Error + 'static)) -> Vec<String> {
    std::iter::successors(Some(error), |&error| error.source()).map(ToString::to_string).collect()
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_WAIT))
}

async fn read_capped(mut response: Response) -> Result<Vec<u8>, &'static str> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > LONGEST_ANSWER => {
                return Err("the answer of the SMS provider was too long to be one");
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body),
            Err(_) => return Err("the answer of the SMS provider broke off"),
        }
    }
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
