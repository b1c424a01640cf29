//! A pool's signing keys: the private part only ever under the master key.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{ActiveValue::Set, EntityTrait, QueryOrder, QuerySelect};
use watchword_domain::Timestamp;
use watchword_domain::ids::PoolId;
use watchword_domain::key_rotation::KeyTimes;

use crate::Result;
use crate::access::{PoolRows, PoolTx, SystemRows, SystemTx};
use crate::entity::entity;

entity! { row = "signing_keys";
    key { pool_id: String, id: String }
    columns {
        algorithm: String, public_jwk: String, private_sealed: String, created_at: i64, signs_from: i64,
        replaced_at: Option<i64>,
    }
}

/// A signing key as it lies in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKeyRow {
    /// Its `kid`.
    pub id: String,
    /// The one algorithm it is for (RFC 8725, section 3.1).
    pub algorithm: String,
    /// The public JWK, as JSON.
    pub public_jwk: String,
    /// The private JWK under the master key.
    pub private_sealed: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when to when it signs. Of a pool's keys for one algorithm exactly one has no end yet.
    pub times: KeyTimes,
}

fn key(row: row::Model) -> SigningKeyRow {
    let times = KeyTimes {
        signs_from: Timestamp::from_millis(row.signs_from),
        replaced_at: row.replaced_at.map(Timestamp::from_millis),
    };
    SigningKeyRow {
        id: row.id,
        algorithm: row.algorithm,
        public_jwk: row.public_jwk,
        private_sealed: row.private_sealed,
        created_at: Timestamp::from_millis(row.created_at),
        times,
    }
}

impl PoolRows {
    /// The pool's keys, newest first; always in the same order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_signing_keys(&self) -> Result<Vec<SigningKeyRow>> {
        let rows = row::Entity::find()
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .order_by_desc(row::Column::SignsFrom)
            .order_by_asc(row::Column::Id)
            .all(&self.db())
            .await?;
        Ok(rows.into_iter().map(key).collect())
    }
}

impl PoolTx {
    /// The pool's keys, newest first; whoever else would change them waits until this transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_signing_keys(&self) -> Result<Vec<SigningKeyRow>> {
        // The pool's row stands for all of its keys, also for those that are not there yet. Rows that merely belong to the
        // pool can still be added meanwhile. SQLite has one writer and knows no such clause.
        self.lock_pool(LockType::NoKeyUpdate).await?;
        self.list_signing_keys().await
    }

    /// Adds a key.
    ///
    /// # Errors
    /// When the pool has a newest key for this algorithm already, or the database fails.
    pub async fn insert_signing_key(&self, key: &SigningKeyRow) -> Result<()> {
        let row = row::ActiveModel {
            pool_id: Set(self.pool_text()),
            id: Set(key.id.clone()),
            algorithm: Set(key.algorithm.clone()),
            public_jwk: Set(key.public_jwk.clone()),
            private_sealed: Set(key.private_sealed.clone()),
            created_at: Set(key.created_at.millis()),
            signs_from: Set(key.times.signs_from.millis()),
            replaced_at: Set(key.times.replaced_at.map(Timestamp::millis)),
        };
        self.write(row::Entity::insert(row)).await
    }

    /// Ends a key's time to sign: true exactly once. Only then may its successor be added.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_signing_key_end(&self, id: &str, replaced_at: Timestamp) -> Result<bool> {
        let done = row::Entity::update_many()
            .col_expr(row::Column::ReplacedAt, Expr::value(replaced_at.millis()))
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::Id.eq(id))
            .filter(row::Column::ReplacedAt.is_null())
            .exec(&self.db())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Stores a private part sealed anew, unless it changed meanwhile. Gives whether it did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_signing_key_sealed(&self, id: &str, before: &str, sealed: String) -> Result<bool> {
        let update = row::Entity::update_many()
            .col_expr(row::Column::PrivateSealed, Expr::value(sealed))
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::Id.eq(id))
            .filter(row::Column::PrivateSealed.eq(before));
        Ok(update.exec(&self.db()).await?.rows_affected == 1)
    }

    /// Removes every key of the pool. Gives how many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_signing_keys(&self) -> Result<u64> {
        let all = row::Entity::delete_many().filter(row::Column::PoolId.eq(self.pool_text()));
        Ok(all.exec(&self.db()).await?.rows_affected)
    }
}

impl SystemRows {
    /// Pools with a newest key that signs since `signs_since` or longer: those of up to `most` keys, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_pools_with_aged_keys(&self, signs_since: Timestamp, most: u64) -> Result<Vec<PoolId>> {
        let aged: Vec<String> = row::Entity::find()
            .select_only()
            .column(row::Column::PoolId)
            .filter(row::Column::ReplacedAt.is_null())
            .filter(row::Column::SignsFrom.lte(signs_since.millis()))
            .order_by_asc(row::Column::SignsFrom)
            .limit(most)
            .into_tuple()
            .all(&self.db())
            .await?;
        let mut pools: Vec<PoolId> = Vec::new();
        for pool in aged.into_iter().map(PoolId::from) {
            if !pools.contains(&pool) {
                pools.push(pool);
            }
        }
        Ok(pools)
    }
}

impl SystemTx {
    pub(crate) async fn sweep_signing_keys(&self, replaced_before: Timestamp, most: u64) -> Result<u64> {
        crate::sweep::oldest::<row::Entity>(&self.db(), row::Column::ReplacedAt, replaced_before, most).await
    }
}
