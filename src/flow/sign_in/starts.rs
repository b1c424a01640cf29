//! How many sign-ins are started, and by whom: each address and each known browser has a count.

use std::net::IpAddr;

use watchword_domain::Timestamp;
use watchword_domain::failures::Device;
use watchword_domain::limits::{ADDRESS_WINDOW, network_of, sliding_count, window_start};
use watchword_domain::pool::Pool;
use watchword_store::PoolTx;

use super::typed::SendRefusal;
use crate::Watchword;
use crate::browser::Browser;
use crate::error::{Error, Fault, Outcome};

/// What starts are counted by: each counter has the same limit.
pub(super) struct StartCount {
    name: String,
    /// How far it came in the window before the present one.
    previous: u32,
}

/// The counter's name. A browser the number signed in with before has a count of its own: a crowd behind its address
/// does not shut it out, nor does its mark open the door without end. All others are counted by their address.
pub(super) fn start_counter(device: Device, browser: &Browser, address: IpAddr) -> String {
    match device {
        Device::Known => format!("starts in browser {}", browser.hash()),
        Device::Unknown => format!("starts from {}", network_of(address)),
    }
}

impl Watchword {
    /// What a start is counted by, with what the window before the present one holds.
    pub(super) async fn start_count(&self, pool: &Pool, name: String) -> Result<StartCount, Fault> {
        let before = window_start(ADDRESS_WINDOW, self.clock.now()) - ADDRESS_WINDOW;
        let previous = self.store.read(&pool.id).find_count(&name, before).await?;
        Ok(StartCount { name, previous })
    }

    pub(super) async fn count_start(
        &self,
        tx: &PoolTx,
        count: &StartCount,
        now: Timestamp,
    ) -> Outcome<(), SendRefusal> {
        let window = window_start(ADDRESS_WINDOW, now);
        let current = tx.count(&count.name, window).await?;
        if sliding_count(count.previous, current, ADDRESS_WINDOW, now)
            > self.settings.limits.starts_per_address
        {
            return Err(Error::Refused(SendRefusal::Address(window + ADDRESS_WINDOW)));
        }
        Ok(())
    }

    /// A refusal takes back what its transaction did, the count of this start with it; so the count is made anew.
    /// Otherwise whoever tries numbers only to see which had a code lately would be counted by nothing.
    pub(super) async fn count_refused<T>(
        &self,
        pool: &Pool,
        count: &StartCount,
        outcome: &Outcome<T, SendRefusal>,
    ) -> Result<(), Fault> {
        if !matches!(outcome, Err(Error::Refused(refusal)) if !matches!(refusal, SendRefusal::Address(_))) {
            return Ok(());
        }
        let tx = self.store.begin(&pool.id).await?;
        tx.count(&count.name, window_start(ADDRESS_WINDOW, self.clock.now())).await?;
        Ok(tx.commit().await?)
    }
}
