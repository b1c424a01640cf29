//! How many codes were sent to each range of numbers and how many came back, in windows of ten minutes: each code once, in
//! the window it was made in, by however many messages it goes out.

use std::collections::BTreeMap;

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{OnConflict, Order};
use sea_orm::{ActiveValue::Set, EntityTrait, ExprTrait, QueryOrder, QuerySelect};
use watchword_domain::conversion::{TRAFFIC_WINDOW, Traffic};
use watchword_domain::limits::window_start;
use watchword_domain::{DeliveryState, FailureClass, Timestamp};

use crate::access::{PoolRows, PoolTx, SystemTx};
use crate::entity::entity;
use crate::messages::Advanced;
use crate::{Result, text};

entity! { row = "prefix_traffic";
    key { pool_id: String, prefix: String, window_start: i64 }
    columns { sent: i64, verified: i64 }
}

// What becomes of messages, as far as it is counted here; they are `messages`' own.
entity! { message_row = "messages";
    key { pool_id: String, id: String }
    columns { challenge_id: String, state: String, failure_class: Option<String>, created_at: i64 }
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
    /// Counts a code that is sent to a prefix.
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

    /// Counts the right answer to a code that was made in this window, if codes were counted then.
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

impl SystemTx {
    /// Takes codes out of the counts of their ranges whose messages were never sent, for a reason of ours: each once, when
    /// the last of its messages failed so. To be done last, since whoever writes a message counts it after that; always in
    /// the same order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn uncount_sent(&self, failed: impl IntoIterator<Item = &Advanced>) -> Result<()> {
        let failed: BTreeMap<_, _> = failed
            .into_iter()
            .map(|message| ((message.pool_id.as_str(), message.challenge_id.as_str()), &message.recipient))
            .collect();
        let mut ranges = Vec::new();
        for ((pool, challenge), recipient) in failed {
            if let Some(made_at) = self.never_sent(pool, challenge).await? {
                let window = window_start(TRAFFIC_WINDOW, made_at);
                ranges.push((pool.to_owned(), recipient.prefix(), window.millis()));
            }
        }
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

    /// When a code was made, if no message that carries it was sent.
    async fn never_sent(&self, pool: &str, challenge: &str) -> Result<Option<Timestamp>> {
        let messages = message_row::Entity::find()
            .filter(message_row::Column::PoolId.eq(pool))
            .filter(message_row::Column::ChallengeId.eq(challenge))
            .all(&self.db())
            .await?;
        let is_ours = |class: &String| class.parse().is_ok_and(FailureClass::is_ours);
        let failed_by_us = |message: &message_row::Model| {
            message.state == DeliveryState::Failed.as_str()
                && message.failure_class.as_ref().is_some_and(is_ours)
        };
        // The first of them is as old as the code.
        let made_at = messages.iter().map(|message| message.created_at).min().map(Timestamp::from_millis);
        Ok(made_at.filter(|_| messages.iter().all(failed_by_us)))
    }

    pub(crate) async fn sweep_traffic(&self, older_than: Timestamp, most: u64) -> Result<u64> {
        crate::sweep::oldest::<row::Entity>(&self.db(), row::Column::WindowStart, older_than, most).await
    }
}
