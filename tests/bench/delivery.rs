//! From a person's request to the provider call: two hundred people a second type their numbers, and the clock stops when
//! the whole request that hands their message over is there.

use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::graph::Graph;
use crate::house::House;
use crate::journey::{Client, Numbers};
use crate::measure::{Times, now, processor_seconds};
use crate::open::{Connections, Timetable, until};
use crate::options::Options;
use crate::stored::Writer;
use crate::wire::Answer;

/// Its name in the table.
pub const NAME: &str = "delivery";

/// People who ask for a code in a second.
pub const PER_SECOND: u32 = 200;

/// How long before they type their number people open the page. That is load, too, and no part of the time.
const READING: Duration = Duration::from_secs(1);

/// How long the last message may take to be handed over.
const PATIENCE: Duration = Duration::from_secs(10);

/// What it came to.
pub struct Delivery {
    /// From the moment a number is to be sent until its message is handed over.
    pub to_call: Times,
    /// Until the person is answered.
    pub to_answer: Times,
    /// How late the generator was itself, which is part of both.
    pub late: Times,
    /// Processor cores the provider kept busy.
    pub cores: f64,
}

/// A person who asked for a code.
struct Asked {
    number: u32,
    due: Instant,
    sent: Instant,
    answered: Instant,
}

/// Somebody who comes with the others.
#[derive(Clone)]
struct Door {
    connections: Rc<Connections>,
    client: Rc<Client>,
    numbers: Numbers,
}

/// Measures it in a house of its own.
pub async fn measure(options: &Options) -> Outcome<Delivery> {
    let graph = Graph::listen().await?;
    let mut house = House::beside(&options.program, graph.address)?;
    let project = house.create_project("acme", "web")?;
    let writer = Writer::open(&house, &project.pool_id).await?;
    writer.history(options.backlog).await?;
    writer.close().await?;
    house.start_provider().await?;
    let client = Rc::new(Client::new(&project));
    let connections = Rc::new(Connections::new(house.provider));
    let door = Door { connections, client, numbers: Numbers::default() };

    people(&door, options.warm_up()).await?;
    let (process, span) = (house.provider_process()?, options.whole_span());
    let (before, began) = (processor_seconds(process)?, now());
    let asked = people(&door, span).await?;
    let cores = (processor_seconds(process)? - before) / began.elapsed().as_secs_f64();
    let calls = calls(&graph, &asked).await?;
    graph.settle().await;
    house.end_provider()?;
    summary(&asked, &calls, cores)
}

/// Lets people come for this long.
async fn people(door: &Door, span: Duration) -> Outcome<Vec<Asked>> {
    let count = usize::try_from(span.as_millis() * u128::from(PER_SECOND) / 1000)?;
    let timetable = Timetable { begin: now() + READING, per_second: PER_SECOND, count };
    timetable
        .run(READING, |_, due| {
            let door = door.clone();
            async move { door.ask(due).await }
        })
        .await
}

impl Door {
    async fn ask(&self, due: Instant) -> Outcome<Asked> {
        let number = self.numbers.next();
        let page = |page: Answer<'_>| self.client.type_number(&page.expect(200, "the number page")?, number);
        let (_, typed) = self.connections.ask(&self.client.authorize, page).await?;
        until(due).await;
        let sent = now();
        self.connections.ask(&typed, |answer| answer.expect(303, "the number").map(drop)).await?;
        Ok(Asked { number, due, sent, answered: now() })
    }
}

/// When each number's message was handed over, once all of these were.
async fn calls(graph: &Graph, asked: &[Asked]) -> Outcome<HashMap<String, Instant>> {
    let (mut calls, deadline) = (HashMap::new(), now() + PATIENCE);
    loop {
        for call in graph.take() {
            if calls.insert(call.to, call.at).is_some() {
                return Err("a message was handed over twice".into());
            }
        }
        let missing = asked.iter().filter(|asked| !calls.contains_key(&e164(asked.number))).count();
        if missing == 0 {
            return Ok(calls);
        }
        if now() > deadline {
            return Err(format!("{missing} messages were never handed over").into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn e164(number: u32) -> String {
    format!("+1415{number}")
}

fn summary(asked: &[Asked], calls: &HashMap<String, Instant>, cores: f64) -> Outcome<Delivery> {
    let (mut to_call, mut to_answer, mut late) = (Times::default(), Times::default(), Times::default());
    for Asked { number, due, sent, answered } in asked {
        let called = calls.get(&e164(*number)).ok_or("a message that was never handed over")?;
        to_call.add(called.duration_since(*due));
        to_answer.add(answered.duration_since(*due));
        late.add(sent.duration_since(*due));
    }
    Ok(Delivery { to_call, to_answer, late, cores })
}
