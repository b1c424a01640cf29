//! The HTTP client of the Cloud API.
//!
//! Owns the connection to Meta: time-outs, the pool of open connections, how much of an answer is read, and
//! which failures prove that nothing left. Must not retry, follow redirects or ask the environment for a
//! proxy: each of them could send a code twice or to somebody else.

use std::error::Error;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, Url, redirect};
use watchword_domain::Secret;

use super::answer::outcome_of;
use super::template::TemplateMessage;
use crate::{Channel, Outcome, OutgoingCode, Sending};

/// Graph's answers to a send are a few hundred bytes.
const LONGEST_ANSWER: usize = 64 * 1024;
/// Using a connection just as Meta closes it would leave the outcome unknown, so old ones are not used.
const LONGEST_IDLE: Duration = Duration::from_secs(30);
/// The longest wait a `Retry-After` is believed; beyond it other ways are tried anyway.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// One WhatsApp sender, and how it is reached.
pub struct Settings {
    /// Where Graph answers, with the version: `https://graph.facebook.com/v25.0`.
    pub base_url: String,
    /// Meta's id of the sender (not its number): digits.
    pub phone_number_id: String,
    /// A system user's token with the permission `whatsapp_business_messaging`.
    pub access_token: Secret<String>,
    /// The name of the authentication template; it must exist in every language that is sent.
    pub template: String,
    /// How long to wait for a connection, TLS included. Shorter than `timeout`.
    pub connect_timeout: Duration,
    /// How long to wait for the whole exchange. What takes longer has an unknown outcome.
    pub timeout: Duration,
}

/// Settings no message could be sent with.
#[derive(Debug, thiserror::Error)]
pub enum SettingsRefusal {
    /// The address is not one of a Graph API.
    #[error(
        "the WhatsApp API address must be http(s)://host[:port]/version, without user, query or fragment"
    )]
    BaseUrl,
    /// The sender is not named by an id.
    #[error("the WhatsApp phone number id must be digits (it is Meta's id, not the number)")]
    PhoneNumberId,
    /// The account is not named by an id.
    #[error("the WhatsApp Business Account id must be digits")]
    WabaId,
    /// The token is empty or cannot be a header.
    #[error("the WhatsApp access token is empty or has characters no token has")]
    AccessToken,
    /// The template's name cannot exist at Meta.
    #[error("the WhatsApp template name must be 1 to 512 lowercase letters, digits and underscores")]
    Template,
    /// The waits contradict each other.
    #[error("the WhatsApp connect time-out must be more than nothing and less than the whole time-out")]
    Timeouts,
    /// The TLS library could not be set up.
    #[error("the HTTP client could not be set up")]
    Client(#[source] reqwest::Error),
}

/// The Cloud API as a [`Channel`]: codes go out as authentication template messages.
pub struct CloudApi {
    client: Client,
    messages_url: Url,
    authorization: HeaderValue,
    template: String,
}

impl CloudApi {
    /// Checks the settings and prepares the client; nothing is sent yet.
    ///
    /// # Errors
    /// What is wrong with the settings, in words for the operator; never the token.
    pub fn new(settings: Settings) -> Result<Self, SettingsRefusal> {
        let messages_url = messages_url(&settings.base_url, &settings.phone_number_id)?;
        let authorization = bearer(&settings.access_token)?;
        if !is_template_name(&settings.template) {
            return Err(SettingsRefusal::Template);
        }
        let client = client(settings.connect_timeout, settings.timeout)?;
        Ok(Self { client, messages_url, authorization, template: settings.template })
    }

    async fn send(&self, message: &OutgoingCode) -> Outcome {
        let body = match TemplateMessage::new(message, &self.template) {
            Ok(body) => body,
            Err(why) => return Outcome::NotSent { why },
        };
        let request = self
            .client
            .post(self.messages_url.clone())
            .header(AUTHORIZATION, self.authorization.clone())
            .json(&body);
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => return without_answer(error),
        };
        let status = response.status();
        let retry_after = retry_after(&response);
        match read_capped(response, LONGEST_ANSWER).await {
            Ok(body) => outcome_of(status, retry_after, &body),
            Err(why) => Outcome::Unknown { why },
        }
    }
}

impl Channel for CloudApi {
    fn send_code<'a>(&'a self, message: &'a OutgoingCode) -> Sending<'a> {
        Box::pin(self.send(message))
    }
}

/// The one way to speak to Graph: bounded in time, to whom was named and to nobody else.
pub(super) fn client(connect_timeout: Duration, timeout: Duration) -> Result<Client, SettingsRefusal> {
    if connect_timeout.is_zero() || connect_timeout >= timeout {
        return Err(SettingsRefusal::Timeouts);
    }
    #[expect(clippy::disallowed_methods, reason = "the seam: time-outs set, redirects and retries off")]
    let builder = Client::builder();
    builder
        .user_agent(concat!("watchword/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(connect_timeout)
        .timeout(timeout)
        .no_proxy()
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .pool_idle_timeout(LONGEST_IDLE)
        .build()
        .map_err(SettingsRefusal::Client)
}

fn messages_url(base_url: &str, phone_number_id: &str) -> Result<Url, SettingsRefusal> {
    if !is_id(phone_number_id) {
        return Err(SettingsRefusal::PhoneNumberId);
    }
    below(base_url, &[phone_number_id, "messages"])
}

/// Whether this can be one of Meta's ids.
pub(super) fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The address of a thing in a Graph API.
pub(super) fn below(base_url: &str, segments: &[&str]) -> Result<Url, SettingsRefusal> {
    let mut url = Url::parse(base_url).map_err(|_| SettingsRefusal::BaseUrl)?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    let has_version = url.path_segments().is_some_and(|mut segments| segments.any(is_version));
    if !plain || !has_version {
        return Err(SettingsRefusal::BaseUrl);
    }
    url.path_segments_mut().map_err(|()| SettingsRefusal::BaseUrl)?.pop_if_empty().extend(segments);
    Ok(url)
}

/// Graph answers without a version too, with whichever the app happens to have; that must not be left to
/// chance.
fn is_version(segment: &str) -> bool {
    segment.strip_prefix('v').is_some_and(|version| version.starts_with(|first: char| first.is_ascii_digit()))
}

pub(super) fn bearer(token: &Secret<String>) -> Result<HeaderValue, SettingsRefusal> {
    let token = token.expose();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(SettingsRefusal::AccessToken);
    }
    let mut value =
        HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| SettingsRefusal::AccessToken)?;
    value.set_sensitive(true);
    Ok(value)
}

fn is_template_name(name: &str) -> bool {
    (1..=512).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Tells a connection that was never made from an exchange that broke off.
fn without_answer(error: reqwest::Error) -> Outcome {
    let error = error.without_url();
    tracing::warn!(error = ?causes(&error), "the Cloud API gave no answer");
    if error.is_connect() {
        Outcome::NotSent { why: "no connection to the Cloud API could be made" }
    } else if error.is_timeout() {
        Outcome::Unknown { why: "the Cloud API did not answer in time" }
    } else {
        Outcome::Unknown { why: "the connection to the Cloud API broke off" }
    }
}

pub(super) fn causes(error: &(dyn Error + 'static)) -> Vec<String> {
    std::iter::successors(Some(error), |&error| error.source()).map(ToString::to_string).collect()
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_WAIT))
}

pub(super) async fn read_capped(mut response: Response, most: usize) -> Result<Vec<u8>, &'static str> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > most => {
                return Err("the answer of the Cloud API was too long to be one");
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body),
            Err(_) => return Err("the answer of the Cloud API broke off"),
        }
    }
}
