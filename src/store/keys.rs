//! A pool's signing keys: the private part only ever under the master key.

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, EntityTrait, QueryOrder};
use watchword_domain::Timestamp;

use crate::Result;
use crate::access::{PoolRows, PoolTx};
use crate::entity::entity;

entity! { row = "signing_keys";
    key { pool_id: String, id: String }
    columns { algorithm: String, public_jwk: String, private_sealed: String, created_at: i64 }
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
}

impl PoolRows {
    /// The pool's keys, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_signing_keys(&self) -> Result<Vec<SigningKeyRow>> {
        let rows = row::Entity::find()
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .order_by_desc(row::Column::CreatedAt)
            .all(&self.db())
            .await?;
        let key = |row: row::Model| SigningKeyRow {
            id: row.id,
            algorithm: row.algorithm,
            public_jwk: row.public_jwk,
            private_sealed: row.private_sealed,
            created_at: Timestamp::from_millis(row.created_at),
        };
        Ok(rows.into_iter().map(key).collect())
    }
}

impl PoolTx {
    /// Adds a key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_signing_key(&self, key: &SigningKeyRow) -> Result<()> {
        let row = row::ActiveModel {
            pool_id: Set(self.pool_text()),
            id: Set(key.id.clone()),
            algorithm: Set(key.algorithm.clone()),
            public_jwk: Set(key.public_jwk.clone()),
            private_sealed: Set(key.private_sealed.clone()),
            created_at: Set(key.created_at.millis()),
        };
        self.write(row::Entity::insert(row)).await
    }
}
