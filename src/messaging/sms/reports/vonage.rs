//! Vonage's status webhooks: JSON, with a signed token in the header `Authorization`.
//!
//! "Signed webhooks" of Vonage's documentation: the token is a JWT (RFC 7519) signed with HS256 and the account's
//! signature secret; `payload_hash` is the SHA-256 of the body, `iat` when it was made, `api_key` whose secret it is. It is
//! checked here and not by a library for JWTs, because signature secrets may be shorter than those take for HS256
//! (RFC 7518, section 3.2, wants 32 bytes).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::hash::MessageDigest;
use openssl::sha::sha256;
use serde_json::Value;
use watchword_domain::{DeliveryState, Secret};

use super::proof::{hex, hmac, same};
use super::{Malformed, Report, Request};
use crate::json;
use crate::sms::Provider;
use crate::sms::vonage::code_of;

pub(super) const HEADER: &str = "authorization";

/// How old a token may be, and how far ahead Vonage's clock may be of ours.
const OLDEST: i64 = 300;
const AHEAD: i64 = 60;

pub(super) struct Reports {
    api_key: String,
    signature_secret: Secret<String>,
}

impl Reports {
    pub(super) fn new(api_key: String, signature_secret: Secret<String>) -> Self {
        Self { api_key, signature_secret }
    }

    pub(super) fn prove(&self, request: &Request<'_>, now: i64) -> bool {
        let token = request.proof.strip_prefix("Bearer ");
        let Some(claims) = token.and_then(|token| self.claims(token)) else { return false };
        let of_us = json::text(&claims, "/api_key").is_none_or(|key| key == self.api_key);
        let is_fresh = json::integer(&claims, "/iat")
            .is_some_and(|iat| iat <= now.saturating_add(AHEAD) && iat >= now.saturating_sub(OLDEST));
        let is_of_body = json::text(&claims, "/payload_hash").is_some_and(|hash| {
            same(hex(&sha256(request.raw)).as_bytes(), hash.to_ascii_lowercase().as_bytes())
        });
        of_us && is_fresh && is_of_body
    }

    /// What a token says that is signed by us and Vonage alone. The algorithm is ours to choose, not the token's.
    fn claims(&self, token: &str) -> Option<Value> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let header = json::parse(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
        if json::text(&header, "/alg").as_deref() != Some("HS256") {
            return None;
        }
        let offered = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let ours = hmac(MessageDigest::sha256(), &self.signature_secret, signed.as_bytes())?;
        let claims = URL_SAFE_NO_PAD.decode(claims).ok()?;
        same(&ours, &offered).then(|| json::parse(&claims).ok()).flatten()
    }
}

pub(super) fn read(request: &Request<'_>) -> Result<Report, Malformed> {
    let body = json::parse(request.raw).map_err(|_| Malformed("it is not JSON"))?;
    let word = json::text(&body, "/status").ok_or(Malformed("it names no status"))?;
    let ids = (json::text(&body, "/client_ref"), json::text(&body, "/message_uuid"));
    let (kind, title) = (json::text(&body, "/error/type"), json::text(&body, "/error/title"));
    let code = code_of(kind.as_deref(), title.as_deref());
    let state = state_of(&word);
    Report::about(Provider::Vonage, ids, (word, state), code)
}

fn state_of(word: &str) -> Option<DeliveryState> {
    match word {
        "submitted" => Some(DeliveryState::Sent),
        "delivered" => Some(DeliveryState::Delivered),
        "read" => Some(DeliveryState::Read),
        "rejected" | "undeliverable" => Some(DeliveryState::Failed),
        _ => None,
    }
}
