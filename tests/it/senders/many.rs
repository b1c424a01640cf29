//! Ten thousand messages through a provider that fails one in ten, in every way it knows, by two nodes of which one dies and
//! comes back: each challenge ends as it should, no message is sent twice without cause, none is lost.

use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use watchword_domain::Clock;
use watchword_domain::channel::{DeliveryPolicy, Fallback};
use watchword_domain::ids::ClientId;
use watchword_domain::limits::Limits;
use watchword_domain::monitor::Monitor;
use watchword_domain::pool::Pool;
use watchword_domain::sign_in::{ChallengeRefusal, EndReason, Step};
use watchword_flow::Watchword;
use watchword_flow::error::Error;
use watchword_flow::sign_in::GuessRefusal;

use super::fates::{Fate, fates};
use crate::on_each_database;
use crate::pages::other_channel::BOTH;
use crate::races::ground::{Waiting, start};
use crate::support::{House, Plan, random_phone};

/// Codes asked for before a node dies, as many after it came back, and as many again once more: of all of them the provider
/// tells what becomes of them.
const TOLD: usize = 3_000;

/// Codes of whose messages the provider may keep that to itself.
const KEPT: usize = 1_000;

/// Sign-ins beside one another, as many browsers do.
const ABREAST: usize = 16;

/// Seconds without news after which an SMS steps in: longer than it takes to ask for all codes of a wave. A dead node's hold
/// on its messages ends then, too.
const PATIENCE: u32 = 61;

/// Every way to fail but silence.
const KINDS: [&str; 11] = [
    "error",
    "status_failed",
    "delay",
    "slow_answer",
    "webhook_delay",
    "duplicate",
    "disorder",
    "http_error",
    "garbage",
    "hang",
    "drop",
];

/// Everybody may ask, and has the time to answer, however slow the machine is.
fn patient(plan: Plan) -> Plan {
    plan.with(generous).codes_live(600)
}

fn generous(limits: Limits) -> Limits {
    Limits {
        starts_per_address: 100_000_000,
        starts_before_proof: 100_000_000,
        sms_per_pool_day: 1_000_000,
        monitor: Monitor::Off,
        ..limits
    }
}

/// The house's project, once it decided that SMS step in by themselves.
async fn with_sms_stepping_in(house: &House) -> Pool {
    let policy = DeliveryPolicy {
        channels: BOTH.to_vec(),
        fallback: Fallback::Automatic,
        fallback_after_seconds: PATIENCE,
        ..DeliveryPolicy::default()
    };
    house.flow.change_settings(&house.pool, |own| own.delivery = policy).await.unwrap()
}

async fn chaos(house: &House, order: Value) {
    let url = format!("http://{}/simulator/chaos", house.simulator);
    let answer = house.http.post(url).json(&order).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
}

/// Messages the provider did something to since it was told to.
async fn struck(house: &House) -> usize {
    let url = format!("http://{}/simulator/chaos", house.simulator);
    let chaos: Value = house.http.get(url).send().await.unwrap().json().await.unwrap();
    usize::try_from(chaos["struck"].as_u64().unwrap()).unwrap()
}

/// A node beside the house's own, with workers of its own.
struct Node<'a> {
    house: &'a House,
    pool: &'a Pool,
    flow: Arc<Watchword>,
    stop: watch::Sender<bool>,
    workers: [JoinHandle<()>; 2],
}

impl<'a> Node<'a> {
    async fn start(house: &'a House, pool: &'a Pool) -> Self {
        let flow = house.another_node().await;
        let (stop, stopped) = watch::channel(false);
        let outbox = tokio::spawn(flow.clone().run_outbox(stopped.clone()));
        let fallbacks = tokio::spawn(flow.clone().run_fallbacks(stopped));
        Self { house, pool, flow, stop, workers: [outbox, fallbacks] }
    }

    /// The house's own node and this one, in turn.
    fn either(&self, at: usize) -> &Watchword {
        if at.is_multiple_of(2) { &self.house.flow } else { &self.flow }
    }

