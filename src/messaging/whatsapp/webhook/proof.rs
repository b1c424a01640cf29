//! The two proofs that a webhook request comes from Meta.
//!
//! Owns the subscription handshake and the signature over the body. Both compare in constant time and fail
//! closed: an empty secret matches nothing. Knows nothing of what a body says.

use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::memcmp;
use openssl::pkey::PKey;
use openssl::sha::sha256;
use openssl::sign::Signer;
use watchword_domain::Secret;

const SIGNATURE_SCHEME: &str = "sha256=";
const SIGNATURE_LENGTH: usize = 32;

/// Checks the `GET` by which Meta asks whether the address is ours, given the decoded query fields. Returns
/// the challenge to answer with, as plain text; without it the answer is 403.
///
/// A field that is missing or there twice, or an empty `expected` token, is no proof.
#[must_use]
pub fn verify_subscription<'a>(fields: &'a [(String, String)], expected: &Secret<String>) -> Option<&'a str> {
    let challenge = single(fields, "hub.challenge")?;
    let offered = single(fields, "hub.verify_token")?;
    let subscribes = single(fields, "hub.mode") == Some("subscribe");
    let expected = expected.expose();
    // Digests have one length, so that the comparison does not tell the token's.
    let same = memcmp::eq(&sha256(offered.as_bytes()), &sha256(expected.as_bytes()));
    (subscribes && same && !expected.is_empty() && !challenge.is_empty()).then_some(challenge)
}

/// Whether `X-Hub-Signature-256` is the HMAC-SHA-256 of the raw body under one of the app secrets. Several
/// secrets let one be replaced while requests signed with the other are still on their way.
///
/// `raw` must be the bytes as they arrived: Meta escapes non-ASCII characters, and parsing and writing again
/// changes them.
#[must_use]
pub fn signature_matches(raw: &[u8], header: Option<&str>, app_secrets: &[Secret<String>]) -> bool {
    let Some(offered) =
        header.and_then(|header| header.strip_prefix(SIGNATURE_SCHEME)).and_then(signature_from_hex)
    else {
        return false;
    };
    app_secrets
        .iter()
        .filter(|secret| !secret.expose().is_empty())
        .filter_map(|secret| hmac_sha256(secret.expose().as_bytes(), raw).ok())
        .fold(false, |found, ours| found | (ours.len() == offered.len() && memcmp::eq(&ours, &offered)))
}

fn single<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut values = fields.iter().filter(|(field, _)| field == name).map(|(_, value)| value.as_str());
    let first = values.next()?;
    values.next().is_none().then_some(first)
}

fn hmac_sha256(key: &[u8], message: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    let key = PKey::hmac(key)?;
    Signer::new(MessageDigest::sha256(), &key)?.sign_oneshot_to_vec(message)
}

fn signature_from_hex(hex: &str) -> Option<[u8; SIGNATURE_LENGTH]> {
    let digits: Vec<u8> = hex
        .chars()
        .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some(high << 4 | low),
            _ => None,
        })
        .collect::<Option<_>>()?;
    bytes.try_into().ok()
}
