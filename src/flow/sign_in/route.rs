//! The way a code takes: its channel and sender, and the further channel that may carry it when it does not arrive.

use watchword_domain::channel::{self, Attempt, DeliveryPolicy, Fallback};
use watchword_domain::failures::Device;
use watchword_domain::ids::{ChallengeId, MessageId, PoolId, SenderId};
use watchword_domain::pool::Pool;
use watchword_domain::sign_in::{Challenge, SignIn, Step};
use watchword_domain::timeline;
use watchword_domain::{Channel, Phone, Timestamp};
use watchword_store::{AttemptRow, NewMessage};

use super::budget::Outgoing;
use super::refusal::SendRefusal;
use super::suspicion::Doubt;
use super::{Asker, Current};
use crate::alerts::tell;
use crate::error::{Error, Fault, Outcome};
use crate::{EmailSender, SmsSender, Watchword};

/// The way a code takes.
#[derive(Debug, Clone)]
pub(super) struct Route {
    pub(super) channel: Channel,
    pub(super) sender: SenderId,
    /// Whether the person chose the channel.
    pub(super) chosen: bool,
    /// After how long another steps in by itself.
    pub(super) falls_back: bool,
    /// What the number is to the browser that asks.
    pub(super) device: Device,
}

impl Route {
    /// When another channel steps in for a message written at `now`.
    pub(super) fn fallback_at(&self, policy: &DeliveryPolicy, now: Timestamp) -> Option<Timestamp> {
        self.falls_back.then(|| now + policy.patience())
    }
}

/// A code that another channel may carry.
struct Further<'a> {
    pool: &'a Pool,
    challenge: Challenge,
    attempts: Vec<AttemptRow>,
    /// For whom it counts.
    device: Device,
    /// Who wants it.
    cause: Cause,
}

enum Cause {
    /// The person, and what is doubted of that.
    Asked(Doubt),
    /// The project, by itself, in the place of this message.
    Fallback(MessageId),
}

impl Watchword {
    /// The way a fresh code to a number takes. A new code in the place of an `old` one takes the channel of that one: the
    /// person may have chosen it.
    pub(super) async fn route(
        &self,
        pool: &Pool,
        (phone, device): (&Phone, Device),
        old: Option<&ChallengeId>,
        doubt: &Doubt,
    ) -> Result<Route, Fault> {
        let channels = self.channels_for(pool, phone, device).await?;
        let before = match old {
            Some(old) => self.store.read(&pool.id).list_attempts(old).await?,
            None => Vec::new(),
        };
        let is_automatic = pool.settings.delivery.of(phone.country()).fallback == Fallback::Automatic;
        let kept = before.first().filter(|before| channels.contains(&before.attempt.channel));
        let (channel, chosen) = match kept {
            Some(kept) => (kept.attempt.channel, kept.chosen),
            // Where the range is suspicious no SMS steps in by itself, not in this way either.
            None if is_automatic && doubt.until.is_none() => {
                (self.first_in_reach(pool, phone, &channels).await?, false)
            }
            None => (channels.first().copied().unwrap_or(Channel::Whatsapp), false),
        };
        let falls_back = is_automatic && !chosen && channels.len() > 1;
        Ok(Route { channel, sender: self.sender_for(&pool.id, channel).await?, chosen, falls_back, device })
    }

    /// The first of these channels that is not known to have failed to reach the number just now: where another steps in by
    /// itself, nobody waits for the same failure again, and it is not paid for with the sender's standing at Meta.
    async fn first_in_reach(
        &self,
        pool: &Pool,
        phone: &Phone,
        channels: &[Channel],
    ) -> Result<Channel, Fault> {
        let first = channels.first().copied().unwrap_or(Channel::Whatsapp);
        let Some(next) = channels.get(1) else { return Ok(first) };
        let (rows, since) = (self.store.read(&pool.id), self.clock.now() - channel::OUT_OF_REACH);
        Ok(if rows.is_out_of_reach(phone, first, since).await? { *next } else { first })
    }

    /// The channels a number may get its code by, the first one first. That somebody has a mailbox, or must be the one that
    /// WhatsApp knows, is known to the browsers alone that they signed in with: to all others every number looks alike.
    pub(super) async fn channels_for(
        &self,
        pool: &Pool,
        phone: &Phone,
        device: Device,
    ) -> Result<Vec<Channel>, Fault> {
        if device == Device::Known && self.expected_identity(pool, phone).await?.is_some() {
            // No other channel tells who is there.
            return Ok(vec![Channel::Whatsapp]);
        }
        let whatsapp =
            self.settings.whatsapp.is_some() || self.sender_of(&pool.id).await? != SenderId::shared();
        let sms = self.settings.sms.is_some();
        let asks_for_mail = device == Device::Known
            && self.settings.email.is_some()
            && pool.settings.delivery.uses(Channel::Email, phone.country());
        let email = asks_for_mail && self.mailbox_of(&self.store.read(&pool.id), phone).await?.is_some();
        let there = |channel| match channel {
            Channel::Whatsapp => whatsapp,
            Channel::Sms => sms,
            Channel::Email => email,
        };
        Ok(pool.settings.delivery.channels_for(phone.country(), there))
    }

