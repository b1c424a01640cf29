//! The outbox: messages that wait to be sent, and how those that left are faring.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{LockBehavior, LockType, Query, SimpleExpr};
use sea_orm::{ActiveValue::Set, EntityTrait, ExprTrait, PaginatorTrait, QueryOrder};
use watchword_domain::ids::{ChallengeId, MessageId, PoolId};
use watchword_domain::{DeliveryState, FailureClass, Phone, Timestamp};

use crate::access::{PoolRows, PoolTx, SystemRows, SystemTx};
use crate::entity::entity;
use crate::{Result, StoreError};

entity! { row = "messages";
    key { pool_id: String, id: String }
    columns {
        challenge_id: String, channel: String, recipient: String, language: String,
        code_sealed: Option<String>, state: String, failure_class: Option<String>, failure_code: Option<i64>,
        provider_message_id: Option<String>, attempts: i64, due_at: i64, lease_until: Option<i64>,
        created_at: i64, expires_at: i64, accepted_at: Option<i64>, sent_at: Option<i64>,
        delivered_at: Option<i64>, read_at: Option<i64>, failed_at: Option<i64>,
    }
}

/// A message to be written into the outbox.
#[derive(Clone)]
pub struct NewMessage {
    /// Its id, also the correlation value at the provider.
    pub id: MessageId,
    /// The challenge whose code it carries.
    pub challenge_id: ChallengeId,
    /// The channel's name.
    pub channel: &'static str,
    /// Where it goes.
    pub recipient: Phone,
    /// The template's language, as the provider writes it.
    pub language: String,
    /// The code under the master key.
    pub code_sealed: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// When its code is dead: it is not sent after that.
    pub expires_at: Timestamp,
}

/// A message that a worker has taken.
#[derive(Clone)]
pub struct MessageRow {
    /// The pool it is sent for.
    pub pool_id: PoolId,
    /// Its id.
    pub id: MessageId,
    /// The challenge whose code it carries.
    pub challenge_id: ChallengeId,
    /// Where it goes.
    pub recipient: Phone,
    /// The template's language.
    pub language: String,
    /// The code under the master key.
    pub code_sealed: String,
    /// How often it was taken, this time included.
    pub attempts: u32,
    /// When its code is dead.
    pub expires_at: Timestamp,
}

/// How a message fares, for the one who waits for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageProgress {
    /// Its id.
    pub id: MessageId,
    /// How far it has come.
    pub state: DeliveryState,
    /// Why it failed.
    pub failure: Option<FailureClass>,
}

/// What a provider reported of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusReport {
    /// The state it reported.
    pub state: DeliveryState,
    /// When, as the provider says.
    pub at: Timestamp,
    /// Why it failed, and the provider's own code.
    pub failure: Option<(FailureClass, i64)>,
}

fn unreadable<E>(_: E) -> StoreError {
    StoreError::Unreadable("message")
}

fn taken(row: row::Model) -> Result<MessageRow> {
    Ok(MessageRow {
        pool_id: row.pool_id.into(),
        id: row.id.into(),
        challenge_id: row.challenge_id.into(),
        recipient: Phone::from_e164(&row.recipient).map_err(unreadable)?,
        language: row.language,
        code_sealed: row.code_sealed.ok_or(StoreError::Unreadable("message's code"))?,
        attempts: crate::text::count(row.attempts),
        expires_at: Timestamp::from_millis(row.expires_at),
    })
}

fn progress(row: row::Model) -> Result<MessageProgress> {
    Ok(MessageProgress {
        id: row.id.into(),
        state: row.state.parse().map_err(unreadable)?,
        failure: row.failure_class.map(|class| class.parse()).transpose().map_err(unreadable)?,
    })
}

/// The states that news of `to` changes: the rule is the domain's, the condition is the statement's.
fn gives_way_to(to: DeliveryState) -> Vec<&'static str> {
    DeliveryState::ALL
        .into_iter()
        .filter(|from| from.advance(to).is_some())
        .map(DeliveryState::as_str)
        .collect()
}

