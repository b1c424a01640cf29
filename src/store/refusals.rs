//! How often people were refused a code, by the limit that bit and the number's country: why users waited.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait, ExprTrait, QueryOrder};
use watchword_domain::Timestamp;

use crate::Result;
use crate::access::{PoolRows, PoolTx, SystemTx};
use crate::entity::entity;

entity! { row = "refusals";
    key { pool_id: String, reason: String, country: String, window_start: i64 }
    columns { amount: i64 }
}

/// Refusals of one kind within an hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalRow {
    /// Which limit bit.
    pub reason: String,
    /// The number's country by its code; empty when it has none.
    pub country: String,
    /// When the hour began.
    pub hour: Timestamp,
    /// How often.
    pub amount: u64,
}

impl PoolRows {
    /// The refusals of the hours since a moment, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_refusals(&self, since: Timestamp) -> Result<Vec<RefusalRow>> {
        let found = row::Entity::find()
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::WindowStart.gte(since.millis()))
            .order_by_desc(row::Column::WindowStart);
        let refusal = |row: row::Model| RefusalRow {
            reason: row.reason,
            country: row.country,
            hour: Timestamp::from_millis(row.window_start),
            amount: row.amount.try_into().unwrap_or(0),
        };
        Ok(found.all(&self.db()).await?.into_iter().map(refusal).collect())
    }
}

impl PoolTx {
    /// Adds to the refusals of a kind.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_refusals(&self, refusal: &RefusalRow) -> Result<()> {
        let row = row::ActiveModel {
            pool_id: Set(self.pool_text()),
            reason: Set(refusal.reason.clone()),
            country: Set(refusal.country.clone()),
            window_start: Set(refusal.hour.millis()),
            amount: Set(refusal.amount.try_into().unwrap_or(i64::MAX)),
        };
        let key = [row::Column::PoolId, row::Column::Reason, row::Column::Country, row::Column::WindowStart];
        let more = Expr::col(("refusals", "amount")).add(Expr::col(("excluded", "amount")));
        let counted = OnConflict::columns(key).value(row::Column::Amount, more).to_owned();
        self.write(row::Entity::insert(row).on_conflict(counted)).await
    }
}

impl SystemTx {
    pub(crate) async fn sweep_refusals(&self, older_than: Timestamp, most: u64) -> Result<u64> {
        crate::sweep::oldest::<row::Entity>(&self.db(), row::Column::WindowStart, older_than, most).await
    }
}
