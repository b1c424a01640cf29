//! The outbox worker: takes what is due, sends it, writes down what came of it.
//!
//! A message is taken before it is sent and never taken again, but when it provably did not leave; so a crash can lose
//! the knowledge of a message, but never double it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use watchword_domain::timeline::Step;
use watchword_domain::{DeliveryState, FailureClass, Timestamp};
use watchword_messaging::{Outcome, OutgoingCode};
use watchword_store::{MessageRow, StatusReport};

use crate::Watchword;
use crate::error::Fault;
use crate::sign_in::message_purpose;
use crate::timeline;

/// Messages under way at once.
const MOST: usize = 64;

/// How long a worker may keep a message. Longer than the wire's own time-out.
const LEASE: Duration = Duration::from_secs(60);

/// How long the worker sleeps when nobody wakes it: how late a message of a dead node is at most.
const PATIENCE: Duration = Duration::from_secs(1);

/// Times a message that a provider was too busy for is tried in all.
const BUSY_TRIES: u32 = 3;

impl Watchword {
    /// Sends what is in the outbox until told to stop; then finishes what is in hand.
    pub async fn run_outbox(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let mut in_hand = JoinSet::new();
        while !*stop.borrow() {
            // Hands that are done are free.
            while in_hand.try_join_next().is_some() {}
            let taken = match self.take(MOST.saturating_sub(in_hand.len())).await {
                Ok(taken) => taken,
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "the outbox cannot be read");
                    Vec::new()
                }
            };
            for message in taken {
                in_hand.spawn(self.clone().deliver(message));
            }
            self.rest(&mut in_hand, &mut stop).await;
        }
        while in_hand.join_next().await.is_some() {}
    }

    /// Until there may be something to take: what was due is in hand, unless there was more than hands.
    async fn rest(&self, in_hand: &mut JoinSet<()>, stop: &mut watch::Receiver<bool>) {
        let full = in_hand.len() >= MOST;
        let patience = tokio::time::sleep(PATIENCE);
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

    async fn take(&self, most: usize) -> Result<Vec<MessageRow>, Fault> {
        if most == 0 {
            return Ok(Vec::new());
        }
        let now = self.clock.now();
        let tx = self.store.begin_system().await?;
        let taken = tx.claim_due_messages(now, now + LEASE, most as u64).await?;
        if taken.is_empty() {
            // Nothing to make durable; the claim found no row.
            return Ok(taken);
        }
        tx.commit().await?;
        Ok(taken)
    }

    async fn deliver(self: Arc<Self>, message: MessageRow) {
        let outcome = self.send(&message).await;
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(fault) => {
                tracing::error!(error = &fault as &dyn std::error::Error, message = %message.id, "a message cannot be sent");
                return;
            }
        };
        metrics::counter!("watchword_messages_total", "outcome" => name_of(&outcome)).increment(1);
        if let Err(fault) = self.record(&message, outcome).await {
            // The lease ends and the message counts as unknown: it left, or it did not, and is not sent again.
            tracing::error!(error = &fault as &dyn std::error::Error, message = %message.id, "an outcome was not stored");
        }
        self.delivery.tell(&message.challenge_id);
    }

    async fn send(&self, message: &MessageRow) -> Result<Outcome, Fault> {
        let Some(sender) = &self.settings.whatsapp else {
            return Ok(Outcome::Rejected {
                code: 0,
                class: FailureClass::SenderUnavailable,
                retry_after: None,
            });
        };
        if let Some(refused) = self.sender.refuses(self.clock.now()) {
            return Ok(refused);
        }
        let code = self.master.open(&message_purpose(&message.pool_id, &message.id), &message.code_sealed)?;
        let outgoing = OutgoingCode {
            to: message.recipient.clone(),
            code,
            language: message.language.clone(),
            correlation: message.id.as_str().to_owned(),
        };
        let outcome = sender.channel.send_code(&outgoing).await;
        match &outcome {
            Outcome::Accepted { .. } => self.sender.took(),
            Outcome::Rejected { code, .. } => self.sender.refused(*code, self.clock.now()),
            Outcome::NotSent { .. } | Outcome::Unknown { .. } => {}
        }
        Ok(outcome)
    }

    async fn record(&self, message: &MessageRow, outcome: Outcome) -> Result<(), Fault> {
        let now = self.clock.now();
        let tx = self.store.begin_system().await?;
        let mut step = None;
        match outcome {
            Outcome::Accepted { provider_message_id, .. } => {
                tx.save_accepted(&message.id, &provider_message_id, now).await?;
                step = Some(Step::Accepted);
            }
            Outcome::NotSent { .. } => {
                tx.save_requeued(&message.id, now + backoff(message.attempts)).await?;
            }
            Outcome::Rejected { class: FailureClass::TryLater, retry_after, .. }
                if message.attempts < BUSY_TRIES =>
            {
                let wait = retry_after.unwrap_or_else(|| backoff(message.attempts));
                tx.save_requeued(&message.id, now + wait).await?;
            }
            Outcome::Rejected { code, class, .. } => {
                let news = tx.save_status(&message.id, &failed(now, class, code)).await?;
                step = news.map(|_| Step::Failed);
            }
            Outcome::Unknown { .. } => {
                let report =
                    StatusReport { state: DeliveryState::Unknown, at: now, failure: None, price: None };
                tx.save_status(&message.id, &report).await?;
            }
        }
        tx.commit().await?;
        if let Some(step) = step {
            timeline::count(&message.channel, &message.recipient, step);
        }
        Ok(())
    }
}

fn failed(at: Timestamp, class: FailureClass, code: i64) -> StatusReport {
    StatusReport { state: DeliveryState::Failed, at, failure: Some((class, code)), price: None }
}

fn name_of(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted { .. } => "accepted",
        Outcome::Rejected { .. } => "rejected",
        Outcome::NotSent { .. } => "not_sent",
        Outcome::Unknown { .. } => "unknown",
    }
}

/// 1 s, 2 s, 4 s, … 30 s: soon enough for a person who waits, rare enough for a provider that struggles.
fn backoff(attempts: u32) -> Duration {
    Duration::from_secs(1 << attempts.saturating_sub(1).min(5)).min(Duration::from_secs(30))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_between_attempts_grow_to_half_a_minute() {
        let waits: Vec<u64> = (1..=7).map(|attempts| backoff(attempts).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30]);
    }
}
