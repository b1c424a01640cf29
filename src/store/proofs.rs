//! Proofs of work that were spent, until they would be over anyway. One that was only asked for leaves no row.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};
use watchword_domain::Timestamp;

use crate::Result;
use crate::access::{PoolTx, SystemTx};
use crate::entity::entity;

entity! { row = "spent_proofs";
    key { pool_id: String, proof: String }
    columns { expires_at: i64 }
}

impl PoolTx {
    /// Spends a proof, which is over at `expires_at` whatever happens. Whether it had not been spent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_proof(&self, proof: &str, expires_at: Timestamp) -> Result<bool> {
        let row = row::ActiveModel {
            pool_id: Set(self.pool_text()),
            proof: Set(proof.to_owned()),
            expires_at: Set(expires_at.millis()),
        };
        let once = OnConflict::new().do_nothing().to_owned();
        Ok(row::Entity::insert(row).on_conflict(once).exec_without_returning(&self.db()).await? == 1)
    }
}

impl SystemTx {
    pub(crate) async fn sweep_spent_proofs(&self, older_than: Timestamp, most: u64) -> Result<u64> {
        crate::sweep::oldest::<row::Entity>(&self.db(), row::Column::ExpiresAt, older_than, most).await
    }
}
