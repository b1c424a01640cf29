//! The figures as a table in Markdown: the same for the one who runs it and for `docs/benchmarks.md`.
#![expect(clippy::print_stdout, reason = "the table is what this program is for")]

use std::time::Duration;

use crate::backlog::Backlog;
use crate::delivery::{self, Delivery};
use crate::house::MESSAGES_PER_SECOND;
use crate::journey::PARTS;
use crate::load::Load;
use crate::measure::{Times, median};
use crate::webhooks::{self, Webhooks};

/// What starts and rests came to.
pub struct Rest {
    pub first_start: Duration,
    pub starts: Vec<Duration>,
    pub late_starts: Vec<Duration>,
    pub idle_megabytes: f64,
    pub loaded_megabytes: f64,
    pub database_megabytes: f64,
}

fn milliseconds(span: Duration) -> f64 {
    span.as_secs_f64() * 1000.0
}

fn median_of(loads: &[Load], figure: impl Fn(&Load) -> f64) -> f64 {
    median(loads.iter().map(figure).collect())
}

/// One row for each load: medians of its rounds, and how far apart the rounds were.
pub fn loads(rows: &[(&str, Vec<Load>)]) {
    println!(
        "\n| what | per second | lowest to highest round | p50 ms | p99 ms \
         | cores: provider | simulator | generator | whole machine | provider MB |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for (name, loads) in rows {
        let figure = |figure: fn(&Load) -> f64| median_of(loads, figure);
        let rates = || loads.iter().map(|load| load.per_second);
        let (least, most) = (rates().fold(f64::INFINITY, f64::min), rates().fold(0.0, f64::max));
        println!(
            "| {name} | {:.0} | {least:.0} to {most:.0} | {:.1} | {:.1} | {:.2} | {:.2} | {:.2} | {:.2} | {:.0} |",
            figure(|load| load.per_second),
            figure(|load| milliseconds(load.p50)),
            figure(|load| milliseconds(load.p99)),
            figure(|load| load.cores.provider),
            figure(|load| load.cores.simulator),
            figure(|load| load.cores.generator),
            figure(|load| load.cores.machine),
            figure(|load| load.megabytes),
        );
    }
}

/// Where the time of a sign-in goes.
pub fn parts(times: &[Times]) {
    println!("\n| part of a sign-in | p50 ms | p99 ms |");
    println!("|---|---|---|");
    for (name, times) in PARTS.iter().zip(times) {
        let (p50, p99) = (milliseconds(times.percentile(50)), milliseconds(times.percentile(99)));
        println!("| {name} | {p50:.1} | {p99:.1} |");
    }
}

/// What does not happen per second.
pub fn rest(rest: &Rest) {
    let all = |starts: &[Duration]| median(starts.iter().copied().map(milliseconds).collect());
    println!("\n| what | measured |");
    println!("|---|---|");
    println!("| ready after start, new database | {:.0} ms |", milliseconds(rest.first_start));
    println!("| ready after start, existing database | {:.0} ms |", all(&rest.starts));
    println!("| the same with what the load left in it | {:.0} ms |", all(&rest.late_starts));
    println!("| resident, idle | {:.1} MB |", rest.idle_megabytes);
    println!("| resident, five seconds after the load | {:.1} MB |", rest.loaded_megabytes);
    println!("| database after the load | {:.0} MB |", rest.database_megabytes);
}

/// The head of what is measured by timetable.
fn by_timetable() {
    println!("\n| what | a second | measured | p50 ms | p99 ms | longest ms | goal | cores: provider |");
    println!("|---|---|---|---|---|---|---|---|");
}

fn timed(what: &str, per_second: u32, times: &Times, goal: &str, cores: f64) {
    println!(
        "| {what} | {per_second} | {} | {:.1} | {:.1} | {:.1} | {goal} | {cores:.2} |",
        times.count(),
        milliseconds(times.percentile(50)),
        milliseconds(times.percentile(99)),
        milliseconds(times.longest()),
    );
}

/// From a person's request to the provider call.
pub fn delivery(measured: &Delivery) {
    let Delivery { to_call, to_answer, late, cores } = measured;
    by_timetable();
    let row = |what, times, goal| timed(what, delivery::PER_SECOND, times, goal, *cores);
    row("`POST /sign-in/phone` to the call of the Graph API", to_call, "p99 under 20 ms");
    row("`POST /sign-in/phone` to its answer", to_answer, "");
    row("of these, the generator's own delay", late, "");
}

/// From a webhook to its acknowledgement.
pub fn webhooks(measured: &Webhooks) {
    let Webhooks { to_answer, late, sent, applied, cores } = measured;
    by_timetable();
    let row = |what, times, goal| timed(what, webhooks::PER_SECOND, times, goal, *cores);
    row("a signed webhook to its 200", to_answer, "p99 under 50 ms");
    row("of this, the generator's own delay", late, "");
    println!("\n{applied} of {sent} webhooks were news of their message, and applied.");
}

/// A backlog that drains.
pub fn backlog(measured: &Backlog) {
    let Backlog { messages, per_second, most_in_a_second, took, megabytes, first_and_last, cores } = measured;
    println!("\n| a backlog | measured | goal |");
    println!("|---|---|---|");
    println!("| messages that waited, each handed over once | {messages} | |");
    println!("| handed over in a second | {per_second:.0} | {MESSAGES_PER_SECOND}, as the sender allows |");
    println!("| the most within any one second | {most_in_a_second} | |");
    println!("| from the first to the last | {:.1} s | |", took.as_secs_f64());
    let (least, median, most) = (megabytes.least, megabytes.median, megabytes.most);
    println!("| provider MB: least, median, most | {least:.0}, {median:.0}, {most:.0} | flat |");
    let (first, last) = first_and_last;
    println!("| provider MB: after a second, at the end | {first:.0}, {last:.0} | flat |");
    println!("| cores: provider | {cores:.2} | |");
}

/// A word on what is under way.
pub fn note(text: &str) {
    println!("    {text}");
}
