//! What `doctor` says it looked at, and what it finds.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use watchword_domain::Secret;
use watchword_domain::lifetimes::Lifetimes;
use watchword_flow::senders::health;
use watchword_flow::senders::manage::NewSender;
use watchword_messaging::whatsapp::Template;

use super::{KEY, config, sources};
use crate::commands::doctor::{Part, examine};
use crate::commands::installation;
use crate::commands::simulator::{self, Simulating};
use crate::config::Config;

const SENDER: [(&str, &str); 5] = [
    ("whatsapp.phone_number_id", "106540352242922"),
    ("whatsapp.waba_id", "102290129340398"),
    ("whatsapp.access_token", "token"),
    ("whatsapp.app_secret", "secret"),
    ("whatsapp.verify_token", "word"),
];

async fn looked(directory: &Path, more: &[(&'static str, &str)], may_ask: bool) -> Vec<Part> {
    let given = SENDER.iter().chain(more);
    let sources = given.fold(sources(directory), |sources, (name, value)| sources.with(name, *value));
    examine(sources, may_ask).await
}

fn problems(parts: &[Part]) -> Vec<String> {
    parts.iter().flat_map(|part| &part.problems).map(ToString::to_string).collect()
}

fn lines(parts: &[Part]) -> Vec<(&str, &str)> {
    parts.iter().map(|part| (part.name, part.found.as_str())).collect()
}

async fn found(directory: &Path, more: &[(&'static str, &str)]) -> Vec<String> {
    problems(&looked(directory, more, false).await)
}

/// A simulator that plays the sender of these tests, and where it answers.
async fn simulated(directory: &Path) -> (Simulating, String) {
    let given = SENDER.iter().fold(sources(directory), |sources, (name, value)| sources.with(name, *value));
    let config = Config::read(given.with("simulator.listen", "127.0.0.1:0")).unwrap();
    let simulating = simulator::start(&config).await.unwrap();
    let api_url = format!("http://{}/v25.0", simulating.address);
    (simulating, api_url)
}

#[tokio::test]
async fn a_new_installation_is_said_to_be_empty_and_nothing_is_made_of_looking() {
    let directory = tempfile::tempdir().unwrap();
    let parts = looked(directory.path(), &[], false).await;
    assert_eq!(problems(&parts), Vec::<String>::new());
    let [configuration, database, key, sender] = lines(&parts).try_into().unwrap();
    assert_eq!(configuration, ("configuration", "well; people reach it at http://localhost:8080"));
    assert!(database.0 == "database" && database.1.starts_with("not there yet"), "{database:?}");
    assert!(key.0 == "master key" && key.1.starts_with("not there yet"), "{key:?}");
    assert!(sender.0 == "sender" && sender.1.contains("not asked"), "{sender:?}");
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn sms_and_mail_are_looked_at_without_sending() {
    let directory = tempfile::tempdir().unwrap();
    let twilio = [
        ("sms.provider", "twilio"),
        ("sms.account", "AC00000000000000000000000000000001"),
        ("sms.secret", "token-of-the-test"),
        ("sms.from", "Acme"),
        ("smtp.from", "no-reply@acme.example"),
    ];
    let played = [
        ("simulator.listen", "127.0.0.1:0"),
        ("simulator.smtp_listen", "127.0.0.1:0"),
        ("smtp.url", "smtp://127.0.0.1:1"),
    ];
    let given = SENDER.iter().chain(&twilio).chain(&played);
    let sources = given.fold(sources(directory.path()), |sources, (name, value)| sources.with(name, *value));
    let simulating = simulator::start(&Config::read(sources).unwrap()).await.unwrap();
    let api_url = format!("http://{}/v25.0", simulating.address);
    let (sms_url, mail) =
        (format!("http://{}/sms/twilio", simulating.address), format!("smtp://{}", simulating.mail.unwrap()));
    let more = |secret: &'static str| {
        let places = [("whatsapp.api_url", api_url.as_str()), ("sms.api_url", &sms_url), ("smtp.url", &mail)];
        [&twilio[..2], &twilio[3..], &[("sms.secret", secret)], &places].concat()
    };
    let parts = looked(directory.path(), &more("token-of-the-test"), true).await;
    let lines = lines(&parts);
    let of = |name: &str| lines.iter().find(|(part, _)| *part == name).unwrap().1.to_owned();
    assert!(
        of("sms").starts_with("Twilio knows the account, which is active; reports come to http"),
        "{lines:?}"
    );
    assert!(of("e-mail").starts_with("the mail server takes us"), "{lines:?}");
    let inbox = super::serve::get(&simulating.address.to_string(), "/simulator/mails").await;
    assert!(inbox.ends_with("[]"), "{inbox}");
    let problems = problems(&looked(directory.path(), &more("another"), true).await);
    let of_sms = problems.iter().find(|problem| problem.contains("WATCHWORD_SMS_SECRET")).unwrap();
    assert!(of_sms.starts_with("sms.account or sms.secret is not accepted by Twilio"), "{of_sms}");
    assert!(!of_sms.contains("another"), "{of_sms}");
    simulating.running.stop().await.unwrap();
}

#[tokio::test]
async fn an_installation_that_served_is_well() {
    let directory = tempfile::tempdir().unwrap();
    installation::open(&config(directory.path())).await.unwrap().store.close().await.unwrap();
    let parts = looked(directory.path(), &[], false).await;
    assert_eq!(problems(&parts), Vec::<String>::new());
    let found: Vec<&str> = lines(&parts).into_iter().map(|(_, found)| found).collect();
    assert!(found[1].ends_with("with the schema of this version"), "{found:?}");
    assert!(found[2].ends_with("opens what is sealed in the database"), "{found:?}");
}

#[tokio::test]
async fn problems_of_all_kinds_are_found_in_one_go() {
    let directory = tempfile::tempdir().unwrap();
    installation::open(&config(directory.path())).await.unwrap().store.close().await.unwrap();
    let found = found(
        directory.path(),
        &[
            ("master_key", KEY),
            ("listen", "0.0.0.0:0"),
            ("whatsapp.api_url", "http://graph.example/v25.0"),
            ("whatsapp.phone_number_id", "+91 98765"),
        ],
    )
    .await;
    for (problem, beginning) in
        found.iter().zip(["public_url", "whatsapp.api_url", "master_key", "whatsapp.phone"])
    {
        assert!(problem.starts_with(beginning), "{found:?}");
    }
    assert_eq!(found.len(), 4, "{found:?}");
}

#[tokio::test]
async fn a_broken_setting_does_not_hide_the_database() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("watchword.db"), "this is no database, and long enough to tell")
        .unwrap();
    let found = found(directory.path(), &[("region", "Ä"), ("limits.code_digits", "4")]).await;
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found[2].starts_with("the SQLite database"), "{found:?}");
}

#[tokio::test]
async fn a_key_that_others_can_read_is_found_before_there_is_a_database() {
    let directory = tempfile::tempdir().unwrap();
    let key = directory.path().join("master.key");
    std::fs::write(&key, KEY).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let found = found(directory.path(), &[]).await;
    assert!(found.len() == 1 && found[0].contains("chmod 600"), "{found:?}");
}

#[tokio::test]
async fn a_key_file_that_is_named_and_absent_is_found_before_there_is_a_database() {
    let directory = tempfile::tempdir().unwrap();
    let absent = directory.path().join("elsewhere.key");
    let found = found(directory.path(), &[("master_key_file", absent.to_str().unwrap())]).await;
    assert!(found.len() == 1 && found[0].contains("is not there"), "{found:?}");
}

#[tokio::test]
async fn the_sender_is_asked_and_what_it_says_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let (simulating, api_url) = simulated(directory.path()).await;
    let parts = looked(directory.path(), &[("whatsapp.api_url", &api_url)], true).await;
    assert_eq!(problems(&parts), Vec::<String>::new());
    assert_eq!(
        lines(&parts)[3..],
        [
            (
                "sender",
                "+1 555 010 0199 \"Watchword\" answers to the access token; quality GREEN, messaging limit TIER_2K"
            ),
            ("token", "it has whatsapp_business_messaging, whatsapp_business_management; it does not expire"),
            (
                "template",
                "watchword_code is approved in en_US, es, pt_BR, id, hi, ar; its text says: expires in 5 minutes"
            ),
            ("webhooks", "subscribed: Simulated app; never heard so far"),
        ]
    );
    simulating.running.stop().await.unwrap();
}

