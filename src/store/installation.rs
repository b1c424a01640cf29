//! The installation's own row: proof that the master key is the right one.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use watchword_domain::Timestamp;

use crate::Result;
use crate::access::{SystemRows, SystemTx};
use crate::entity::entity;
use crate::lookup::First;

entity! { row = "installation";
    key { id: i64 }
    columns { key_check: String, created_at: i64 }
}

const ONLY: i64 = 1;

impl SystemRows {
    /// A text sealed under the master key when the database was first used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_key_check(&self) -> Result<Option<String>> {
        let found = row::Entity::find_by_id(ONLY).first(&self.db()).await?;
        Ok(found.map(|row| row.key_check))
    }
}

impl SystemTx {
    /// Stores the sealed text, unless one is stored already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_key_check(&self, key_check: String, now: Timestamp) -> Result<()> {
        let row =
            row::ActiveModel { id: Set(ONLY), key_check: Set(key_check), created_at: Set(now.millis()) };
        let keep = OnConflict::column(row::Column::Id).do_nothing().to_owned();
        row::Entity::insert(row).on_conflict(keep).exec_without_returning(&self.db()).await?;
        Ok(())
    }

    /// Stores the text sealed anew, unless it changed meanwhile. Gives whether it did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_key_check(&self, before: &str, key_check: String) -> Result<bool> {
        let update = row::Entity::update_many()
            .col_expr(row::Column::KeyCheck, Expr::value(key_check))
            .filter(row::Column::KeyCheck.eq(before));
        Ok(update.exec(&self.db()).await?.rows_affected == 1)
    }
}
