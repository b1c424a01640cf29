//! What was sent to a number lately, over all pools: the row that makes senders to one number queue up.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};
use watchword_domain::sends::SendHistory;
use watchword_domain::{Phone, Timestamp};

use crate::access::{PoolRows, PoolTx, SystemTx};
use crate::entity::entity;
use crate::lookup::First;
use crate::{Result, text};

entity! { row = "number_sends";
    key { number: String }
    columns { history: String, changed_at: i64 }
}

impl PoolRows {
    /// What was sent to a number lately, as last committed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_send_history(&self, phone: &Phone) -> Result<SendHistory> {
        let found = row::Entity::find_by_id(phone.as_e164()).first(&self.db()).await?;
        found.map_or_else(|| Ok(SendHistory::default()), |row| text::read(&row.history, "send history"))
    }
}

impl PoolTx {
    /// What was sent to a number lately; whoever else asks for the same number waits until this transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_send_history(&self, phone: &Phone, now: Timestamp) -> Result<SendHistory> {
        let row = row::ActiveModel {
            number: Set(phone.as_e164().to_owned()),
            history: Set(text::write(&SendHistory::default(), "send history")?),
            changed_at: Set(now.millis()),
        };
        let touch = OnConflict::column(row::Column::Number).update_column(row::Column::ChangedAt).to_owned();
        let locked = row::Entity::insert(row).on_conflict(touch).exec_with_returning(&self.db()).await?;
        text::read(&locked.history, "send history")
    }

    /// Stores what was sent to a number, read under [`lock_send_history`](Self::lock_send_history).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_send_history(&self, phone: &Phone, history: &SendHistory) -> Result<()> {
        let update = row::Entity::update_many()
            .col_expr(row::Column::History, Expr::value(text::write(history, "send history")?))
            .filter(row::Column::Number.eq(phone.as_e164()));
        self.write(update).await
    }
}

impl SystemTx {
    pub(crate) async fn sweep_number_sends(&self, older_than: Timestamp, most: u64) -> Result<u64> {
        crate::sweep::oldest::<row::Entity>(&self.db(), row::Column::ChangedAt, older_than, most).await
    }
}
