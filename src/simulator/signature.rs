//! The two properties of a webhook's bytes: they are ASCII, because Meta escapes everything else, and they are signed.

use openssl::{error::ErrorStack, hash::MessageDigest, pkey::PKey, sign::Signer};
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use std::io;

/// HMAC-SHA-256.
pub(crate) fn hmac(message: &[u8], key: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    let key = PKey::hmac(key)?;
    Signer::new(MessageDigest::sha256(), &key)?.sign_oneshot_to_vec(message)
}

/// The value of `X-Hub-Signature-256`: `sha256=` and lowercase hex.
pub(super) fn header(app_secret: &[u8], body: &[u8]) -> Result<String, ErrorStack> {
    let mark = hmac(body, app_secret)?;
    Ok(mark.iter().fold("sha256=".to_owned(), |hex, byte| format!("{hex}{byte:02x}")))
}

/// JSON in which every character beyond ASCII is written as `\uXXXX`, so that a receiver which signs what it parsed and
/// wrote again, instead of the raw bytes, fails here as it would with Meta.
pub(super) fn ascii_json(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut bytes, Ascii))?;
    Ok(bytes)
}

struct Ascii;

impl Formatter for Ascii {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if fragment.is_ascii() {
            return writer.write_all(fragment.as_bytes());
        }
        for sign in fragment.chars() {
            if sign.is_ascii() {
                write!(writer, "{sign}")?;
            } else {
                for unit in sign.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_ascii_is_escaped_with_surrogates() {
        let bytes = ascii_json(&serde_json::json!({ "text": "é😀\n" })).unwrap();
        assert_eq!(bytes, br#"{"text":"\u00e9\ud83d\ude00\n"}"#);
    }

    /// RFC 4231, test case 2.
    #[test]
    fn the_signature_is_hmac_sha_256() {
        assert_eq!(
            header(b"Jefe", b"what do ya want for nothing?").unwrap(),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
