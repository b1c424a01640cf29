//! What `project limits`, `release`, `alerts`, `traffic` and `refusals` print and change.

use clap::Parser;
use serde_json::{Value, json};
use watchword_domain::conversion::{Subject, TRAFFIC_WINDOW};
use watchword_domain::limits::window_start;
use watchword_store::{AlertRow, RefusalRow};

use super::{project, sources};
use crate::commands::installation;
use crate::commands::project::existing::Command;
use crate::config::Config;

#[derive(Parser)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[tokio::test]
async fn a_project_s_budgets_are_shown_and_changed() {
    let directory = tempfile::tempdir().unwrap();
    let prices = directory.path().join("prices.csv");
    std::fs::write(&prices, "country,channel,EUR\n*,whatsapp,0.01\n").unwrap();
    let given = sources(directory.path()).with("limits.prices_file", prices.to_str().unwrap());
    let config = Config::read(given.with("limits.money_per_pool_day", "7.5")).unwrap();
    let installation = installation::open(&config).await.unwrap();
    project::made(&installation.flow, "shop").await;
    let run = async |line: &[&str]| {
        let line = ["project"].iter().chain(line).chain(&["--domain", "shop"]);
        let command = Line::try_parse_from(line).unwrap().command;
        command.carry_out(&installation.flow, &config.storage.database).await
    };
    let json = async |line: &[&str]| -> Value {
        serde_json::from_str(&run(&[line, &["--json"]].concat()).await.unwrap()).unwrap()
    };
    let most = |limits: &Value| {
        limits["budgets"].as_array().unwrap().iter().map(|budget| budget["most"].clone()).collect::<Vec<_>>()
    };
    let shown = json(&["limits"]).await;
    assert_eq!(
        most(&shown),
        [json!("300"), json!("100"), json!("200"), json!(null), json!("0.75 EUR")],
        "{shown}"
    );
    assert_eq!((&shown["monitor"], shown["probation_until"].is_string()), (&json!("observe"), true));
    let said = run(&["limits"]).await.unwrap();
    assert!(said.contains("messages_day") && said.contains("project release"), "{said}");
    assert!(said.contains("at most 100 messages for 0.75 EUR a day"), "{said}");

    let change =
        ["limits", "--messages-per-hour", "500", "--messages-per-day", "5000", "--monitor", "protect"];
    let more = ["--money-per-hour", "0.5", "--money-per-day", "2", "--sms-per-day", "50"];
    run(&[&change[..], &more].concat()).await.unwrap();
    let shown = json(&["release"]).await;
    assert_eq!(
        most(&shown),
        [json!("500"), json!("5000"), json!("50"), json!("0.50 EUR"), json!("2.00 EUR")]
    );
    assert_eq!((&shown["monitor"], &shown["probation_until"]), (&json!("protect"), &json!(null)));
    let back =
        ["limits", "--messages-per-hour", "default", "--money-per-day", "default", "--monitor", "default"];
    let shown = json(&back).await;
    assert_eq!(
        most(&shown),
        [json!("300"), json!("5000"), json!("50"), json!("0.50 EUR"), json!("7.50 EUR")]
    );
    assert_eq!(shown["monitor"], "observe");
    assert_eq!(
        run(&["limits", "--messages-per-day", "0"]).await.unwrap_err().0[0].what,
        "--messages-per-day"
    );
    assert!(Line::try_parse_from(["project", "limits", "--domain", "shop", "--monitor", "on"]).is_err());
    installation.store.close().await.unwrap();
}

#[tokio::test]
async fn what_was_noticed_is_shown() {
    let directory = tempfile::tempdir().unwrap();
    let config = Config::read(sources(directory.path())).unwrap();
    let installation = installation::open(&config).await.unwrap();
    let pool = project::made(&installation.flow, "shop").await.pool;
    let run = async |line: &[&str]| {
        let line = ["project"].iter().chain(line).chain(&["--domain", "shop"]);
        let command = Line::try_parse_from(line).unwrap().command;
        command.carry_out(&installation.flow, &config.storage.database).await
    };
    assert_eq!(run(&["alerts"]).await.unwrap(), "Nothing was told in the last 30 days.");
    assert_eq!(run(&["refusals"]).await.unwrap(), "Nobody was refused a code in the last day.");
    assert!(run(&["traffic"]).await.unwrap().starts_with("No code was sent"));
    let refusal = run(&["limits", "--money-per-day", "5"]).await.unwrap_err();
    assert!(refusal.0[0].mend.contains("limits.prices_file"), "{refusal}");

    let now = installation.flow.now();
    let alert = |kind: &str, subject: &str, percent, amount, most| AlertRow {
        kind: kind.into(),
        subject: subject.into(),
        window: now,
        percent,
        amount,
        most,
        raised_at: now,
    };
    let tx = installation.store.begin(&pool.id).await.unwrap();
    tx.claim_alert(&alert("messages_day", "", 80, 80, 100)).await.unwrap();
    tx.claim_alert(&alert("no_conversion", "BR +55119", 0, 1, 40)).await.unwrap();
    tx.claim_alert(&alert("sender_out_of_order", "1 190", 0, 190, 0)).await.unwrap();
    tx.count_sent(&[Subject::read("BR +55119"), Subject::Pool], window_start(TRAFFIC_WINDOW, now))
        .await
        .unwrap();
    for (country, amount) in [("BR", 3), ("BR", 4), ("", 1)] {
        let (reason, country) = ("starts".to_owned(), country.to_owned());
        tx.count_refusals(&RefusalRow { reason, country, hour: now, amount }).await.unwrap();
    }
    tx.commit().await.unwrap();
    let said = run(&["alerts"]).await.unwrap();
    assert!(said.contains("80 % (80 of 100)") && said.contains("1 of 40 codes came back"), "{said}");
    assert!(said.contains("refused with 190: the access token has expired or was withdrawn"), "{said}");
    let said = run(&["traffic"]).await.unwrap();
    assert!(said.contains("BR +55119") && said.contains("only observes"), "{said}");
    let said = run(&["refusals"]).await.unwrap();
    assert!(said.contains("starts  BR       7"), "{said}");
    for (word, name) in [("alerts", "kind"), ("traffic", "range"), ("refusals", "limit")] {
        let said: Value = serde_json::from_str(&run(&[word, "--json"]).await.unwrap()).unwrap();
        assert!(said[0][name].is_string(), "{said}");
    }
    installation.store.close().await.unwrap();
}