/// The state after news of `to`.
fn advanced(to: DeliveryState) -> SimpleExpr {
    let news = Expr::col(row::Column::State).is_in(gives_way_to(to));
    Expr::case(news, Expr::value(to.as_str())).finally(Expr::col(row::Column::State)).into()
}

fn moment_of(state: DeliveryState) -> Option<row::Column> {
    match state {
        DeliveryState::Accepted => Some(row::Column::AcceptedAt),
        DeliveryState::Sent => Some(row::Column::SentAt),
        DeliveryState::Delivered => Some(row::Column::DeliveredAt),
        DeliveryState::Read => Some(row::Column::ReadAt),
        DeliveryState::Failed => Some(row::Column::FailedAt),
        DeliveryState::Queued | DeliveryState::Sending | DeliveryState::Unknown | DeliveryState::Expired => {
            None
        }
    }
}

impl PoolRows {
    /// How the newest message of a challenge fares.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_progress(&self, challenge: &ChallengeId) -> Result<Option<MessageProgress>> {
        let newest = row::Entity::find()
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::ChallengeId.eq(challenge.as_str()))
            .order_by_desc(row::Column::CreatedAt)
            .one(&self.db())
            .await?;
        newest.map(progress).transpose()
    }
}

impl PoolTx {
    /// Writes a message into the outbox, in the transaction that justifies it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_message(&self, message: &NewMessage) -> Result<()> {
        let row = row::ActiveModel {
            pool_id: Set(self.pool_text()),
            id: Set(message.id.as_str().to_owned()),
            challenge_id: Set(message.challenge_id.as_str().to_owned()),
            channel: Set(message.channel.to_owned()),
            recipient: Set(message.recipient.as_e164().to_owned()),
            language: Set(message.language.clone()),
            code_sealed: Set(Some(message.code_sealed.clone())),
            state: Set(DeliveryState::Queued.as_str().to_owned()),
            attempts: Set(0),
            due_at: Set(message.created_at.millis()),
            created_at: Set(message.created_at.millis()),
            expires_at: Set(message.expires_at.millis()),
            ..Default::default()
        };
        row::Entity::insert(row).exec_without_returning(&self.db()).await?;
        Ok(())
    }
}

impl SystemRows {
    /// Messages that wait in the outbox or are with a worker: what an operator's gauge shows.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_messages_under_way(&self) -> Result<u64> {
        let states = [DeliveryState::Queued.as_str(), DeliveryState::Sending.as_str()];
        Ok(row::Entity::find().filter(row::Column::State.is_in(states)).count(&self.db()).await?)
    }
}

