//! A backlog: many messages wait when the provider starts. How fast it hands them over against what its sender allows, and
//! whether its memory stays where it is meanwhile.

use std::collections::{HashSet, VecDeque};
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::graph::{Call, Graph};
use crate::house::{House, MESSAGES_PER_SECOND};
use crate::measure::{Spread, now, processor_seconds, resident_megabytes};
use crate::options::Options;
use crate::stored::{self, Writer};

/// Its name in the table.
pub const NAME: &str = "backlog";

/// How often memory is read.
const PACE: Duration = Duration::from_secs(1);

/// How long it may take at most: thrice what it should, and a while.
const PATIENCE: Duration = Duration::from_secs(30);

/// Messages whose outcome is written down.
const ACCEPTED: &str = "SELECT COUNT(*) FROM messages WHERE state = 'accepted' AND accepted_at IS NOT NULL";

/// What it came to.
pub struct Backlog {
    /// How many waited.
    pub messages: usize,
    /// How many were handed over in a second, from the first to the last.
    pub per_second: f64,
    /// The most that were within any one second.
    pub most_in_a_second: usize,
    /// From the first to the last.
    pub took: Duration,
    /// Resident memory of the provider while it did, a reading a second.
    pub megabytes: Spread,
    /// The same when the first messages had gone, and just before the last.
    pub first_and_last: (f64, f64),
    /// Processor cores the provider kept busy.
    pub cores: f64,
}

/// Measures it in a house of its own.
pub async fn measure(options: &Options) -> Outcome<Backlog> {
    let graph = Graph::listen().await?;
    let mut house = House::beside(&options.program, graph.address)?;
    let project = house.create_project("acme", "web")?;
    let writer = Writer::open(&house, &project.pool_id).await?;
    let messages = writer.queue(options.backlog).await?.len();
    writer.close().await?;

    house.start_provider().await?;
    let process = house.provider_process()?;
    let (before, began) = (processor_seconds(process)?, now());
    let megabytes = drain(&graph, process, messages).await?;
    let cores = (processor_seconds(process)? - before) / began.elapsed().as_secs_f64();
    // Then it ends as soon as every answer is written down.
    graph.settle().await;
    house.end_provider()?;
    let accepted = stored::count(&house, ACCEPTED).await?;
    if accepted != messages {
        return Err(format!("{accepted} of {messages} messages were written down as accepted").into());
    }
    summary(&graph.take(), &megabytes, cores)
}

/// Until all are handed over. Gives the provider's memory, second by second.
async fn drain(graph: &Graph, process: u32, messages: usize) -> Outcome<Vec<f64>> {
    let allowed = Duration::from_secs(1) * u32::try_from(messages)? / MESSAGES_PER_SECOND;
    let (deadline, mut megabytes) = (now() + allowed * 3 + PATIENCE, Vec::new());
    while graph.count() < messages {
        if now() > deadline {
            return Err(format!("{} of {messages} messages were handed over in time", graph.count()).into());
        }
        tokio::time::sleep(PACE).await;
        megabytes.push(resident_megabytes(process)?);
    }
    Ok(megabytes)
}

fn summary(calls: &[Call], megabytes: &[f64], cores: f64) -> Outcome<Backlog> {
    let distinct: HashSet<&str> = calls.iter().map(|call| call.message.as_str()).collect();
    if distinct.len() != calls.len() {
        return Err(format!("{} messages were handed over twice", calls.len() - distinct.len()).into());
    }
    let mut moments: Vec<Instant> = calls.iter().map(|call| call.at).collect();
    moments.sort_unstable();
    let (first, last) = moments.first().zip(moments.last()).ok_or("nothing was handed over")?;
    let took = last.duration_since(*first);
    Ok(Backlog {
        messages: calls.len(),
        per_second: f64::from(u32::try_from(calls.len() - 1)?) / took.as_secs_f64(),
        most_in_a_second: most_in_a_second(&moments),
        took,
        megabytes: Spread::of(megabytes),
        first_and_last: megabytes.first().copied().zip(megabytes.last().copied()).ok_or("no reading")?,
        cores,
    })
}

/// The most of these moments, in order, that lie within one second.
fn most_in_a_second(moments: &[Instant]) -> usize {
    let (mut within, mut most) = (VecDeque::new(), 0);
    for moment in moments {
        within.push_back(*moment);
        while within.front().is_some_and(|first| moment.duration_since(*first) >= Duration::from_secs(1)) {
            within.pop_front();
        }
        most = most.max(within.len());
    }
    most
}
