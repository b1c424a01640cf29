//! Clean-up, a little at a time: a sweep never holds the writer for long, however much has piled up.

use std::time::Duration;

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{EntityTrait, ExprTrait, Iterable, PrimaryKeyToColumn, QueryOrder, QuerySelect, QueryTrait};
use watchword_domain::Timestamp;
use watchword_domain::key_rotation::KeyRotation;
use watchword_domain::lifetimes::Lifetimes;
use watchword_domain::limits::ADDRESS_WINDOW;

use crate::Result;
use crate::access::{Db, SystemTx};

const HOUR: Duration = Duration::from_secs(60 * 60);

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a message's timeline and a provider's report are kept.
const TIMELINE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// For how long a start is counted: the window it is in and the one after (`domain::limits::sliding_count`).
const STARTS: Duration = Duration::from_secs(2 * ADDRESS_WINDOW.as_secs());

/// What one sweep came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// How many rows it removed.
    pub removed: u64,
    /// Whether it stopped because it had removed as many of one kind as it may.
    pub is_cut_short: bool,
}

impl SystemTx {
    /// Removes up to `most` rows of each kind that nothing looks at any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep(&self, lifetimes: &Lifetimes, now: Timestamp, most: u64) -> Result<Swept> {
        let removed = [
            // Kept for a day: the owner of a finished sign-in may still press "back" and wants to read why it is over.
            self.sweep_sign_ins(now - DAY, most).await?,
            self.sweep_challenges(now - DAY, most).await?,
            self.sweep_messages(now - TIMELINE, most).await?,
            self.sweep_webhook_events(now - TIMELINE, most).await?,
            self.sweep_number_sends(now - DAY, most).await?,
            self.sweep_counted_starts(now - STARTS, most).await?,
            self.sweep_counters(now - DAY - DAY, most).await?,
            self.sweep_traffic(now - DAY - DAY, most).await?,
            self.sweep_alerts(now - TIMELINE, most).await?,
            self.sweep_installation_alerts(now - TIMELINE, most).await?,
            self.sweep_refusals(now - TIMELINE, most).await?,
            self.sweep_spent_proofs(now, most).await?,
            // Kept past their use, so that a second redemption is recognised and ends what the first one began.
            self.sweep_authorization_codes(now - HOUR, most).await?,
            self.sweep_grants(now - DAY, most).await?,
            self.sweep_sessions(now - lifetimes.session(), most).await?,
            self.sweep_signing_keys(KeyRotation::of(lifetimes).over_since(now), most).await?,
        ];
        Ok(Swept { removed: removed.iter().sum(), is_cut_short: removed.iter().any(|count| *count >= most) })
    }
}

/// Removes up to `most` of the rows whose `moment` is before `older_than`, oldest first.
pub(crate) async fn oldest<E: EntityTrait>(
    db: &Db<'_>,
    moment: E::Column,
    older_than: Timestamp,
    most: u64,
) -> Result<u64> {
    oldest_of::<E>(db, moment, moment.lt(older_than.millis()), most).await
}

/// As [`oldest`], of the rows that `are_over`. By their keys: any number of rows may be of one moment.
pub(crate) async fn oldest_of<E: EntityTrait>(
    db: &Db<'_>,
    moment: E::Column,
    are_over: SimpleExpr,
    most: u64,
) -> Result<u64> {
    let key: Vec<E::Column> = E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column).collect();
    let over = E::find().select_only().columns(key.iter().copied()).filter(are_over);
    let over = over.order_by_asc(moment).limit(most).into_query();
    let row = Expr::tuple(key.into_iter().map(Expr::col));
    Ok(E::delete_many().filter(row.in_subquery(over)).exec(db).await?.rows_affected)
}
