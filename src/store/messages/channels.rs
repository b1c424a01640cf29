//! The messages by which one code goes out: on each channel once.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{OnConflict, SimpleExpr};
use sea_orm::{ConnectionTrait, EntityTrait, ExprTrait, QueryOrder, QuerySelect};
use watchword_domain::channel::{Attempt, leads_elsewhere};
use watchword_domain::failures::Device;
use watchword_domain::ids::{ChallengeId, MessageId, PoolId};
use watchword_domain::{Channel, DeliveryState, FailureClass, Phone, Timestamp};

use super::{NewMessage, row, unreadable};
use crate::Result;
use crate::access::{PoolRows, PoolTx, SystemRows};
use crate::lookup::First;

/// A message by which the code of a challenge was sent.
#[derive(Clone)]
pub struct AttemptRow {
    /// Its id.
    pub id: MessageId,
    /// Its way so far.
    pub attempt: Attempt,
    /// Whether the person chose its channel.
    pub chosen: bool,
    /// What the number was to the browser that asked for it.
    pub device: Device,
    /// The language it was asked for in, as Meta spells it.
    pub language: String,
    /// The code under the master key, until it arrived or died.
    pub code_sealed: Option<String>,
}

fn attempt(row: row::Model) -> Result<AttemptRow> {
    Ok(AttemptRow {
        id: row.id.into(),
        attempt: Attempt {
            channel: row.channel.parse().map_err(unreadable)?,
            state: row.state.parse().map_err(unreadable)?,
            failure: row.failure_class.map(|class| class.parse()).transpose().map_err(unreadable)?,
            taken: row.provider_message_id.is_some(),
            created_at: Timestamp::from_millis(row.created_at),
        },
        chosen: row.chosen != 0,
        device: if row.known_device == 0 { Device::Unknown } else { Device::Known },
        language: row.language,
        code_sealed: row.code_sealed,
    })
}

/// When another channel steps in for a message that failed for this reason: at once where that was to be, or not at all.
pub(super) fn hurried(failure: Option<(FailureClass, i64)>) -> SimpleExpr {
    let goes_on = failure.is_none_or(|(class, _)| leads_elsewhere(class));
    let at_once = goes_on.then_some(0_i64);
    let was_to_be = Expr::col(row::Column::FallbackAt).is_not_null();
    Expr::case(was_to_be, Expr::value(at_once)).finally(Expr::value(Option::<i64>::None)).into()
}

pub(crate) async fn attempts_of(
    db: &impl ConnectionTrait,
    pool: impl Into<Value>,
    challenge: &str,
) -> Result<Vec<AttemptRow>> {
    let rows = row::Entity::find()
        .filter(row::Column::PoolId.eq(pool))
        .filter(row::Column::ChallengeId.eq(challenge))
        .order_by_desc(row::Column::CreatedAt)
        .order_by_desc(row::Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(attempt).collect()
}

impl PoolRows {
    /// The messages by which the code of a challenge was sent, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_attempts(&self, challenge: &ChallengeId) -> Result<Vec<AttemptRow>> {
        attempts_of(&self.db(), self.pool_text(), challenge.as_str()).await
    }
}

impl PoolRows {
    /// Whether the last message to a number by this channel, if one was written since then, failed because nobody can be
    /// reached there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_out_of_reach(&self, phone: &Phone, channel: Channel, since: Timestamp) -> Result<bool> {
        let rows = row::Entity::find()
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::Recipient.eq(phone.as_e164()))
            .filter(row::Column::CreatedAt.gte(since.millis()))
            .filter(row::Column::Channel.eq(channel.as_str()))
            .all(&self.db())
            .await?;
        let last = rows.into_iter().max_by_key(|row| row.created_at);
        let class = last.and_then(|row| row.failure_class);
        Ok(class.is_some_and(|class| class == FailureClass::NotReachable.as_str()))
    }
}

impl PoolRows {
    /// The account of WhatsApp that a challenge's message was delivered to, as Meta names it; none where that was not told.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_message_identity(&self, challenge: &ChallengeId) -> Result<Option<String>> {
        let found = row::Entity::find()
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::ChallengeId.eq(challenge.as_str()))
            .filter(row::Column::Channel.eq(Channel::Whatsapp.as_str()))
            .filter(
                row::Column::State
                    .is_in([DeliveryState::Delivered, DeliveryState::Read].map(DeliveryState::as_str)),
            )
            .filter(row::Column::IdentityKeyHash.is_not_null())
            .first(&self.db())
            .await?;
        Ok(found.and_then(|row| row.identity_key_hash))
    }
}

impl PoolTx {
    /// Writes a further message of a challenge into the outbox: true the first time for its channel.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_message(&self, message: &NewMessage) -> Result<bool> {
        let key = [row::Column::PoolId, row::Column::ChallengeId, row::Column::Channel];
        let once = OnConflict::columns(key).do_nothing().to_owned();
        let insert = row::Entity::insert(self.new_row(message)).on_conflict(once);
        Ok(insert.exec_without_returning(&self.db()).await? == 1)
    }

    /// Takes on letting another channel step in for a message: true for the one who does.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_fallback(&self, message: &MessageId) -> Result<bool> {
        let done = row::Entity::update_many()
            .col_expr(row::Column::FallbackAt, Expr::value(Option::<i64>::None))
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::Id.eq(message.as_str()))
            .filter(row::Column::FallbackAt.is_not_null())
            .exec(&self.db())
            .await?;
        Ok(done.rows_affected == 1)
    }
}

impl SystemRows {
    /// Up to `most` messages for which another channel is to step in by itself, with their pools and challenges.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_due_fallbacks(
        &self,
        now: Timestamp,
        most: u64,
    ) -> Result<Vec<(PoolId, ChallengeId, MessageId)>> {
        let rows = row::Entity::find()
            .filter(row::Column::FallbackAt.lte(now.millis()))
            .order_by_asc(row::Column::FallbackAt)
            .limit(most)
            .all(&self.db())
            .await?;
        Ok(rows.into_iter().map(|row| (row.pool_id.into(), row.challenge_id.into(), row.id.into())).collect())
    }
}
