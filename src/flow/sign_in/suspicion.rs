//! Whether the range a number is of, the network it is typed in, or what is around them is suspicious: looked up for
//! strangers, told to the developer, and acted upon where the pool says so. It knows nothing of who has a number: known
//! and unknown ones of a range are answered alike.

use std::time::Duration;

use watchword_domain::conversion::{
    Look, Seen, Subject, TRAFFIC_WINDOW, Verdict, over_at, strictest, subjects,
};
use watchword_domain::failures::Device;
use watchword_domain::limits::{wide_network_of, window_start};
use watchword_domain::monitor::Monitor;
use watchword_domain::pool::Pool;
use watchword_domain::proof::{Puzzle, is_enough};
use watchword_domain::{Phone, Timestamp};
use watchword_store::{AlertRow, PoolTx};

use super::Asker;
use super::refusal::SendRefusal;
use crate::Watchword;
use crate::error::{Error, Fault, Outcome};
use crate::proof_of_work::Proof;

/// What is doubted of a message, and the proof of work that was brought against it.
pub(super) struct Doubt {
    /// The wide network it is asked for from.
    pub(super) network: String,
    /// Until when a message takes a proof, if it does.
    pub(super) until: Option<Timestamp>,
    proof: Option<Proof>,
}

impl Doubt {
    /// Notes that its proof was spent, whatever came of the message: nobody takes it a second time.
    pub(super) async fn forget_proof(&self, tx: &PoolTx) -> Result<(), Fault> {
        if let Some(proof) = &self.proof {
            tx.claim_proof(&proof.id, proof.expires_at).await?;
        }
        Ok(())
    }
}

impl Watchword {
    /// What is doubted of a message that this person asks for.
    ///
    /// # Errors
    /// As [`suspicion`](Self::suspicion).
    pub(super) async fn doubt(
        &self,
        pool: &Pool,
        asker: &Asker<'_>,
        phone: &Phone,
        device: Device,
    ) -> Outcome<Doubt, SendRefusal> {
        let network = wide_network_of(asker.address);
        let until = self.suspicion(pool, (phone, Some(&network)), device).await?;
        let proof = asker.proof.map(|answer| self.read_proof(&pool.id, asker.browser, answer));
        Ok(Doubt { network, until, proof: proof.transpose()?.flatten() })
    }

    /// Takes a proof of work for a further message of a sign-in, where its range is suspicious.
    ///
    /// # Errors
    /// When none was brought; when the database fails.
    pub(super) async fn dispel(&self, tx: &PoolTx, doubt: &Doubt) -> Outcome<(), SendRefusal> {
        let Some(until) = doubt.until else { return Ok(()) };
        match self.spends_proof(tx, doubt, self.settings.limits.proof_bits).await? {
            true => Ok(()),
            false => Err(Error::Refused(self.asks_proof(until))),
        }
    }

    /// The refusal of a further message for want of a proof of work.
    pub(super) fn asks_proof(&self, until: Timestamp) -> SendRefusal {
        SendRefusal::Proof { puzzle: Puzzle::of(self.settings.limits.proof_bits), until }
    }

    /// Whether a proof of this much work was brought, and not spent before; it is now.
    pub(super) async fn spends_proof(&self, tx: &PoolTx, doubt: &Doubt, asked: u8) -> Result<bool, Fault> {
        match &doubt.proof {
            Some(proof) if is_enough(proof.work, asked) => {
                Ok(tx.claim_proof(&proof.id, proof.expires_at).await?)
            }
            _ => Ok(false),
        }
    }

    /// Until when a message to this number that is asked for from this network takes a proof of work, if it does. Browsers
    /// that signed in with the number are never asked.
    ///
    /// # Errors
    /// When nothing is sent there for now; when the database fails.
    pub(super) async fn suspicion(
        &self,
        pool: &Pool,
        (phone, network): (&Phone, Option<&str>),
        device: Device,
    ) -> Outcome<Option<Timestamp>, SendRefusal> {
        let monitor = pool.limits(&self.settings.limits).monitor;
        if device == Device::Known || monitor == Monitor::Off {
            return Ok(None);
        }
        let (now, life) = (self.clock.now(), self.settings.lifetimes.code());
        let seen = self.store.read(&pool.id).find_traffic(&subjects(phone, network), Look::at(now)).await?;
        let Some((whose, verdict)) = strictest(&seen, life, now) else { return Ok(None) };
        let Some(kind) = verdict.name() else { return Ok(None) };
        count((kind, whose.subject.kind()), monitor, phone);
        self.raise(pool, &facts(whose, life, kind, now)).await?;
        match (monitor, verdict) {
            (Monitor::Protect, Verdict::Stop) => {
                let is_network = matches!(whose.subject, Subject::Network(_));
                Err(Error::Refused(SendRefusal::Stopped { until: over_at(&seen, life, now), is_network }))
            }
            (Monitor::Protect, Verdict::Proof(_)) => Ok(Some(over_at(&seen, life, now))),
            _ => Ok(None),
        }
    }
}

/// What a developer is told: how many codes came back of how many; for a surge, of those sent in this window.
fn facts(seen: &Seen, life: Duration, kind: &str, now: Timestamp) -> AlertRow {
    let window = window_start(TRAFFIC_WINDOW, now);
    let (sent, verified) = seen.settled(life, now);
    let current = seen.traffic.iter().find(|traffic| traffic.window == window).filter(|_| kind == "surge");
    let (amount, most) = current.map_or((verified, sent), |current| (current.verified, current.sent));
    AlertRow {
        kind: kind.to_owned(),
        subject: seen.subject.text(),
        window,
        percent: 0,
        amount: amount.into(),
        most: most.into(),
        raised_at: now,
    }
}

fn count((kind, subject): (&'static str, &'static str), monitor: Monitor, phone: &Phone) {
    let country = phone.country().map_or_else(|| "unknown".to_owned(), |country| country.to_string());
    let (kind, subject, mode) = (kind.to_owned(), subject.to_owned(), monitor.as_str().to_owned());
    let labels = [("kind", kind), ("subject", subject), ("mode", mode), ("country", country)];
    metrics::counter!("watchword_suspicious_starts_total", &labels).increment(1);
}
