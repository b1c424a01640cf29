//! The sign-in state machine: what is still owed before a person is signed in. Every door renders its next step; no door
//! decides one.

use serde::{Deserialize, Serialize};

use crate::ids::{ChallengeId, ClientId, SignInId};
use crate::language::Language;
use crate::phone::Phone;
use crate::request::AuthorizationRequest;
use crate::session::{Assurance, Proof};
use crate::time::Timestamp;

/// Through which door a sign-in came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// The hosted pages.
    Browser,
}

impl Door {
    /// The door's name in the database and in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Browser => "browser",
        }
    }
}

/// One attempt of a person to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// Its id; no secret: it is worth nothing without the browser that started it.
    pub id: SignInId,
    /// The client the person wants to reach.
    pub client_id: ClientId,
    /// The door it came through.
    pub door: Door,
    /// A hash of the browser's own secret: nobody else may go on with it.
    pub browser: String,
    /// What the client asked for.
    pub request: AuthorizationRequest,
    /// The language the person reads.
    pub language: Language,
    /// The number typed, once one was.
    pub phone: Option<Phone>,
    /// The newest code sent to it.
    pub challenge: Option<ChallengeId>,
    /// What was proved so far.
    pub proofs: Vec<Proof>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// When it was completed.
    pub finished_at: Option<Timestamp>,
    /// When whoever got its code said that they did not ask for it.
    pub disowned_at: Option<Timestamp>,
}

/// What the pool and the account say at the moment a step is chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Policy {
    /// Whether the typed number's method is off after too many failures.
    pub method_off: bool,
}

/// What is owed next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The number.
    EnterPhone,
    /// The code that was sent.
    EnterCode(ChallengeId),
    /// Nothing: the person is signed in as well as this says.
    Done(Assurance),
}

/// Why a sign-in cannot go on. The codes are stable: events, metrics and pages use them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// Its time is over.
    #[error("expired")]
    Expired,
    /// It was completed already: a second window, or the back button.
    #[error("already_used")]
    AlreadyUsed,
    /// Whoever got the code said that they did not ask for it.
    #[error("disowned")]
    Disowned,
    /// The code was right, and may have come by a channel that does not tell whether the number still is its user's.
    #[error("unconfirmed")]
    Unconfirmed,
    /// Too many wrong codes for this account; the method is off until another proof.
    #[error("too_many_tries")]
    TooManyTries,
}

/// What is owed next. One proof satisfies every need it can; needs are asked in this order.
///
/// # Errors
/// When the sign-in is over.
pub fn next_step(policy: Policy, sign_in: &SignIn, now: Timestamp) -> Result<Step, EndReason> {
    if sign_in.finished_at.is_some() {
        return Err(EndReason::AlreadyUsed);
    }
    if sign_in.disowned_at.is_some() {
        return Err(EndReason::Disowned);
    }
    if now >= sign_in.expires_at {
        return Err(EndReason::Expired);
    }
    if let Some(assurance) = Assurance::of(&sign_in.proofs) {
        return Ok(Step::Done(assurance));
    }
    if policy.method_off {
        return Err(EndReason::TooManyTries);
    }
    Ok(match &sign_in.challenge {
        Some(challenge) => Step::EnterCode(challenge.clone()),
        None => Step::EnterPhone,
    })
}

/// One code sent or asked for inside a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Its id; the code's hash is bound to it.
    pub id: ChallengeId,
    /// The sign-in it belongs to: it answers no other (ASVS 5.0, 6.6.2).
    pub sign_in_id: SignInId,
    /// The number the code went to.
    pub phone: Phone,
    /// The wide network it was asked for from; none for a code of an earlier version.
    pub network: Option<String>,
    /// Guesses allowed.
    pub tries_allowed: u32,
    /// Guesses made.
    pub tries: u32,
    /// When the code was made.
    pub created_at: Timestamp,
    /// When the code stops working.
    pub expires_at: Timestamp,
    /// When it was answered, replaced by a newer one, or disowned.
    pub ended_at: Option<Timestamp>,
}

impl Challenge {
    /// Guesses left.
    pub fn tries_left(&self) -> u32 {
        self.tries_allowed.saturating_sub(self.tries)
    }

