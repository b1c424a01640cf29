//! The end of a sign-in: code spent, user found or made, session begun, client answered; all of it or nothing.

use watchword_domain::channel::{Attempt, telling};
use watchword_domain::conversion::{TRAFFIC_WINDOW, subjects};
use watchword_domain::failures::Guessers;
use watchword_domain::ids::{AuthenticatorId, SessionId, UserId, opaque_token};
use watchword_domain::limits::window_start;
use watchword_domain::monitor::Monitor;
use watchword_domain::pool::Pool;
use watchword_domain::session::{Assurance, Method, Proof, Session};
use watchword_domain::sign_in::{Challenge, ChallengeRefusal, EndReason, SignIn};
use watchword_domain::timeline::Step;
use watchword_domain::{Channel, Language, Phone, Secret, Timestamp};
use watchword_store::{PoolTx, UserPhone, UserRow};

use super::GuessRefusal;
use crate::Watchword;
use crate::authorize::{AuthorizationError, AuthorizationResponse, ErrorCode};
use crate::browser::Browser;
use crate::crypto::token_hash;
use crate::error::{Error, Fault, Outcome};
use crate::timeline;

/// A completed sign-in.
pub struct Finished {
    /// What goes back to the client.
    pub response: AuthorizationResponse,
    /// The cookies of somebody who is signed in; none when the client wanted somebody else.
    pub cookies: Option<SignedInCookies>,
    /// Whether the person is new to this pool.
    pub is_new_user: bool,
}

/// What the browser of somebody who signed in is given.
pub struct SignedInCookies {
    /// Stands for the session.
    pub session: Secret<String>,
    /// The numbers this browser is known for from now on.
    pub marks: String,
}

impl Watchword {
    pub(super) async fn finish_with_code(
        &self,
        pool: &Pool,
        browser: &Browser,
        sign_in: SignIn,
        challenge: &Challenge,
        old_session: Option<&str>,
    ) -> Outcome<Finished, GuessRefusal> {
        let now = self.clock.now();
        let tx = self.store.begin(&pool.id).await?;
        // Whoever proves this number at the same moment waits here, so that it makes one user and not two.
        let mut history = tx.lock_send_history(&challenge.phone, now).await?;
        let carriers = self.carriers(&tx, challenge).await?;
        if !tx.claim_challenge(&challenge.id, now).await? {
            return Err(Error::Refused(GuessRefusal::Dead(ChallengeRefusal::Replaced)));
        }
        if self.doubts_code((&tx, pool), &challenge.phone, &carriers).await? {
            // The code is spent. Another, which comes on WhatsApp alone, may still be asked for.
            tx.withdraw_messages(&challenge.id).await?;
            tx.commit().await?;
            return Err(Error::Refused(GuessRefusal::Ended(EndReason::Unconfirmed)));
        }
        if !tx.claim_sign_in(&sign_in.id, now).await? {
            return Err(Error::Refused(GuessRefusal::Ended(EndReason::AlreadyUsed)));
        }
        let (user, authenticator, is_new_user) =
            self.find_or_make_user(&tx, &challenge.phone, sign_in.language, now).await?;
        let changed = self.learn_identity((&tx, pool), (challenge, &carriers), &authenticator, now).await?;
        history.answered(challenge.created_at, now);
        tx.save_send_history(&challenge.phone, &history).await?;
        tx.save_message_verified(&challenge.id, now).await?;
        for guessers in [Guessers::Browser(&browser.hash()), Guessers::Known, Guessers::Strangers] {
            tx.reset_failures(Method::WhatsappCode, &challenge.phone, guessers).await?;
        }
        let finished = match self.refuses_user(pool, &sign_in, &user) {
            Some(response) => Finished { response, cookies: None, is_new_user },
            None => {
                let proof = Proof { method: method_of(&carriers), authenticator, at: now };
                let marks = self.marks_with(&pool.id, browser, &challenge.phone)?;
                let (session, cookie) =
                    self.begin_session((&tx, pool), user.id, &[proof], old_session).await?;
                let code = self.issue_code(&tx, &session, &sign_in.request, now).await?;
                let response = AuthorizationResponse::code(pool, &sign_in.request, &code);
                Finished { response, cookies: Some(SignedInCookies { session: cookie, marks }), is_new_user }
            }
        };
        if carriers.len() > 1 {
            tx.withdraw_messages(&challenge.id).await?;
        }
        if pool.limits(&self.settings.limits).monitor != Monitor::Off {
            let made_in = window_start(TRAFFIC_WINDOW, challenge.created_at);
            let subjects = subjects(&challenge.phone, challenge.network.as_deref());
            tx.count_verified(&subjects, made_in).await?;
        }
        tx.commit().await?;
        let channel = telling(&carriers).map_or(Channel::Whatsapp, |attempt| attempt.channel);
        timeline::count(channel.as_str(), &challenge.phone, Step::Verified);
        self.delivery.tell(&challenge.id);
        if let Some(alert) = &changed {
            self.raise(pool, alert).await?;
        }
        Ok(finished)
    }