impl SystemTx {
    /// Takes up to `most` messages that are due, for this worker alone until the lease ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_due_messages(
        &self,
        now: Timestamp,
        lease: Timestamp,
        most: u64,
    ) -> Result<Vec<MessageRow>> {
        let due = Query::select()
            .column(row::Column::Id)
            .from(row::Entity)
            .and_where(row::Column::State.eq(DeliveryState::Queued.as_str()))
            .and_where(row::Column::DueAt.lte(now.millis()))
            .and_where(row::Column::ExpiresAt.gt(now.millis()))
            .order_by(row::Column::DueAt, sea_orm::Order::Asc)
            .limit(most)
            // Several nodes look at once; SQLite has one writer and knows no such clause.
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .to_owned();
        let rows = row::Entity::update_many()
            .col_expr(row::Column::State, Expr::value(DeliveryState::Sending.as_str()))
            .col_expr(row::Column::LeaseUntil, Expr::value(lease.millis()))
            .col_expr(row::Column::Attempts, Expr::col(row::Column::Attempts).add(1))
            .filter(row::Column::Id.in_subquery(due))
            .exec_with_returning(&self.db())
            .await?;
        rows.into_iter().map(taken).collect()
    }

    /// Puts a message that provably never left back into the outbox.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_requeued(&self, id: &MessageId, due: Timestamp) -> Result<bool> {
        let done = row::Entity::update_many()
            .col_expr(row::Column::State, Expr::value(DeliveryState::Queued.as_str()))
            .col_expr(row::Column::DueAt, Expr::value(due.millis()))
            .filter(row::Column::Id.eq(id.as_str()))
            .filter(row::Column::State.eq(DeliveryState::Sending.as_str()))
            .exec(&self.db())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Notes under which id the provider took a message.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_accepted(&self, id: &MessageId, provider_id: &str, now: Timestamp) -> Result<()> {
        row::Entity::update_many()
            .col_expr(row::Column::State, advanced(DeliveryState::Accepted))
            .col_expr(row::Column::ProviderMessageId, Expr::value(provider_id))
            .col_expr(row::Column::AcceptedAt, Expr::value(now.millis()))
            .filter(row::Column::Id.eq(id.as_str()))
            .exec(&self.db())
            .await?;
        Ok(())
    }

    /// Applies what was learned of a message, unless more is known already. Gives whose challenge it was news for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_status(&self, id: &MessageId, report: &StatusReport) -> Result<Option<ChallengeId>> {
        self.apply(report, row::Column::Id.eq(id.as_str())).await
    }

    /// As [`save_status`](Self::save_status), for a report that names the provider's id only.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_status_by_provider_id(
        &self,
        id: &str,
        report: &StatusReport,
    ) -> Result<Option<ChallengeId>> {
        self.apply(report, row::Column::ProviderMessageId.eq(id)).await
    }

    async fn apply(&self, report: &StatusReport, of: SimpleExpr) -> Result<Option<ChallengeId>> {
        let mut update = row::Entity::update_many()
            .col_expr(row::Column::State, Expr::value(report.state.as_str()))
            .filter(of)
            .filter(row::Column::State.is_in(gives_way_to(report.state)));
        if let Some(moment) = moment_of(report.state) {
            update = update.col_expr(moment, Expr::value(report.at.millis()));
        }
        if let Some((class, code)) = report.failure {
            update = update
                .col_expr(row::Column::FailureClass, Expr::value(class.as_str()))
                .col_expr(row::Column::FailureCode, Expr::value(code));
        }
        if matches!(report.state, DeliveryState::Delivered | DeliveryState::Read | DeliveryState::Expired) {
            update = update.col_expr(row::Column::CodeSealed, Expr::value(Option::<String>::None));
        }
        let changed = update.exec_with_returning(&self.db()).await?;
        Ok(changed.into_iter().next().map(|row| row.challenge_id.into()))
    }

    /// Gives up messages whose code died before they could be sent. Gives how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep_late_messages(&self, now: Timestamp) -> Result<u64> {
        let done = row::Entity::update_many()
            .col_expr(row::Column::State, Expr::value(DeliveryState::Expired.as_str()))
            .col_expr(row::Column::CodeSealed, Expr::value(Option::<String>::None))
            .filter(row::Column::State.eq(DeliveryState::Queued.as_str()))
            .filter(row::Column::ExpiresAt.lte(now.millis()))
            .exec(&self.db())
            .await?;
        Ok(done.rows_affected)
    }

    /// Marks messages of workers that died: nobody knows whether they left, so they are not sent again. Gives how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep_dead_leases(&self, now: Timestamp) -> Result<u64> {
        let done = row::Entity::update_many()
            .col_expr(row::Column::State, Expr::value(DeliveryState::Unknown.as_str()))
            .filter(row::Column::State.eq(DeliveryState::Sending.as_str()))
            .filter(row::Column::LeaseUntil.lt(now.millis()))
            .exec(&self.db())
            .await?;
        Ok(done.rows_affected)
    }

    /// Forgets the codes of messages whose life is over and old messages altogether. Gives how many were removed.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn sweep_messages(&self, older_than: Timestamp, most: u64) -> Result<u64> {
        crate::sweep::oldest::<row::Entity>(&self.db(), row::Column::CreatedAt, older_than, most).await
    }
}
