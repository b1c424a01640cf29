//! Telling a developer of a limit: once for each thing, over all nodes, as a row, in the log and in a metric.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use watchword_domain::Timestamp;
use watchword_domain::ids::PoolId;
use watchword_domain::pool::Pool;
use watchword_store::AlertRow;

use crate::Watchword;
use crate::error::Fault;

/// The window in which what happens to people is told once for each range of numbers.
pub(crate) const HOUR: Duration = Duration::from_secs(60 * 60);

/// What this node knows to be told: while something is wrong it would ask the database again with every start.
#[derive(Default)]
pub(crate) struct Told(Mutex<HashSet<Key>>);

type Key = (PoolId, String, String, u8, Timestamp);

/// What is remembered at most; forgetting costs a question to the database.
const MOST: usize = 10_000;

impl Told {
    fn has(&self, key: &Key) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(key)
    }

    fn add(&self, key: Key) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() >= MOST {
            told.clear();
        }
        told.insert(key);
    }
}

impl Watchword {
    /// Tells of something noticed outside any transaction, unless somebody did.
    pub(crate) async fn raise(&self, pool: &Pool, alert: &AlertRow) -> Result<(), Fault> {
        let subject = (alert.kind.clone(), alert.subject.clone());
        let key = (pool.id.clone(), subject.0, subject.1, alert.percent, alert.window);
        if self.told.has(&key) {
            return Ok(());
        }
        let tx = self.store.begin(&pool.id).await?;
        if tx.claim_alert(alert).await? {
            tx.commit().await?;
            tell(pool, alert);
        }
        self.told.add(key);
        Ok(())
    }
}

/// Tells of an alert that was claimed and committed.
pub(crate) fn tell(pool: &Pool, alert: &AlertRow) {
    let labels = [("kind", alert.kind.clone()), ("percent", alert.percent.to_string())];
    metrics::counter!("watchword_limit_alerts_total", &labels).increment(1);
    tracing::warn!(
        domain = pool.domain,
        kind = alert.kind,
        range = alert.subject,
        percent = alert.percent,
        amount = alert.amount,
        most = alert.most,
        "a limit of a project wants attention; see `watchword project alerts`"
    );
}
