//! Where a Graph API is, and the client that every sender shares. Knows no call.

use reqwest::header::HeaderValue;
use reqwest::{Client, Url};
use watchword_domain::Secret;

use crate::http::{self, ClientRefusal, Times};

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

impl From<ClientRefusal> for SettingsRefusal {
    fn from(refusal: ClientRefusal) -> Self {
        match refusal {
            ClientRefusal::Timeouts => Self::Timeouts,
            ClientRefusal::Client(error) => Self::Client(error),
        }
    }
}

/// A Graph API, and one pool of connections to it for however many senders.
#[derive(Clone)]
pub struct Graph {
    pub(super) client: Client,
    base_url: Url,
}

impl Graph {
    /// Checks the settings and prepares the client; nothing is asked yet. `base_url` is with the version, as in
    /// `https://graph.facebook.com/v25.0`.
    ///
    /// # Errors
    /// What is wrong with the settings, in words for the operator.
    pub fn new(base_url: &str, times: Times) -> Result<Self, SettingsRefusal> {
        Ok(Self { base_url: base(base_url)?, client: http::client(times)? })
    }

    /// Where it is.
    #[must_use]
    pub fn address(&self) -> &str {
        self.base_url.as_str()
    }

    /// The address of a thing below the base.
    pub(super) fn below(&self, segments: &[&str]) -> Url {
        http::below(&self.base_url, segments)
    }
}

fn base(base_url: &str) -> Result<Url, SettingsRefusal> {
    let has_version = |url: &Url| url.path_segments().is_some_and(|mut segments| segments.any(is_version));
    http::address(base_url).filter(has_version).ok_or(SettingsRefusal::BaseUrl)
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
    http::sensitive(format!("Bearer {token}")).ok_or(SettingsRefusal::AccessToken)
}
