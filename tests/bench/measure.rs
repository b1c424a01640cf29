//! Measuring: how long, how often, at what cost. Times by the machine's clock, processor time and memory by `/proc`.

use std::time::{Duration, Instant};

use crate::Outcome;

/// The present moment.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures; this is its one clock")]
pub fn now() -> Instant {
    Instant::now()
}

/// How long something took, many times.
#[derive(Default, Clone)]
pub struct Times {
    micros: Vec<u32>,
}

impl Times {
    pub fn record(&mut self, since: Instant) {
        self.add(since.elapsed());
    }

    pub fn add(&mut self, span: Duration) {
        self.micros.push(u32::try_from(span.as_micros()).unwrap_or(u32::MAX));
    }

    pub fn merge(&mut self, other: &Self) {
        self.micros.extend_from_slice(&other.micros);
    }

    pub fn clear(&mut self) {
        self.micros.clear();
    }

    pub fn count(&self) -> usize {
        self.micros.len()
    }

    /// The longest time.
    pub fn longest(&self) -> Duration {
        Duration::from_micros(self.micros.iter().copied().max().unwrap_or_default().into())
    }

    /// The time that `per_cent` of all were not longer than.
    pub fn percentile(&self, per_cent: usize) -> Duration {
        let mut sorted = self.micros.clone();
        sorted.sort_unstable();
        let place = (sorted.len() * per_cent).div_ceil(100).saturating_sub(1);
        Duration::from_micros(sorted.get(place).copied().unwrap_or_default().into())
    }
}

/// The median of some figures; nothing of none.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The least, the median and the most of some figures.
pub struct Spread {
    pub least: f64,
    pub median: f64,
    pub most: f64,
}

impl Spread {
    pub fn of(figures: &[f64]) -> Self {
        Self {
            least: figures.iter().copied().fold(f64::INFINITY, f64::min),
            median: median(figures.to_vec()),
            most: figures.iter().copied().fold(0.0, f64::max),
        }
    }
}

/// Clock ticks in a second, as `/proc` counts them on every Linux that Rust runs on.
const TICKS: f64 = 100.0;

/// Seconds of processor time a process has used.
pub fn processor_seconds(process: u32) -> Outcome<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name before the last bracket may hold anything; user and system time are the 12th and 13th field after it.
    let fields = stat.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default();
    let mut times = fields.split_whitespace().skip(11);
    let mut next = || times.next().unwrap_or_default().parse::<f64>();
    Ok((next()? + next()?) / TICKS)
}

/// Seconds of processor time the whole machine has used, all cores together.
pub fn machine_seconds() -> Outcome<f64> {
    let stat = std::fs::read_to_string("/proc/stat")?;
    let first = stat.lines().next().unwrap_or_default();
    let times = first.split_whitespace().skip(1).take(8).map(str::parse::<f64>);
    let times = times.collect::<Result<Vec<_>, _>>()?;
    // The fourth is idle time, the fifth is idle time in which a disk was waited for.
    let idle: f64 = times.iter().skip(3).take(2).sum();
    Ok((times.iter().sum::<f64>() - idle) / TICKS)
}

/// Resident memory of a process, in megabytes (10⁶ bytes).
pub fn resident_megabytes(process: u32) -> Outcome<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    let kibibytes: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kibibytes * 1024.0 / 1_000_000.0)
}
