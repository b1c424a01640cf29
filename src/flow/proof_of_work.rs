//! A proof of work: asked for without storing anything, solved by the page's script or any other program, spent once.
//!
//! The challenge is a text that names its own difficulty and end, under a keyed hash that binds it to the pool and to the
//! browser. An answer is a number; the SHA-256 of the challenge with that number after it begins with as many zero bits as
//! the challenge asks for. `docs/limits.md` describes both for other programs.

use std::time::Duration;

use openssl::sha::sha256;
use watchword_domain::Timestamp;
use watchword_domain::ids::{PoolId, opaque_token};
use watchword_domain::proof::{has_zero_bits, is_nonce};

use crate::Watchword;
use crate::browser::Browser;
use crate::crypto::token_hash;
use crate::error::Fault;

/// How long somebody may work at a challenge, and type the number meanwhile.
const LIFE: Duration = Duration::from_secs(5 * 60);

const PURPOSE: &str = "proof of work";

/// The form of challenge that is described here.
const VERSION: &str = "1";

/// What a browser worked out.
#[derive(Debug, Clone, Copy)]
pub struct ProofAnswer<'a> {
    /// The challenge it was given.
    pub challenge: &'a str,
    /// The number that goes with it.
    pub nonce: &'a str,
}

/// An answer that is right, whether or not it was spent.
pub(crate) struct Proof {
    /// What is remembered of it once it is spent.
    pub(crate) id: String,
    /// How much work it was.
    pub(crate) bits: u8,
    /// When nobody takes it any more.
    pub(crate) expires_at: Timestamp,
}

impl Watchword {
    /// A new challenge of so many bits for this browser.
    ///
    /// # Errors
    /// When OpenSSL fails.
    pub fn proof_challenge(&self, pool: &PoolId, browser: &Browser, bits: u8) -> Result<String, Fault> {
        let expires = (self.clock.now() + LIFE).seconds();
        let body = format!("{VERSION}.{bits}.{expires}.{}", opaque_token(&*self.random));
        Ok(format!("{body}.{}", self.proof_seal(pool, browser, &body)?))
    }

    /// The proof in an answer, if it is one: our challenge to this browser, not over, and rightly solved.
    ///
    /// # Errors
    /// When OpenSSL fails.
    pub(crate) fn read_proof(
        &self,
        pool: &PoolId,
        browser: &Browser,
        answer: ProofAnswer<'_>,
    ) -> Result<Option<Proof>, Fault> {
        let Some((body, seal)) = answer.challenge.rsplit_once('.') else { return Ok(None) };
        if !is_nonce(answer.nonce)
            || !self.master.recognises(PURPOSE, &[pool.as_str(), browser.cookie(), body], seal)?
        {
            return Ok(None);
        }
        let parts: Vec<&str> = body.split('.').collect();
        let &[VERSION, bits, expires, _] = parts.as_slice() else { return Ok(None) };
        let (Ok(bits), Ok(expires)) = (bits.parse(), expires.parse()) else { return Ok(None) };
        let (expires_at, now) = (Timestamp::from_seconds(expires), self.clock.now());
        let hash = sha256([answer.challenge.as_bytes(), answer.nonce.as_bytes()].concat().as_slice());
        let is_proof = now < expires_at && has_zero_bits(&hash, bits);
        Ok(is_proof.then(|| Proof { id: token_hash(answer.challenge), bits, expires_at }))
    }

    fn proof_seal(&self, pool: &PoolId, browser: &Browser, body: &str) -> Result<String, Fault> {
        self.master.keyed_hash(PURPOSE, &[pool.as_str(), browser.cookie(), body])
    }
}
