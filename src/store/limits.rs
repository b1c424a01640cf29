//! Counters: consecutive failures of an account's method, and amounts per window.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{OnConflict, SimpleExpr};
use sea_orm::{ActiveValue::Set, EntityTrait, ExprTrait};
use watchword_domain::session::Method;
use watchword_domain::{Phone, Timestamp};

use crate::access::{PoolRows, PoolTx, SystemTx};
use crate::entity::entity;
use crate::lookup::First;
use crate::{Result, text};

entity! { failure_row = "method_failures";
    key { pool_id: String, method: String, subject: String }
    columns { failures: i64, changed_at: i64 }
}

entity! { counter_row = "counters";
    key { name: String, window_start: i64 }
    columns { amount: i64 }
}

impl PoolRows {
    /// How often in a row this method failed for the account of this number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_failures(&self, method: Method, phone: &Phone) -> Result<u32> {
        let key = (self.pool_text(), method.name().to_owned(), phone.as_e164().to_owned());
        let found = failure_row::Entity::find_by_id(key).first(&self.db()).await?;
        Ok(found.map_or(0, |row| text::count(row.failures)))
    }

    /// How far a counter of the installation came in a window.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_count(&self, name: &str, window: Timestamp) -> Result<u32> {
        let found = counter_row::Entity::find_by_id((name.to_owned(), window.millis()));
        Ok(found.first(&self.db()).await?.map_or(0, |row| text::count(row.amount)))
    }
}

impl PoolTx {
    /// Charges one failure ahead of the comparison, and gives how many there are now. Every kind of door and challenge of
    /// an account shares this count; no new code resets it (NIST SP 800-63B-4, section 3.1.3.2).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_failure(&self, method: Method, phone: &Phone, now: Timestamp) -> Result<u32> {
        let row = failure_row::ActiveModel {
            pool_id: Set(self.pool_text()),
            method: Set(method.name().to_owned()),
            subject: Set(phone.as_e164().to_owned()),
            failures: Set(1),
            changed_at: Set(now.millis()),
        };
        let key = [failure_row::Column::PoolId, failure_row::Column::Method, failure_row::Column::Subject];
        let counted = failure_row::Entity::insert(row)
            .on_conflict(
                OnConflict::columns(key)
                    .value(failure_row::Column::Failures, added("method_failures", "failures"))
                    .value(failure_row::Column::ChangedAt, Expr::value(now.millis()))
                    .to_owned(),
            )
            .exec_with_returning(&self.db())
            .await?;
        Ok(text::count(counted.failures))
    }

    /// Forgets the failures of a method that was just used rightly.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reset_failures(&self, method: Method, phone: &Phone) -> Result<bool> {
        let key = (self.pool_text(), method.name().to_owned(), phone.as_e164().to_owned());
        let done = failure_row::Entity::delete_by_id(key).exec(&self.db()).await?;
        Ok(done.rows_affected == 1)
    }

    /// Adds one to a counter of the installation and gives the amount in this window.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count(&self, name: &str, window: Timestamp) -> Result<u32> {
        let row = counter_row::ActiveModel {
            name: Set(name.to_owned()),
            window_start: Set(window.millis()),
            amount: Set(1),
        };
        let key = [counter_row::Column::Name, counter_row::Column::WindowStart];
        let counted = counter_row::Entity::insert(row)
            .on_conflict(
                OnConflict::columns(key)
                    .value(counter_row::Column::Amount, added("counters", "amount"))
                    .to_owned(),
            )
            .exec_with_returning(&self.db())
            .await?;
        Ok(text::count(counted.amount))
    }
}

/// `table.column + 1`: named in full, since `ON CONFLICT` sees the stored and the offered row.
fn added(table: &'static str, column: &'static str) -> SimpleExpr {
    Expr::col((table, column)).add(1)
}

impl SystemTx {
    pub(crate) async fn sweep_counters(&self, older_than: Timestamp, most: u64) -> Result<u64> {
        crate::sweep::oldest::<counter_row::Entity>(
            &self.db(),
            counter_row::Column::WindowStart,
            older_than,
            most,
        )
        .await
    }
}
