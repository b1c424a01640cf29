//! The outbox worker: takes what is due, sends it, writes down what came of it.
//!
//! A message is taken before it is sent and never taken again, but when it provably did not leave; so a crash can lose
//! the knowledge of a message, but never double it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use watchword_domain::ids::SenderId;
use watchword_domain::pool::Pool;
use watchword_domain::timeline::Step;
use watchword_domain::{Channel, DeliveryState, EmailAddress, FailureClass, Language, Timestamp};
use watchword_messaging::whatsapp::errors;
use watchword_messaging::{Outcome, OutgoingCode, Recipient};
use watchword_store::{MessageRow, StatusReport};

use crate::error::Fault;
use crate::senders::{Openings, Refusal};
use crate::sign_in::message_purpose;
use crate::timeline;
use crate::{EmailSender, SmsSender, Watchword};

/// Messages under way at once, of all senders.
const MOST: usize = 1024;

/// Messages taken at once.
const BATCH: usize = 64;

/// How long a worker may keep a message. Longer than the wire's own time-out.
const LEASE: Duration = Duration::from_secs(60);

/// How long the worker sleeps when nobody wakes it: how late a message of a dead node is at most.
const PATIENCE: Duration = Duration::from_secs(1);

/// The shortest rest: a batch worth a look at the database.
const BREATH: Duration = Duration::from_millis(50);

/// How long a message waits whose sender was asked for too much.
const ASKED_TOO_MUCH: Duration = Duration::from_secs(1);

/// How long it takes until something that could not be written is tried again.
const ANEW: Duration = Duration::from_secs(1);

/// Meta's code for "no approved template of this name in this language", also for what is not even asked.
const NO_TEMPLATE: i64 = 132_001;

/// Times a message that a provider was too busy for is tried in all.
const BUSY_TRIES: u32 = 3;

