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
