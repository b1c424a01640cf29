//! What `project create` prints and refuses.

use std::collections::BTreeSet;

use clap::Parser;
use serde_json::json;
use watchword_flow::Watchword;
use watchword_flow::projects::{NewProject, Project};

use super::config;
use crate::commands::installation;
use crate::commands::project::{self, Arguments};
use crate::commands::project::{in_json, listed_in_json, listed_in_words};

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    arguments: Arguments,
}

fn arguments(more: &[&str]) -> Arguments {
    let usual = ["create", "--name", "Shop", "--domain", "shop", "--callback-url", "https://shop.example/cb"];
    Line::try_parse_from(usual.iter().chain(more)).unwrap().arguments
}

/// A project as the command makes it.
pub(super) async fn made(flow: &Watchword, domain: &str) -> Project {
    let new = arguments(&["--country", "IN"]).project(true).unwrap();
    project::create(flow, NewProject { domain: domain.to_owned(), ..new }).await.unwrap()
}

#[tokio::test]
async fn json_has_the_five_names_others_rely_on() {
    let directory = tempfile::tempdir().unwrap();
    let installation = installation::open(&config(directory.path())).await.unwrap();
    let new = arguments(&["--country", "IN,br", "--language", "pt"]).project(true).unwrap();
    assert_eq!(new.settings.countries.len(), 2);
    let made = project::create(&installation.flow, new).await.unwrap();
    let json: serde_json::Value = serde_json::from_str(&in_json(&made)).unwrap();
    let names: BTreeSet<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    let relied_on = ["user_pool_id", "user_pool_domain", "issuer", "client_id", "client_secret"];
    assert_eq!(names, BTreeSet::from(relied_on));
    assert_eq!(json["issuer"], "http://localhost:8080/shop");
    assert_eq!(json["user_pool_domain"], "shop");
    assert!(json["user_pool_id"].as_str().unwrap().starts_with("local_"));
    assert!(json["client_secret"].as_str().unwrap().len() > 20);

    let pools = installation.flow.list_pools().await.unwrap();
    let listed: serde_json::Value = serde_json::from_str(&listed_in_json(&pools)).unwrap();
    assert_eq!((&listed[0]["issuer"], &listed[0]["countries"]), (&json["issuer"], &json!(["IN", "BR"])));
    let said = listed_in_words(&pools);
    assert!(said.contains("shop") && said.contains("http://localhost:8080/shop"), "{said}");
    assert!(listed_in_words(&[]).contains("project create"));

    let again = arguments(&["--country", "all"]).project(true).unwrap();
    assert!(again.settings.countries.len() > 200);
    let refusal = project::create(&installation.flow, again).await.err().unwrap();
    assert_eq!(refusal.what, "--domain");
    assert!(refusal.wrong.contains("taken"), "{refusal}");
    installation.store.close().await.unwrap();
}

#[tokio::test]
async fn a_public_client_has_no_secret() {
    let directory = tempfile::tempdir().unwrap();
    let installation = installation::open(&config(directory.path())).await.unwrap();
    let new = arguments(&["--country", "IN", "--kind", "spa"]).project(true).unwrap();
    let made = project::create(&installation.flow, new).await.unwrap();
    let json: serde_json::Value = serde_json::from_str(&in_json(&made)).unwrap();
    assert!(json["client_secret"].is_null());
    installation.store.close().await.unwrap();
}

#[test]
fn what_is_required_is_asked_for_in_one_go_and_help_says_so() {
    let help = Line::try_parse_from(["create", "--help"]).err().unwrap().to_string();
    assert!(help.contains("--country <CODE>... --callback-url <URL>... [OPTIONS]"), "{help}");
    assert!(help.contains("--public-url") && help.contains("--database-url"), "{help}");
    for foreign in ["--listen", "--metrics-listen", "--trusted-proxies"] {
        assert!(!help.contains(foreign), "{foreign} means nothing here: {help}");
    }
    let refusal = Line::try_parse_from(["create"]).err().unwrap().to_string();
    for flag in ["--name", "--domain", "--country"] {
        assert!(refusal.contains(flag), "{refusal}");
    }
}

