//! How many sign-ins are started, and by whom: each address and each known browser has a count. The first ones are free, then
//! each takes a proof of work, and in the end there is a wait.

use watchword_domain::failures::Device;
use watchword_domain::limits::{ADDRESS_WINDOW, calm_at, network_of, sliding_count, window_start};
use watchword_domain::pool::Pool;
use watchword_domain::proof::Puzzle;
use watchword_domain::{Phone, Timestamp};
use watchword_store::PoolTx;

use super::Asker;
use super::refusal::SendRefusal;
use super::suspicion::Doubt;
use crate::Watchword;
use crate::error::{Error, Fault, Outcome};

/// Who starts a sign-in, and with which number.
pub(super) struct Starter<'a> {
    pub(super) asker: Asker<'a>,
    pub(super) phone: &'a Phone,
    pub(super) device: Device,
}

/// What starts are counted by (each counter has the same limits) and what this one brings.
pub(super) struct StartCount {
    name: String,
    /// How far it came in the window before the present one.
    previous: u32,
    pub(super) doubt: Doubt,
}

/// What is asked of whoever wants a message.
pub(super) enum Toll<'a> {
    /// A start is counted, and takes a proof of work after the first ones and where the range is suspicious.
    Start(&'a StartCount),
    /// A new code within a sign-in takes one where the range is suspicious and it goes by SMS: there fraud pays.
    Again(&'a Doubt),
}

impl Toll<'_> {
    /// What is doubted of whoever pays it.
    pub(super) fn doubt(&self) -> &Doubt {
        match self {
            Self::Start(count) => &count.doubt,
            Self::Again(doubt) => doubt,
        }
    }
}

/// The counter's name. A browser the number signed in with before has a count of its own: a crowd behind its address
/// does not shut it out, nor does its mark open the door without end. All others are counted by their address.
fn counter_of(starter: &Starter<'_>) -> String {
    match starter.device {
        Device::Known => format!("starts in browser {}", starter.asker.browser.hash()),
        Device::Unknown => format!("starts from {}", network_of(starter.asker.address)),
    }
}

impl Watchword {
    /// What a start is counted by, with what the window before the present one holds.
    pub(super) async fn start_count(
        &self,
        pool: &Pool,
        starter: &Starter<'_>,
    ) -> Outcome<StartCount, SendRefusal> {
        let (rows, name, now) = (self.store.read(&pool.id), counter_of(starter), self.clock.now());
        let window = window_start(ADDRESS_WINDOW, now);
        let previous = rows.find_count(&name, window - ADDRESS_WINDOW).await?;
        // Whoever has had all starts learns nothing more of any number.
        let current = rows.find_count(&name, window).await?;
        let most = self.settings.limits.starts_per_address;
        if sliding_count(previous, current.saturating_add(1), ADDRESS_WINDOW, now) > most {
            let until = calm_at(previous, current, most, ADDRESS_WINDOW, now);
            return Err(Error::Refused(SendRefusal::Address(until)));
        }
        match self.doubt(pool, &starter.asker, starter.phone, starter.device).await {
            Ok(doubt) => Ok(StartCount { name, previous, doubt }),
            Err(Error::Fault(fault)) => Err(Error::Fault(fault)),
            Err(refused) => {
                let tx = self.store.begin(&pool.id).await?;
                tx.count(&name, window).await?;
                tx.commit().await?;
                Err(refused)
            }
        }
    }

    /// Counts a start, and spends its proof of work where it takes one.
    pub(super) async fn count_start(
        &self,
        tx: &PoolTx,
        count: &StartCount,
        now: Timestamp,
    ) -> Outcome<(), SendRefusal> {
        let limits = &self.settings.limits;
        let current = tx.count(&count.name, window_start(ADDRESS_WINDOW, now)).await?;
        let starts = sliding_count(count.previous, current, ADDRESS_WINDOW, now);
        // This one is not among those that are counted when it is refused.
        let calm = |most| calm_at(count.previous, current.saturating_sub(1), most, ADDRESS_WINDOW, now);
        if starts > limits.starts_per_address {
            return Err(Error::Refused(SendRefusal::Address(calm(limits.starts_per_address))));
        }
        let Some(work) = limits.proof_asked(starts, count.doubt.until.is_some()) else { return Ok(()) };
        if self.spends_proof(tx, &count.doubt, work).await? {
            return Ok(());
        }
        let until = calm(limits.starts_before_proof).max(count.doubt.until.unwrap_or(now));
        Err(Error::Refused(SendRefusal::Proof { puzzle: Puzzle::of(work), until }))
    }

    /// A refusal takes back what its transaction did, the count of this start and its spent proof with it; so both are made
    /// anew. Otherwise whoever tries numbers only to see which had a code lately would be counted by nothing. Where the
    /// start itself was refused nothing was learned of a number.
    pub(super) async fn count_refused<T>(
        &self,
        pool: &Pool,
        count: &StartCount,
        outcome: &Outcome<T, SendRefusal>,
    ) -> Result<(), Fault> {
        match outcome {
            Ok(_) | Err(Error::Fault(_)) => return Ok(()),
            Err(Error::Refused(SendRefusal::Address(_) | SendRefusal::Proof { .. })) => return Ok(()),
            Err(Error::Refused(_)) => {}
        }
        let tx = self.store.begin(&pool.id).await?;
        tx.count(&count.name, window_start(ADDRESS_WINDOW, self.clock.now())).await?;
        count.doubt.forget_proof(&tx).await?;
        Ok(tx.commit().await?)
    }
}