    /// So many codes, each asked for a number of its own.
    async fn ask(&self, count: usize) -> Vec<Waiting> {
        let client = &ClientId::from(self.house.client_id.as_str());
        let asked = stream::iter(0..count)
            .map(|at| async move { start(self.either(at), self.pool, client, &random_phone()).await });
        let written = asked.buffer_unordered(ABREAST);
        written.map(|started| started.unwrap_or_else(|_| panic!("no code was written"))).collect().await
    }

    /// Types a code; gives whether somebody is signed in.
    async fn answer(&self, at: usize, person: &Waiting, code: &str) -> Result<bool, GuessRefusal> {
        let flow = self.either(at);
        let current = flow.sign_in(self.pool, &person.browser, &person.sign_in).await;
        let current = current.unwrap_or_else(|_| panic!("{} has no sign-in", person.phone));
        match flow.answer_code(self.pool, &person.browser, current, code, None).await {
            Ok(finished) => Ok(finished.cookies.is_some()),
            Err(Error::Refused(refusal)) => Err(refusal),
            Err(Error::Fault(fault)) => panic!("{fault:?}"),
        }
    }

    /// It dies: what it had in hand stays where it was.
    async fn die(self) {
        for worker in self.workers {
            worker.abort();
            assert!(worker.await.is_err_and(|end| end.is_cancelled()), "it was at work");
        }
    }

    /// It ends as it is told to, with nothing in hand.
    async fn stop(self) {
        self.stop.send(true).unwrap();
        for worker in self.workers {
            worker.await.unwrap();
        }
    }
}

/// What is expected of a wave: how many got in, by way of what, and who did not.
#[derive(Default)]
struct Tally {
    answered: usize,
    by_sms: usize,
    /// Messages that this service wrote, and those that the provider has.
    written: usize,
    sent: usize,
    unreached: Vec<Waiting>,
}

/// One wave of people, from when all have asked until each has answered or cannot.
struct Wave<'a> {
    node: &'a Node<'a>,
    /// Whether the provider keeps something to itself.
    silent: bool,
}

