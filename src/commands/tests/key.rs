//! What `key` prints.

use std::collections::BTreeSet;

use clap::Parser;
use serde_json::Value;
use watchword_flow::Watchword;
use watchword_flow::crypto::MasterKey;
use watchword_flow::seams::SystemRandom;

use super::{config, project};
use crate::commands::installation;
use crate::commands::key::{self, Command};

#[derive(Parser)]
struct Line {
    #[command(subcommand)]
    _command: Command,
}

async fn listed(flow: &Watchword, pool: &watchword_domain::ids::PoolId) -> Vec<Value> {
    let keys = flow.list_keys(pool).await.unwrap();
    serde_json::from_str(&key::in_json(&keys)).unwrap()
}

#[tokio::test]
async fn a_rotation_says_which_keys_there_are_and_nothing_private() {
    let directory = tempfile::tempdir().unwrap();
    let config = config(directory.path());
    let installation = installation::open(&config).await.unwrap();
    let (flow, database) = (&installation.flow, &config.storage.database);
    let pool = project::made(flow, "shop").await.pool;
    let rotate = async |at_once| key::rotate_one(flow, database, &pool, at_once).await.unwrap();

    let said = rotate(false).await;
    assert!(said.contains("New keys were made") && said.contains("Keys of shop"), "{said}");
    let keys = listed(flow, &pool.id).await;
    let states: Vec<&str> = keys.iter().map(|key| key["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["signing", "signing", "next", "next"]);
    assert_eq!(keys[0]["until"], keys[2]["until"], "a successor begins when the other ends");
    let names: BTreeSet<&str> = keys[0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, BTreeSet::from(["kid", "algorithm", "state", "since", "until"]));
    for key in &keys {
        assert!(said.contains(key["kid"].as_str().unwrap()), "{said}");
    }

    for key in installation.store.read(&pool.id).list_signing_keys().await.unwrap() {
        assert!(!said.contains(&key.private_sealed) && !said.contains(&key.public_jwk));
    }

    let said = rotate(false).await;
    assert!(said.contains("Nothing to do"), "{said}");
    let said = rotate(true).await;
    assert!(said.contains("no longer hold"), "{said}");
    let replaced = listed(flow, &pool.id).await;
    assert_eq!(replaced.len(), 2);
    assert!(replaced.iter().all(|key| key["state"] == "signing" && !keys.contains(key)));
    installation.store.close().await.unwrap();
}

#[test]
fn a_rotation_is_of_one_project_or_of_all() {
    for (line, is_understood) in [
        (&["key", "rotate", "--domain", "shop"][..], true),
        (&["key", "rotate", "--all", "--now"], true),
        (&["key", "rotate"], false),
        (&["key", "rotate", "--all", "--domain", "shop"], false),
        (&["key", "list"], false),
        (&["key", "list", "--domain", "shop", "--json"], true),
    ] {
        assert_eq!(Line::try_parse_from(line).is_ok(), is_understood, "{line:?}");
    }
}

#[tokio::test]
async fn a_master_key_written_before_the_old_one_takes_its_place() {
    let directory = tempfile::tempdir().unwrap();
    let config = config(directory.path());
    let file = directory.path().join("master.key");
    let first = installation::open(&config).await.unwrap();
    project::made(&first.flow, "shop").await;
    first.store.close().await.unwrap();

    let new = MasterKey::generate(&SystemRandom);
    let old = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{}\n{old}", new.expose())).unwrap();
    let both = installation::open(&config).await.unwrap();
    assert!(
        key::reseal_all(&both.flow, &config.storage.database).await.unwrap().contains("4 values were sealed")
    );
    assert!(key::reseal_all(&both.flow, &config.storage.database).await.unwrap().contains("Nothing to do"));
    both.store.close().await.unwrap();

    std::fs::write(&file, old).unwrap();
    assert!(installation::open(&config).await.is_err(), "the old key opens nothing any more");
    std::fs::write(&file, format!("{}\n", new.expose())).unwrap();
    installation::open(&config).await.unwrap().store.close().await.unwrap();
}
