//! Sending a code: to another number, or once more; and what every sending checks and writes. One transaction counts,
//! limits, and writes challenge and message; the worker sends after the commit.

use std::net::IpAddr;

use watchword_domain::failures::Device;
use watchword_domain::ids::{ChallengeId, MessageId, numeric_code};
use watchword_domain::pool::Pool;
use watchword_domain::sends::SendHistory;
use watchword_domain::sign_in::{self, Challenge, EndReason, SignIn};
use watchword_domain::timeline::Step;
use watchword_domain::{Channel, Language, Phone, Timestamp};
use watchword_store::{NewMessage, PoolTx};

use super::budget::first_of;
use super::refusal::SendRefusal;
use super::route::{Route, message_purpose, number_of};
use super::starts::{Starter, Toll};
use super::typed::Typed;
use super::{Asker, Current};
use crate::Watchword;
use crate::alerts::tell;
use crate::browser::Browser;
use crate::error::{Error, Fault, Outcome};
use crate::timeline;

impl Watchword {
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
        let phone = self.read_phone(pool, typed)?;
        if current.sign_in.phone.as_ref() == Some(&phone) && self.has_open_code(pool, &current).await? {
            return Ok(());
        }
        let device = self.device(&self.store.read(&pool.id), browser, &phone).await?;
        let sign_in = SignIn { language: typed.language, ..current.sign_in };
        let current = Current { device, sign_in, step: current.step };
        let asker = Asker { browser, address, proof: typed.proof };
        let starter = Starter { asker, phone: &phone, device };
        let sent = self.send_counted(pool, current, &starter).await;
        self.note(pool, &phone, &sent).await?;
        sent
    }

    async fn send_counted(
        &self,
        pool: &Pool,
        current: Current,
        starter: &Starter<'_>,
    ) -> Outcome<(), SendRefusal> {
        let count = self.start_count(pool, starter).await?;
        let sent = self.send_again(pool, current, Toll::Start(&count), starter.phone).await;
        self.count_refused(pool, &count, &sent).await?;
        sent
    }

    pub(super) async fn has_open_code(&self, pool: &Pool, current: &Current) -> Result<bool, Fault> {
        let Ok(sign_in::Step::EnterCode(challenge)) = &current.step else { return Ok(false) };
        let challenge = self.store.read(&pool.id).find_challenge(challenge).await?;
        Ok(challenge.is_some_and(|challenge| challenge.open(self.clock.now()).is_ok()))
    }

    /// Sends a new code to the same number, in the language the person reads now; the old one is dead from then on. On
    /// WhatsApp it takes no proof of work: the sign-in did, where one was asked for, and a number gets few messages.
    ///
    /// # Errors
    /// When it must wait, or the sign-in is over; when a proof of work is asked for.
    pub async fn resend_code(
        &self,
        pool: &Pool,
        asker: &Asker<'_>,
        mut current: Current,
        language: Language,
    ) -> Outcome<(), SendRefusal> {
        let phone = current.sign_in.phone.clone().ok_or(Fault::Missing("number of a sign-in"))?;
        current.sign_in.language = language;
        let sent = match self.doubt(pool, asker, &phone, current.device).await {
            Ok(doubt) => self.send_again(pool, current, Toll::Again(&doubt), &phone).await,
            Err(refused) => Err(refused),
        };
        self.note(pool, &phone, &sent).await?;
        sent
    }

    async fn send_again(
        &self,
        pool: &Pool,
        current: Current,
        toll: Toll<'_>,
        phone: &Phone,
    ) -> Outcome<(), SendRefusal> {
        let ended = |reason| Error::Refused(SendRefusal::Ended(reason));
        match current.step {
            // Another number may be tried when this one's method is off.
            Err(EndReason::TooManyTries) if current.sign_in.phone.as_ref() != Some(phone) => {}
            step => {
                step.map_err(ended)?;
            }
        }
        let now = self.clock.now();
        let network = toll.doubt().network.as_str();
        let old = current.sign_in.challenge.clone();
        let kept = old.as_ref().filter(|_| current.sign_in.phone.as_ref() == Some(phone));
        let route = self.route(pool, (phone, current.device), kept, toll.doubt()).await?;
        let challenge = ChallengeId::random(&*self.random);
        let sign_in =
            SignIn { challenge: Some(challenge.clone()), phone: Some(phone.clone()), ..current.sign_in };
        let method = self.method(pool, &sign_in, current.device).await?;
        let tx = self.store.begin(&pool.id).await?;
        match toll {
            Toll::Start(count) => self.count_start(&tx, count, now).await?,
            Toll::Again(doubt) if route.channel == Channel::Sms => self.dispel(&tx, doubt).await?,
            Toll::Again(_) => {}
        }
        method.map_err(Error::Refused)?;
        let asked = (current.device, route.channel);
        let history = self.allowed_history(&tx, pool, &sign_in, asked, now).await?;
        let sent = self.write_code(&tx, pool, (&sign_in, &route, network), &history, now).await?;
        if let Some(old) = &old {
            tx.claim_challenge(old, now).await?;
            tx.withdraw_messages(old).await?;
        }
        if !tx.save_sign_in_challenge(&sign_in.id, phone, &challenge).await? {
            return Err(ended(EndReason::AlreadyUsed));
        }
        let alerts = self.spend(&tx, pool, &first_of(&sent, network), now).await?;
        tx.commit().await?;
        alerts.iter().for_each(|alert| tell(pool, alert));
        timeline::count(sent.channel.as_str(), phone, Step::Queued);
        self.delivery.wake_outbox();
        if let Some(old) = &old {
            self.delivery.tell(old);
        }
        Ok(())
    }

    /// Whether a code that is sent could be used. Looked up before the transaction: should the method be switched off in
    /// between, a guess at the code is refused. To be told once the start is counted, since it tells something of the number.
    pub(super) async fn method(
        &self,
        pool: &Pool,
        sign_in: &SignIn,
        device: Device,
    ) -> Result<Result<(), SendRefusal>, Fault> {
        let is_off = self.is_method_off(&self.store.read(&pool.id), number_of(sign_in)?, device).await?;
        Ok(if is_off { Err(SendRefusal::Ended(EndReason::TooManyTries)) } else { Ok(()) })
    }

    /// What was sent to the number, with one more message that the limits allow.
    pub(super) async fn allowed_history(
        &self,
        tx: &PoolTx,
        pool: &Pool,
        sign_in: &SignIn,
        asked: (Device, Channel),
        now: Timestamp,
    ) -> Outcome<SendHistory, SendRefusal> {
        let mut history = tx.lock_send_history(number_of(sign_in)?, now).await?;
        let limits = pool.limits(&self.settings.limits);
        history.allows(&limits, asked, now).map_err(|refusal| Error::Refused(refusal.into()))?;
        history.record(asked, now);
        Ok(history)
    }

    /// Writes a fresh challenge and its message, and gives that message.
    pub(super) async fn write_code(
        &self,
        tx: &PoolTx,
        pool: &Pool,
        (sign_in, route, network): (&SignIn, &Route, &str),
        history: &SendHistory,
        now: Timestamp,
    ) -> Outcome<NewMessage, SendRefusal> {
        let limits = pool.limits(&self.settings.limits);
        let phone = number_of(sign_in)?;
        tx.save_send_history(phone, history).await?;
        let id = sign_in.challenge.clone().ok_or(Fault::Missing("challenge of a sign-in"))?;
        let challenge = Challenge {
            id,
            sign_in_id: sign_in.id.clone(),
            phone: phone.clone(),
            network: Some(network.to_owned()),
            tries_allowed: limits.tries_per_code,
            tries: 0,
            created_at: now,
            expires_at: now + self.settings.lifetimes.code(),
            ended_at: None,
        };
        let code = numeric_code(&*self.random, limits.code_digits);
        tx.insert_challenge(&challenge, self.code_hash(pool, challenge.id.as_str(), &code)?).await?;
        let message = self.message(pool, (&challenge, route), sign_in.language, &code)?;
        tx.insert_message(&message).await?;
        Ok(message)
    }

    fn message(
        &self,
        pool: &Pool,
        (challenge, route): (&Challenge, &Route),
        language: Language,
        code: &str,
    ) -> Result<NewMessage, Fault> {
        let id = MessageId::random(&*self.random);
        let purpose = message_purpose(&pool.id, &id);
        let policy = pool.settings.delivery.of(challenge.phone.country());
        Ok(NewMessage {
            code_sealed: self.master.seal(&*self.random, &purpose, code)?,
            id,
            challenge_id: challenge.id.clone(),
            channel: route.channel,
            chosen: route.chosen,
            device: route.device,
            fallback_at: route.fallback_at(&policy, challenge.created_at),
            sender_id: route.sender.clone(),
            recipient: challenge.phone.clone(),
            language: language.meta_code().to_owned(),
            created_at: challenge.created_at,
            expires_at: challenge.expires_at,
        })
    }
}
