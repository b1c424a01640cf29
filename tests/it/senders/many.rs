//! Ten thousand messages through a provider that fails one in ten, in every way it knows: each ends where the provider says
//! it ended, none is sent twice, none is lost.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use serde_json::{Value, json};
use watchword_domain::ids::ClientId;
use watchword_domain::limits::Limits;
use watchword_domain::monitor::Monitor;

use crate::on_each_database;
use crate::races::ground::start;
use crate::support::{House, random_phone};

/// Messages of which the provider tells what becomes of them, and messages of which it may keep that to itself.
const TOLD: usize = 9_000;
const KEPT: usize = 1_000;

/// Sign-ins begun beside one another, as many browsers do.
const ABREAST: usize = 16;

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

fn generous(limits: Limits) -> Limits {
    Limits {
        starts_per_address: 100_000_000,
        starts_before_proof: 100_000_000,
        monitor: Monitor::Off,
        ..limits
    }
}

async fn chaos(house: &House, order: Value) {
    let url = format!("http://{}/simulator/chaos", house.simulator);
    let answer = house.http.post(url).json(&order).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
}

/// Asks for so many codes, each for a number of its own.
async fn ask(house: &House, count: usize) -> Vec<String> {
    let client = ClientId::from(house.client_id.as_str());
    let phones: Vec<String> = (0..count).map(|_| random_phone()).collect();
    let asked = stream::iter(&phones).map(|phone| start(&house.flow, &house.pool, &client, phone));
    let written = asked.buffer_unordered(ABREAST).filter(|started| std::future::ready(started.is_ok()));
    assert_eq!(written.count().await, count, "some codes were not written");
    phones
}

/// The state of each number's one message, as the service knows it.
async fn known(house: &House) -> HashMap<String, String> {
    let rows = house.values("SELECT recipient || ' ' || state FROM messages").await;
    let pairs = rows.iter().map(|row| row.split_once(' ').unwrap());
    let known: HashMap<String, String> = pairs.map(|(to, state)| (to.to_owned(), state.to_owned())).collect();
    assert_eq!(known.len(), rows.len(), "a number has two messages");
    known
}

/// How each number's one message ended at the provider; none where it took none.
async fn ended(house: &House, phones: &[String]) -> HashMap<String, String> {
    let each = stream::iter(phones).map(|phone| async move {
        let messages = house.messages_to(phone).await;
        assert!(messages.len() < 2, "{phone} got {} messages", messages.len());
        messages.first().map(|message| (phone.clone(), message["status"].as_str().unwrap().to_owned()))
    });
    each.buffer_unordered(ABREAST).filter_map(|ended| async { ended }).collect().await
}

/// Those whose message ended elsewhere than the service knows.
fn astray(
    known: &HashMap<String, String>,
    ended: &HashMap<String, String>,
    phones: &[String],
) -> Vec<String> {
    let differs = |phone: &&String| {
        let (known, ended) = (known[*phone].as_str(), ended.get(*phone).map(String::as_str));
        match ended {
            // It was refused, or nobody knows: it went nowhere.
            None => !["failed", "unknown"].contains(&known),
            Some(ended) => known != ended,
        }
    };
    let pair = |phone: &String| format!("{phone}: {} here, {:?} there", known[phone], ended.get(phone));
    phones.iter().filter(differs).map(pair).collect()
}

/// Waits until nothing is under way, and gives those whose message ended elsewhere than the service knows.
async fn settled(house: &House, phones: &[String], may_differ: usize) -> Vec<String> {
    let under_way = "SELECT id FROM messages WHERE state IN ('queued', 'sending')";
    for _ in 0..240 {
        if house.values(under_way).await.is_empty() {
            let astray = astray(&known(house).await, &ended(house, phones).await, phones);
            if astray.len() <= may_differ {
                return astray;
            }
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    astray(&known(house).await, &ended(house, phones).await, phones)
}

on_each_database! {
    fn every_message_ends_where_the_provider_says_and_none_is_sent_twice(house with generous) {
        chaos(&house, json!({ "one_in": 10, "seed": 20261121, "kinds": KINDS })).await;
        let told = ask(&house, TOLD).await;
        let astray = settled(&house, &told, 0).await;
        assert!(astray.is_empty(), "{} of {TOLD}: {:?}", astray.len(), &astray[..astray.len().min(9)]);

        chaos(&house, json!({ "one_in": 10, "seed": 7, "kinds": ["silence"] })).await;
        let kept = ask(&house, KEPT).await;
        house.wait_for_outbox().await;
        // A tenth, and what chance adds: of the others everything is known.
        let astray = settled(&house, &kept, KEPT / 6).await;
        let silent = |line: &String| line.contains("accepted here");
        assert!(astray.iter().all(silent), "{:?}", astray.iter().find(|line| !silent(line)));
        assert!(astray.len() > KEPT / 20 && astray.len() < KEPT / 6, "{}", astray.len());

        let open = house.values("SELECT id FROM challenges WHERE ended_at IS NULL AND tries = 0").await;
        assert_eq!(open.len(), TOLD + KEPT, "every code still waits for its answer");
    }
}
