//! Sending a code: for a number just typed, or once more. One transaction counts, limits, and writes challenge and
//! message; the worker sends after the commit.

use std::net::IpAddr;

use watchword_domain::ids::{ChallengeId, MessageId, SignInId, numeric_code};
use watchword_domain::limits::{self, ADDRESS_WINDOW, SendLimit, sliding_count, window_start};
use watchword_domain::pool::Pool;
use watchword_domain::request::AuthorizationRequest;
use watchword_domain::session::Method;
use watchword_domain::sign_in::{Challenge, Door, EndReason, SignIn, Step};
use watchword_domain::{Country, Language, Phone, PhoneRefusal, Timestamp};
use watchword_store::{NewMessage, PoolTx};

use super::{Current, day_start};
use crate::Watchword;
use crate::browser::Browser;
use crate::error::{Error, Fault, Outcome};

/// What a person typed on the number page.
pub struct Typed<'a> {
    /// The number, however written.
    pub phone: &'a str,
    /// The country beside it.
    pub country: Option<Country>,
    /// The language of the page.
    pub language: Language,
}

/// From where a sign-in is started.
pub struct Start {
    /// The client's request.
    pub request: AuthorizationRequest,
    /// What its starts are counted by.
    pub origin: Origin,
}

/// What starts are counted by: each has a count of its own, under the same limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The address: of a browser nobody signed in with yet. Counted, never stored with the sign-in.
    Address(IpAddr),
    /// The browser itself, once somebody signed in with it: a crowd behind its address does not shut it out, nor does
    /// its mark open the door without end.
    KnownDevice,
}

/// Why no code is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendRefusal {
    /// What was typed is no number.
    #[error("not a number: {0}")]
    Phone(PhoneRefusal),
    /// A number whose country or kind this pool does not serve.
    #[error("the number is not served here")]
    NotServed(Option<Country>),
    /// One was sent a moment ago.
    #[error("a code was sent a moment ago")]
    Wait(Timestamp),
    /// The number has had all it may get for now.
    #[error("the number's allowance is used up")]
    Allowance(Timestamp),
    /// Too many sign-ins were started from this address.
    #[error("too many starts from this address")]
    Address(Timestamp),
    /// The pool's budget of the day is used up.
    #[error("the pool's budget is used up")]
    Budget(Timestamp),
    /// The sign-in cannot go on.
    #[error("the sign-in is over: {0}")]
    Ended(EndReason),
}

impl From<limits::SendRefusal> for SendRefusal {
    fn from(refusal: limits::SendRefusal) -> Self {
        match refusal.reason {
            SendLimit::ResendWait => Self::Wait(refusal.until),
            SendLimit::Allowance => Self::Allowance(refusal.until),
        }
    }
}

impl Watchword {
    /// Begins a sign-in with the number typed, and sends the first code.
    ///
    /// # Errors
    /// When the number cannot be used or a limit bites: then nothing is stored and nothing sent.
    pub async fn start_sign_in(
        &self,
        pool: &Pool,
        browser: &Browser,
        start: Start,
        typed: &Typed<'_>,
    ) -> Outcome<SignInId, SendRefusal> {
        let phone = read_phone(pool, typed)?;
        let now = self.clock.now();
        let sign_in = SignIn {
            id: SignInId::random(&*self.random),
            client_id: start.request.client_id.clone(),
            door: Door::Browser,
            browser: browser.hash(),
            request: start.request,
            language: typed.language,
            phone: Some(phone.clone()),
            challenge: Some(ChallengeId::random(&*self.random)),
            proofs: Vec::new(),
            created_at: now,
            expires_at: now + self.settings.lifetimes.sign_in(),
            finished_at: None,
        };
        let tx = self.store.begin(&pool.id).await?;
        self.count_start(&tx, start.origin, &sign_in.browser, now).await?;
        tx.insert_sign_in(&sign_in).await?;
        self.write_code(&tx, pool, &sign_in, &phone, now).await?;
        tx.commit().await?;
        self.delivery.wake_outbox();
        Ok(sign_in.id)
    }

    /// Sends a code to another number within the same sign-in. The same number again changes nothing while its code
    /// still works: the person only went back to look. Another one counts as a start does.
    ///
    /// # Errors
    /// As [`start_sign_in`](Self::start_sign_in); when the sign-in is over.
    pub async fn change_number(
        &self,
        pool: &Pool,
        current: Current,
        origin: Origin,
        typed: &Typed<'_>,
    ) -> Outcome<(), SendRefusal> {
        let phone = read_phone(pool, typed)?;
        if current.sign_in.phone.as_ref() == Some(&phone) && self.has_open_code(pool, &current).await? {
            return Ok(());
        }
        self.send_again(pool, current, Some(origin), phone).await
    }

    async fn has_open_code(&self, pool: &Pool, current: &Current) -> Result<bool, Fault> {
        let Ok(Step::EnterCode(challenge)) = &current.step else { return Ok(false) };
        let challenge = self.store.read(&pool.id).find_challenge(challenge).await?;
        Ok(challenge.is_some_and(|challenge| challenge.open(self.clock.now()).is_ok()))
    }

    /// Sends a new code to the same number; the old one is dead from then on.
    ///
    /// # Errors
    /// When it must wait, or the sign-in is over.
    pub async fn resend_code(&self, pool: &Pool, current: Current) -> Outcome<(), SendRefusal> {
        let phone = current.sign_in.phone.clone().ok_or(Fault::Missing("number of a sign-in"))?;
        self.send_again(pool, current, None, phone).await
    }

