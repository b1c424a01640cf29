//! What the proofs of all providers rest on. All primitives are OpenSSL's.

use openssl::hash::MessageDigest;
use openssl::memcmp;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use watchword_domain::Secret;

/// The HMAC of a message; nothing when OpenSSL fails, which proves nothing.
pub(super) fn hmac(digest: MessageDigest, key: &Secret<String>, message: &[u8]) -> Option<Vec<u8>> {
    let key = PKey::hmac(key.expose().as_bytes()).ok()?;
    Signer::new(digest, &key).ok()?.sign_oneshot_to_vec(message).ok()
}

/// Whether two values are equal, in a time that tells nothing of where they differ.
pub(super) fn same(ours: &[u8], offered: &[u8]) -> bool {
    ours.len() == offered.len() && memcmp::eq(ours, offered)
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, section 4.3, for Vonage and gateways; RFC 2202, section 3, test case 2, for Twilio.
    #[test]
    fn the_hmac_vectors_of_the_rfcs_hold() {
        let key = Secret::new("Jefe".to_owned());
        for (digest, mac) in [
            (MessageDigest::sha256(), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
            (MessageDigest::sha1(), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
        ] {
            assert_eq!(hex(&hmac(digest, &key, b"what do ya want for nothing?").unwrap()), mac);
        }
    }
}
