//! Sessions: found by the hash of the cookie's value.

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, EntityTrait};
use watchword_domain::Timestamp;
use watchword_domain::ids::{SessionId, UserId};
use watchword_domain::session::Session;

use crate::access::{PoolRows, PoolTx, SystemTx};
use crate::entity::entity;
use crate::lookup::First;
use crate::{Result, text};

entity! { row = "sessions";
    key { pool_id: String, id: String }
    columns {
        token_hash: String, user_id: String, assurance: String, created_at: i64, used_at: i64,
        ended_at: Option<i64>,
    }
}

/// A session as it lies in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// The session.
    pub session: Session,
    /// When it was ended.
    pub ended_at: Option<Timestamp>,
}

fn session(row: row::Model) -> Result<SessionRow> {
    let session = Session {
        id: row.id.into(),
        user_id: row.user_id.into(),
        assurance: text::read(&row.assurance, "assurance")?,
        created_at: Timestamp::from_millis(row.created_at),
        used_at: Timestamp::from_millis(row.used_at),
    };
    Ok(SessionRow { session, ended_at: row.ended_at.map(Timestamp::from_millis) })
}

impl PoolRows {
    /// The session whose cookie has this hash.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_session_by_token(&self, token_hash: &str) -> Result<Option<SessionRow>> {
        let found = row::Entity::find()
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::TokenHash.eq(token_hash))
            .first(&self.db())
            .await?;
        found.map(session).transpose()
    }

    /// A session by its public name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_session(&self, id: &SessionId) -> Result<Option<SessionRow>> {
        let key = (self.pool_text(), id.as_str().to_owned());
        row::Entity::find_by_id(key).first(&self.db()).await?.map(session).transpose()
    }
}

impl PoolTx {
    /// Begins a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_session(&self, session: &Session, token_hash: String) -> Result<()> {
        let row = row::ActiveModel {
            pool_id: Set(self.pool_text()),
            id: Set(session.id.as_str().to_owned()),
            token_hash: Set(token_hash),
            user_id: Set(session.user_id.as_str().to_owned()),
            assurance: Set(text::write(&session.assurance, "assurance")?),
            created_at: Set(session.created_at.millis()),
            used_at: Set(session.used_at.millis()),
            ended_at: Set(None),
        };
        self.write(row::Entity::insert(row)).await
    }

    /// Notes that a session was used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_session_use(&self, id: &SessionId, now: Timestamp) -> Result<()> {
        let update = row::Entity::update_many()
            .col_expr(row::Column::UsedAt, Expr::value(now.millis()))
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::Id.eq(id.as_str()));
        self.write(update).await
    }

    /// Ends every session of a user. Gives how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_sessions_ended(&self, user: &UserId, now: Timestamp) -> Result<u64> {
        let done = row::Entity::update_many()
            .col_expr(row::Column::EndedAt, Expr::value(now.millis()))
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::UserId.eq(user.as_str()))
            .filter(row::Column::EndedAt.is_null())
            .exec(&self.db())
            .await?;
        Ok(done.rows_affected)
    }

    /// Ends a session: true exactly once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_session(&self, id: &SessionId, now: Timestamp) -> Result<bool> {
        let done = row::Entity::update_many()
            .col_expr(row::Column::EndedAt, Expr::value(now.millis()))
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::Id.eq(id.as_str()))
            .filter(row::Column::EndedAt.is_null())
            .exec(&self.db())
            .await?;
        Ok(done.rows_affected == 1)
    }
}

impl SystemTx {
    pub(crate) async fn sweep_sessions(&self, older_than: Timestamp, most: u64) -> Result<u64> {
        crate::sweep::oldest::<row::Entity>(&self.db(), row::Column::UsedAt, older_than, most).await
    }
}
