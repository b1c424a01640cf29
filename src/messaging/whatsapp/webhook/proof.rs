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

/// The `GET` by which Meta asks whether the address is ours.
pub struct Subscription<'a> {
    /// The token that shows that whoever registered the address may; compare it with [`offers`](Self::offers).
    pub verify_token: &'a str,
    /// What is answered when it does, as plain text; otherwise the answer is 403.
    pub challenge: &'a str,
}

/// Reads Meta's question from the decoded query fields. A field that is missing, empty or there twice makes it none.
#[must_use]
pub fn subscription(fields: &[(String, String)]) -> Option<Subscription<'_>> {
    let challenge = single(fields, "hub.challenge").filter(|challenge| !challenge.is_empty())?;
    let verify_token = single(fields, "hub.verify_token").filter(|token| !token.is_empty())?;
    let subscribes = single(fields, "hub.mode") == Some("subscribe");
    subscribes.then_some(Subscription { verify_token, challenge })
}

impl Subscription<'_> {
    /// Whether the token offered is the expected one; an empty one is expected of nobody.
    #[must_use]
    pub fn offers(&self, expected: &Secret<String>) -> bool {
        // Digests have one length, so that the comparison does not tell the token's.
        memcmp::eq(&sha256(self.verify_token.as_bytes()), &sha256(expected.expose().as_bytes()))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, sections 4.2, 4.4, 4.5 and 4.7, whose keys are no text, as Meta's app secrets are.
    #[test]
    fn the_hmac_vectors_of_the_rfc_hold() {
        let counted: Vec<u8> = (0x01..=0x19).collect();
        let cases: [(&[u8], &[u8], &str); 4] = [
            (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (&[0xaa; 20], &[0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            (&counted, &[0xcd; 50], "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ];
        for (key, message, mac) in cases {
            let known = signature_from_hex(mac).unwrap();
            assert_eq!(hmac_sha256(key, message).unwrap(), known);
        }
    }
}
