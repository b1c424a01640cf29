//! What was sent to each range of numbers and what came back, in windows of ten minutes.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{OnConflict, Order};
use sea_orm::{ActiveValue::Set, EntityTrait, ExprTrait, QueryOrder, QuerySelect};
use watchword_domain::Timestamp;
use watchword_domain::conversion::{TRAFFIC_WINDOW, Traffic};
use watchword_domain::limits::window_start;

use crate::access::{PoolRows, PoolTx, SystemTx};
use crate::entity::entity;
use crate::messages::Advanced;
use crate::{Result, text};

entity! { row = "prefix_traffic";
    key { pool_id: String, prefix: String, window_start: i64 }
    columns { sent: i64, verified: i64 }
}

impl PoolRows {
    /// What was sent to a prefix in the windows since a moment, in no order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_traffic(&self, prefix: &str, since: Timestamp) -> Result<Vec<Traffic>> {
        let found = row::Entity::find()
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::Prefix.eq(prefix))
            .filter(row::Column::WindowStart.gte(since.millis()));
        let traffic = |row: row::Model| Traffic {
            window: Timestamp::from_millis(row.window_start),
            sent: text::count(row.sent),
            verified: text::count(row.verified),
        };
        Ok(found.all(&self.db()).await?.into_iter().map(traffic).collect())
    }

    /// The prefixes most was sent to since a moment, at most so many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_prefixes(&self, since: Timestamp, most: u64) -> Result<Vec<String>> {
        let busiest = row::Entity::find()
            .select_only()
            .column(row::Column::Prefix)
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::WindowStart.gte(since.millis()))
            .group_by(row::Column::Prefix)
            .order_by(row::Column::Sent.sum(), Order::Desc)
            .order_by(row::Column::Prefix, Order::Asc)
            .limit(most);
        Ok(busiest.into_tuple().all(&self.db()).await?)
    }
}

impl PoolTx {
    /// Counts a message to a prefix.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_sent(&self, prefix: &str, window: Timestamp) -> Result<()> {
        let row = row::ActiveModel {
            pool_id: Set(self.pool_text()),
            prefix: Set(prefix.to_owned()),
            window_start: Set(window.millis()),
            sent: Set(1),
            verified: Set(0),
        };
        let key = [row::Column::PoolId, row::Column::Prefix, row::Column::WindowStart];
        let more = Expr::col(("prefix_traffic", "sent")).add(1);
        let counted = OnConflict::columns(key).value(row::Column::Sent, more).to_owned();
        self.write(row::Entity::insert(row).on_conflict(counted)).await
    }

    /// Counts the right code of a message that was sent in this window, if messages were counted then.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_verified(&self, prefix: &str, window: Timestamp) -> Result<()> {
        let update = row::Entity::update_many()
            .col_expr(row::Column::Verified, Expr::col(row::Column::Verified).add(1))
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::Prefix.eq(prefix))
            .filter(row::Column::WindowStart.eq(window.millis()));
        self.write(update).await
    }
}

fn range_of(message: &Advanced) -> (String, String, i64) {
    let window = window_start(TRAFFIC_WINDOW, message.created_at);
    (message.pool_id.as_str().to_owned(), message.recipient.prefix(), window.millis())
}

impl SystemTx {
    /// Takes messages out of the counts of their ranges: they were never sent, for a reason of ours. To be done last, since
    /// whoever writes a message counts it after that; always in the same order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn uncount_sent(&self, messages: impl IntoIterator<Item = &Advanced>) -> Result<()> {
        let mut ranges: Vec<(String, String, i64)> = messages.into_iter().map(range_of).collect();
        ranges.sort_unstable();
        for (pool, prefix, window) in ranges {
            let update = row::Entity::update_many()
                .col_expr(row::Column::Sent, Expr::col(row::Column::Sent).sub(1))
                .filter(row::Column::PoolId.eq(pool))
                .filter(row::Column::Prefix.eq(prefix))
                .filter(row::Column::WindowStart.eq(window))
                .filter(Expr::col(row::Column::Sent).gt(Expr::col(row::Column::Verified)));
            self.write(update).await?;
        }
        Ok(())
    }

    pub(crate) async fn sweep_traffic(&self, older_than: Timestamp, most: u64) -> Result<u64> {
        crate::sweep::oldest::<row::Entity>(&self.db(), row::Column::WindowStart, older_than, most).await
    }
}
