//! What SMS providers post about messages that left.
//!
//! Owns the proof that a request is the provider's, and its reading into a [`Report`]. Must not decide what a report
//! does: order is not guaranteed, duplicates are normal, and some of these proofs never grow old, so the flow stores
//! [`Report::dedupe_key`] before it acts.

mod gateway;
mod proof;
mod twilio;
mod vonage;

use std::fmt;

use openssl::sha::sha256;
use watchword_domain::{DeliveryState, FailureClass, Secret};

use super::{Provider, SettingsRefusal, errors};
use proof::hex;

pub use gateway::Shape;

/// What a provider's reports are checked and read with. Never without a secret.
pub struct Reports(Kind);

enum Kind {
    Twilio(twilio::Reports),
    Vonage(vonage::Reports),
    Gateway(gateway::Reports),
}

/// A request as it came.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The bytes of its body.
    pub raw: &'a [u8],
    /// What stands behind the `?` of its address, as it was written.
    pub query: Option<&'a str>,
    /// The value of the header that [`Reports::header`] names.
    pub proof: &'a str,
}

/// How a message of ours fares.
#[derive(Clone, PartialEq, Eq)]
pub struct Report {
    /// Our message id, where the provider carries it.
    pub correlation: Option<String>,
    /// The provider's id of the message.
    pub provider_message_id: Option<String>,
    /// The provider's word for the state.
    pub word: String,
    /// What it means; nothing for a state before "sent", or one we do not know.
    pub state: Option<DeliveryState>,
    /// Why it failed, with the provider's code; 0 where it gave none.
    pub failure: Option<(FailureClass, i64)>,
}

/// The body is no report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a report: {0}")]
pub struct Malformed(&'static str);

impl Reports {
    /// Twilio's: signed with the auth token over the address, which must be `report_url` to the letter.
    ///
    /// # Errors
    /// When the secret is empty, or the address is none.
    pub fn twilio(auth_token: Secret<String>, report_url: &str) -> Result<Self, SettingsRefusal> {
        Ok(Self(Kind::Twilio(twilio::Reports::new(given(auth_token)?, report_url)?)))
    }

    /// Vonage's: a token signed with the account's signature secret.
    ///
    /// # Errors
    /// When the secret is empty.
    pub fn vonage(api_key: &str, signature_secret: Secret<String>) -> Result<Self, SettingsRefusal> {
        Ok(Self(Kind::Vonage(vonage::Reports::new(api_key.to_owned(), given(signature_secret)?))))
    }

    /// A gateway's: HMAC-SHA-256 of the body in a header.
    ///
    /// # Errors
    /// When the secret is empty, or a place in the JSON or the header's name is none.
    pub fn gateway(secret: Secret<String>, shape: Shape) -> Result<Self, SettingsRefusal> {
        Ok(Self(Kind::Gateway(gateway::Reports::new(given(secret)?, shape)?)))
    }

    /// Whose they are.
    #[must_use]
    pub fn provider(&self) -> Provider {
        match &self.0 {
            Kind::Twilio(_) => Provider::Twilio,
            Kind::Vonage(_) => Provider::Vonage,
            Kind::Gateway(_) => Provider::Gateway,
        }
    }

    /// The header the proof stands in, in lower case.
    #[must_use]
    pub fn header(&self) -> &str {
        match &self.0 {
            Kind::Twilio(_) => twilio::HEADER,
            Kind::Vonage(_) => vonage::HEADER,
            Kind::Gateway(reports) => reports.header(),
        }
    }

    /// Whether the request is the provider's. `now` is in Unix seconds, for proofs that grow old.
    #[must_use]
    pub fn prove(&self, request: &Request<'_>, now: i64) -> bool {
        match &self.0 {
            Kind::Twilio(reports) => reports.prove(request),
            Kind::Vonage(reports) => reports.prove(request, now),
            Kind::Gateway(reports) => reports.prove(request),
        }
    }

    /// Reads a request that was proven.
    ///
    /// # Errors
    /// [`Malformed`] when it says nothing about a message.
    pub fn read(&self, request: &Request<'_>) -> Result<Report, Malformed> {
        match &self.0 {
            Kind::Twilio(_) => twilio::read(request),
            Kind::Vonage(_) => vonage::read(request),
            Kind::Gateway(reports) => reports.read(request),
        }
    }
}

impl Report {
    /// The same for every delivery of the same news and different for any other: store it uniquely before acting. 64
    /// hexadecimal digits.
    #[must_use]
    pub fn dedupe_key(&self, provider: Provider) -> String {
        let id = |id: &Option<String>| id.clone().unwrap_or_default();
        // U+0000 separates the parts: it is taken out of everything that is read.
        let (correlation, provider_id) = (id(&self.correlation), id(&self.provider_message_id));
        let parts = ["sms", provider.as_str(), &correlation, &provider_id, &self.word];
        hex(&sha256(parts.join("\0").as_bytes()))
    }

    /// A report about a message, or nothing when it does not say about which.
    fn about(
        provider: Provider,
        (correlation, provider_message_id): (Option<String>, Option<String>),
        (word, state): (String, Option<DeliveryState>),
        code: Option<i64>,
    ) -> Result<Self, Malformed> {
        if correlation.is_none() && provider_message_id.is_none() {
            return Err(Malformed("it names no message"));
        }
        let code = code.unwrap_or(0);
        let failed = state == Some(DeliveryState::Failed);
        let failure = failed.then(|| (errors::class_of(provider, code), code));
        Ok(Self { correlation, provider_message_id, word, state, failure })
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report")
            .field("word", &self.word)
            .field("state", &self.state)
            .field("failure", &self.failure)
            .finish_non_exhaustive()
    }
}

/// Without a secret anybody could prove anything.
fn given(secret: Secret<String>) -> Result<Secret<String>, SettingsRefusal> {
    if secret.expose().is_empty() { Err(SettingsRefusal::Secret) } else { Ok(secret) }
}
