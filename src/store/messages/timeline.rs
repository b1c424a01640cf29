//! What became of a number's messages, step by step.

use sea_orm::entity::prelude::*;
use sea_orm::{EntityTrait, QueryOrder, QuerySelect};
use watchword_domain::ids::ChallengeId;
use watchword_domain::timeline::{Price, Step, Timeline};
use watchword_domain::{Phone, Timestamp};

use super::{row, unreadable};
use crate::access::{PoolRows, PoolTx};
use crate::{Result, text};

fn timeline(row: row::Model) -> Result<Timeline> {
    let at = |moment: Option<i64>| moment.map(Timestamp::from_millis);
    let moments = [
        (Step::Queued, at(Some(row.created_at))),
        (Step::Sending, at(row.sending_at)),
        (Step::Accepted, at(row.accepted_at)),
        (Step::Sent, at(row.sent_at)),
        (Step::Delivered, at(row.delivered_at)),
        (Step::Read, at(row.read_at)),
        (Step::Failed, at(row.failed_at)),
        (Step::Verified, at(row.verified_at)),
    ];
    let steps = moments.into_iter().filter_map(|(step, at)| Some((step, at?))).collect();
    let class = row.failure_class.map(|class| class.parse()).transpose().map_err(unreadable)?;
    let price = Price { billable: row.billable.map(|billable| billable != 0), category: row.price_category };
    Ok(Timeline {
        id: row.id.into(),
        channel: row.channel,
        language: row.language,
        state: row.state.parse().map_err(unreadable)?,
        attempts: text::count(row.attempts),
        failure: class.zip(row.failure_code),
        price: Some(price).filter(|price| *price != Price::default()),
        expires_at: Timestamp::from_millis(row.expires_at),
        steps,
    })
}

impl PoolRows {
    /// What became of the newest messages to a number, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_timelines(&self, recipient: &Phone, most: u64) -> Result<Vec<Timeline>> {
        let rows = row::Entity::find()
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::Recipient.eq(recipient.as_e164()))
            .order_by_desc(row::Column::CreatedAt)
            .limit(most)
            .all(&self.db())
            .await?;
        rows.into_iter().map(timeline).collect()
    }
}

impl PoolTx {
    /// Notes that the code of a challenge's message was answered rightly.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_message_verified(&self, challenge: &ChallengeId, now: Timestamp) -> Result<()> {
        let update = row::Entity::update_many()
            .col_expr(row::Column::VerifiedAt, Expr::value(now.millis()))
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::ChallengeId.eq(challenge.as_str()));
        self.write(update).await
    }
}