impl Wave<'_> {
    /// Waits until none of these messages is left, and nothing more will be told of the others.
    async fn settle(&self, left: &str) {
        let house = self.node.house;
        let accepted = "SELECT id FROM messages WHERE state IN ('accepted', 'sent')";
        let left = format!("SELECT id FROM messages WHERE {left}");
        for _ in 0..480 {
            house.flow.sweep().await.unwrap();
            let untold = if self.silent { struck(house).await } else { 0 };
            if house.values(&left).await.is_empty() && house.values(accepted).await.len() == untold {
                return;
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        panic!("still under way: {:?}", house.values(&left).await);
    }

    /// First those whose code is known to have arrived sign in. Then time passes: for the others SMS step in, of which some
    /// arrive.
    async fn pass(&self, tally: &mut Tally, people: Vec<Waiting>, died_at: i64) {
        self.settle(&format!("state = 'queued' OR state = 'sending' AND sending_at > {died_at}")).await;
        let others = self.answer(tally, people, Fate::is_known_to_have_arrived).await;
        self.node.house.clock.turn(Duration::from_secs(PATIENCE.into()));
        self.settle("state IN ('queued', 'sending') OR fallback_at IS NOT NULL").await;
        let unreached = self.answer(tally, others, |fate| fate.code().is_some()).await;
        for fate in fates(self.node.house, &unreached).await {
            assert_eq!(fate.wrong(PATIENCE), None);
            tally.count(&fate);
        }
        for person in &unreached {
            is_open(self.node, person).await;
        }
        tally.unreached.extend(unreached);
    }

    /// Those whose message fared like this answer with its code; gives the others.
    async fn answer(&self, tally: &mut Tally, people: Vec<Waiting>, how: fn(&Fate) -> bool) -> Vec<Waiting> {
        let fates = fates(self.node.house, &people).await;
        let (mut answering, mut others) = (Vec::new(), Vec::new());
        for (person, fate) in people.into_iter().zip(fates) {
            if how(&fate) {
                assert_eq!(fate.wrong(PATIENCE), None);
                tally.count(&fate);
                answering.push((person, fate.code().unwrap().to_owned()));
            } else {
                others.push(person);
            }
        }
        tally.answered += answering.len();
        let signed_in = stream::iter(answering.iter().enumerate()).map(|(at, (person, code))| async move {
            let finished = self.node.answer(at, person, code).await;
            assert_eq!(finished, Ok(true), "{}", person.phone);
        });
        signed_in.buffer_unordered(ABREAST).count().await;
        others
    }
}

impl Tally {
    fn count(&mut self, fate: &Fate) {
        self.written += fate.written();
        self.sent += fate.sent();
        self.by_sms += usize::from(fate.written() == 2);
    }
}

/// A code that reached nobody can still be answered.
async fn is_open(node: &Node<'_>, person: &Waiting) {
    let current = node.flow.sign_in(node.pool, &person.browser, &person.sign_in).await;
    let step = current.unwrap_or_else(|_| panic!("{} has no sign-in", person.phone)).step;
    let Ok(Step::EnterCode(challenge)) = step else { panic!("{}: {step:?}", person.phone) };
    let rows = node.house.store.read(&node.pool.id);
    let challenge = rows.find_challenge(&challenge).await.unwrap().unwrap();
    assert_eq!(challenge.open(node.house.clock.now()), Ok(()), "{}", person.phone);
}

/// Until it expires, when its life is over or that of its sign-in.
async fn expire(node: &Node<'_>, unreached: &[Waiting]) {
    node.house.clock.turn(Duration::from_secs(node.flow.settings().lifetimes.code_seconds));
    let code_over = GuessRefusal::Dead(ChallengeRefusal::Expired);
    let sign_in_over = GuessRefusal::Ended(EndReason::Expired);
    for (at, person) in unreached.iter().enumerate() {
        let late = node.answer(at, person, "000000").await.unwrap_err();
        assert!([code_over, sign_in_over].contains(&late), "{}: {late}", person.phone);
    }
}

/// Each challenge ended with its sign-in, and neither here nor there is a message that nobody accounts for.
async fn everything_is_accounted_for(house: &House, tally: &Tally) {
    let all = 3 * TOLD + KEPT;
    assert_eq!(tally.answered + tally.unreached.len(), all);
    for ended in ["challenges WHERE ended_at", "sign_ins WHERE finished_at"] {
        let ended = house.count(&format!("{ended} IS NOT NULL")).await;
        assert_eq!(ended, tally.answered);
    }
    for one_each in ["users", "sessions"] {
        assert_eq!(house.count(one_each).await, tally.answered, "{one_each}");
    }
    assert_eq!(house.count("messages").await, tally.written);
    let url = format!("http://{}/simulator/messages?limit=1", house.simulator);
    let newest: Vec<Value> = house.http.get(url).send().await.unwrap().json().await.unwrap();
    assert_eq!(newest[0]["n"], json!(tally.sent), "the provider counts its messages");
    assert!(tally.by_sms > all / 100, "{} SMS", tally.by_sms);
    assert!(!tally.unreached.is_empty() && tally.unreached.len() < all / 50, "{}", tally.unreached.len());
}

on_each_database! {
    fn each_of_many_messages_ends_as_it_should_though_providers_fail_and_nodes_die(house planned patient) {
        let pool = with_sms_stepping_in(&house).await;
        let mut tally = Tally::default();
        chaos(&house, json!({ "one_in": 10, "seed": 20261121, "kinds": KINDS })).await;
        let mortal = Node::start(&house, &pool).await;
        let mut people = mortal.ask(TOLD).await;
        mortal.die().await;
        let died_at = house.clock.now().millis();
        let node = Node::start(&house, &pool).await;
        people.extend(node.ask(TOLD).await);
        let wave = Wave { node: &node, silent: false };
        wave.pass(&mut tally, people, died_at).await;
        wave.pass(&mut tally, node.ask(TOLD).await, died_at).await;
        node.stop().await;

        chaos(&house, json!({ "one_in": 10, "seed": 7, "kinds": ["silence"] })).await;
        let node = Node::start(&house, &pool).await;
        let people = node.ask(KEPT).await;
        Wave { node: &node, silent: true }.pass(&mut tally, people, died_at).await;
        everything_is_accounted_for(&house, &tally).await;
        expire(&node, &tally.unreached).await;
        node.stop().await;
    }
}
