//! A project's limits as its developer sees them: what was used of each budget, what was told, which ranges of numbers are
//! suspicious, why people were refused; and what the project decides of them.

use std::time::Duration;

use watchword_domain::Timestamp;
use watchword_domain::budgets::Budget;
use watchword_domain::conversion::{Look, Seen, Subject, Verdict, over_at};
use watchword_domain::pool::{Pool, PoolSettings};
use watchword_store::{AlertRow, RefusalRow};

use crate::Watchword;
use crate::error::Fault;
use crate::sign_in::counter_of;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long alerts are kept and shown.
const ALERTS: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Alerts and ranges that are shown at most.
const MOST: u64 = 100;

/// A budget and what was used of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// The budget.
    pub budget: Budget,
    /// How much was used since its hour or day began.
    pub used: u64,
    /// When it is whole again.
    pub until: Timestamp,
}

/// The traffic to a range of numbers or a country, from a network, or of all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// Which one.
    pub subject: Subject,
    /// Codes within the last day.
    pub sent_day: u64,
    /// Right codes among them.
    pub verified_day: u64,
    /// Codes that are judged: those of the last hour whose life is over.
    pub sent: u32,
    /// Right codes among these.
    pub verified: u32,
    /// What one more message is asked for, or would be.
    pub verdict: Verdict,
    /// When that is over if nothing more happens; none when nothing is asked.
    pub until: Option<Timestamp>,
}

impl Watchword {
    /// A pool's budgets and what was used of them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn usage(&self, pool: &Pool) -> Result<Vec<Usage>, Fault> {
        let (now, rows) = (self.clock.now(), self.store.read(&pool.id));
        let mut usage = Vec::new();
        for budget in pool.budgets(&self.settings.limits, now) {
            let used = rows.find_amount(&counter_of(pool, &budget), budget.start(now)).await?;
            usage.push(Usage { budget, used, until: budget.end(now) });
        }
        Ok(usage)
    }

    /// Until when a pool's project counts as new, if it does.
    pub fn probation_ends(&self, pool: &Pool) -> Option<Timestamp> {
        pool.probation_ends(&self.settings.limits).filter(|end| self.clock.now() < *end)
    }

    /// Changes what a project decided, and gives the pool as it is then. Other nodes follow within two seconds.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn change_settings(
        &self,
        pool: &Pool,
        change: impl FnOnce(&mut PoolSettings) + Send,
    ) -> Result<Pool, Fault> {
        let tx = self.store.begin(&pool.id).await?;
        let mut settings = tx.lock_pool_settings().await?.ok_or(Fault::Missing("settings of a pool"))?;
        change(&mut settings);
        tx.save_pool_settings(&settings).await?;
        tx.commit().await?;
        self.directory.forget_pool(pool);
        Ok(Pool { settings, ..pool.clone() })
    }

    /// What was told of a pool's limits within 30 days, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn alerts(&self, pool: &Pool) -> Result<Vec<AlertRow>, Fault> {
        Ok(self.store.read(&pool.id).list_alerts(self.clock.now() - ALERTS, MOST).await?)
    }

    /// The ranges, countries and networks of most codes within a day, and what is made of them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ranges(&self, pool: &Pool) -> Result<Vec<Range>, Fault> {
        let (now, life) = (self.clock.now(), self.settings.lifetimes.code());
        let rows = self.store.read(&pool.id);
        let subjects = rows.list_subjects(now - DAY, MOST).await?;
        let range = |seen: Seen| {
            let (sent, verified) = seen.settled(life, now);
            let verdict = seen.judge(life, now);
            Range {
                sent_day: seen.traffic.iter().map(|one| u64::from(one.sent)).sum(),
                verified_day: seen.traffic.iter().map(|one| u64::from(one.verified)).sum(),
                sent,
                verified,
                verdict,
                until: (verdict != Verdict::Free).then(|| over_at(std::slice::from_ref(&seen), life, now)),
                subject: seen.subject,
            }
        };
        Ok(rows.find_traffic(&subjects, Look::at(now)).await?.into_iter().map(range).collect())
    }

    /// Why people were refused a code within the last day, hour by hour, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refusals(&self, pool: &Pool) -> Result<Vec<RefusalRow>, Fault> {
        Ok(self.store.read(&pool.id).list_refusals(self.clock.now() - DAY).await?)
    }
}