    async fn sender_for(&self, pool: &PoolId, channel: Channel) -> Result<SenderId, Fault> {
        match channel {
            Channel::Whatsapp => self.sender_of(pool).await,
            Channel::Sms => Ok(SmsSender::sender()),
            Channel::Email => Ok(EmailSender::sender()),
        }
    }

    /// Sends the code of a sign-in once more, by the channel the person chose. Nothing happens when that channel may not
    /// carry it, or not yet: the page says what may be asked for.
    ///
    /// # Errors
    /// When the number or the project got all it may get; when nothing is sent to its range, or only for a proof of work;
    /// when the sign-in is over; when the database fails.
    pub async fn send_by(
        &self,
        pool: &Pool,
        asker: &Asker<'_>,
        current: Current,
        channel: Channel,
    ) -> Outcome<(), SendRefusal> {
        let ended = |reason| Error::Refused(SendRefusal::Ended(reason));
        let Step::EnterCode(challenge) = current.step.map_err(ended)? else { return Ok(()) };
        let rows = self.store.read(&pool.id);
        let Some(challenge) = rows.find_challenge(&challenge).await? else { return Ok(()) };
        let attempts = rows.list_attempts(&challenge.id).await?;
        let now = self.clock.now();
        let other = self.other_channel(pool, &challenge, &attempts).await?;
        if challenge.open(now).is_err()
            || other.is_none_or(|other| other.channel != channel || other.from > now)
        {
            return Ok(());
        }
        let phone = challenge.phone.clone();
        let device = self.device(&rows, asker.browser, &phone).await?;
        let sent = match self.doubt(pool, asker, &phone, device).await {
            Ok(doubt) => {
                let further = Further { pool, challenge, attempts, device, cause: Cause::Asked(doubt) };
                self.send_further(&further, channel).await
            }
            Err(refused) => Err(refused),
        };
        self.note(pool, &phone, &sent).await?;
        sent
    }

    /// The next channel that may carry the code of a challenge.
    pub(super) async fn other_channel(
        &self,
        pool: &Pool,
        challenge: &Challenge,
        attempts: &[AttemptRow],
    ) -> Result<Option<channel::Other>, Fault> {
        let device = attempts.first().map_or(Device::Unknown, |newest| newest.device);
        let channels = self.channels_for(pool, &challenge.phone, device).await?;
        let ways: Vec<Attempt> = attempts.iter().map(|row| row.attempt).collect();
        let carries_code = attempts.iter().any(|row| row.code_sealed.is_some());
        let policy = pool.settings.delivery.of(challenge.phone.country());
        Ok(policy.other(&channels, &ways).filter(|_| carries_code))
    }

    /// Lets another channel step in for a message, as its project wants it to by itself. Not where the range is suspicious:
    /// nobody is there to work anything out, and an SMS is what whoever types such numbers is after. The person may still
    /// ask for it.
    pub(crate) async fn fall_back(
        &self,
        pool: &PoolId,
        challenge: &ChallengeId,
        message: MessageId,
    ) -> Result<(), Fault> {
        let pool = self.pool_by_id(pool).await?;
        let rows = self.store.read(&pool.id);
        let now = self.clock.now();
        let challenge = rows.find_challenge(challenge).await?.filter(|challenge| challenge.open(now).is_ok());
        let other = match challenge {
            Some(challenge) => {
                let attempts = rows.list_attempts(&challenge.id).await?;
                let other = self.other_channel(&pool, &challenge, &attempts).await?;
                other.map(|other| (other, challenge, attempts))
            }
            None => None,
        };
        let Some((other, challenge, attempts)) = other else {
            return self.forget_fallback(&pool.id, &message).await;
        };
        let phone = challenge.phone.clone();
        let device = attempts.first().map_or(Device::Unknown, |newest| newest.device);
        let network = challenge.network.clone();
        let sent = match self.suspicion(&pool, (&phone, network.as_deref()), device).await {
            Ok(None) => {
                let cause = Cause::Fallback(message.clone());
                let further = Further { pool: &pool, challenge, attempts, device, cause };
                self.send_further(&further, other.channel).await
            }
            Ok(Some(until)) => Err(Error::Refused(self.asks_proof(until))),
            Err(refused) => Err(refused),
        };
        self.note(&pool, &phone, &sent).await?;
        match sent {
            Ok(()) => Ok(()),
            // The page says how the first message fares, and what may be asked for.
            Err(Error::Refused(_)) => self.forget_fallback(&pool.id, &message).await,
            Err(Error::Fault(fault)) => Err(fault),
        }
    }

