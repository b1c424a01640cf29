//! Where a Graph API is and how it is spoken to: bounded in time, to whom was named and to nobody else.
//!
//! Owns the HTTP client that every sender shares, the addresses below the base, and how much of an answer is read. Knows
//! no call.

use std::error::Error;
use std::time::Duration;

use reqwest::header::HeaderValue;
use reqwest::{Client, Response, Url, redirect};
use watchword_domain::Secret;

/// Using a connection just as Meta closes it would leave the outcome unknown, so old ones are not used.
const LONGEST_IDLE: Duration = Duration::from_secs(30);

/// Settings no call could be made with.
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

/// A Graph API, and one pool of connections to it for however many senders.
#[derive(Clone)]
pub struct Graph {
    pub(super) client: Client,
    base_url: Url,
}

impl Graph {
    /// Checks the settings and prepares the client; nothing is asked yet. `base_url` is with the version, as in
    /// `https://graph.facebook.com/v25.0`; `connect_timeout` bounds the connection, TLS included, and `timeout` the whole
    /// exchange: a send that takes longer has an unknown outcome.
    ///
    /// # Errors
    /// What is wrong with the settings, in words for the operator.
    pub fn new(
        base_url: &str,
        (connect_timeout, timeout): (Duration, Duration),
    ) -> Result<Self, SettingsRefusal> {
        Ok(Self { base_url: base(base_url)?, client: client(connect_timeout, timeout)? })
    }

    /// Where it is.
    #[must_use]
    pub fn address(&self) -> &str {
        self.base_url.as_str()
    }

    /// The address of a thing below the base.
    pub(super) fn below(&self, segments: &[&str]) -> Result<Url, SettingsRefusal> {
        let mut url = self.base_url.clone();
        url.path_segments_mut().map_err(|()| SettingsRefusal::BaseUrl)?.pop_if_empty().extend(segments);
        Ok(url)
    }
}

/// It must not retry, follow redirects or ask the environment for a proxy: each of them could send a code twice or to
/// somebody else.
fn client(connect_timeout: Duration, timeout: Duration) -> Result<Client, SettingsRefusal> {
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

fn base(base_url: &str) -> Result<Url, SettingsRefusal> {
    let url = Url::parse(base_url).map_err(|_| SettingsRefusal::BaseUrl)?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    let has_version = url.path_segments().is_some_and(|mut segments| segments.any(is_version));
    if plain && has_version { Ok(url) } else { Err(SettingsRefusal::BaseUrl) }
}

/// Graph answers without a version too, with whichever the app happens to have; that must not be left to
/// chance.
fn is_version(segment: &str) -> bool {
    segment.strip_prefix('v').is_some_and(|version| version.starts_with(|first: char| first.is_ascii_digit()))
}

/// Whether this can be one of Meta's ids.
#[must_use]
pub fn is_id(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a template can be called so.
#[must_use]
pub fn is_template_name(name: &str) -> bool {
    (1..=512).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
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

pub(super) fn causes(error: &(dyn Error + 'static)) -> Vec<String> {
    std::iter::successors(Some(error), |&error| error.source()).map(ToString::to_string).collect()
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
