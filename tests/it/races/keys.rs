//! Nodes that find at the same moment that a key is due, and operators who replace keys while they do.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use watchword_flow::Watchword;

use super::ground::at_once;
use crate::on_each_database;
use crate::support::{Answer, House};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Nodes on one database, several times each.
async fn nodes(house: &House) -> Vec<Arc<Watchword>> {
    let other = house.another_node().await;
    vec![house.flow.clone(), other.clone(), house.flow.clone(), other.clone(), house.flow.clone(), other]
}

async fn newest(house: &House) -> Vec<String> {
    house.values("SELECT algorithm FROM signing_keys WHERE replaced_at IS NULL ORDER BY algorithm").await
}

on_each_database! {
    fn nodes_that_look_at_the_same_moment_make_one_key_of_each_kind(house) {
        let nodes = nodes(&house).await;
        for round in 1..=3 {
            house.clock.turn(90 * DAY);
            let made = at_once(nodes.iter().cloned().map(|node| async move {
                node.rotate_aged_keys().await.unwrap()
            }))
            .await;
            assert_eq!(made.iter().sum::<usize>(), 2, "{made:?}");
            assert_eq!(house.count("signing_keys").await, 2 + 2 * round);
            assert_eq!(newest(&house).await, ["ES256", "RS256"]);
        }
    }

    fn keys_replaced_at_once_by_many_while_upkeep_looks_are_replaced(house) {
        let nodes = nodes(&house).await;
        let before = house.values("SELECT id FROM signing_keys").await;
        house.clock.turn(90 * DAY);
        at_once(nodes.into_iter().enumerate().map(|(number, node)| {
            let pool = house.pool.id.clone();
            async move {
                if number % 3 == 0 {
                    node.replace_keys(&pool).await.unwrap();
                } else {
                    node.rotate_aged_keys().await.unwrap();
                }
            }
        }))
        .await;
        assert_eq!(newest(&house).await, ["ES256", "RS256"]);
        let after = house.values("SELECT id FROM signing_keys").await;
        assert!(after.iter().all(|key| !before.contains(key)), "{before:?} {after:?}");
    }

    fn a_node_that_rotates_shows_it_at_once_and_the_others_within_two_seconds(house) {
        let other = house.another_node().await;
        let kids = async || {
            let answer = Answer::of(house.http.get(house.url("/jwks")).send().await.unwrap()).await;
            answer.json()["keys"].as_array().map_or(0, Vec::len)
        };
        let of_other = async || {
            let keys = other.keys(&house.pool.id).await.unwrap();
            let set: Value = serde_json::from_str(keys.jwks()).unwrap();
            set["keys"].as_array().map_or(0, Vec::len)
        };
        assert_eq!((kids().await, of_other().await), (2, 2));
        assert_eq!(house.flow.rotate_keys(&house.pool.id).await.unwrap(), 2);
        assert_eq!(kids().await, 4);
        house.clock.turn(Duration::from_secs(2));
        assert_eq!(of_other().await, 4);
    }
}
