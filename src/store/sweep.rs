//! Clean-up, a little at a time: a sweep never holds the writer for long, however much has piled up.

use std::time::Duration;

use sea_orm::entity::prelude::*;
use sea_orm::{EntityTrait, QueryOrder, QuerySelect};
use watchword_domain::Timestamp;
use watchword_domain::key_rotation::KeyRotation;
use watchword_domain::lifetimes::Lifetimes;

use crate::Result;
use crate::access::{Db, SystemTx};

const HOUR: Duration = Duration::from_secs(60 * 60);

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a message's timeline and a provider's report are kept.
const TIMELINE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How many rows one sweep removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept(pub u64);

impl SystemTx {
    /// Removes up to `most` rows of each kind that nothing looks at any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep(&self, lifetimes: &Lifetimes, now: Timestamp, most: u64) -> Result<Swept> {
        // Kept for a day: the owner of a finished sign-in may still press "back" and wants to read why it is over.
        let mut removed = self.sweep_sign_ins(now - DAY, most).await?;
        removed += self.sweep_challenges(now - DAY, most).await?;
        removed += self.sweep_messages(now - TIMELINE, most).await?;
        removed += self.sweep_webhook_events(now - TIMELINE, most).await?;
        removed += self.sweep_number_sends(now - DAY, most).await?;
        removed += self.sweep_counters(now - DAY - DAY, most).await?;
        removed += self.sweep_traffic(now - DAY - DAY, most).await?;
        removed += self.sweep_alerts(now - TIMELINE, most).await?;
        removed += self.sweep_installation_alerts(now - TIMELINE, most).await?;
        removed += self.sweep_refusals(now - TIMELINE, most).await?;
        removed += self.sweep_spent_proofs(now, most).await?;
        // Kept past their use, so that a second redemption is recognised and ends what the first one began.
        removed += self.sweep_authorization_codes(now - HOUR, most).await?;
        removed += self.sweep_grants(now - DAY, most).await?;
        removed += self.sweep_sessions(now - lifetimes.session(), most).await?;
        removed += self.sweep_signing_keys(KeyRotation::of(lifetimes).over_since(now), most).await?;
        Ok(Swept(removed))
    }
}

/// Removes about `most` of the rows whose `moment` is before `older_than`, oldest first.
pub(crate) async fn oldest<E: EntityTrait>(
    db: &Db<'_>,
    moment: E::Column,
    older_than: Timestamp,
    most: u64,
) -> Result<u64> {
    let limit = cut::<E>(db, moment, older_than, most).await?;
    Ok(E::delete_many().filter(moment.lt(limit.millis())).exec(db).await?.rows_affected)
}

/// The moment before which at most about `most` rows lie, no later than `older_than`.
pub(crate) async fn cut<E: EntityTrait>(
    db: &Db<'_>,
    moment: E::Column,
    older_than: Timestamp,
    most: u64,
) -> Result<Timestamp> {
    let nth: Option<i64> = E::find()
        .select_only()
        .column(moment)
        .filter(moment.lt(older_than.millis()))
        .order_by_asc(moment)
        .offset(most)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(nth.map_or(older_than, Timestamp::from_millis))
}