impl Watchword {
    /// Sends what is in the outbox until told to stop; then finishes what is in hand.
    pub async fn run_outbox(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let mut in_hand = JoinSet::new();
        while !*stop.borrow() {
            // Hands that are done are free.
            while in_hand.try_join_next().is_some() {}
            let openings = self.senders.openings(self.clock.now());
            let most = MOST.saturating_sub(in_hand.len()).min(BATCH).min(openings.room as usize);
            let taken = match self.take(most, &openings.resting).await {
                Ok(taken) => taken,
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "the outbox cannot be read");
                    Vec::new()
                }
            };
            let may_be_more = !taken.is_empty() && taken.len() == most;
            for message in taken {
                in_hand.spawn(self.clone().deliver(message));
            }
            if !may_be_more {
                self.rest(&mut in_hand, &mut stop, &openings).await;
            }
        }
        while in_hand.join_next().await.is_some() {}
    }

    /// Until there may be something to take: what was due at the last look is in hand, unless there was more than hands, or
    /// more than a sender took then. What it takes by now was not looked for.
    async fn rest(&self, in_hand: &mut JoinSet<()>, stop: &mut watch::Receiver<bool>, looked: &Openings) {
        let full = in_hand.len() >= MOST;
        let patience = tokio::time::sleep(pause(looked, self.clock.now()));
        tokio::pin!(patience);
        loop {
            tokio::select! {
                () = self.delivery.outbox_woken(), if !full => return,
                Some(_) = in_hand.join_next() => if full { return },
                () = &mut patience => return,
                _ = stop.changed() => return,
            }
        }
    }

    /// What is due of the senders that do not rest, and no more than any of them takes.
    async fn take(&self, most: usize, resting: &[SenderId]) -> Result<Vec<MessageRow>, Fault> {
        if most == 0 {
            return Ok(Vec::new());
        }
        let from = self.who_is_asked(resting).await?;
        if from.is_empty() {
            return Ok(Vec::new());
        }
        let now = self.clock.now();
        let tx = self.store.begin_system().await?;
        let mut claimed = Vec::new();
        for sender in &from {
            let left = most - claimed.len();
            if left > 0 {
                claimed.extend(tx.claim_due_messages(now, now + LEASE, left as u64, sender.as_ref()).await?);
            }
        }
        if claimed.is_empty() {
            // Nothing to make durable; the claim found no row.
            return Ok(claimed);
        }
        tx.commit().await?;
        claimed.iter().for_each(|message| self.senders.take(&message.sender_id, now));
        Ok(claimed)
    }

    /// Whose messages are looked for: those of all senders together, the oldest first; or, so that nobody walks past the queue of
    /// one that rests with the database's only writer in hand, those of one sender after another.
    async fn who_is_asked(&self, resting: &[SenderId]) -> Result<Vec<Option<SenderId>>, Fault> {
        if resting.is_empty() {
            return Ok(vec![None]);
        }
        let waiting = self.store.read_system().list_waiting_senders().await?;
        Ok(waiting.into_iter().filter(|sender| !resting.contains(sender)).map(Some).collect())
    }

    async fn deliver(self: Arc<Self>, message: MessageRow) {
        if self.is_too_late(&message) {
            if let Err(fault) = self.give_up(&message).await {
                tracing::error!(error = &fault as &dyn std::error::Error, message = %message.id, "a late message was not given up");
            }
            self.senders.done(&message.sender_id);
            self.delivery.tell(&message.challenge_id);
            return;
        }
        let sent = self.send(&message).await;
        self.senders.done(&message.sender_id);
        match &sent {
            Ok((outcome, _)) => {
                let labels = [("channel", message.channel.clone()), ("outcome", name_of(outcome).to_owned())];
                metrics::counter!("watchword_messages_total", &labels).increment(1);
            }
            Err(fault) => {
                tracing::error!(error = fault as &dyn std::error::Error, message = %message.id, "a message cannot be sent yet");
            }
        }
        self.write_down(&message, sent.ok()).await;
        self.delivery.tell(&message.challenge_id);
        self.tell_of_troubled_senders().await;
    }

    /// Whether its code dies too soon for the message to be of use.
    fn is_too_late(&self, message: &MessageRow) -> bool {
        let least = message.channel.parse::<Channel>().map_or(Duration::ZERO, Channel::least_life);
        message.expires_at.until(self.clock.now()) < least
    }

    async fn give_up(&self, message: &MessageRow) -> Result<(), Fault> {
        let expired = told(DeliveryState::Expired, self.clock.now(), None);
        let tx = self.store.begin_system().await?;
        tx.save_status(&message.id, &expired).await?;
        Ok(tx.commit().await?)
    }

    /// Writes down what came of a message, and tries until its lease ends where the database is away: then it counts as
    /// unknown, and is not sent again whether it left or not.
    async fn write_down(&self, message: &MessageRow, sent: Option<(Outcome, String)>) {
        for _ in 0..LEASE.as_secs() / ANEW.as_secs() {
            let written = match &sent {
                Some((outcome, language)) => self.record(message, outcome, language).await,
                // What fails here fails before the provider is asked, or after it refused.
                None => self.put_back(message).await,
            };
            let Err(fault) = written else { return };
            tracing::error!(error = &fault as &dyn std::error::Error, message = %message.id, "an outcome was not stored");
            tokio::time::sleep(ANEW).await;
        }
    }

    async fn put_back(&self, message: &MessageRow) -> Result<(), Fault> {
        let tx = self.store.begin_system().await?;
        tx.save_requeued(&message.id, self.clock.now() + backoff(message.attempts)).await?;
        Ok(tx.commit().await?)
    }

    /// Hands a message to its sender. Gives what came of it, and the language it went out in.
    async fn send(&self, message: &MessageRow) -> Result<(Outcome, String), Fault> {
        if let Some(refused) = self.senders.refuses(&message.sender_id, self.clock.now()) {
            return Ok((refused, message.language.clone()));
        }
        let pool = self.pool_by_id(&message.pool_id).await?;
        let asked = Language::from_meta_code(&message.language);
        let outgoing = OutgoingCode {
            to: Recipient::Phone(message.recipient.clone()),
            code: self.master.open(&message_purpose(&message.pool_id, &message.id), &message.code_sealed)?,
            language: asked.unwrap_or_else(|| pool.fallback_language()),
            correlation: message.id.as_str().to_owned(),
            project: pool.name.clone(),
            host: pool.host().ok_or(Fault::Missing("host of an issuer"))?,
            lives: message.expires_at.until(self.clock.now()),
            identity: self.expected_identity(&pool, &message.recipient).await?,
        };
        match message.channel.parse() {
            Ok(Channel::Whatsapp) => self.send_on_whatsapp(message, &pool, &outgoing).await,
            Ok(Channel::Sms) => Ok((self.send_by_sms(&outgoing).await, message.language.clone())),
            Ok(Channel::Email) => {
                let rows = self.store.read(&message.pool_id);
                let mailbox = self.mailbox_of(&rows, &message.recipient).await?;
                Ok((self.send_by_mail(outgoing, mailbox).await, message.language.clone()))
            }
            Err(_) => Err(Fault::Missing("known channel of a message")),
        }
    }

    async fn send_on_whatsapp(
        &self,
        message: &MessageRow,
        pool: &Pool,
        outgoing: &OutgoingCode,
    ) -> Result<(Outcome, String), Fault> {
        let asked = || message.language.clone();
        let Some(wire) = self.wire(&message.pool_id, &message.sender_id).await? else {
            return Ok((unavailable(0), asked()));
        };
        // The language its reader chose, the pool's, English.
        let mut languages = vec![outgoing.language];
        for language in [pool.fallback_language(), Language::En] {
            if !languages.contains(&language) {
                languages.push(language);
            }
        }
        // Each template that turns out not to be sendable is out of the choice from then on.
        for _ in 0..wire.templates.len() * languages.len() {
            let Some(template) = self.template_for(&wire, &languages).await? else { break };
            let outcome = wire.api.send_code(outgoing, &template).await;
            match &outcome {
                Outcome::Accepted { .. } => self.senders.took(&wire.id),
                Outcome::Rejected { code, .. } => {
                    self.senders.answered(&wire.id);
                    self.senders.refused(&wire.id, &Refusal::on_whatsapp(*code), self.clock.now());
                    if let Some(status) = errors::template_status(*code) {
                        self.learn_unsendable(&wire, &template, status).await?;
                        continue;
                    }
                }
                Outcome::NotSent { .. } | Outcome::Unknown { .. } => {
                    self.senders.unanswered(&wire.id, self.clock.now());
                }
            }
            return Ok((outcome, template.language));
        }
        Ok((unavailable(NO_TEMPLATE), asked()))
    }

    async fn send_by_sms(&self, outgoing: &OutgoingCode) -> Outcome {
        let Some(sms) = &self.settings.sms else { return unavailable(0) };
        let outcome = sms.channel.send_code(outgoing).await;
        match &outcome {
            Outcome::Accepted { .. } => self.senders.took(&SmsSender::sender()),
            Outcome::Rejected { code, .. } => {
                self.senders.answered(&SmsSender::sender());
                let refusal = Refusal::by_sms(sms.provider, *code);
                self.senders.refused(&SmsSender::sender(), &refusal, self.clock.now());
            }
            Outcome::NotSent { .. } | Outcome::Unknown { .. } => {
                self.senders.unanswered(&SmsSender::sender(), self.clock.now());
            }
        }
        outcome
    }

    /// Hands a code to the mail server. It has no states: that it was taken is all that is learned.
    async fn send_by_mail(&self, outgoing: OutgoingCode, mailbox: Option<EmailAddress>) -> Outcome {
        let Some(email) = &self.settings.email else { return unavailable(0) };
        // Taken from the user meanwhile.
        let Some(mailbox) = mailbox else {
            return Outcome::Rejected { code: 0, class: FailureClass::NotReachable, retry_after: None };
        };
        let outgoing = OutgoingCode { to: Recipient::Email(mailbox), ..outgoing };
        let outcome = email.channel.send_code(&outgoing).await;
        match &outcome {
            Outcome::Accepted { .. } => self.senders.took(&EmailSender::sender()),
            Outcome::Rejected { .. } => self.senders.answered(&EmailSender::sender()),
            Outcome::NotSent { .. } | Outcome::Unknown { .. } => {
                self.senders.unanswered(&EmailSender::sender(), self.clock.now());
            }
        }
        outcome
    }

    /// Whether a refusal says that a sender was asked for more than it takes. Numbers mean other things on other channels.
    fn asks_too_much(&self, message: &MessageRow, code: i64) -> bool {
        message.channel == Channel::Whatsapp.as_str() && errors::asks_too_much(code)
    }

    async fn record(&self, message: &MessageRow, outcome: &Outcome, language: &str) -> Result<(), Fault> {
        let now = self.clock.now();
        let tx = self.store.begin_system().await?;
        let mut step = None;
        match outcome {
            Outcome::Accepted { provider_message_id, .. } => {
                tx.save_accepted(&message.id, (provider_message_id, language), now).await?;
                step = Some(Step::Accepted);
            }
            Outcome::NotSent { .. } => {
                tx.save_requeued(&message.id, now + backoff(message.attempts)).await?;
            }
            Outcome::Rejected { code, .. } if self.asks_too_much(message, *code) => {
                // It did not come to the message at all; it waits its turn for as long as its code lives.
                tx.save_released(&message.id, now + ASKED_TOO_MUCH).await?;
            }
            Outcome::Rejected { class, retry_after, .. }
                if may_try_again(message, *class, *retry_after, now) =>
            {
                let wait = retry_after.unwrap_or_else(|| backoff(message.attempts));
                tx.save_requeued(&message.id, now + wait).await?;
            }
            Outcome::Rejected { code, class, .. } => {
                let news = tx
                    .save_status(&message.id, &told(DeliveryState::Failed, now, Some((*class, *code))))
                    .await?;
                tx.uncount_sent(news.iter().filter(|message| message.failed_by_us())).await?;
                step = news.map(|_| Step::Failed);
            }
            Outcome::Unknown { .. } => {
                let news = tx.save_status(&message.id, &told(DeliveryState::Unknown, now, None)).await?;
                step = news.map(|_| Step::Unknown);
            }
        }
        tx.commit().await?;
        if let (Some(Step::Failed), Outcome::Rejected { class, .. }) = (step, outcome) {
            timeline::count_failure(&message.channel, &message.recipient, *class);
            self.delivery.wake_fallbacks();
        }
        if let Some(step) = step {
            timeline::count(&message.channel, &message.recipient, step);
        }
        Ok(())
    }
}

