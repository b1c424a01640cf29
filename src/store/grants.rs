//! Grants: what a user allowed a client, and whether that still holds.

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, EntityTrait, ExprTrait, QueryOrder, QuerySelect};
use watchword_domain::Timestamp;
use watchword_domain::ids::{ClientId, GrantId, SessionId, UserId};
use watchword_domain::scope::Scopes;
use watchword_domain::session::Assurance;

use crate::access::{PoolRows, PoolTx, SystemTx};
use crate::entity::entity;
use crate::lookup::First;
use crate::{Result, text};

entity! { row = "grants";
    key { pool_id: String, id: String }
    columns {
        client_id: String, user_id: String, session_id: String, scopes: String, nonce: Option<String>,
        assurance: String, created_at: i64, expires_at: i64, revoked_at: Option<i64>,
    }
}

/// What a user allowed a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantRow {
    /// Its id.
    pub id: GrantId,
    /// Who may act.
    pub client_id: ClientId,
    /// For whom.
    pub user_id: UserId,
    /// From which sign-in.
    pub session_id: SessionId,
    /// How far.
    pub scopes: Scopes,
    /// The client's value for the first ID token.
    pub nonce: Option<String>,
    /// How the user proved themselves then: what every token of this family tells.
    pub assurance: Assurance,
    /// Since when.
    pub created_at: Timestamp,
    /// When the last token of this family ends.
    pub expires_at: Timestamp,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
}

fn grant(row: row::Model) -> Result<GrantRow> {
    Ok(GrantRow {
        id: row.id.into(),
        client_id: row.client_id.into(),
        user_id: row.user_id.into(),
        session_id: row.session_id.into(),
        scopes: text::read(&row.scopes, "scopes")?,
        nonce: row.nonce,
        assurance: text::read(&row.assurance, "assurance")?,
        created_at: Timestamp::from_millis(row.created_at),
        expires_at: Timestamp::from_millis(row.expires_at),
        revoked_at: row.revoked_at.map(Timestamp::from_millis),
    })
}

impl PoolRows {
    /// A grant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_grant(&self, id: &GrantId) -> Result<Option<GrantRow>> {
        let key = (self.pool_text(), id.as_str().to_owned());
        row::Entity::find_by_id(key).first(&self.db()).await?.map(grant).transpose()
    }
}

impl PoolTx {
    /// Makes a grant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_grant(&self, grant: &GrantRow) -> Result<()> {
        let row = row::ActiveModel {
            pool_id: Set(self.pool_text()),
            id: Set(grant.id.as_str().to_owned()),
            client_id: Set(grant.client_id.as_str().to_owned()),
            user_id: Set(grant.user_id.as_str().to_owned()),
            session_id: Set(grant.session_id.as_str().to_owned()),
            scopes: Set(text::write(&grant.scopes, "scopes")?),
            nonce: Set(grant.nonce.clone()),
            assurance: Set(text::write(&grant.assurance, "assurance")?),
            created_at: Set(grant.created_at.millis()),
            expires_at: Set(grant.expires_at.millis()),
            revoked_at: Set(grant.revoked_at.map(Timestamp::millis)),
        };
        self.write(row::Entity::insert(row)).await
    }

    /// Takes every grant of a user back, and with them every token. Gives how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_grants_revoked(&self, user: &UserId, now: Timestamp) -> Result<u64> {
        let done = row::Entity::update_many()
            .col_expr(row::Column::RevokedAt, Expr::value(now.millis()))
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::UserId.eq(user.as_str()))
            .filter(row::Column::RevokedAt.is_null())
            .exec(&self.db())
            .await?;
        Ok(done.rows_affected)
    }

    /// Takes a grant back, and with it every token of its family: true exactly once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_grant(&self, id: &GrantId, now: Timestamp) -> Result<bool> {
        let done = row::Entity::update_many()
            .col_expr(row::Column::RevokedAt, Expr::value(now.millis()))
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::Id.eq(id.as_str()))
            .filter(row::Column::RevokedAt.is_null())
            .exec(&self.db())
            .await?;
        Ok(done.rows_affected == 1)
    }
}

impl SystemTx {
    pub(crate) async fn sweep_grants(&self, older_than: Timestamp, most: u64) -> Result<u64> {
        let over = row::Entity::find()
            .select_only()
            .columns([row::Column::PoolId, row::Column::Id])
            .filter(row::Column::ExpiresAt.lt(older_than.millis()))
            .order_by_asc(row::Column::ExpiresAt)
            .limit(most);
        let over: Vec<(String, String)> = over.into_tuple().all(&self.db()).await?;
        if over.is_empty() {
            return Ok(0);
        }
        self.delete_refresh_tokens_of(&over).await?;
        let key = Expr::tuple([Expr::col(row::Column::PoolId), Expr::col(row::Column::Id)]);
        Ok(row::Entity::delete_many().filter(key.in_tuples(over)).exec(&self.db()).await?.rows_affected)
    }
}
