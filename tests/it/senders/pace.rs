//! How fast messages are handed to a sender.

use std::time::Duration;

use serde_json::json;
use watchword_domain::ids::ClientId;

use crate::on_each_database;
use crate::races::ground::start;
use crate::support::{House, random_phone};

const WAITING: &str = "SELECT id FROM messages WHERE state IN ('queued', 'sending')";

async fn many_start(house: &House, count: usize) {
    let client = ClientId::from(house.client_id.as_str());
    for _ in 0..count {
        start(&house.flow, &house.pool, &client, &random_phone()).await.unwrap_or_else(|_| panic!("started"));
    }
}

on_each_database! {
    fn a_sender_that_was_asked_for_too_much_is_given_time_and_no_message_fails(house) {
        house.fault(json!({ "kind": "error", "code": 130429, "times": 40 })).await;
        many_start(&house, 20).await;
        // Time passes while anything waits, and stops before a code would be too old to be sent.
        for _ in 0..400 {
            if house.values(WAITING).await.is_empty() {
                break;
            }
            house.clock.turn(Duration::from_millis(500));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        house.wait_for_outbox().await;
        let states = house.values("SELECT state FROM messages WHERE state NOT IN ('accepted', 'sent', 'delivered')").await;
        assert!(states.is_empty(), "{states:?}");
        // Whoever was put back was not taken: it is no attempt.
        let attempts = house.values("SELECT id FROM messages WHERE attempts <> 1").await;
        assert!(attempts.is_empty(), "{attempts:?}");
    }
}
