//! How many codes were sent to each range of numbers, country and network and by the pool, and how many came back, in
//! windows of ten minutes: each code once, in the window it was made in, by however many messages it goes out.

use std::collections::{BTreeMap, HashMap};

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{OnConflict, Order};
use sea_orm::{ActiveValue::Set, EntityTrait, ExprTrait, QueryOrder, QuerySelect};
use watchword_domain::Timestamp;
use watchword_domain::conversion::{Look, Seen, Subject, TRAFFIC_WINDOW, Traffic, subjects};
use watchword_domain::limits::window_start;

use crate::access::{PoolRows, PoolTx, SystemTx};
use crate::entity::entity;
use crate::messages::Advanced;
use crate::messages::channels::attempts_of;
use crate::{Result, text};

// `prefix` is a subject, as it is written: it was ranges of numbers first.
entity! { row = "prefix_traffic";
    key { pool_id: String, prefix: String, window_start: i64 }
    columns { sent: i64, verified: i64 }
}

/// The window that a row is read as.
const READ_AS: &str = "read_as";

/// A subject, a window, and what was sent and came back in it.
type Sums = (String, i64, i64, i64);

impl PoolRows {
    /// What was sent to these subjects, as far as a look sees it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_traffic(&self, subjects: &[Subject], look: Look) -> Result<Vec<Seen>> {
        let (sum_from, sum_until) = (look.sum_from.millis(), look.sum_until.millis());
        let window = Expr::col(row::Column::WindowStart);
        let is_summed = window.clone().gte(sum_from).and(window.clone().lt(sum_until));
        let read_as = Expr::case(is_summed, Expr::value(sum_from)).finally(window);
        let sum = |column: row::Column| column.sum().cast_as("BIGINT");
        let found = row::Entity::find()
            .select_only()
            .column(row::Column::Prefix)
            .expr_as(read_as, READ_AS)
            .expr_as(sum(row::Column::Sent), "sent_then")
            .expr_as(sum(row::Column::Verified), "verified_then")
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::Prefix.is_in(subjects.iter().map(Subject::text)))
            .filter(row::Column::WindowStart.gte(look.since.millis()))
            .group_by(Expr::col(row::Column::Prefix))
            .group_by(Expr::col(READ_AS));
        let mut by_subject: HashMap<String, Vec<Traffic>> = HashMap::new();
        for (subject, window, sent, verified) in found.into_tuple::<Sums>().all(&self.db()).await? {
            let window = Timestamp::from_millis(window);
            let traffic = Traffic { window, sent: text::count(sent), verified: text::count(verified) };
            by_subject.entry(subject).or_default().push(traffic);
        }
        let seen = |subject: &Subject| Seen {
            subject: subject.clone(),
            traffic: by_subject.remove(&subject.text()).unwrap_or_default(),
        };
        Ok(subjects.iter().map(seen).collect())
    }

    /// The subjects most was sent to since a moment, at most so many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_subjects(&self, since: Timestamp, most: u64) -> Result<Vec<Subject>> {
        let busiest = row::Entity::find()
            .select_only()
            .column(row::Column::Prefix)
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::WindowStart.gte(since.millis()))
            .group_by(row::Column::Prefix)
            .order_by(row::Column::Sent.sum(), Order::Desc)
            .order_by(row::Column::Prefix, Order::Asc)
            .limit(most);
        let texts: Vec<String> = busiest.into_tuple().all(&self.db()).await?;
        Ok(texts.iter().map(|text| Subject::read(text)).collect())
    }
}

impl PoolTx {
    /// Counts a code that is sent, for each of its subjects, in their order and in one statement.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_sent(&self, subjects: &[Subject], window: Timestamp) -> Result<()> {
        self.count_traffic(subjects, Traffic { window, sent: 1, verified: 0 }).await
    }

    /// Counts the right answer to a code that was made in this window, in the same way.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_verified(&self, subjects: &[Subject], window: Timestamp) -> Result<()> {
        self.count_traffic(subjects, Traffic { window, sent: 0, verified: 1 }).await
    }

    async fn count_traffic(&self, subjects: &[Subject], more: Traffic) -> Result<()> {
        let row = |subject: &Subject| row::ActiveModel {
            pool_id: Set(self.pool_text()),
            prefix: Set(subject.text()),
            window_start: Set(more.window.millis()),
            sent: Set(more.sent.into()),
            verified: Set(more.verified.into()),
        };
        let key = [row::Column::PoolId, row::Column::Prefix, row::Column::WindowStart];
        let grown =
            |column: &'static str| Expr::col(("prefix_traffic", column)).add(Expr::col(("excluded", column)));
        let counted = OnConflict::columns(key)
            .value(row::Column::Sent, grown("sent"))
            .value(row::Column::Verified, grown("verified"))
            .to_owned();
        self.write(row::Entity::insert_many(subjects.iter().map(row)).on_conflict(counted)).await
    }
}

impl SystemTx {
    /// Takes codes out of the counts of their subjects whose messages were never sent, for a reason of ours: each once, when
    /// the last of its messages failed so. To be done last, since whoever writes a message counts it after that; always in
    /// the order of subjects.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn uncount_sent(&self, failed: impl IntoIterator<Item = &Advanced>) -> Result<()> {
        let failed: BTreeMap<_, _> = failed
            .into_iter()
            .map(|message| ((message.pool_id.as_str(), message.challenge_id.as_str()), &message.recipient))
            .collect();
        let mut counts = Vec::new();
        for ((pool, challenge), recipient) in failed {
            if let Some(made_at) = self.never_sent(pool, challenge).await? {
                let window = window_start(TRAFFIC_WINDOW, made_at);
                let network = self.find_network(pool, challenge).await?;
                let subjects = subjects(recipient, network.as_deref()).into_iter();
                counts.extend(subjects.map(|subject| (subject, pool.to_owned(), window.millis())));
            }
        }
        counts.sort_unstable();
        for (subject, pool, window) in counts {
            let update = row::Entity::update_many()
                .col_expr(row::Column::Sent, Expr::col(row::Column::Sent).sub(1))
                .filter(row::Column::PoolId.eq(pool))
                .filter(row::Column::Prefix.eq(subject.text()))
                .filter(row::Column::WindowStart.eq(window))
                .filter(Expr::col(row::Column::Sent).gt(Expr::col(row::Column::Verified)));
            self.write(update).await?;
        }
        Ok(())
    }

    /// When a code was made, if no message that carries it was sent.
    async fn never_sent(&self, pool: &str, challenge: &str) -> Result<Option<Timestamp>> {
        let messages = attempts_of(&self.db(), pool, challenge).await?;
        // The first of them is as old as the code.
        let made_at = messages.iter().map(|message| message.attempt.created_at).min();
        Ok(made_at.filter(|_| messages.iter().all(|message| message.attempt.was_never_sent())))
    }

    pub(crate) async fn sweep_traffic(&self, older_than: Timestamp, most: u64) -> Result<u64> {
        crate::sweep::oldest::<row::Entity>(&self.db(), row::Column::WindowStart, older_than, most).await
    }
}
