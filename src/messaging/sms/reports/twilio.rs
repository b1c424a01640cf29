//! Twilio's status callbacks: a form, signed over the address it is posted to.
//!
//! "Webhooks security" of Twilio's documentation: `X-Twilio-Signature` is the base64 of HMAC-SHA-1 with the auth token
//! over the address as Twilio was given it, followed by every field's name and value, sorted by name.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use openssl::hash::MessageDigest;
use reqwest::Url;
use url::form_urlencoded;
use watchword_domain::{DeliveryState, Secret};

use super::proof::{hmac, same};
use super::{Malformed, Report, Request};
use crate::sms::twilio::MESSAGE;
use crate::sms::wire::address;
use crate::sms::{Provider, SettingsRefusal};

pub(super) const HEADER: &str = "x-twilio-signature";

pub(super) struct Reports {
    auth_token: Secret<String>,
    /// The address as it was given to Twilio, and with its port spelled out, or left out, if that is the usual one:
    /// Twilio does not say which it signs.
    addresses: [String; 2],
}

impl Reports {
    pub(super) fn new(auth_token: Secret<String>, report_url: &str) -> Result<Self, SettingsRefusal> {
        let url = address(report_url, SettingsRefusal::ReportUrl)?;
        Ok(Self { auth_token, addresses: [url.as_str().to_owned(), with_port(&url)] })
    }

    pub(super) fn prove(&self, request: &Request<'_>) -> bool {
        let Ok(offered) = STANDARD.decode(request.proof) else { return false };
        let fields = signed_fields(request.raw);
        self.addresses.iter().fold(false, |found, address| {
            let query = request.query.map(|query| format!("?{query}")).unwrap_or_default();
            let signed = format!("{address}{query}{fields}");
            let ours = hmac(MessageDigest::sha1(), &self.auth_token, signed.as_bytes());
            found | ours.is_some_and(|ours| same(&ours, &offered))
        })
    }
}

fn with_port(url: &Url) -> String {
    let origin = url.origin().ascii_serialization();
    let path = url.path();
    url.port_or_known_default()
        .filter(|_| url.port().is_none())
        .map_or_else(|| url.as_str().to_owned(), |port| format!("{origin}:{port}{path}"))
}

/// Every field, sorted; of a field that comes more than once each value once.
fn signed_fields(raw: &[u8]) -> String {
    let mut fields: Vec<(Cow<'_, str>, Cow<'_, str>)> = form_urlencoded::parse(raw).collect();
    fields.sort();
    fields.dedup();
    fields.into_iter().map(|(name, value)| format!("{name}{value}")).collect()
}

pub(super) fn read(request: &Request<'_>) -> Result<Report, Malformed> {
    let field = |name: &str| first(request.raw, name);
    let word = field("MessageStatus").ok_or(Malformed("it names no status"))?;
    // RFC 3986 makes no difference between a form and a query here.
    let correlation = request.query.and_then(|query| first(query.as_bytes(), MESSAGE));
    let code = field("ErrorCode").and_then(|code| code.parse().ok());
    let state = state_of(&word);
    Report::about(Provider::Twilio, (correlation, field("MessageSid")), (word, state), code)
}

/// The first field of this name that is not blank.
fn first(form: &[u8], name: &str) -> Option<String> {
    let mut values = form_urlencoded::parse(form).filter(|(field, _)| field == name).map(|(_, value)| value);
    values.next().map(|value| value.replace('\0', "")).filter(|value| !value.trim().is_empty())
}

/// `accepted`, `scheduled`, `queued` and `sending` come before anything a person could notice.
fn state_of(word: &str) -> Option<DeliveryState> {
    match word {
        "sent" => Some(DeliveryState::Sent),
        "delivered" => Some(DeliveryState::Delivered),
        "read" => Some(DeliveryState::Read),
        "undelivered" | "failed" | "canceled" => Some(DeliveryState::Failed),
        _ => None,
    }
}