    /// Why a guess cannot be made any more, if so.
    ///
    /// # Errors
    /// What ended it.
    pub fn open(&self, now: Timestamp) -> Result<(), ChallengeRefusal> {
        if self.ended_at.is_some() {
            return Err(ChallengeRefusal::Replaced);
        }
        if now >= self.expires_at {
            return Err(ChallengeRefusal::Expired);
        }
        if self.tries_left() == 0 {
            return Err(ChallengeRefusal::NoTriesLeft);
        }
        Ok(())
    }
}

/// Why a code cannot be answered any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChallengeRefusal {
    /// It was answered, or a newer code took its place.
    Replaced,
    /// Its life is over.
    Expired,
    /// Every guess was used.
    NoTriesLeft,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::{Prompt, ResponseMode};
    use crate::scope::Scopes;
    use crate::session::Method;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn sign_in() -> SignIn {
        SignIn {
            id: "s".into(),
            client_id: "c".into(),
            door: Door::Browser,
            browser: "b".into(),
            request: AuthorizationRequest {
                client_id: "c".into(),
                redirect_uri: "https://shop.example/cb".into(),
                response_mode: ResponseMode::Query,
                scopes: Scopes::parse("openid"),
                state: None,
                nonce: None,
                code_challenge: None,
                prompt: Prompt::Auto,
                max_age: None,
                login_hint: None,
                ui_locales: None,
                expected_sub: None,
            },
            language: Language::En,
            phone: None,
            challenge: None,
            proofs: vec![],
            created_at: at(0),
            expires_at: at(900),
            finished_at: None,
            disowned_at: None,
        }
    }

    #[test]
    fn a_sign_in_that_is_printed_tells_no_number() {
        let mut printed = sign_in();
        printed.request.login_hint = Some("+14155550123".into());
        printed.phone = Some(Phone::from_e164("+14155550123").unwrap());
        let printed = format!("{printed:?}");
        assert!(printed.contains("shop.example") && !printed.contains("4155550"), "{printed}");
    }

    #[test]
    fn a_sign_in_asks_for_the_number_then_the_code_then_is_done() {
        let start = sign_in();
        assert_eq!(next_step(Policy::default(), &start, at(1)), Ok(Step::EnterPhone));
        let asked = SignIn { challenge: Some("x".into()), ..start };
        assert_eq!(next_step(Policy::default(), &asked, at(1)), Ok(Step::EnterCode("x".into())));
        let proof = Proof { method: Method::WhatsappCode, authenticator: "a".into(), at: at(1) };
        let proved = SignIn { proofs: vec![proof], ..asked };
        assert!(matches!(next_step(Policy::default(), &proved, at(1)), Ok(Step::Done(_))));
    }

    #[test]
    fn a_sign_in_ends_once_and_in_time() {
        assert_eq!(next_step(Policy::default(), &sign_in(), at(900)), Err(EndReason::Expired));
        let done = SignIn { finished_at: Some(at(5)), ..sign_in() };
        assert_eq!(next_step(Policy::default(), &done, at(6)), Err(EndReason::AlreadyUsed));
        assert_eq!(next_step(Policy { method_off: true }, &sign_in(), at(6)), Err(EndReason::TooManyTries));
    }

    #[test]
    fn a_code_is_open_until_it_is_used_replaced_or_too_old() {
        let challenge = Challenge {
            id: "x".into(),
            sign_in_id: "s".into(),
            phone: Phone::from_e164("+14155550123").unwrap(),
            network: None,
            tries_allowed: 5,
            tries: 4,
            created_at: at(0),
            expires_at: at(300),
            ended_at: None,
        };
        assert_eq!(challenge.open(at(299)), Ok(()));
        assert_eq!(challenge.open(at(300)), Err(ChallengeRefusal::Expired));
        let spent = Challenge { tries: 5, ..challenge.clone() };
        assert_eq!(spent.open(at(1)), Err(ChallengeRefusal::NoTriesLeft));
        let replaced = Challenge { ended_at: Some(at(1)), ..challenge };
        assert_eq!(replaced.open(at(2)), Err(ChallengeRefusal::Replaced));
    }
}