#[tokio::test]
async fn made_up_credentials_are_found_out() {
    let directory = tempfile::tempdir().unwrap();
    let (simulating, api_url) = simulated(directory.path()).await;
    for (setting, beginnings) in [
        ("whatsapp.access_token", &["whatsapp.access_token is not accepted"][..]),
        ("whatsapp.phone_number_id", &["whatsapp.phone_number_id 1 is unknown to Meta"]),
        (
            "whatsapp.waba_id",
            &["whatsapp.waba_id 1 is unknown to Meta", "whatsapp.waba_id 1 is unknown to Meta"],
        ),
        ("whatsapp.template", &["the template 1 is in none of the languages"]),
    ] {
        let found = problems(
            &looked(directory.path(), &[("whatsapp.api_url", &api_url), (setting, "1")], true).await,
        );
        assert_eq!(found.len(), beginnings.len(), "{found:?}");
        for (problem, beginning) in found.iter().zip(beginnings) {
            assert!(problem.starts_with(beginning), "{found:?}");
        }
    }
    simulating.running.stop().await.unwrap();
    let found = problems(&looked(directory.path(), &[("whatsapp.api_url", &api_url)], true).await);
    assert!(found.len() == 1 && found[0].contains("could not be asked"), "{found:?}");
}

#[tokio::test]
async fn a_message_that_names_another_life_than_the_codes_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let (simulating, api_url) = simulated(directory.path()).await;
    let short = [("whatsapp.api_url", api_url.as_str()), ("lifetimes.code_seconds", "60")];
    let found = problems(&looked(directory.path(), &short, true).await);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].contains("the code expires in 5 minutes, but it works for 60 s"), "{found:?}");
    assert!(found[1].contains("is tried for 300 s"), "{found:?}");
    simulating.running.stop().await.unwrap();
}