    /// The messages that may have brought the code, newest first; none where there is one channel only and nobody needs to
    /// ask.
    async fn carriers(&self, tx: &PoolTx, challenge: &Challenge) -> Result<Vec<Attempt>, Fault> {
        if self.settings.sms.is_none() && self.settings.email.is_none() {
            return Ok(Vec::new());
        }
        let attempts = tx.list_attempts(&challenge.id).await?;
        Ok(attempts.into_iter().map(|row| row.attempt).collect())
    }

    /// The answer when the person who proved themselves cannot be signed in to this client.
    fn refuses_user(&self, pool: &Pool, sign_in: &SignIn, user: &UserRow) -> Option<AuthorizationResponse> {
        let refuse = |description| {
            let error = AuthorizationError::new(ErrorCode::LoginRequired, description);
            Some(AuthorizationResponse::error(pool, &sign_in.request, error))
        };
        if user.disabled_at.is_some() {
            return refuse("the account is disabled");
        }
        match &sign_in.request.expected_sub {
            Some(expected) if expected != user.id.as_str() => {
                refuse("another person signed in than was asked for")
            }
            _ => None,
        }
    }

    /// The user of a number that was just proved; made now if there is none, and not a moment earlier.
    async fn find_or_make_user(
        &self,
        tx: &PoolTx,
        phone: &Phone,
        language: Language,
        now: Timestamp,
    ) -> Result<(UserRow, AuthenticatorId, bool), Fault> {
        if let Some(bound) = tx.find_phone(phone).await? {
            let user = tx.find_user(&bound.user_id).await?.ok_or(Fault::Missing("user of a number"))?;
            tx.save_proof(&bound.id, now).await?;
            return Ok((user, bound.id, false));
        }
        let id = UserId::random(&*self.random);
        let user = UserRow {
            id,
            name: None,
            language,
            created_at: now,
            updated_at: now,
            disabled_at: None,
            email: None,
        };
        let bound = UserPhone {
            id: AuthenticatorId::random(&*self.random),
            user_id: user.id.clone(),
            phone: phone.clone(),
            proved_at: now,
            identity_key_hash: None,
        };
        tx.insert_user(&user).await?;
        tx.insert_phone(&bound).await?;
        Ok((user, bound.id, true))
    }

    /// Begins a session under a new cookie and ends the one the browser had (ASVS 5.0, 7.2.4).
    async fn begin_session(
        &self,
        (tx, pool): (&PoolTx, &Pool),
        user_id: UserId,
        proofs: &[Proof],
        old_session: Option<&str>,
    ) -> Result<(Session, Secret<String>), Fault> {
        let now = self.clock.now();
        if let Some(old) = self.session_in(tx, pool, old_session).await? {
            tx.claim_session(&old.id, now).await?;
        }
        let assurance = Assurance::of(proofs).ok_or(Fault::Missing("proof of a session"))?;
        let id = SessionId::random(&*self.random);
        let session = Session { id, user_id, assurance, created_at: now, used_at: now };
        let cookie = opaque_token(&*self.random);
        tx.insert_session(&session, token_hash(&cookie)).await?;
        Ok((session, Secret::new(cookie)))
    }
}

/// How whoever typed this code proved themselves. Where it may have come by SMS, or by mail, nobody is told that it came by
/// WhatsApp: who relies on the difference relies on the weakest of them.
fn method_of(carriers: &[Attempt]) -> Method {
    let arrived =
        |channel| carriers.iter().any(|attempt| attempt.channel == channel && attempt.may_have_arrived());
    if arrived(Channel::Email) {
        Method::EmailCode
    } else if arrived(Channel::Sms) {
        Method::SmsCode
    } else {
        Method::WhatsappCode
    }
}
