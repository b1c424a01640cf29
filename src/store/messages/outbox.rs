//! The worker's side of the outbox: taking what is due, writing down what came of it, giving up what is too late.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{LockBehavior, LockType, Query, SelectStatement};
use sea_orm::{ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, Statement};
use watchword_domain::ids::{ChallengeId, MessageId, PoolId, SenderId};
use watchword_domain::{DeliveryState, Phone, Timestamp};

use super::{Advanced, advanced, further, row, unreadable};
use crate::access::{SystemRows, SystemTx};
use crate::{Result, StoreError, text};

/// The condition of the index `messages_open`, letter for letter: SQLite uses an index of some rows only where a query
/// says so in the same words, and without bound values.
const OPEN: &str = "state IN ('queued', 'sending', 'accepted', 'sent', 'unknown')";

/// The condition of the indexes `messages_due` and `messages_waiting`.
const QUEUED: &str = "state = 'queued'";

/// The senders with messages in the outbox, one step through `messages_waiting` for each, however many messages each has.
const WAITING: &str = "WITH RECURSIVE waiting (sender_id) AS (
    SELECT MIN(sender_id) FROM messages WHERE state = 'queued'
    UNION ALL
    SELECT (SELECT MIN(sender_id) FROM messages WHERE state = 'queued' AND sender_id > waiting.sender_id)
    FROM waiting WHERE waiting.sender_id IS NOT NULL
) SELECT sender_id FROM waiting WHERE sender_id IS NOT NULL";

/// A message that a worker has taken.
#[derive(Clone)]
pub struct MessageRow {
    /// The pool it is sent for.
    pub pool_id: PoolId,
    /// Its id.
    pub id: MessageId,
    /// The challenge whose code it carries.
    pub challenge_id: ChallengeId,
    /// The channel's name.
    pub channel: String,
    /// The sender it leaves from.
    pub sender_id: SenderId,
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

fn taken(row: row::Model) -> Result<MessageRow> {
    Ok(MessageRow {
        pool_id: row.pool_id.into(),
        id: row.id.into(),
        challenge_id: row.challenge_id.into(),
        channel: row.channel,
        sender_id: row.sender_id.into(),
        recipient: Phone::from_e164(&row.recipient).map_err(unreadable)?,
        language: row.language,
        code_sealed: row.code_sealed.ok_or(StoreError::Unreadable("message's code"))?,
        attempts: text::count(row.attempts),
        expires_at: Timestamp::from_millis(row.expires_at),
    })
}

/// Messages in one of these states whose codes died by then, up to `most`.
fn dead(states: &[DeliveryState], died_by: Timestamp, most: u64) -> SelectStatement {
    Query::select()
        .column(row::Column::Id)
        .from(row::Entity)
        .and_where(Expr::cust(OPEN))
        .and_where(row::Column::State.is_in(states.iter().map(|state| state.as_str())))
        .and_where(row::Column::ExpiresAt.lte(died_by.millis()))
        .limit(most)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .to_owned()
}

impl SystemRows {
    /// Messages that wait in the outbox or are with a worker: what an operator's gauge shows.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_messages_under_way(&self) -> Result<u64> {
        let states = [DeliveryState::Queued.as_str(), DeliveryState::Sending.as_str()];
        let open = row::Entity::find().filter(Expr::cust(OPEN));
        Ok(open.filter(row::Column::State.is_in(states)).count(&self.db()).await?)
    }
}

impl SystemRows {
    /// The senders that have messages in the outbox, due or not yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_waiting_senders(&self) -> Result<Vec<SenderId>> {
        let db = self.db();
        let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), WAITING)).await?;
        let names = rows.iter().map(|row| row.try_get_by_index::<String>(0).map(SenderId::from));
        Ok(names.collect::<std::result::Result<_, _>>()?)
    }
}

