//! A proof of work: asked for without storing anything, solved by the page's script or any other program, spent once.
//!
//! The challenge is a text that names its own difficulty and end, under a keyed hash that binds it to the pool and to the
//! browser. An answer is a number; the SHA-256 of the challenge with that number after it begins with as many zero bits as
//! the challenge asks for. It takes several. `docs/limits.md` describes both for other programs.

use std::time::Duration;

use openssl::sha::sha256;
use watchword_domain::Timestamp;
use watchword_domain::ids::{PoolId, opaque_token};
use watchword_domain::proof::Puzzle;

use crate::Watchword;
use crate::browser::Browser;
use crate::crypto::token_hash;
use crate::error::Fault;

/// How long somebody may work at a challenge, and type the number meanwhile.
const LIFE: Duration = Duration::from_secs(5 * 60);

const PURPOSE: &str = "proof of work";

/// The form of challenge that is described here.
const VERSION: &str = "2";

/// What a browser worked out.
#[derive(Debug, Clone, Copy)]
pub struct ProofAnswer<'a> {
    /// The challenge it was given.
    pub challenge: &'a str,
    /// The numbers that go with it.
    pub nonces: &'a str,
}

/// An answer that is right, whether or not it was spent.
pub(crate) struct Proof {
    /// What is remembered of it once it is spent.
    pub(crate) id: String,
    /// How many bits of work it was.
    pub(crate) work: u8,
    /// When nobody takes it any more.
    pub(crate) expires_at: Timestamp,
}

impl Watchword {
    /// A new challenge for this browser.
    ///
    /// # Errors
    /// When OpenSSL fails.
    pub fn proof_challenge(&self, pool: &PoolId, browser: &Browser, puzzle: Puzzle) -> Result<String, Fault> {
        let expires = (self.clock.now() + LIFE).seconds();
        let Puzzle { answers, bits } = puzzle;
        let body = format!("{VERSION}.{bits}.{answers}.{expires}.{}", opaque_token(&*self.random));
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
        if !self.master.recognises(PURPOSE, &[pool.as_str(), browser.cookie(), body], seal)? {
            return Ok(None);
        }
        let parts: Vec<&str> = body.split('.').collect();
        let &[VERSION, bits, answers, expires, _] = parts.as_slice() else { return Ok(None) };
        let (Ok(bits), Ok(answers), Ok(expires)) = (bits.parse(), answers.parse(), expires.parse()) else {
            return Ok(None);
        };
        let (puzzle, expires_at) = (Puzzle { answers, bits }, Timestamp::from_seconds(expires));
        let hash = |nonce: &str| sha256([answer.challenge.as_bytes(), nonce.as_bytes()].concat().as_slice());
        let is_proof = self.clock.now() < expires_at && puzzle.is_solved(answer.nonces, hash);
        Ok(is_proof.then(|| Proof { id: token_hash(answer.challenge), work: puzzle.work(), expires_at }))
    }

    fn proof_seal(&self, pool: &PoolId, browser: &Browser, body: &str) -> Result<String, Fault> {
        self.master.keyed_hash(PURPOSE, &[pool.as_str(), browser.cookie(), body])
    }
}
