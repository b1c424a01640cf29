//! Counters: consecutive failures of an account's method, and amounts per window.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait, ExprTrait};
use watchword_domain::failures::{FailureRule, Failures, Guessers};
use watchword_domain::session::Method;
use watchword_domain::{Phone, Timestamp};

use crate::access::{PoolRows, PoolTx, SystemTx};
use crate::entity::entity;
use crate::lookup::First;
use crate::{Result, text};

entity! { failure_row = "method_failures";
    key { pool_id: String, method: String, subject: String }
    columns { failures: i64, changed_at: i64 }
}

entity! { counter_row = "counters";
    key { name: String, window_start: i64 }
    columns { amount: i64 }
}

/// An amount to add to a counter of the installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counter {
    /// Its name.
    pub name: String,
    /// The window it is counted in.
    pub window: Timestamp,
    /// How much is added.
    pub add: u64,
}

impl PoolRows {
    /// How often in a row this method failed for the account of this number, as counted for these.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_failures(
        &self,
        method: Method,
        phone: &Phone,
        guessers: Guessers<'_>,
    ) -> Result<Option<Failures>> {
        let key = (self.pool_text(), method.name().to_owned(), subject(phone, guessers));
        let found = failure_row::Entity::find_by_id(key).first(&self.db()).await?;
        Ok(found.map(|row| Failures {
            count: text::count(row.failures),
            newest: Timestamp::from_millis(row.changed_at),
        }))
    }

    /// How far a counter of the installation came in a window.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_count(&self, name: &str, window: Timestamp) -> Result<u32> {
        let found = counter_row::Entity::find_by_id((name.to_owned(), window.millis()));
        Ok(found.first(&self.db()).await?.map_or(0, |row| text::count(row.amount)))
    }

    /// How far a counter of amounts came in a window.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_amount(&self, name: &str, window: Timestamp) -> Result<u64> {
        let found = counter_row::Entity::find_by_id((name.to_owned(), window.millis()));
        Ok(found.first(&self.db()).await?.map_or(0, |row| row.amount.try_into().unwrap_or(0)))
    }
}

impl PoolTx {
    /// Takes the right to one more guess: charges a failure ahead of the comparison, unless the rule admits none. Every
    /// kind of door and challenge of an account shares this count; no new code resets it (NIST SP 800-63B-4, section
    /// 3.1.3.2).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_failure(
        &self,
        method: Method,
        phone: &Phone,
        guessers: Guessers<'_>,
        rule: FailureRule,
        now: Timestamp,
    ) -> Result<bool> {
        let row = failure_row::ActiveModel {
            pool_id: Set(self.pool_text()),
            method: Set(method.name().to_owned()),
            subject: Set(subject(phone, guessers)),
            failures: Set(1),
            changed_at: Set(now.millis()),
        };
        let key = [failure_row::Column::PoolId, failure_row::Column::Method, failure_row::Column::Subject];
        let (failures, newest) = (stored_failures("failures"), stored_failures("changed_at"));
        let resting = failures.clone().modulo(rule.per_pause).eq(0).and(newest.gt(rule.rested.millis()));
        let charged = failure_row::Entity::insert(row)
            .on_conflict(
                OnConflict::columns(key)
                    .value(failure_row::Column::Failures, failures.clone().add(1))
                    .value(failure_row::Column::ChangedAt, Expr::value(now.millis()))
                    .action_and_where(failures.lt(rule.most).and(resting.not()))
                    .to_owned(),
            )
            .exec_without_returning(&self.db())
            .await?;
        Ok(charged == 1)
    }

    /// Forgets the failures counted for these. Several counts of one number are always reached in the order of a
    /// guess: the browser's, that of all known ones, the strangers'.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reset_failures(&self, method: Method, phone: &Phone, guessers: Guessers<'_>) -> Result<()> {
        let delete = failure_row::Entity::delete_many()
            .filter(failure_row::Column::PoolId.eq(self.pool_text()))
            .filter(failure_row::Column::Method.eq(method.name()))
            .filter(failure_row::Column::Subject.eq(subject(phone, guessers)));
        self.write(delete).await
    }

    /// Adds one to a counter of the installation and gives the amount in this window.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count(&self, name: &str, window: Timestamp) -> Result<u32> {
        let row = counter_row::ActiveModel {
            name: Set(name.to_owned()),
            window_start: Set(window.millis()),
            amount: Set(1),
        };
        let key = [counter_row::Column::Name, counter_row::Column::WindowStart];
        let counted = counter_row::Entity::insert(row)
            .on_conflict(
                OnConflict::columns(key)
                    .value(counter_row::Column::Amount, Expr::col(("counters", "amount")).add(1))
                    .to_owned(),
            )
            .exec_with_returning(&self.db())
            .await?;
        Ok(text::count(counted.amount))
    }

    /// Adds to several counters of the installation, in their order and in one statement, and gives what each has come to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_all(&self, counters: &[Counter]) -> Result<Vec<u64>> {
        let row = |counter: &Counter| counter_row::ActiveModel {
            name: Set(counter.name.clone()),
            window_start: Set(counter.window.millis()),
            amount: Set(counter.add.try_into().unwrap_or(i64::MAX)),
        };
        let key = [counter_row::Column::Name, counter_row::Column::WindowStart];
        let more = Expr::col(("counters", "amount")).add(Expr::col(("excluded", "amount")));
        let counted = counter_row::Entity::insert_many(counters.iter().map(row))
            .on_conflict(OnConflict::columns(key).value(counter_row::Column::Amount, more).to_owned())
            .exec_with_returning(&self.db())
            .await?;
        // In which order rows come back is not said (SQLite, section "RETURNING"; PostgreSQL does not say it either).
        let amount = |counter: &Counter| {
            let own = counted.iter().find(|row| row.name == counter.name);
            own.and_then(|row| row.amount.try_into().ok()).unwrap_or(0)
        };
        Ok(counters.iter().map(amount).collect())
    }
}

/// The name of a count.
fn subject(phone: &Phone, guessers: Guessers<'_>) -> String {
    let phone = phone.as_e164();
    match guessers {
        Guessers::Strangers => phone.to_owned(),
        Guessers::Known => format!("{phone} known"),
        Guessers::Browser(hash) => format!("{phone} known {hash}"),
    }
}

/// A column named in full, since `ON CONFLICT` sees the stored and the offered row.
fn stored_failures(column: &'static str) -> Expr {
    Expr::col(("method_failures", column))
}

impl SystemTx {
    /// Every network that tries leaves one, wanted or not.
    pub(crate) async fn sweep_counted_starts(&self, older_than: Timestamp, most: u64) -> Result<u64> {
        let moment = counter_row::Column::WindowStart;
        // As the index says it.
        let of_starts = Expr::cust("substr(name, 1, 7) = 'starts '");
        let are_over = of_starts.and(moment.lt(older_than.millis()));
        crate::sweep::oldest_of::<counter_row::Entity>(&self.db(), moment, are_over, most).await
    }

    pub(crate) async fn sweep_counters(&self, older_than: Timestamp, most: u64) -> Result<u64> {
        crate::sweep::oldest::<counter_row::Entity>(
            &self.db(),
            counter_row::Column::WindowStart,
            older_than,
            most,
        )
        .await
    }
}
