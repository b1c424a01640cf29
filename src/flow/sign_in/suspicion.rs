//! Whether the range a number is of is suspicious: looked up for strangers, told to the developer, and acted upon where the
//! pool says so. It knows nothing of who has a number: known and unknown ones of a range are answered alike.

use watchword_domain::conversion::{BASELINE, TRAFFIC_WINDOW, Traffic, Verdict, judge, over_at, settled};
use watchword_domain::failures::Device;
use watchword_domain::limits::window_start;
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
    /// Until when a message to the number's range takes a proof, if it does.
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
        let until = self.suspicion(pool, phone, device).await?;
        let proof = asker.proof.map(|answer| self.read_proof(&pool.id, asker.browser, answer));
        Ok(Doubt { until, proof: proof.transpose()?.flatten() })
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

    /// Until when a message to this number takes a proof of work, if it does. Browsers that signed in with the number are
    /// never asked.
    ///
    /// # Errors
    /// When nothing is sent to its range for now; when the database fails.
    pub(super) async fn suspicion(
        &self,
        pool: &Pool,
        phone: &Phone,
        device: Device,
    ) -> Outcome<Option<Timestamp>, SendRefusal> {
        let monitor = pool.limits(&self.settings.limits).monitor;
        if device == Device::Known || monitor == Monitor::Off {
            return Ok(None);
        }
        let (now, life, prefix) = (self.clock.now(), self.settings.lifetimes.code(), phone.prefix());
        let since = now - BASELINE - TRAFFIC_WINDOW;
        let traffic = self.store.read(&pool.id).find_traffic(&prefix, since).await?;
        let verdict = judge(&traffic, life, now);
        let Some(kind) = verdict.name() else { return Ok(None) };
        count(kind, monitor, phone);
        let told = facts(&traffic, settled(&traffic, life, now), kind, now);
        self.raise(pool, &AlertRow { subject: prefix, ..told }).await?;
        match (monitor, verdict) {
            (Monitor::Protect, Verdict::Stop) => {
                Err(Error::Refused(SendRefusal::Stopped(over_at(&traffic, life, now))))
            }
            (Monitor::Protect, Verdict::Proof(_)) => Ok(Some(over_at(&traffic, life, now))),
            _ => Ok(None),
        }
    }
}

/// What a developer is told: how many codes came back of how many; for a surge, of those sent in this window.
fn facts(traffic: &[Traffic], (sent, verified): (u32, u32), kind: &str, now: Timestamp) -> AlertRow {
    let window = window_start(TRAFFIC_WINDOW, now);
    let current = traffic.iter().find(|traffic| traffic.window == window).filter(|_| kind == "surge");
    let (amount, most) = current.map_or((verified, sent), |current| (current.verified, current.sent));
    AlertRow {
        kind: kind.to_owned(),
        subject: String::new(),
        window,
        percent: 0,
        amount: amount.into(),
        most: most.into(),
        raised_at: now,
    }
}

fn count(kind: &'static str, monitor: Monitor, phone: &Phone) {
    let country = phone.country().map_or_else(|| "unknown".to_owned(), |country| country.to_string());
    let labels = [("kind", kind.to_owned()), ("mode", monitor.as_str().to_owned()), ("country", country)];
    metrics::counter!("watchword_suspicious_starts_total", &labels).increment(1);
}
