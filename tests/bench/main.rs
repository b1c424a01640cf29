//! The load generator of `scripts/bench`: drives the release binary over loopback and prints what it measured.
//!
//! One thread, so that two cores are left for what is measured as far as possible; its own cost is in the table.

mod backlog;
mod delivery;
mod endpoints;
mod graph;
mod house;
mod journey;
mod load;
mod measure;
mod open;
mod options;
mod plan;
mod stored;
mod table;
mod webhooks;
mod wire;

use std::rc::Rc;
use std::time::Duration;

use house::House;
use journey::Client;
use load::Load;
use measure::resident_megabytes;
use options::Options;
use plan::{LOADS, Plan, parts_of};
use table::Rest;
use tokio::task::LocalSet;

/// Whatever goes wrong ends the benchmark: figures of a service that fails mean nothing.
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// How often a start is timed.
const STARTS: usize = 5;

/// How long the provider is left alone before its memory is read.
const REST: Duration = Duration::from_secs(5);

fn main() -> Outcome<()> {
    let Some(options) = Options::read(std::env::args().skip(1))? else {
        table::note("scripts/bench starts this with the binary that it is to measure");
        return Ok(());
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, run(&options))
}

/// What is asked for: the loads of people and clients in one house, and what concerns messages in a house each.
async fn run(options: &Options) -> Outcome<()> {
    if LOADS.iter().any(|name| options.wants(name)) {
        people(options).await?;
    }
    if options.wants(delivery::NAME) {
        table::note("people who ask for a code, by timetable");
        table::delivery(&delivery::measure(options).await?);
    }
    if options.wants(webhooks::NAME) {
        table::note("webhooks, by timetable");
        table::webhooks(&webhooks::measure(options).await?);
    }
    if options.wants(backlog::NAME) {
        table::note(&format!("a backlog of {} messages", options.backlog));
        table::backlog(&backlog::measure(options).await?);
    }
    Ok(())
}

async fn people(options: &Options) -> Outcome<()> {
    let mut house = House::new(&options.program)?;
    house.start_simulator().await?;
    let first_start = house.start_provider().await?;
    let clients = [("acme", "web"), ("acme-app", "spa")].map(|(domain, kind)| {
        house.create_project(domain, kind).map(|project| Rc::new(Client::new(&project)))
    });
    let [web, spa] = clients;
    let clients = [web?, spa?];
    let starts = restarts(&mut house).await?;
    table::note("left alone for a while");
    house::pause(REST);
    let idle_megabytes = resident_megabytes(house.processes()?.0)?;
    let rows = rounds(options, &house, clients).await?;
    house::pause(REST);
    let loaded_megabytes = resident_megabytes(house.processes()?.0)?;
    let late_starts = restarts(&mut house).await?;
    let database_megabytes = house.database_megabytes()?;
    house.end_provider()?;

    table::loads(&rows);
    if let Some((_, loads)) = rows.iter().find(|(name, _)| *name == "complete sign-ins") {
        table::parts(&parts_of(loads));
    }
    table::rest(&Rest {
        first_start,
        starts,
        late_starts,
        idle_megabytes,
        loaded_megabytes,
        database_megabytes,
    });
    Ok(())
}

/// Ends the provider and starts it again, a few times.
async fn restarts(house: &mut House) -> Outcome<Vec<Duration>> {
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        house.end_provider()?;
        starts.push(house.start_provider().await?);
    }
    Ok(starts)
}

async fn rounds(
    options: &Options,
    house: &House,
    clients: [Rc<Client>; 2],
) -> Outcome<Vec<(&'static str, Vec<Load>)>> {
    let mut plan = Plan::new(options, house, clients).await?;
    let wanted = LOADS.into_iter().filter(|name| options.wants(name));
    let mut rows: Vec<(&str, Vec<Load>)> = wanted.map(|name| (name, Vec::new())).collect();
    for round in 1..=options.rounds {
        for (name, loads) in &mut rows {
            let load = plan.measure(name).await?;
            table::note(&format!("round {round}: {name}: {:.0} per second", load.per_second));
            loads.push(load);
        }
    }
    Ok(rows)
}