    async fn send_again(
        &self,
        pool: &Pool,
        current: Current,
        origin: Option<Origin>,
        phone: Phone,
    ) -> Outcome<(), SendRefusal> {
        let ended = |reason| Error::Refused(SendRefusal::Ended(reason));
        match current.step {
            // Another number may be tried when this one's method is off.
            Err(EndReason::TooManyTries) if current.sign_in.phone.as_ref() != Some(&phone) => {}
            step => {
                step.map_err(ended)?;
            }
        }
        let now = self.clock.now();
        let old = current.sign_in.challenge.clone();
        let challenge = ChallengeId::random(&*self.random);
        let sign_in =
            SignIn { challenge: Some(challenge.clone()), phone: Some(phone.clone()), ..current.sign_in };
        let tx = self.store.begin(&pool.id).await?;
        if let Some(origin) = origin {
            self.count_start(&tx, origin, &sign_in.browser, now).await?;
        }
        self.write_code(&tx, pool, &sign_in, &phone, now).await?;
        if let Some(old) = &old {
            tx.claim_challenge(old, now).await?;
            tx.withdraw_messages(old).await?;
        }
        if !tx.save_sign_in_challenge(&sign_in.id, &phone, &challenge).await? {
            return Err(ended(EndReason::AlreadyUsed));
        }
        tx.commit().await?;
        self.delivery.wake_outbox();
        if let Some(old) = &old {
            self.delivery.tell(old);
        }
        Ok(())
    }

    async fn count_start(
        &self,
        tx: &PoolTx,
        origin: Origin,
        browser: &str,
        now: Timestamp,
    ) -> Outcome<(), SendRefusal> {
        let window = window_start(ADDRESS_WINDOW, now);
        let name = match origin {
            Origin::Address(address) => format!("starts from {}", network_of(address)),
            Origin::KnownDevice => format!("starts in browser {browser}"),
        };
        let current = tx.count(&name, window).await?;
        let previous = tx.find_count(&name, window - ADDRESS_WINDOW).await?;
        if sliding_count(previous, current, ADDRESS_WINDOW, now) > self.settings.limits.starts_per_address {
            return Err(Error::Refused(SendRefusal::Address(window + ADDRESS_WINDOW)));
        }
        Ok(())
    }

    /// Counts and limits, then writes a fresh challenge and its message.
    async fn write_code(
        &self,
        tx: &PoolTx,
        pool: &Pool,
        sign_in: &SignIn,
        phone: &Phone,
        now: Timestamp,
    ) -> Outcome<(), SendRefusal> {
        let limits = pool.limits(&self.settings.limits);
        let mut history = tx.lock_send_history(phone, now).await?;
        if self.is_method_off(tx.find_failures(Method::WhatsappCode, phone).await?) {
            return Err(Error::Refused(SendRefusal::Ended(EndReason::TooManyTries)));
        }
        history.allows(&limits, now).map_err(|refusal| Error::Refused(refusal.into()))?;
        history.record(now);
        tx.save_send_history(phone, &history).await?;
        let id = sign_in.challenge.clone().ok_or(Fault::Missing("challenge of a sign-in"))?;
        let challenge = Challenge {
            id,
            sign_in_id: sign_in.id.clone(),
            phone: phone.clone(),
            tries_allowed: limits.tries_per_code,
            tries: 0,
            created_at: now,
            expires_at: now + self.settings.lifetimes.code(),
            ended_at: None,
        };
        let code = numeric_code(&*self.random, limits.code_digits);
        tx.insert_challenge(&challenge, self.code_hash(pool, challenge.id.as_str(), &code)?).await?;
        tx.insert_message(&self.message(pool, &challenge, sign_in.language, &code)?).await?;
        let today = tx.count(&format!("messages of {}", pool.id), day_start(now)).await?;
        if today > limits.messages_per_pool_day {
            let tomorrow = day_start(now) + std::time::Duration::from_secs(24 * 60 * 60);
            return Err(Error::Refused(SendRefusal::Budget(tomorrow)));
        }
        Ok(())
    }

    fn message(
        &self,
        pool: &Pool,
        challenge: &Challenge,
        language: Language,
        code: &str,
    ) -> Result<NewMessage, Fault> {
        let id = MessageId::random(&*self.random);
        let purpose = message_purpose(&pool.id, &id);
        Ok(NewMessage {
            code_sealed: self.master.seal(&*self.random, &purpose, code)?,
            id,
            challenge_id: challenge.id.clone(),
            channel: "whatsapp",
            recipient: challenge.phone.clone(),
            language: language.meta_code().to_owned(),
            created_at: challenge.created_at,
            expires_at: challenge.expires_at,
        })
    }
}

/// What a message's code is sealed for.
pub(crate) fn message_purpose(pool: &watchword_domain::ids::PoolId, message: &MessageId) -> String {
    format!("code of message {message} of {pool}")
}

fn read_phone(pool: &Pool, typed: &Typed<'_>) -> Result<Phone, Error<SendRefusal>> {
    let phone = Phone::parse(typed.phone, typed.country);
    let phone = phone.map_err(|refusal| Error::Refused(SendRefusal::Phone(refusal)))?;
    if pool.serves(&phone) { Ok(phone) } else { Err(Error::Refused(SendRefusal::NotServed(phone.country()))) }
}

/// The network an address is counted with: itself for IPv4, its /64 for IPv6, where one household holds them all.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => std::net::Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ipv6_is_counted_by_64_and_ipv4_by_32() {
        let network = |text: &str| network_of(text.parse().unwrap()).to_string();
        assert_eq!(network("203.0.113.7"), "203.0.113.7");
        assert_eq!(network("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    }
}
