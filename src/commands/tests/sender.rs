//! What `sender …` does and says of the sender that projects share, and of a project's own.

use clap::Parser;

use super::{project, sources};
use crate::commands::sender::Command;
use crate::commands::{installation, simulator};
use crate::config::Config;

#[derive(Parser)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

const SHARED: [(&str, &str); 6] = [
    ("whatsapp.phone_number_id", "106540352242922"),
    ("whatsapp.waba_id", "102290129340398"),
    ("whatsapp.access_token", "token"),
    ("whatsapp.app_secret", "secret"),
    ("whatsapp.verify_token", "word"),
    ("whatsapp.standby_template", "second_code"),
];

#[test]
fn which_sender_is_meant_is_never_left_open() {
    let parsed = |line: &[&str]| Line::try_parse_from(["sender"].iter().chain(line)).is_ok();
    for word in ["check", "save-template", "subscribe"] {
        assert!(parsed(&[word, "--shared"]) && parsed(&[word, "--domain", "shop"]));
        assert!(!parsed(&[word]) && !parsed(&[word, "--shared", "--domain", "shop"]));
        assert!(!parsed(&[word, "--shared", "--sender", "1"]));
    }
    assert!(!parsed(&["go-live", "--shared"]) && !parsed(&["change", "--domain", "shop"]));
    assert!(parsed(&["change", "--domain", "shop", "--standby-template", "none"]));
}

#[tokio::test]
async fn the_shared_sender_is_set_up_by_the_same_commands() {
    let directory = tempfile::tempdir().unwrap();
    let given = || SHARED.iter().fold(sources(directory.path()), |all, (name, value)| all.with(name, *value));
    let config = Config::read(given().with("simulator.listen", "127.0.0.1:0")).unwrap();
    let simulating = simulator::start(&config).await.unwrap();
    let api_url = format!("http://{}/v25.0", simulating.address);
    let config = Config::read(given().with("whatsapp.api_url", &api_url)).unwrap();
    let installation = installation::open(&config).await.unwrap();
    project::made(&installation.flow, "shop").await;
    let run = async |line: &[&str]| {
        let command = Line::try_parse_from(["sender"].iter().chain(line)).unwrap().command;
        command.carry_out(&installation.flow, &config).await
    };
    let order = r#"{"name":"second_code","event":"DELETED"}"#;
    super::serve::post(&simulating.address.to_string(), "/simulator/templates", order).await;
    let refused = run(&["check", "--shared"]).await.unwrap_err().to_string();
    assert!(refused.contains("the template second_code is in none of the languages"), "{refused}");
    assert!(refused.contains("watchword sender save-template --shared"), "{refused}");
    let said = run(&["save-template", "--shared"]).await.unwrap();
    assert!(said.contains("second_code") && said.contains("pt_BR"), "{said}");
    assert!(run(&["subscribe", "--shared"]).await.unwrap().starts_with("Subscribed"));
    let order = r#"{"name":"second_code","event":"APPROVED"}"#;
    super::serve::post(&simulating.address.to_string(), "/simulator/templates", order).await;
    let said = run(&["check", "--shared"]).await.unwrap();
    assert!(said.contains("second_code is approved in") && said.contains("Nothing wrong"), "{said}");
    let nobody = run(&["check", "--domain", "shop"]).await.unwrap_err();
    assert!(nobody.to_string().contains("has no sender of its own"), "{nobody}");
    installation.store.close().await.unwrap();
    simulating.running.stop().await.unwrap();
}
