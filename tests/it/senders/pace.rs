//! How fast messages are handed to a sender.

use std::time::Duration;

use serde_json::json;
use watchword_domain::client::ClientKind;
use watchword_domain::ids::ClientId;
use watchword_domain::pool::Pool;

use super::own::live;
use crate::on_each_database;
use crate::races::ground::start;
use crate::support::{House, random_phone};

const WAITING: &str = "SELECT id FROM messages WHERE state IN ('queued', 'sending')";

async fn many_start(house: &House, count: usize) {
    let client = ClientId::from(house.client_id.as_str());
    for _ in 0..count {
        start_in(house, &house.pool, &client, &random_phone()).await;
    }
}

async fn start_in(house: &House, pool: &Pool, client: &ClientId, phone: &str) {
    start(&house.flow, pool, client, phone).await.unwrap_or_else(|_| panic!("started"));
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

    fn while_one_sender_rests_another_sends(house) {
        let shared = house.project("other", ClientKind::Web).await;
        live(&house).await;
        let (held, sent) = (random_phone(), random_phone());
        house.fault(json!({ "kind": "error", "code": 130429, "to": held, "times": 40 })).await;
        start_in(&house, &shared.pool, &shared.client.id, &held).await;
        let put_back = format!(
            "SELECT state FROM messages WHERE recipient = '{held}' AND state = 'queued' AND due_at > created_at"
        );
        house.eventually(&put_back).await;
        let client = ClientId::from(house.client_id.as_str());
        start_in(&house, &house.pool, &client, &sent).await;
        let left = format!("SELECT id FROM messages WHERE recipient = '{sent}' AND accepted_at IS NOT NULL");
        house.eventually(&left).await;
        assert_eq!(house.values(&put_back).await, ["queued"], "time stands still, and with it the rest");
    }
}
