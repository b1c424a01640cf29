//! Two nodes on one database: every message is sent by one of them.

use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use serde_json::Value;
use tokio::sync::watch;
use watchword_domain::ids::ClientId;

use super::ground::start;
use super::{ABREAST, FEW_ROUNDS};
use crate::on_each_database;
use crate::support::{House, random_phone};

async fn all_are_sent(house: &House) {
    for _ in 0..600 {
        let left = house.values("SELECT id FROM messages WHERE state IN ('queued', 'sending')").await;
        if left.is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("some messages are still waiting");
}

on_each_database! {
    fn two_nodes_send_every_message_once(house) {
        let other = house.another_node().await;
        let (stop, stopped) = watch::channel(false);
        let running = tokio::spawn(other.clone().run_outbox(stopped));
        let started = stream::iter(0..FEW_ROUNDS).map(|round| {
            let node = if round % 2 == 0 { &house.flow } else { &other };
            let client = ClientId::from(house.client_id.as_str());
            let pool = &house.pool;
            async move { start(node, pool, &client, &random_phone()).await.is_ok() }
        });
        assert!(started.buffer_unordered(ABREAST).all(|started| async move { started }).await);
        all_are_sent(&house).await;
        let url = format!("http://{}/simulator/messages?limit=1000", house.simulator);
        let sent: Vec<Value> = house.http.get(url).send().await.unwrap().json().await.unwrap();
        let mut phones: Vec<&str> = sent.iter().map(|message| message["to"].as_str().unwrap()).collect();
        assert_eq!(phones.len(), FEW_ROUNDS);
        phones.sort_unstable();
        phones.dedup();
        assert_eq!(phones.len(), FEW_ROUNDS, "some got two messages");
        stop.send(true).unwrap();
        running.await.unwrap();
    }
}
