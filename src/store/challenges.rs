//! Challenges: codes by their keyed hash, and the guesses at them.

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, EntityTrait, ExprTrait};
use watchword_domain::ids::{ChallengeId, PoolId, SignInId};
use watchword_domain::sign_in::Challenge;
use watchword_domain::{Phone, Timestamp};

use crate::access::{PoolRows, PoolTx, SystemTx};
use crate::entity::entity;
use crate::lookup::First;
use crate::{Result, StoreError, text};

entity! { row = "challenges";
    key { pool_id: String, id: String }
    columns {
        sign_in_id: String, phone: String, network: Option<String>, code_hash: String, tries_allowed: i64, tries: i64,
        created_at: i64, expires_at: i64, ended_at: Option<i64>,
    }
}

fn challenge(row: row::Model) -> Result<Challenge> {
    Ok(Challenge {
        id: row.id.into(),
        sign_in_id: row.sign_in_id.into(),
        phone: Phone::from_e164(&row.phone).map_err(|_| StoreError::Unreadable("number"))?,
        network: row.network,
        tries_allowed: text::count(row.tries_allowed),
        tries: text::count(row.tries),
        created_at: Timestamp::from_millis(row.created_at),
        expires_at: Timestamp::from_millis(row.expires_at),
        ended_at: row.ended_at.map(Timestamp::from_millis),
    })
}

impl PoolRows {
    /// A challenge.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_challenge(&self, id: &ChallengeId) -> Result<Option<Challenge>> {
        let key = (self.pool_text(), id.as_str().to_owned());
        row::Entity::find_by_id(key).first(&self.db()).await?.map(challenge).transpose()
    }
}

impl PoolTx {
    /// Makes a challenge. `code_hash` is all that is ever stored of its code.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_challenge(&self, challenge: &Challenge, code_hash: String) -> Result<()> {
        let row = row::ActiveModel {
            pool_id: Set(self.pool_text()),
            id: Set(challenge.id.as_str().to_owned()),
            sign_in_id: Set(challenge.sign_in_id.as_str().to_owned()),
            phone: Set(challenge.phone.as_e164().to_owned()),
            network: Set(challenge.network.clone()),
            code_hash: Set(code_hash),
            tries_allowed: Set(challenge.tries_allowed.into()),
            tries: Set(challenge.tries.into()),
            created_at: Set(challenge.created_at.millis()),
            expires_at: Set(challenge.expires_at.millis()),
            ended_at: Set(challenge.ended_at.map(Timestamp::millis)),
        };
        self.write(row::Entity::insert(row)).await
    }

    /// Takes one guess: charged before anything is compared, so that neither a crash nor a crowd can guess for free. Gives
    /// the challenge as charged and the hash to compare with, or nothing when there is no guess to take.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_guess(&self, id: &ChallengeId, now: Timestamp) -> Result<Option<(Challenge, String)>> {
        let rows = row::Entity::update_many()
            .col_expr(row::Column::Tries, Expr::col(row::Column::Tries).add(1))
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::Id.eq(id.as_str()))
            .filter(row::Column::EndedAt.is_null())
            .filter(row::Column::ExpiresAt.gt(now.millis()))
            .filter(Expr::col(row::Column::Tries).lt(Expr::col(row::Column::TriesAllowed)))
            .exec_with_returning(&self.db())
            .await?;
        let Some(row) = rows.into_iter().next() else { return Ok(None) };
        let code_hash = row.code_hash.clone();
        Ok(Some((challenge(row)?, code_hash)))
    }

    /// Ends a challenge, because it was answered or replaced: true exactly once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_challenge(&self, id: &ChallengeId, now: Timestamp) -> Result<bool> {
        let done = row::Entity::update_many()
            .col_expr(row::Column::EndedAt, Expr::value(now.millis()))
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::Id.eq(id.as_str()))
            .filter(row::Column::EndedAt.is_null())
            .filter(row::Column::ExpiresAt.gt(now.millis()))
            .exec(&self.db())
            .await?;
        Ok(done.rows_affected == 1)
    }
}

impl SystemTx {
    /// The network a code was asked for from, where that is known.
    pub(crate) async fn find_network(&self, pool: &str, id: &str) -> Result<Option<String>> {
        let found = row::Entity::find_by_id((pool.to_owned(), id.to_owned()));
        Ok(found.first(&self.db()).await?.and_then(|row| row.network))
    }

    /// Ends a challenge whose code was disowned, if it was not ended before. Gives the sign-in it belongs to.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn save_challenge_disowned(
        &self,
        pool: &PoolId,
        id: &ChallengeId,
        now: Timestamp,
    ) -> Result<Option<SignInId>> {
        let ended = Expr::col(row::Column::EndedAt).if_null(now.millis());
        let rows = row::Entity::update_many()
            .col_expr(row::Column::EndedAt, ended)
            .filter(row::Column::PoolId.eq(pool.as_str()))
            .filter(row::Column::Id.eq(id.as_str()))
            .exec_with_returning(&self.db())
            .await?;
        Ok(rows.into_iter().next().map(|row| row.sign_in_id.into()))
    }

    pub(crate) async fn sweep_challenges(&self, older_than: Timestamp, most: u64) -> Result<u64> {
        crate::sweep::oldest::<row::Entity>(&self.db(), row::Column::ExpiresAt, older_than, most).await
    }
}