#[test]
fn a_template_is_judged_in_each_language_that_is_sent() {
    let template = |language: &str, status: &str, category: &str| Template {
        rejected_reason: None,
        quality: None,
        language: language.to_owned(),
        status: status.to_owned(),
        category: category.to_owned(),
        expires_minutes: None,
        ttl_seconds: Some(300),
    };
    let templates = [
        template("en_US", "APPROVED", "AUTHENTICATION"),
        template("es", "PENDING", "AUTHENTICATION"),
        template("hi", "PENDING", "AUTHENTICATION"),
        template("pt_BR", "REJECTED", "AUTHENTICATION"),
        template("ar", "APPROVED", "UTILITY"),
        template("de", "REJECTED", "MARKETING"),
    ];
    let wanted = health::Wanted {
        name: "watchword_code",
        account: "1",
        save_template: "a command",
        code_seconds: Lifetimes::default().code_seconds,
        is_standby: false,
    };
    let judged = wanted.judge(&templates);
    let wrong: Vec<&str> = judged.iter().map(|problem| problem.wrong.as_str()).collect();
    assert_eq!(
        wrong,
        [
            "is missing in id",
            "is PENDING in es, hi",
            "is REJECTED in pt_BR",
            "is of the category UTILITY in ar"
        ]
    );
}

#[tokio::test]
async fn nothing_is_asked_where_the_token_would_be_read_on_the_way() {
    let directory = tempfile::tempdir().unwrap();
    let parts = looked(directory.path(), &[("whatsapp.api_url", "http://192.0.2.1/v25.0")], true).await;
    assert_eq!(parts.last().unwrap().found, "not asked: the access token could be read on the way");
    assert_eq!(problems(&parts).len(), 1);
}

#[tokio::test]
async fn a_projects_own_live_sender_is_looked_at_too() {
    let directory = tempfile::tempdir().unwrap();
    let (simulating, api_url) = simulated(directory.path()).await;
    let given = sources(directory.path()).with("whatsapp.api_url", &api_url);
    let config = Config::read(given).unwrap();
    let installation = installation::open(&config).await.unwrap();
    let pool = super::project::made(&installation.flow, "shop").await.pool;
    let new = NewSender {
        name: "Own".to_owned(),
        phone_number_id: "106540352242922".to_owned(),
        waba_id: "102290129340398".to_owned(),
        access_token: Secret::new("token".to_owned()),
        app_secret: Secret::new("secret".to_owned()),
        template: "watchword_code".to_owned(),
        standby_template: None,
    };
    let made = installation.flow.create_sender(&pool, new).await;
    let id = made.unwrap_or_else(|_| panic!("made")).sender.id;
    installation.flow.take_sender_live(&pool.id, &id).await.unwrap_or_else(|_| panic!("live"));
    installation.store.close().await.unwrap();

    let look = async || {
        let places = [("whatsapp.api_url", api_url.as_str())];
        let given =
            places.iter().fold(sources(directory.path()), |all, (name, value)| all.with(name, *value));
        examine(given, true).await
    };
    let of_projects = |parts: &[Part]| {
        let own = parts.iter().filter(|part| part.name == "own senders");
        own.flat_map(|part| &part.problems).map(ToString::to_string).collect::<Vec<_>>()
    };
    let parts = look().await;
    assert_eq!(of_projects(&parts), Vec::<String>::new());
    assert!(
        lines(&parts).contains(&("own senders", "1 of projects is live and well")),
        "{:?}",
        lines(&parts)
    );
    let order = r#"{"name":"watchword_code","event":"PAUSED"}"#;
    super::serve::post(&simulating.address.to_string(), "/simulator/templates", order).await;
    let found = of_projects(&look().await);
    assert_eq!(found.len(), 1, "{found:?}");
    let said = "the template watchword_code of the sender Own of the project shop is PAUSED";
    assert!(found[0].starts_with(said), "{found:?}");
    simulating.running.stop().await.unwrap();
}