impl SystemTx {
    /// Takes up to `most` messages that are due, the oldest first, for this worker alone until the lease ends; `only` those
    /// of this sender.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_due_messages(
        &self,
        now: Timestamp,
        lease: Timestamp,
        most: u64,
        only: Option<&SenderId>,
    ) -> Result<Vec<MessageRow>> {
        let mut due = Query::select()
            .column(row::Column::Id)
            .from(row::Entity)
            .and_where(Expr::cust(QUEUED))
            .and_where(row::Column::DueAt.lte(now.millis()))
            .and_where(row::Column::ExpiresAt.gt(now.millis()))
            .order_by(row::Column::DueAt, sea_orm::Order::Asc)
            .limit(most)
            // Several nodes look at once; SQLite has one writer and knows no such clause.
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .to_owned();
        if let Some(sender) = only {
            due.and_where(row::Column::SenderId.eq(sender.as_str()));
        }
        let rows = row::Entity::update_many()
            .col_expr(row::Column::State, Expr::value(DeliveryState::Sending.as_str()))
            .col_expr(row::Column::LeaseUntil, Expr::value(lease.millis()))
            .col_expr(row::Column::SendingAt, Expr::value(now.millis()))
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

    /// Puts a message back that its provider did not even look at: as if it had not been taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_released(&self, id: &MessageId, due: Timestamp) -> Result<()> {
        let update = row::Entity::update_many()
            .col_expr(row::Column::State, Expr::value(DeliveryState::Queued.as_str()))
            .col_expr(row::Column::DueAt, Expr::value(due.millis()))
            .col_expr(row::Column::SendingAt, Expr::value(Option::<i64>::None))
            .col_expr(row::Column::Attempts, Expr::col(row::Column::Attempts).sub(1))
            .filter(row::Column::Id.eq(id.as_str()))
            .filter(row::Column::State.eq(DeliveryState::Sending.as_str()));
        self.write(update).await
    }

    /// Notes under which id the provider took a message, and in which language it went out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_accepted(
        &self,
        id: &MessageId,
        (provider_id, language): (&str, &str),
        now: Timestamp,
    ) -> Result<()> {
        let update = row::Entity::update_many()
            .col_expr(row::Column::State, advanced(DeliveryState::Accepted))
            .col_expr(row::Column::ProviderMessageId, Expr::value(provider_id))
            .col_expr(row::Column::Language, Expr::value(language))
            .col_expr(row::Column::AcceptedAt, Expr::value(now.millis()))
            .filter(row::Column::Id.eq(id.as_str()));
        self.write(update).await
    }

    /// Gives up messages whose code died before they could be sent, up to `most`. Gives them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep_late_messages(&self, now: Timestamp, most: u64) -> Result<Vec<Advanced>> {
        self.expire(&[DeliveryState::Queued], now, most).await
    }

    /// Gives up messages of which nothing better was heard until well after their code died: the provider keeps no message
    /// for longer than that. Up to `most`; gives them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep_unheard_messages(&self, died_before: Timestamp, most: u64) -> Result<Vec<Advanced>> {
        self.expire(
            &[DeliveryState::Unknown, DeliveryState::Accepted, DeliveryState::Sent],
            died_before,
            most,
        )
        .await
    }

    async fn expire(&self, states: &[DeliveryState], died_by: Timestamp, most: u64) -> Result<Vec<Advanced>> {
        let expired = row::Entity::update_many()
            .col_expr(row::Column::State, Expr::value(DeliveryState::Expired.as_str()))
            .col_expr(row::Column::CodeSealed, Expr::value(Option::<String>::None))
            .col_expr(row::Column::FallbackAt, Expr::value(Option::<i64>::None))
            .filter(row::Column::Id.in_subquery(dead(states, died_by, most)))
            .exec_with_returning(&self.db())
            .await?;
        expired.into_iter().map(further).collect()
    }

    /// Forgets the codes of messages whose codes are dead, whatever became of them. Gives how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep_dead_codes(&self, now: Timestamp) -> Result<u64> {
        let done = row::Entity::update_many()
            .col_expr(row::Column::CodeSealed, Expr::value(Option::<String>::None))
            .filter(row::Column::CodeSealed.is_not_null())
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

    /// Forgets old messages altogether. Gives how many.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn sweep_messages(&self, older_than: Timestamp, most: u64) -> Result<u64> {
        crate::sweep::oldest::<row::Entity>(&self.db(), row::Column::CreatedAt, older_than, most).await
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sea_orm::ConnectionTrait;

    use super::*;
    use crate::connect::{Settings, Store};

    #[tokio::test]
    async fn messages_of_a_month_are_not_looked_through_for_those_whose_way_is_not_over() {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", dir.path().join("watchword.db").display());
        let settings = Settings { url, connections: 1, patience: Duration::from_secs(20) };
        let store = Store::open(&settings).await.unwrap();
        let rows = store.read_system();
        let states = [DeliveryState::Unknown, DeliveryState::Accepted, DeliveryState::Sent];
        for states in [&states[..], &[DeliveryState::Queued]] {
            let query = dead(states, Timestamp::from_seconds(1), 500);
            let mut asked = rows.db().get_database_backend().build(&query);
            asked.sql.insert_str(0, "EXPLAIN QUERY PLAN ");
            let plan = rows.db().query_all_raw(asked).await.unwrap();
            let steps: Vec<String> = plan.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
            assert!(
                steps.iter().any(|step| step.contains("INDEX messages_open (state=? AND expires_at<?)")),
                "{steps:?}"
            );
        }
    }
}
