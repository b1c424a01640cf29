//! Putting load on: so many workers, each doing one thing after another, for so long; and what it cost.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::Outcome;
use crate::measure::{Times, machine_seconds, now, processor_seconds, resident_megabytes};

/// How much later than planned the last answer may come.
const PATIENCE: Duration = Duration::from_secs(30);

/// Somebody who does one thing again and again.
pub trait Worker: 'static {
    /// Does it once. The times of its parts go into `parts`, in an order of the worker's own.
    fn once(&mut self, parts: &mut [Times]) -> impl Future<Output = Outcome<()>>;
}

/// The processes whose cost is told.
#[derive(Clone, Copy)]
pub struct Watched {
    pub provider: u32,
    pub simulator: u32,
}

/// Processor time by whom it was spent: in seconds, or in cores that were busy.
pub struct Cores {
    pub provider: f64,
    pub simulator: f64,
    pub generator: f64,
    /// All of the machine, whoever else is on it.
    pub machine: f64,
}

impl Cores {
    /// What was spent so far, in seconds.
    fn spent(watched: Watched) -> Outcome<Self> {
        Ok(Self {
            provider: processor_seconds(watched.provider)?,
            simulator: processor_seconds(watched.simulator)?,
            generator: processor_seconds(std::process::id())?,
            machine: machine_seconds()?,
        })
    }

    fn since(&self, before: &Self, seconds: f64) -> Self {
        let cores = |now: f64, then: f64| (now - then) / seconds;
        Self {
            provider: cores(self.provider, before.provider),
            simulator: cores(self.simulator, before.simulator),
            generator: cores(self.generator, before.generator),
            machine: cores(self.machine, before.machine),
        }
    }
}

/// What a load came to.
pub struct Load {
    pub per_second: f64,
    pub p50: Duration,
    pub p99: Duration,
    /// Processor cores that were busy.
    pub cores: Cores,
    /// Resident memory of the provider at its end.
    pub megabytes: f64,
    /// The times of the parts of what was done.
    pub parts: Vec<Times>,
}

/// Lets the workers work for this long, with a part of it beforehand that is not counted. Gives them back.
pub async fn load<W: Worker>(
    workers: Vec<W>,
    parts: usize,
    span: Duration,
    watched: Watched,
) -> Outcome<(Load, Vec<W>)> {
    let begin = now() + span / 10;
    let end = begin + span;
    let mut working = JoinSet::new();
    for worker in workers {
        working.spawn_local(work(worker, parts, begin, end));
    }
    tokio::time::sleep(begin.saturating_duration_since(now())).await;
    let before = Cores::spent(watched)?;
    tokio::time::sleep(end.saturating_duration_since(now())).await;
    let after = Cores::spent(watched)?;
    let megabytes = resident_megabytes(watched.provider)?;
    let (mut whole, mut all, mut back) = (Times::default(), vec![Times::default(); parts], Vec::new());
    while let Some(done) = tokio::time::timeout(PATIENCE, working.join_next()).await? {
        let (worker, times, its) = done??;
        whole.merge(&times);
        all.iter_mut().zip(&its).for_each(|(all, its)| all.merge(its));
        back.push(worker);
    }
    let seconds = span.as_secs_f64();
    let load = Load {
        per_second: u32::try_from(whole.count()).map(f64::from)? / seconds,
        p50: whole.percentile(50),
        p99: whole.percentile(99),
        cores: after.since(&before, seconds),
        megabytes,
        parts: all,
    };
    Ok((load, back))
}

async fn work<W: Worker>(
    mut worker: W,
    parts: usize,
    begin: Instant,
    end: Instant,
) -> Outcome<(W, Times, Vec<Times>)> {
    let (mut whole, mut its) = (Times::default(), vec![Times::default(); parts]);
    let mut counting = false;
    loop {
        let started = now();
        if !counting && started >= begin {
            counting = true;
            its.iter_mut().for_each(Times::clear);
        }
        if started >= end {
            return Ok((worker, whole, its));
        }
        worker.once(&mut its).await?;
        // What is still under way at the end is finished, and counts for no second.
        if counting && now() < end {
            whole.record(started);
        }
    }
}
