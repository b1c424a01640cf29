//! Whether the range a number is of is suspicious: looked up for strangers, told to the developer, and acted upon where the
//! pool says so. It knows nothing of who has a number: known and unknown ones of a range are answered alike.

use watchword_domain::conversion::{BASELINE, TRAFFIC_WINDOW, Traffic, Verdict, judge, over_at, settled};
use watchword_domain::failures::Device;
use watchword_domain::limits::window_start;
use watchword_domain::monitor::Monitor;
use watchword_domain::pool::Pool;
use watchword_domain::{Phone, Timestamp};
use watchword_store::AlertRow;

use super::refusal::SendRefusal;
use crate::Watchword;
use crate::error::{Error, Outcome};

impl Watchword {
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