/// What a message comes to whose sender cannot send it.
fn unavailable(code: i64) -> Outcome {
    Outcome::Rejected { code, class: FailureClass::SenderUnavailable, retry_after: None }
}

/// Whether a message that was refused is worth another try, and would still be of use then.
fn may_try_again(message: &MessageRow, class: FailureClass, wait: Option<Duration>, now: Timestamp) -> bool {
    let wait = wait.unwrap_or_else(|| backoff(message.attempts));
    class == FailureClass::TryLater && message.attempts < BUSY_TRIES && now + wait < message.expires_at
}

/// What the wire itself tells of a message.
fn told(state: DeliveryState, at: Timestamp, failure: Option<(FailureClass, i64)>) -> StatusReport {
    StatusReport { state, at, failure, price: None, identity_key_hash: None }
}

fn name_of(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted { .. } => "accepted",
        Outcome::Rejected { .. } => "rejected",
        Outcome::NotSent { .. } => "not_sent",
        Outcome::Unknown { .. } => "unknown",
    }
}

/// How long to wait after a look at which these took messages, unless somebody wakes the worker.
fn pause(looked: &Openings, now: Timestamp) -> Duration {
    looked.opens.map_or(PATIENCE, |opens| opens.until(now).clamp(BREATH, PATIENCE))
}

/// 1 s, 2 s, 4 s, … 30 s: soon enough for a person who waits, rare enough for a provider that struggles.
fn backoff(attempts: u32) -> Duration {
    Duration::from_secs(1 << attempts.saturating_sub(1).min(5)).min(Duration::from_secs(30))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_that_rested_at_the_last_look_is_looked_at_as_soon_as_it_takes_more() {
        let (at, sender) = (Timestamp::from_millis, SenderId::from("one"));
        let looked = |opens| Openings { resting: vec![sender.clone()], opens, room: 8 };
        assert_eq!(pause(&looked(Some(at(12))), at(0)), BREATH);
        assert_eq!(pause(&looked(Some(at(12))), at(30)), BREATH, "it takes more by now, and was passed over");
        assert_eq!(pause(&looked(Some(at(400))), at(0)), Duration::from_millis(400));
        assert_eq!(pause(&looked(Some(at(9_000))), at(0)), PATIENCE);
        assert_eq!(pause(&Openings { resting: Vec::new(), opens: None, room: 8 }, at(0)), PATIENCE);
    }

    #[test]
    fn waits_between_attempts_grow_to_half_a_minute() {
        let waits: Vec<u64> = (1..=7).map(|attempts| backoff(attempts).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30]);
    }
}
