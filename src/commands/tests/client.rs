//! What `client` prints and refuses.

use clap::Parser;
use serde_json::Value;

use super::{config, project};
use crate::commands::client::Command;
use crate::commands::installation::{self, Installation};
use crate::config::Database;
use crate::config::problem::Problem;

#[derive(Parser)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

async fn run(installation: &Installation, database: &Database, line: &[&str]) -> Result<String, Problem> {
    let line = Line::try_parse_from(["client"].iter().chain(line)).unwrap();
    line.command.carry_out(&installation.flow, database).await
}

const CREATE: [&str; 7] = ["create", "--domain", "shop", "--name", "Stall", "--kind", "web"];

#[tokio::test]
async fn an_application_is_registered_listed_given_a_secret_and_taken_out() {
    let directory = tempfile::tempdir().unwrap();
    let config = config(directory.path());
    let installation = installation::open(&config).await.unwrap();
    let first = project::made(&installation.flow, "shop").await.client;
    let run = async |line: &[&str]| run(&installation, &config.storage.database, line).await.unwrap();
    let in_json = async |line: &[&str]| -> Value {
        serde_json::from_str(&run(&[line, &["--json"]].concat()).await).unwrap()
    };

    let create = [&CREATE[..], &["--callback-url", "https://stall.example/cb"]].concat();
    let made = in_json(&create).await;
    let (id, secret) = (made["client_id"].as_str().unwrap(), made["client_secret"].as_str().unwrap());
    assert!(made["issuer"].as_str().unwrap().ends_with("/shop"));
    let list = ["list", "--domain", "shop"];
    let listed = in_json(&list).await;
    assert_eq!(listed[0]["client_id"], first.id.as_str());
    assert_eq!((&listed[1]["name"], &listed[1]["kind"]), (&"Stall".into(), &"web".into()));
    assert_eq!(listed[1]["callback_urls"][0], "https://stall.example/cb");
    let said = run(&list).await;
    assert!(said.contains(id) && said.contains("Stall") && !said.contains(secret), "{said}");

    let named = ["--domain", "shop", "--client-id", id];
    let rotated = in_json(&[&["rotate-secret"], &named[..]].concat()).await;
    assert_eq!(rotated["client_id"], id);
    assert_ne!(rotated["client_secret"], secret);
    let said = run(&[&["rotate-secret", "--now"], &named[..]].concat()).await;
    assert!(said.contains("No secret from before"), "{said}");

    let said = run(&[&["delete"], &named[..]].concat()).await;
    assert!(said.starts_with("Deleted"), "{said}");
    assert_eq!(in_json(&list).await.as_array().unwrap().len(), 1);
    installation.store.close().await.unwrap();
}

#[tokio::test]
async fn refusals_name_the_flag() {
    let directory = tempfile::tempdir().unwrap();
    let config = config(directory.path());
    let installation = installation::open(&config).await.unwrap();
    project::made(&installation.flow, "shop").await;
    let other = project::made(&installation.flow, "other").await.client;
    let refused =
        async |line: &[&str]| run(&installation, &config.storage.database, line).await.err().unwrap().what;
    assert_eq!(refused(&CREATE).await, "--callback-url");
    let http = [&CREATE[..], &["--callback-url", "http://stall.example/cb"]].concat();
    assert_eq!(refused(&http).await, "--callback-url or --sign-out-url");
    for command in ["delete", "rotate-secret"] {
        let line = [command, "--domain", "shop", "--client-id", other.id.as_str()];
        assert_eq!(refused(&line).await, "--client-id", "a client of another project");
    }
    assert_eq!(refused(&["list", "--domain", "nobody"]).await, "the domain nobody");
    installation.store.close().await.unwrap();
    assert!(Line::try_parse_from(["client", "create", "--domain", "shop", "--name", "Stall"]).is_err());
}
