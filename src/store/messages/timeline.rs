//! What became of a number's messages, step by step.

use sea_orm::entity::prelude::*;
use sea_orm::{EntityTrait, QueryOrder, QuerySelect};
use watchword_domain::ids::{ChallengeId, PoolId, SenderId};
use watchword_domain::timeline::{Price, Step, Timeline};
use watchword_domain::{Phone, Timestamp};

use super::{Advanced, further, row, unreadable, withdrawal};
use crate::access::{PoolRows, PoolTx, SystemRows, SystemTx};
use crate::lookup::First;
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
        (Step::Disowned, at(row.disowned_at)),
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

impl SystemRows {
    /// When the newest message of this sender that was accepted between these moments was, if any was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_accepted(
        &self,
        sender: &SenderId,
        after: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Timestamp>> {
        let found = row::Entity::find()
            .filter(row::Column::SenderId.eq(sender.as_str()))
            .filter(row::Column::AcceptedAt.gt(after.millis()))
            .filter(row::Column::AcceptedAt.lte(until.millis()))
            .order_by_desc(row::Column::CreatedAt)
            .limit(1);
        let found = found.all(&self.db()).await?.into_iter().next();
        Ok(found.and_then(|row| row.accepted_at).map(Timestamp::from_millis))
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

/// A message whose code its receiver disowned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disowned {
    /// The message.
    pub message: Advanced,
    /// Whether somebody had signed in with its code before.
    pub was_answered: bool,
}

impl SystemTx {
    /// Whoever got a message says that they did not ask for its code: the code is dead and its sign-in stopped. Gives the
    /// message the first time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_disowned(
        &self,
        sender: &SenderId,
        provider_id: &str,
        now: Timestamp,
    ) -> Result<Option<Disowned>> {
        let found = row::Entity::find()
            .filter(row::Column::ProviderMessageId.eq(provider_id))
            .filter(row::Column::SenderId.eq(sender.as_str()));
        let Some(row) = found.first(&self.db()).await? else { return Ok(None) };
        // In the order in which a right code takes them: whoever comes second waits for the first, and neither for ever.
        let pool = PoolId::from(row.pool_id);
        let challenge = ChallengeId::from(row.challenge_id);
        if let Some(sign_in) = self.save_challenge_disowned(&pool, &challenge, now).await? {
            self.save_sign_in_disowned(&pool, &sign_in, now).await?;
        }
        self.withdraw(&pool, &challenge).await?;
        let changed = row::Entity::update_many()
            .col_expr(row::Column::DisownedAt, Expr::value(now.millis()))
            .filter(row::Column::PoolId.eq(pool.as_str()))
            .filter(row::Column::Id.eq(row.id))
            .filter(row::Column::DisownedAt.is_null())
            .exec_with_returning(&self.db())
            .await?;
        let Some(row) = changed.into_iter().next() else { return Ok(None) };
        let was_answered = row.verified_at.is_some();
        Ok(Some(Disowned { message: further(row)?, was_answered }))
    }

    /// What still waits on other channels for a code that its receiver disowned is not sent.
    async fn withdraw(&self, pool: &PoolId, challenge: &ChallengeId) -> Result<()> {
        self.write(withdrawal(pool, challenge)).await?;
        // Neither does another channel step in.
        let steps_in = row::Entity::update_many()
            .col_expr(row::Column::FallbackAt, Expr::value(Option::<i64>::None))
            .filter(row::Column::PoolId.eq(pool.as_str()))
            .filter(row::Column::ChallengeId.eq(challenge.as_str()))
            .filter(row::Column::FallbackAt.is_not_null());
        self.write(steps_in).await
    }
}