#[test]
fn everything_that_is_wrong_is_named_by_its_flag_in_one_go() {
    let refusal = |more: &[&str]| {
        let usual = ["create", "--name", " ", "--domain", "No Label"];
        let line = Line::try_parse_from(usual.iter().chain(more)).unwrap();
        line.arguments
            .project(true)
            .err()
            .unwrap()
            .0
            .into_iter()
            .map(|problem| problem.what)
            .collect::<Vec<_>>()
    };
    let several = ["--country", "XX", "--kind", "toaster", "--language", "tlh", "--support-email", "nobody"];
    assert_eq!(
        refusal(&several),
        ["--kind toaster", "--country XX", "--support-email", "--language tlh", "--name", "--domain"]
    );
    assert_eq!(refusal(&["--country", "IN"]), ["--name", "--domain", "--callback-url"]);
    assert_eq!(refusal(&["--country", "IN", "--kind", "machine"]), ["--name", "--domain"]);
    let uris = ["--callback-url", "http://shop.example/cb", "--sign-out-url", "/out"];
    let uri = "--callback-url or --sign-out-url";
    assert_eq!(refusal(&[&["--country", "IN"][..], &uris[..]].concat()), ["--name", "--domain", uri, uri]);
}

#[derive(Parser)]
struct Existing {
    #[command(subcommand)]
    command: project::existing::Command,
}

#[tokio::test]
async fn a_project_decides_anew_and_what_is_not_named_stays() {
    let directory = tempfile::tempdir().unwrap();
    let config = config(directory.path());
    let installation = installation::open(&config).await.unwrap();
    made(&installation.flow, "shop").await;
    let set = async |more: &[&str]| {
        let line = ["project", "set", "--domain", "shop", "--json"].iter().chain(more);
        let command = Existing::try_parse_from(line).unwrap().command;
        command.carry_out(&installation.flow, &config.storage.database).await
    };
    let shown = async |more: &[&str]| -> serde_json::Value {
        serde_json::from_str(&set(more).await.unwrap_or_else(|problems| panic!("{problems}"))).unwrap()
    };
    let first = shown(&[]).await;
    assert_eq!(
        (&first["name"], &first["countries"], &first["terms_url"]),
        (&json!("Shop"), &json!(["IN"]), &json!(null))
    );
    let change = [
        "--name",
        "Shop Two",
        "--country",
        "br,mx",
        "--language",
        "pt",
        "--terms-url",
        "https://shop.example/terms",
    ];
    shown(&change).await;
    shown(&["--code-digits", "8", "--session-seconds", "3600", "--support-email", "help@shop.example"]).await;
    let changed = shown(&["--support-email", "none"]).await;
    assert_eq!((&changed["name"], &changed["countries"]), (&json!("Shop Two"), &json!(["BR", "MX"])));
    assert_eq!((&changed["language"], &changed["support_email"]), (&json!("pt"), &json!(null)));
    assert_eq!((&changed["code_digits"], &changed["session_seconds"]), (&json!(8), &json!(3600)));
    assert_eq!(changed["terms_url"], "https://shop.example/terms");

    let wrong = [
        "--country",
        "XX",
        "--language",
        "tlh",
        "--support-email",
        "nobody",
        "--privacy-url",
        "javascript:x",
    ];
    assert_eq!(set(&wrong).await.unwrap_err().0.len(), 4, "every mistake is named at once");
    assert_eq!(set(&["--name", " "]).await.unwrap_err().0[0].what, "--name");
    assert_eq!(shown(&[]).await, changed, "and nothing was stored");
    installation.store.close().await.unwrap();
}

#[tokio::test]
async fn a_country_s_channels_are_decided_and_taken_back() {
    let directory = tempfile::tempdir().unwrap();
    let config = config(directory.path());
    let installation = installation::open(&config).await.unwrap();
    made(&installation.flow, "shop").await;
    let decide = async |more: &[&str]| {
        let line = ["project", "channels", "--domain", "shop", "--json"].iter().chain(more);
        let command = Existing::try_parse_from(line).map_err(|error| error.to_string())?.command;
        let said = command.carry_out(&installation.flow, &config.storage.database).await;
        let said = said.map_err(|problems| problems.to_string())?;
        Ok::<_, String>(serde_json::from_str::<serde_json::Value>(&said).unwrap())
    };
    let shown = decide(&["--for", "BR=whatsapp:automatic:40", "--for", "IN=whatsapp"]).await.unwrap();
    let brazil = json!({ "channels": ["whatsapp"], "fallback": "automatic", "fallback_after_seconds": 40 });
    assert_eq!(shown["by_country"]["BR"], brazil);
    assert_eq!(shown["by_country"]["IN"]["fallback"], json!(null));
    let shown = decide(&["--for", "BR=default"]).await.unwrap();
    assert_eq!(shown["by_country"].as_object().unwrap().len(), 1);
    for wrong in ["BR", "BR=pigeon", "BR=whatsapp:never", "BR=whatsapp:automatic:4", "BR=sms", "BR=email"] {
        assert!(decide(&["--for", wrong]).await.is_err(), "{wrong}");
    }
    assert_eq!(decide(&[]).await.unwrap(), shown, "and nothing was stored");
    installation.store.close().await.unwrap();
}
