//! A code typed back. The guess is charged in a committed statement of its own before anything is compared.

use watchword_domain::Phone;
use watchword_domain::digits::normalise_code;
use watchword_domain::failures::{Device, Guessers};
use watchword_domain::ids::ChallengeId;
use watchword_domain::pool::Pool;
use watchword_domain::session::Method;
use watchword_domain::sign_in::{Challenge, ChallengeRefusal, EndReason, Step};
use watchword_store::PoolTx;

use super::{Current, Finished};
use crate::Watchword;
use crate::browser::Browser;
use crate::error::{Error, Fault, Outcome};

/// Why a code was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GuessRefusal {
    /// Nothing was typed.
    #[error("no code was typed")]
    Missing,
    /// Something other than digits.
    #[error("not a code")]
    NotACode,
    /// Digits, but not as many as were sent. It cannot be right, so it costs no guess.
    #[error("a code has {expected} digits")]
    WrongLength {
        /// How many were sent.
        expected: u8,
    },
    /// Wrong.
    #[error("wrong")]
    Wrong {
        /// Guesses left at this code.
        left: u32,
    },
    /// There is nothing to guess at any more.
    #[error("the code is dead")]
    Dead(ChallengeRefusal),
    /// The sign-in is over.
    #[error("the sign-in is over: {0}")]
    Ended(EndReason),
}

impl Watchword {
    /// Takes a code. `old_session` is the browser's present session cookie: a new proof replaces that session.
    ///
    /// # Errors
    /// When it is wrong or comes too late; the number of guesses left says what can still be done.
    pub async fn answer_code(
        &self,
        pool: &Pool,
        browser: &Browser,
        current: Current,
        typed: &str,
        old_session: Option<&str>,
    ) -> Outcome<Finished, GuessRefusal> {
        let challenge = match current.step {
            Ok(Step::EnterCode(challenge)) => challenge,
            Ok(_) => return Err(Fault::Missing("challenge of a sign-in").into()),
            Err(reason) => return Err(Error::Refused(GuessRefusal::Ended(reason))),
        };
        let code = self.read_code(pool, typed)?;
        let (challenge, code_hash) = self.charge(pool, &challenge, browser, current.device).await?;
        if !self.is_code(pool, challenge.id.as_str(), &code, &code_hash)? {
            return Err(Error::Refused(GuessRefusal::Wrong { left: challenge.tries_left() }));
        }
        self.finish_with_code(pool, browser, current.sign_in, &challenge, old_session).await
    }

    fn read_code(&self, pool: &Pool, typed: &str) -> Result<String, Error<GuessRefusal>> {
        let expected = pool.limits(&self.settings.limits).code_digits;
        if typed.trim().is_empty() {
            return Err(Error::Refused(GuessRefusal::Missing));
        }
        match normalise_code(typed) {
            Some(code) if code.len() == usize::from(expected) => Ok(code),
            Some(_) => Err(Error::Refused(GuessRefusal::WrongLength { expected })),
            None => Err(Error::Refused(GuessRefusal::NotACode)),
        }
    }

    /// Charges one guess to the code and one failure to the account, and makes both durable.
    async fn charge(
        &self,
        pool: &Pool,
        id: &ChallengeId,
        browser: &Browser,
        device: Device,
    ) -> Outcome<(Challenge, String), GuessRefusal> {
        let now = self.clock.now();
        let tx = self.store.begin(&pool.id).await?;
        let Some((challenge, code_hash)) = tx.claim_guess(id, now).await? else {
            let dead = match tx.find_challenge(id).await? {
                Some(challenge) => challenge.open(now).err().unwrap_or(ChallengeRefusal::Replaced),
                None => ChallengeRefusal::Expired,
            };
            return Err(Error::Refused(GuessRefusal::Dead(dead)));
        };
        let charged = self.charge_account(&tx, &challenge.phone, browser, device).await?;
        tx.commit().await?;
        if charged {
            Ok((challenge, code_hash))
        } else {
            Err(Error::Refused(GuessRefusal::Ended(EndReason::TooManyTries)))
        }
    }

    /// Charges a failure: to a known browser and all of them together, or, where these bear no more, to the strangers.
    async fn charge_account(
        &self,
        tx: &PoolTx,
        phone: &Phone,
        browser: &Browser,
        device: Device,
    ) -> Result<bool, Fault> {
        let (now, hash) = (self.clock.now(), browser.hash());
        let claim = async |guessers| {
            let rule = self.settings.limits.failure_rule(guessers, now);
            tx.claim_failure(Method::WhatsappCode, phone, guessers, rule, now).await
        };
        let is_known = device == Device::Known
            && claim(Guessers::Browser(&hash)).await?
            && claim(Guessers::Known).await?;
        Ok(is_known || claim(Guessers::Strangers).await?)
    }
}
