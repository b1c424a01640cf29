//! What a pool's developer was told of its limits and its senders, and an operator of what all pools share: each thing once,
//! whichever node noticed it.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait, ExprTrait, QueryOrder, QuerySelect};
use watchword_domain::Timestamp;

use crate::Result;
use crate::access::{PoolRows, PoolTx, SystemTx};
use crate::entity::entity;

entity! { row = "limit_alerts";
    key { pool_id: String, kind: String, subject: String, window_start: i64, percent: i64 }
    columns { amount: i64, most: i64, raised_at: i64 }
}

entity! { shared_row = "installation_alerts";
    key { kind: String, subject: String }
    columns { amount: i64, raised_at: i64 }
}

/// Something a developer should know of a limit or a sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertRow {
    /// The budget's name, or what is wrong with a range of numbers or a sender.
    pub kind: String,
    /// The range, or what of the sender; empty for budgets.
    pub subject: String,
    /// When the window it happened in began; of a sender, nothing.
    pub window: Timestamp,
    /// How much of a budget, in percent; 0 for a range.
    pub percent: u8,
    /// How much of a budget was used; of a range, how many codes came back; of a sender, the provider's code.
    pub amount: u64,
    /// How much there was; of a range, how many codes were sent.
    pub most: u64,
    /// When it was noticed.
    pub raised_at: Timestamp,
}

impl PoolRows {
    /// The alerts since a moment, newest first, at most so many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_alerts(&self, since: Timestamp, most: u64) -> Result<Vec<AlertRow>> {
        let found = row::Entity::find()
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::RaisedAt.gte(since.millis()))
            .order_by_desc(row::Column::RaisedAt)
            .order_by_desc(row::Column::Percent)
            .limit(most);
        let alert = |row: row::Model| AlertRow {
            kind: row.kind,
            subject: row.subject,
            window: Timestamp::from_millis(row.window_start),
            percent: u8::try_from(row.percent).unwrap_or(u8::MAX),
            amount: row.amount.try_into().unwrap_or(0),
            most: row.most.try_into().unwrap_or(0),
            raised_at: Timestamp::from_millis(row.raised_at),
        };
        Ok(found.all(&self.db()).await?.into_iter().map(alert).collect())
    }
}

impl PoolTx {
    /// Takes the right to tell of this; nobody tells of the same kind, subject, window and percentage again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_alert(&self, alert: &AlertRow) -> Result<bool> {
        let once = OnConflict::new().do_nothing().to_owned();
        self.raise(alert, once).await
    }

    /// Takes the right to tell of this, unless somebody told of it since. It stays one row, with what was told last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_alert_anew(&self, alert: &AlertRow, since: Timestamp) -> Result<bool> {
        let again = OnConflict::columns([
            row::Column::PoolId,
            row::Column::Kind,
            row::Column::Subject,
            row::Column::WindowStart,
            row::Column::Percent,
        ])
        .update_columns([row::Column::Amount, row::Column::Most, row::Column::RaisedAt])
        .action_and_where(Expr::col(("limit_alerts", "raised_at")).lt(since.millis()))
        .to_owned();
        self.raise(alert, again).await
    }

    /// Writes an alert, or what is to happen where there is one. Gives whether it was written.
    async fn raise(&self, alert: &AlertRow, otherwise: OnConflict) -> Result<bool> {
        let row = row::ActiveModel {
            pool_id: Set(self.pool_text()),
            kind: Set(alert.kind.clone()),
            subject: Set(alert.subject.clone()),
            window_start: Set(alert.window.millis()),
            percent: Set(alert.percent.into()),
            amount: Set(alert.amount.try_into().unwrap_or(i64::MAX)),
            most: Set(alert.most.try_into().unwrap_or(i64::MAX)),
            raised_at: Set(alert.raised_at.millis()),
        };
        Ok(row::Entity::insert(row).on_conflict(otherwise).exec_without_returning(&self.db()).await? == 1)
    }
}

impl SystemTx {
    /// Takes the right to tell of something about what all pools share, unless somebody told of it since.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_installation_alert(&self, alert: &AlertRow, since: Timestamp) -> Result<bool> {
        let row = shared_row::ActiveModel {
            kind: Set(alert.kind.clone()),
            subject: Set(alert.subject.clone()),
            amount: Set(alert.amount.try_into().unwrap_or(i64::MAX)),
            raised_at: Set(alert.raised_at.millis()),
        };
        let again = OnConflict::columns([shared_row::Column::Kind, shared_row::Column::Subject])
            .update_columns([shared_row::Column::Amount, shared_row::Column::RaisedAt])
            .action_and_where(Expr::col(("installation_alerts", "raised_at")).lt(since.millis()))
            .to_owned();
        Ok(shared_row::Entity::insert(row).on_conflict(again).exec_without_returning(&self.db()).await? == 1)
    }

    pub(crate) async fn sweep_installation_alerts(&self, older_than: Timestamp, most: u64) -> Result<u64> {
        let (db, raised_at) = (self.db(), shared_row::Column::RaisedAt);
        crate::sweep::oldest::<shared_row::Entity>(&db, raised_at, older_than, most).await
    }

    pub(crate) async fn sweep_alerts(&self, older_than: Timestamp, most: u64) -> Result<u64> {
        crate::sweep::oldest::<row::Entity>(&self.db(), row::Column::RaisedAt, older_than, most).await
    }
}
