//! Sending a code: for a number just typed, or once more. One transaction counts, limits, and writes challenge and
//! message; the worker sends after the commit.

use std::net::IpAddr;

use watchword_domain::failures::Device;
use watchword_domain::ids::{ChallengeId, MessageId, SignInId, numeric_code};
use watchword_domain::limits::{self, ADDRESS_WINDOW, SendHistory, SendLimit, sliding_count, window_start};
use watchword_domain::pool::Pool;
use watchword_domain::request::AuthorizationRequest;
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

/// How a sign-in is started.
pub struct Start {
    /// The client's request.
    pub request: AuthorizationRequest,
    /// From where. Counted, never stored with the sign-in.
    pub address: IpAddr,
    /// The sign-in this browser began last, as far as it knows.
    pub pending: Option<SignInId>,
}

/// What starts are counted by: each counter has the same limit.
struct StartCount {
    name: String,
    /// How far it came in the window before the present one.
    previous: u32,
}

/// The counter's name. A browser the number signed in with before has a count of its own: a crowd behind its address
/// does not shut it out, nor does its mark open the door without end. All others are counted by their address.
fn start_counter(device: Device, browser: &Browser, address: IpAddr) -> String {
    match device {
        Device::Known => format!("starts in browser {}", browser.hash()),
        Device::Unknown => format!("starts from {}", network_of(address)),
    }
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
    /// Begins a sign-in with the number typed, and sends the first code. Where this browser holds a code for the number
    /// that still works, its sign-in goes on with this request instead: whoever went back and started again needs no
    /// second message.
    ///
    /// # Errors
    /// When the number cannot be used or a limit bites: then nothing is sent, and nothing stored but that it was tried.
    pub async fn start_sign_in(
        &self,
        pool: &Pool,
        browser: &Browser,
        start: Start,
        typed: &Typed<'_>,
    ) -> Outcome<SignInId, SendRefusal> {
        let phone = read_phone(pool, typed)?;
        if let Some(pending) = self.resume(pool, browser, &start, &phone).await? {
            return Ok(pending);
        }
        let now = self.clock.now();
        let device = self.device(&pool.id, browser, &phone)?;
        let count = self.start_count(pool, start_counter(device, browser, start.address)).await?;
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
        let begun = self.write_start(pool, &sign_in, device, &count).await;
        self.count_refused(pool, &count, &begun).await?;
        begun?;
        self.delivery.wake_outbox();
        Ok(sign_in.id)
    }

    async fn write_start(
        &self,
        pool: &Pool,
        sign_in: &SignIn,
        device: Device,
        count: &StartCount,
    ) -> Outcome<(), SendRefusal> {
        self.check_method(pool, sign_in, device).await?;
        let tx = self.store.begin(&pool.id).await?;
        self.count_start(&tx, count, sign_in.created_at).await?;
        let history = self.allowed_history(&tx, pool, sign_in, device, sign_in.created_at).await?;
        tx.insert_sign_in(sign_in).await?;
        self.write_code(&tx, pool, sign_in, &history, sign_in.created_at).await?;
        Ok(tx.commit().await?)
    }

    /// A refusal takes back what its transaction did, the count of this start with it; so the count is made anew.
    /// Otherwise whoever tries numbers only to see which had a code lately would be counted by nothing.
    async fn count_refused<T>(
        &self,
        pool: &Pool,
        count: &StartCount,
        outcome: &Outcome<T, SendRefusal>,
    ) -> Result<(), Fault> {
        if !matches!(outcome, Err(Error::Refused(refusal)) if !matches!(refusal, SendRefusal::Address(_))) {
            return Ok(());
        }
        let tx = self.store.begin(&pool.id).await?;
        tx.count(&count.name, window_start(ADDRESS_WINDOW, self.clock.now())).await?;
        Ok(tx.commit().await?)
    }

    /// The sign-in this browser began before, if it waits for a code to this number that still works. From then on it
    /// answers the newer request.
    async fn resume(
        &self,
        pool: &Pool,
        browser: &Browser,
        start: &Start,
        phone: &Phone,
    ) -> Result<Option<SignInId>, Fault> {
        let Some(pending) = &start.pending else { return Ok(None) };
        let current = match self.sign_in(pool, browser, pending).await {
            Ok(current) => current,
            Err(Error::Refused(_)) => return Ok(None),
            Err(Error::Fault(fault)) => return Err(fault),
        };
        if current.sign_in.phone.as_ref() != Some(phone) || !self.has_open_code(pool, &current).await? {
            return Ok(None);
        }
        let tx = self.store.begin(&pool.id).await?;
        let goes_on = tx.save_sign_in_request(pending, &start.request).await?;
        tx.commit().await?;
        Ok(goes_on.then(|| pending.clone()))
    }

    /// Sends a code to another number within the same sign-in. The same number again changes nothing while its code
    /// still works: the person only went back to look. Another one counts as a start does.
    ///
    /// # Errors
    /// As [`start_sign_in`](Self::start_sign_in); when the sign-in is over.
    pub async fn change_number(
        &self,
        pool: &Pool,
        browser: &Browser,
        current: Current,
        address: IpAddr,
        typed: &Typed<'_>,
    ) -> Outcome<(), SendRefusal> {
        let phone = read_phone(pool, typed)?;
        if current.sign_in.phone.as_ref() == Some(&phone) && self.has_open_code(pool, &current).await? {
            return Ok(());
        }
        let device = self.device(&pool.id, browser, &phone)?;
        let count = self.start_count(pool, start_counter(device, browser, address)).await?;
        let sent = self.send_again(pool, Current { device, ..current }, Some(&count), phone).await;
        self.count_refused(pool, &count, &sent).await?;
        sent
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
        count: Option<&StartCount>,
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
        self.check_method(pool, &sign_in, current.device).await?;
        let tx = self.store.begin(&pool.id).await?;
        if let Some(count) = count {
            self.count_start(&tx, count, now).await?;
        }
        let history = self.allowed_history(&tx, pool, &sign_in, current.device, now).await?;
        self.write_code(&tx, pool, &sign_in, &history, now).await?;
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

    async fn start_count(&self, pool: &Pool, name: String) -> Result<StartCount, Fault> {
        let before = window_start(ADDRESS_WINDOW, self.clock.now()) - ADDRESS_WINDOW;
        let previous = self.store.read(&pool.id).find_count(&name, before).await?;
        Ok(StartCount { name, previous })
    }

    async fn count_start(&self, tx: &PoolTx, count: &StartCount, now: Timestamp) -> Outcome<(), SendRefusal> {
        let window = window_start(ADDRESS_WINDOW, now);
        let current = tx.count(&count.name, window).await?;
        if sliding_count(count.previous, current, ADDRESS_WINDOW, now)
            > self.settings.limits.starts_per_address
        {
            return Err(Error::Refused(SendRefusal::Address(window + ADDRESS_WINDOW)));
        }
        Ok(())
    }

    /// Refuses to send a code that could not be used. Looked up before the transaction: should the method be switched
    /// off in between, a guess at the code is refused.
    async fn check_method(&self, pool: &Pool, sign_in: &SignIn, device: Device) -> Outcome<(), SendRefusal> {
        if self.is_method_off(&self.store.read(&pool.id), number_of(sign_in)?, device).await? {
            return Err(Error::Refused(SendRefusal::Ended(EndReason::TooManyTries)));
        }
        Ok(())
    }

    /// What was sent to the number, with one more message that the limits allow.
    async fn allowed_history(
        &self,
        tx: &PoolTx,
        pool: &Pool,
        sign_in: &SignIn,
        device: Device,
        now: Timestamp,
    ) -> Outcome<SendHistory, SendRefusal> {
        let mut history = tx.lock_send_history(number_of(sign_in)?, now).await?;
        let limits = pool.limits(&self.settings.limits);
        history.allows(&limits, device, now).map_err(|refusal| Error::Refused(refusal.into()))?;
        history.record(device, now);
        Ok(history)
    }

    /// Writes a fresh challenge and its message, and counts it for the pool: last of all, since every message of the
    /// pool waits for that row.
    async fn write_code(
        &self,
        tx: &PoolTx,
        pool: &Pool,
        sign_in: &SignIn,
        history: &SendHistory,
        now: Timestamp,
    ) -> Outcome<(), SendRefusal> {
        let limits = pool.limits(&self.settings.limits);
        let phone = number_of(sign_in)?;
        tx.save_send_history(phone, history).await?;
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

fn number_of(sign_in: &SignIn) -> Result<&Phone, Fault> {
    sign_in.phone.as_ref().ok_or(Fault::Missing("number of a sign-in"))
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
