//! Refresh tokens, by their hash, and the successor each was exchanged for.

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, EntityTrait, ExprTrait};
use watchword_domain::Timestamp;
use watchword_domain::ids::GrantId;

use crate::Result;
use crate::access::{PoolRows, PoolTx, SystemTx};
use crate::entity::entity;
use crate::lookup::First;

entity! { row = "refresh_tokens";
    key { pool_id: String, token_hash: String }
    columns {
        grant_id: String, issued_at: i64, superseded_at: Option<i64>, successor_hash: Option<String>,
        successor_sealed: Option<String>,
    }
}

/// A refresh token as it lies in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshTokenRow {
    /// The hash it is found by.
    pub token_hash: String,
    /// The family it belongs to.
    pub grant_id: GrantId,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it was exchanged.
    pub superseded_at: Option<Timestamp>,
    /// The hash of the one it was exchanged for.
    pub successor_hash: Option<String>,
    /// The successor under the master key, to be given once more should the first answer be lost.
    pub successor_sealed: Option<String>,
}

fn token(row: row::Model) -> RefreshTokenRow {
    RefreshTokenRow {
        token_hash: row.token_hash,
        grant_id: row.grant_id.into(),
        issued_at: Timestamp::from_millis(row.issued_at),
        superseded_at: row.superseded_at.map(Timestamp::from_millis),
        successor_hash: row.successor_hash,
        successor_sealed: row.successor_sealed,
    }
}

impl PoolRows {
    /// A refresh token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_refresh_token(&self, token_hash: &str) -> Result<Option<RefreshTokenRow>> {
        let key = (self.pool_text(), token_hash.to_owned());
        Ok(row::Entity::find_by_id(key).first(&self.db()).await?.map(token))
    }
}

impl PoolTx {
    /// Issues a refresh token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_refresh_token(&self, hash: String, grant: &GrantId, now: Timestamp) -> Result<()> {
        let row = row::ActiveModel {
            pool_id: Set(self.pool_text()),
            token_hash: Set(hash),
            grant_id: Set(grant.as_str().to_owned()),
            issued_at: Set(now.millis()),
            superseded_at: Set(None),
            successor_hash: Set(None),
            successor_sealed: Set(None),
        };
        self.write(row::Entity::insert(row)).await
    }

    /// Exchanges a token for its one successor: true exactly once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_refresh_token(
        &self,
        token_hash: &str,
        successor_hash: String,
        successor_sealed: String,
        now: Timestamp,
    ) -> Result<bool> {
        let done = row::Entity::update_many()
            .col_expr(row::Column::SupersededAt, Expr::value(now.millis()))
            .col_expr(row::Column::SuccessorHash, Expr::value(successor_hash))
            .col_expr(row::Column::SuccessorSealed, Expr::value(successor_sealed))
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::TokenHash.eq(token_hash))
            .filter(row::Column::SupersededAt.is_null())
            .exec(&self.db())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Removes what a family was exchanged before the `last` one: so that a family has two tokens here, however often it is
    /// refreshed. Whoever shows an older one is known by the token itself.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep_exchanged_tokens(&self, grant: &GrantId, last: &str) -> Result<u64> {
        let done = row::Entity::delete_many()
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::GrantId.eq(grant.as_str()))
            .filter(row::Column::SupersededAt.is_not_null())
            .filter(row::Column::TokenHash.ne(last))
            .exec(&self.db())
            .await?;
        Ok(done.rows_affected)
    }

    /// Notes that a token which is not rotated was used, so that its idle time starts anew.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_refresh_token_use(&self, token_hash: &str, now: Timestamp) -> Result<()> {
        let update = row::Entity::update_many()
            .col_expr(row::Column::IssuedAt, Expr::value(now.millis()))
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::TokenHash.eq(token_hash));
        self.write(update).await
    }
}

impl SystemTx {
    /// Removes the tokens of these grants (pool, id).
    pub(crate) async fn delete_refresh_tokens_of(&self, grants: &[(String, String)]) -> Result<()> {
        let family = Expr::tuple([Expr::col(row::Column::PoolId), Expr::col(row::Column::GrantId)]);
        row::Entity::delete_many().filter(family.in_tuples(grants.to_vec())).exec(&self.db()).await?;
        Ok(())
    }
}