    /// Nothing steps in for a message.
    pub(crate) async fn forget_fallback(&self, pool: &PoolId, message: &MessageId) -> Result<(), Fault> {
        let tx = self.store.begin(pool).await?;
        tx.claim_fallback(message).await?;
        Ok(tx.commit().await?)
    }

    /// Writes a message with the same code on another channel, counted as every message is; once, whoever asks and how
    /// often.
    async fn send_further(&self, further: &Further<'_>, channel: Channel) -> Outcome<(), SendRefusal> {
        let Further { pool, challenge, attempts, device, cause } = further;
        let Some(message) = self.further_message(further, channel).await? else { return Ok(()) };
        let (phone, now) = (&challenge.phone, message.created_at);
        let tx = self.store.begin(&pool.id).await?;
        if let Cause::Asked(doubt) = cause {
            self.dispel(&tx, doubt).await?;
        }
        let mut history = tx.lock_send_history(phone, now).await?;
        // Whoever answers or replaces the code takes that row first, too: it is open now, and until this is written.
        let is_over = |challenge: Challenge| challenge.open(now).is_err();
        if tx.find_challenge(&challenge.id).await?.is_none_or(is_over) {
            return Ok(());
        }
        let limits = pool.limits(&self.settings.limits);
        let allowed = history.allows_other_channel(&limits, (*device, channel), now);
        allowed.map_err(|refusal| Error::Refused(refusal.into()))?;
        history.record((*device, channel), now);
        tx.save_send_history(phone, &history).await?;
        let replaced = match cause {
            Cause::Fallback(message) => Some(message),
            Cause::Asked(_) => attempts.first().map(|newest| &newest.id),
        };
        let is_due = match replaced {
            Some(replaced) => tx.claim_fallback(replaced).await? || matches!(cause, Cause::Asked(_)),
            None => true,
        };
        if !is_due || !tx.claim_message(&message).await? {
            return Ok(());
        }
        let was_never_sent = attempts.iter().all(|before| before.attempt.was_never_sent());
        let new_code = was_never_sent.then_some(challenge.created_at);
        let outgoing = Outgoing { phone, channel, network: challenge.network.as_deref(), new_code };
        let alerts = self.spend(&tx, pool, &outgoing, now).await?;
        tx.commit().await?;
        alerts.iter().for_each(|alert| tell(pool, alert));
        crate::timeline::count(channel.as_str(), phone, timeline::Step::Queued);
        self.delivery.wake_outbox();
        self.delivery.tell(&challenge.id);
        Ok(())
    }

    /// The message that carries the same code by another channel; nothing when the code is not known any more.
    async fn further_message(
        &self,
        further: &Further<'_>,
        channel: Channel,
    ) -> Result<Option<NewMessage>, Fault> {
        let Further { pool, challenge, attempts, cause, .. } = further;
        let known = attempts.iter().find_map(|row| row.code_sealed.as_ref().map(|sealed| (row, sealed)));
        let Some((row, sealed)) = known else { return Ok(None) };
        let code = self.master.open(&message_purpose(&pool.id, &row.id), sealed)?;
        let id = MessageId::random(&*self.random);
        Ok(Some(NewMessage {
            code_sealed: self.master.seal(&*self.random, &message_purpose(&pool.id, &id), code.expose())?,
            id,
            challenge_id: challenge.id.clone(),
            channel,
            chosen: matches!(cause, Cause::Asked(_)),
            device: further.device,
            fallback_at: None,
            sender_id: self.sender_for(&pool.id, channel).await?,
            recipient: challenge.phone.clone(),
            language: row.language.clone(),
            created_at: self.clock.now(),
            expires_at: challenge.expires_at,
        }))
    }
}

/// The number of a sign-in that has one.
pub(super) fn number_of(sign_in: &SignIn) -> Result<&Phone, Fault> {
    sign_in.phone.as_ref().ok_or(Fault::Missing("number of a sign-in"))
}

/// What a message's code is sealed for.
pub(crate) fn message_purpose(pool: &PoolId, message: &MessageId) -> String {
    format!("code of message {message} of {pool}")
}
