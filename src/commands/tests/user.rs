//! What `user` prints and refuses.

use clap::Parser;
use serde_json::json;

use super::{config, project};
use crate::commands::installation;
use crate::commands::user::Command;

#[derive(Parser)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[tokio::test]
async fn a_number_that_got_nothing_has_no_messages_and_is_never_repeated() {
    let directory = tempfile::tempdir().unwrap();
    let config = config(directory.path());
    let installation = installation::open(&config).await.unwrap();
    project::made(&installation.flow, "shop").await;
    let run = async |line: &[&str]| {
        let line = Line::try_parse_from(["user"].iter().chain(line)).unwrap();
        line.command.carry_out(&installation.flow, &config.storage.database).await
    };
    let number = ["--domain", "shop", "--phone", "+55 11 98765-4321"];
    let said = run(&[&["messages"], &number[..]].concat()).await.unwrap();
    assert_eq!(said, "No message went to this number in the last 30 days.");
    let said = run(&[&["messages", "--json"], &number[..]].concat()).await.unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&said).unwrap(), json!([]));
    let said = run(&[&["unlock"], &number[..]].concat()).await.unwrap();
    assert!(said.starts_with("Nothing to do"), "{said}");
    for command in ["disable", "enable", "sign-out", "trust"] {
        let unknown = run(&[&[command], &number[..]].concat()).await.unwrap_err();
        assert!(unknown.what == "--phone" && !unknown.to_string().contains("98765"), "{command}: {unknown}");
    }
    let refusal = run(&["messages", "--domain", "shop", "--phone", "98765"]).await.unwrap_err();
    assert!(refusal.what == "--phone" && !refusal.to_string().contains("98765"), "{refusal}");
    let unknown = run(&["messages", "--domain", "nobody", "--phone", number[3]]).await.unwrap_err();
    assert_eq!(unknown.what, "the domain nobody");
    assert_eq!(unknown.mend, "There is: shop.");
    installation.store.close().await.unwrap();
}

#[tokio::test]
async fn where_there_is_no_database_nothing_is_made() {
    let directory = tempfile::tempdir().unwrap();
    let nowhere = directory.path().join("nowhere");
    let refusal = installation::open_existing(&config(&nowhere)).await.err().unwrap().to_string();
    assert!(refusal.contains("nowhere/watchword.db is not there"), "{refusal}");
    assert!(refusal.contains("--data-dir") && !nowhere.exists(), "{refusal}");
}
