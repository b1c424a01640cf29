//! Small readers and makers of protocol values.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// The PKCE verifier of every test request.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// The S256 challenge of a verifier.
pub fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(openssl::sha::sha256(verifier.as_bytes()))
}

/// A code of the same length that is not this one.
pub fn another(code: &str) -> String {
    let (first, rest) = code.split_at(1);
    format!("{}{rest}", (first.parse::<u8>().unwrap() + 1) % 10)
}

/// The claims of a JWT, unverified.
pub fn claims_of(token: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

/// The query of an address.
pub fn query_of(location: &str) -> HashMap<String, String> {
    url::Url::parse(location).unwrap().query_pairs().into_owned().collect()
}

/// A valid number that no other call gives.
pub fn random_phone() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("+1415{:07}", 2_000_000 + NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The answers to a challenge, as any program finds them: as many and of as many bits as it says itself.
pub fn solved(challenge: &str) -> String {
    let number = |part| challenge.split('.').nth(part).unwrap().parse::<usize>().unwrap();
    let (bits, answers) = (number(1), number(2));
    let found = (0..).filter(|nonce| zero_bits(challenge, *nonce) as usize >= bits).take(answers);
    found.map(|nonce: u32| nonce.to_string()).collect::<Vec<_>>().join(".")
}

/// How many zero bits the hash of a challenge with this answer begins with.
pub fn zero_bits(challenge: &str, nonce: u32) -> u32 {
    let hash = openssl::sha::sha256(format!("{challenge}{nonce}").as_bytes());
    u32::from_be_bytes(*hash.first_chunk().unwrap()).leading_zeros()
}
