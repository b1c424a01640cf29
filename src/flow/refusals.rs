//! Counting refusals, so that a developer learns why users waited. They are gathered in memory and written every few
//! seconds: a refusal is what a flood gets, and it must cost less than what it refuses.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use watchword_domain::Timestamp;
use watchword_domain::country::Country;
use watchword_domain::ids::PoolId;
use watchword_domain::limits::window_start;
use watchword_store::RefusalRow;

use crate::Watchword;
use crate::error::Fault;

const HOUR: Duration = Duration::from_secs(60 * 60);

/// What is not written yet. As many entries as there are limits and countries, for each pool.
#[derive(Default)]
pub(crate) struct Refusals(Mutex<HashMap<Key, u64>>);

type Key = (PoolId, &'static str, Option<Country>, Timestamp);

impl Refusals {
    fn add(&self, key: Key, amount: u64) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *waiting.entry(key).or_default() += amount;
    }

    fn take(&self) -> HashMap<Key, u64> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Watchword {
    /// Counts a refusal by the limit that bit and the number's country.
    pub(crate) fn count_refusal(&self, pool: &PoolId, reason: &'static str, country: Option<Country>) {
        let hour = window_start(HOUR, self.clock.now());
        self.refusals.add((pool.clone(), reason, country, hour), 1);
        let labels = [("reason", reason.to_owned()), ("country", name_of(country))];
        metrics::counter!("watchword_refusals_total", &labels).increment(1);
    }

    /// Writes the refusals that were gathered; what cannot be written is kept for the next time. Gives how many kinds.
    pub(crate) async fn write_refusals(&self) -> Result<u64, Fault> {
        let mut by_pool: HashMap<PoolId, Vec<(Key, u64)>> = HashMap::new();
        for (key, amount) in self.refusals.take() {
            by_pool.entry(key.0.clone()).or_default().push((key, amount));
        }
        let (mut written, mut failed) = (0, None);
        for (pool, mut gathered) in by_pool {
            // Nodes that write at the same moment reach the rows in one order.
            gathered.sort_unstable_by_key(|(key, _)| (key.1, key.2, key.3));
            match self.write_refusals_of(&pool, &gathered).await {
                Ok(()) => written += gathered.len() as u64,
                Err(fault) => {
                    gathered.into_iter().for_each(|(key, amount)| self.refusals.add(key, amount));
                    failed = Some(fault);
                }
            }
        }
        failed.map_or(Ok(written), Err)
    }

    async fn write_refusals_of(&self, pool: &PoolId, gathered: &[(Key, u64)]) -> Result<(), Fault> {
        let tx = self.store.begin(pool).await?;
        for ((_, reason, country, hour), amount) in gathered {
            let country = country.map(|country| country.to_string()).unwrap_or_default();
            let row = RefusalRow { reason: (*reason).to_owned(), country, hour: *hour, amount: *amount };
            tx.count_refusals(&row).await?;
        }
        Ok(tx.commit().await?)
    }
}

fn name_of(country: Option<Country>) -> String {
    country.map_or_else(|| "unknown".to_owned(), |country| country.to_string())
}
