//! Precedence, refusals and secrets of the configuration.

use std::ffi::OsString;
use std::io::Write;

use watchword_domain::lifetimes::Lifetimes;
use watchword_domain::limits::Limits;

use super::problem::Problems;
use super::reader::Reader;
use super::sources::Sources;
use super::{Config, KeySource, Reading};

const SENDER: [(&str, &str); 5] = [
    ("whatsapp.phone_number_id", "106540352242922"),
    ("whatsapp.waba_id", "102290129340398"),
    ("whatsapp.access_token", "token-of-the-test"),
    ("whatsapp.app_secret", "secret-of-the-test"),
    ("whatsapp.verify_token", "word-of-the-test"),
];

fn variables(given: &[(&str, &str)]) -> Sources {
    let environment =
        given.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect();
    Sources { environment, ..Sources::default() }
}

fn settings(given: &[(&'static str, &str)]) -> Sources {
    given.iter().fold(Sources::default(), |sources, (name, value)| sources.with(name, *value))
}

fn file(text: &str) -> (tempfile::NamedTempFile, Sources) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let sources = Sources { file: Some(file.path().into()), ..Sources::default() };
    (file, sources)
}

fn refusal(sources: Sources) -> String {
    Config::read(sources).err().expect("it should be refused").to_string()
}

#[test]
fn nothing_given_is_a_provider_on_loopback_with_the_defaults_of_the_rules() {
    let config = Config::read(Sources::default()).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.public_url.to_string(), "http://localhost:8080");
    assert_eq!((config.limits, config.lifetimes), (Limits::default(), Lifetimes::default()));
    assert_eq!(config.storage.database.described(), "the SQLite database watchword-data/watchword.db");
    assert!(config.whatsapp.is_none() && config.trusted_proxies.is_empty());
    assert_eq!(config.simulator.webhook_url.as_deref(), Some("http://localhost:8080/webhooks/whatsapp"));
}

#[test]
fn every_setting_of_the_table_is_read() {
    let mut reader = Reader::new(Sources::default());
    let storage = super::storage::read(&mut reader);
    assert!(super::config(&mut reader, storage).is_some());
    assert_eq!(reader.unread(), Vec::<&str>::new());
}

#[test]
fn the_environment_is_over_the_file_and_flags_are_over_both() {
    let text = "listen = \"127.0.0.1:1\"\nregion = \"file\"\nlog = \"debug\"\n[limits]\ncode_digits = 8\n";
    let (_file, mut sources) = file(text);
    sources.environment =
        variables(&[("WATCHWORD_LISTEN", "127.0.0.1:2"), ("WATCHWORD_REGION", "variable")]).environment;
    let config = Config::read(sources.with("listen", "127.0.0.1:3")).unwrap();
    assert_eq!(config.listen.port(), 3);
    assert_eq!(config.region, "variable");
    assert_eq!(config.logs.filter.as_deref(), Some("debug"));
    assert_eq!(config.limits, Limits { code_digits: 8, ..Limits::default() });
}

#[test]
fn lists_are_arrays_in_the_file_and_have_commas_elsewhere() {
    let text = "trusted_proxies = [\"10.0.0.0/8\", \"::1\"]\n[limits]\nresend_waits_seconds = [1, 2]\n";
    let (_file, sources) = file(text);
    let from_file = Config::read(sources).unwrap();
    let from_variables = Config::read(variables(&[
        ("WATCHWORD_TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
        ("WATCHWORD_LIMITS_RESEND_WAITS_SECONDS", "1,2"),
    ]))
    .unwrap();
    assert_eq!(from_file.trusted_proxies, from_variables.trusted_proxies);
    assert_eq!(from_file.trusted_proxies.len(), 2);
    assert_eq!(
        (from_file.limits, vec![1, 2]),
        (from_variables.limits.clone(), from_variables.limits.resend_waits_seconds)
    );
}

#[test]
fn what_is_unknown_is_refused_with_the_name_that_was_meant() {
    let (_file, sources) =
        file("public_uri = \"https://id.example.com\"\n[limits]\ntries = 3\n[fax]\nx = 1\n");
    let refusal = refusal(sources);
    assert!(refusal.contains("public_uri in") && refusal.contains("Did you mean public_url?"), "{refusal}");
    assert!(refusal.contains("limits.tries in") && refusal.contains("fax in"), "{refusal}");
    let refusal =
        self::refusal(variables(&[("WATCHWORD_LISTN", "127.0.0.1:1"), ("WATCHWORD_COLOUR_SCHEME", "red")]));
    assert!(
        refusal.contains("WATCHWORD_LISTN is not a setting") && refusal.contains("WATCHWORD_LISTEN?"),
        "{refusal}"
    );
    assert!(
        refusal.contains("WATCHWORD_COLOUR_SCHEME") && refusal.contains("docs/configuration.md"),
        "{refusal}"
    );
}

#[test]
fn what_is_not_ours_in_the_environment_is_left_alone() {
    assert!(Config::read(variables(&[("PATH", "/bin"), ("WATCHWORD_TEST_POSTGRES_URL", "x")])).is_ok());
}

#[test]
fn a_wrong_value_is_refused_by_the_name_of_its_setting() {
    for (name, value) in [
        ("listen", "localhost:8080"),
        ("public_url", "https://id.example.com/path"),
        ("database_url", "mysql://db/watchword"),
        ("database_url", "sqlite::memory:"),
        ("database_url", "sqlite:"),
        ("database_url", "sqlite:/tmp/100%.db"),
        ("data_dir", "/tmp/100%"),
        ("database_connections", "0"),
        ("database_patience_seconds", "many"),
        ("master_key", "c2hvcnQ="),
        ("region", "eu_west"),
        ("trusted_proxies", "10.0.0.0/8,proxy"),
        ("trusted_proxies", "0.0.0.0/0"),
        ("metrics_listen", "on"),
        ("log", "watchword=loud"),
        ("log_format", "xml"),
        ("whatsapp.api_url", "graph.facebook.com"),
        ("whatsapp.timeout_seconds", "60"),
        ("limits.code_digits", "5"),
        ("limits.resend_waits_seconds", "30,0"),
        ("limits.monitor", "on"),
        ("limits.money_per_pool_day", "five"),
        ("limits.money_per_pool_day", "5"),
        ("limits.prices_file", "/nowhere/prices.csv"),
        ("lifetimes.code_seconds", "601"),
        ("simulator.listen", "8081"),
        ("simulator.webhook_url", "webhooks"),
        ("listen", ""),
    ] {
        let problems = Reading::of(settings(&[(name, value)])).problems;
        let named = |problem: &super::Problem| problem.what.split(' ').next() == Some(name);
        assert!(problems.len() == 1 && problems.iter().all(named), "{name}: {:?}", problems);
        assert!(problems.iter().all(|problem| !problem.mend.is_empty()));
    }
}

#[test]
fn bounds_of_the_table_are_those_of_the_rules() {
    for setting in super::table::SETTINGS {
        let (super::setting::Kind::Number(least, most), Some("limits" | "lifetimes")) =
            (setting.kind, setting.section())
        else {
            continue;
        };
        for inside in [least, most] {
            assert!(
                Config::read(settings(&[(setting.name, &inside.to_string())])).is_ok(),
                "{} {inside}",
                setting.name
            );
        }
        let mut limits = serde_json::to_value(Limits::default()).unwrap();
        let mut lifetimes = serde_json::to_value(Lifetimes::default()).unwrap();
        for outside in [least.checked_sub(1), most.checked_add(1)].into_iter().flatten() {
            let refused = if setting.section() == Some("limits") {
                limits[setting.key()] = outside.into();
                serde_json::from_value::<Limits>(limits.clone()).is_ok_and(|limits| limits.check().is_ok())
            } else {
                lifetimes[setting.key()] = outside.into();
                serde_json::from_value::<Lifetimes>(lifetimes.clone())
                    .is_ok_and(|lifetimes| lifetimes.check().is_ok())
            };
            assert!(!refused, "{} {outside} is refused by the table only", setting.name);
        }
    }
}

#[test]
fn prices_are_read_from_their_file_and_a_wrong_line_is_named() {
    let mut prices = tempfile::NamedTempFile::new().unwrap();
    writeln!(prices, "country,channel,EUR\n*,whatsapp,0.01").unwrap();
    let path = prices.path().to_str().unwrap().to_owned();
    let given = [("limits.prices_file", path.as_str()), ("limits.money_per_pool_hour", "0.50")];
    let limits = Config::read(settings(&given)).unwrap().limits;
    assert_eq!(limits.prices.currency(), "EUR");
    assert_eq!(limits.money_per_pool_hour.unwrap().micros(), 500_000);
    let (_file, sources) = file(&format!("[limits]\nprices_file = \"{path}\"\nmoney_per_pool_day = \"2\"\n"));
    assert_eq!(Config::read(sources).unwrap().limits.money_per_pool_day.unwrap().to_string(), "2.00");
    writeln!(prices, "XX,whatsapp,0.01").unwrap();
    let refusal = refusal(settings(&given));
    assert!(refusal.starts_with("limits.prices_file") && refusal.contains("line 3"), "{refusal}");
}

#[test]
fn everything_wrong_is_said_at_once() {
    let Problems(problems) =
        Config::read(settings(&[("listen", "x"), ("region", "X"), ("limits.code_digits", "9")]))
            .err()
            .unwrap();
    assert_eq!(problems.len(), 3);
}

#[test]
fn a_whole_sender_is_taken() {
    let config = Config::read(settings(&SENDER)).unwrap();
    let sender = config.whatsapp.unwrap();
    assert_eq!(config.graph.api_url, "https://graph.facebook.com/v25.0");
    assert_eq!(sender.template, "watchword_code");
    assert_eq!(sender.app_secret.expose(), "secret-of-the-test");
}

#[test]
fn a_sender_with_a_gap_is_refused_and_the_gap_is_named() {
    for missing in 0..SENDER.len() {
        let mut given = SENDER.to_vec();
        let (name, _) = given.remove(missing);
        let refusal = refusal(settings(&given));
        assert!(refusal.starts_with(name) && refusal.contains("is missing"), "{refusal}");
    }
    let refusal = refusal(settings(&SENDER[..1]));
    for (name, _) in &SENDER[1..] {
        assert!(refusal.contains(name), "{refusal}");
    }
}

#[test]
fn an_empty_app_secret_or_verify_token_is_refused() {
    for name in ["whatsapp.app_secret", "whatsapp.verify_token", "whatsapp.app_secret_previous"] {
        for empty in ["", " ", "\n"] {
            let refusal = refusal(settings(&SENDER).with(name, empty));
            assert!(refusal.starts_with(name) && refusal.contains("is empty"), "{refusal}");
        }
    }
}

#[test]
fn no_secret_is_in_what_is_said_of_it() {
    let secret = "s3cr3t-and-nothing-else";
    let url = format!("postgres://watchword:{secret}@:no-port/db");
    let refusals = [
        refusal(settings(&[("master_key", secret), ("whatsapp.app_secret", &format!(" {secret}"))])),
        refusal(settings(&[("database_url", &url)])),
        refusal(settings(&[("database_url", &format!("mysql://{secret}@db"))])),
        refusal(file(&format!("master_key = \"{secret}\nlisten = \"x\"\n")).1),
        refusal(file(&format!("master_key = {{ key = \"{secret}\" }}\n")).1),
        refusal(settings(&[("whatsapp.access_token", secret), ("whatsapp.waba_id", "1")])),
    ];
    for refusal in refusals {
        assert!(!refusal.contains(secret), "{refusal}");
    }
    let good = format!("postgres://watchword:{secret}@db.example:5432/watchword?sslmode=verify-full");
    let database = Config::read(settings(&[("database_url", &good)])).unwrap().storage.database;
    assert_eq!(database.described(), "the PostgreSQL database at db.example/watchword");
    assert!(!database.without_url(&format!("no {good}")).contains(secret));
}

#[test]
fn the_way_to_a_database_elsewhere_must_be_said() {
    let told = |url: &str| {
        let refused = Config::read(settings(&[("database_url", url)])).err();
        refused.map(|Problems(problems)| problems.into_iter().map(|problem| problem.what).collect::<Vec<_>>())
    };
    for safe in [
        "postgres://u@localhost/w",
        "postgres://u@127.0.0.1:5432/w",
        "postgres://u@[::1]/w",
        "postgres:///w",
        "postgres://u@%2Fvar%2Frun%2Fpostgresql/w",
        "postgres://u@elsewhere/w?host=/var/run/postgresql",
        "postgres://u@db.example/w?sslmode=verify-full&sslrootcert=/etc/ca.pem",
        "postgresql://u@db.example/w?ssl-mode=verify-ca",
        "postgres://u@10.0.0.7/w?sslmode=disable",
    ] {
        assert_eq!(told(safe), None, "{safe}");
    }
    for open in [
        "postgres://u@db.example/w",
        "postgresql://u@10.0.0.7:5432/w?sslmode=prefer",
        "postgres://u@db.example/w?sslmode=require",
        "postgres://u@db.example/w?sslmode=allow",
        "postgres://u@localhost/w?host=db.example",
        "postgres://u@localhost.example/w",
    ] {
        assert_eq!(told(open), Some(vec!["database_url (--database-url)".to_owned()]), "{open}");
    }
}

#[test]
fn pages_for_other_machines_are_https() {
    for open in ["http://{domain}.id.example.com", "http://192.168.1.7:8080"] {
        assert!(refusal(settings(&[("public_url", open)])).starts_with("public_url"), "{open}");
    }
    assert!(Config::read(settings(&[("public_url", "http://{domain}.localhost:8080")])).is_ok());
}

#[test]
fn a_broken_file_is_named_with_the_line() {
    let (file, sources) = file("listen = \"127.0.0.1:1\"\n\nregion = \n");
    let refusal = refusal(sources);
    assert!(refusal.starts_with(&format!("line 3 of {}", file.path().display())), "{refusal}");
    let absent = Sources { file: Some("/nowhere/watchword.toml".into()), ..Sources::default() };
    assert!(self::refusal(absent).starts_with("/nowhere/watchword.toml cannot be read"));
}

#[test]
fn the_key_lies_beside_the_database_unless_said_otherwise() {
    let key = |given: &[(&'static str, &str)]| Config::read(settings(given)).unwrap().storage.master_key;
    let beside = key(&[("database_url", "sqlite:///var/lib/ww/w.db?mode=rwc")]);
    assert!(
        matches!(beside, KeySource::Beside(path) if path == std::path::Path::new("/var/lib/ww/master.key"))
    );
    assert!(matches!(key(&[("database_url", "postgres://localhost/w")]), KeySource::Nowhere));
    assert!(matches!(key(&[("master_key_file", "/run/key")]), KeySource::File(_)));
    let both =
        [("master_key_file", "/run/key"), ("master_key", "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=")];
    assert!(refusal(settings(&both)).contains("both given"));
}

#[test]
fn what_should_not_stay_is_advised() {
    let advice = |given: &[(&'static str, &str)]| -> Vec<String> {
        Config::read(settings(given)).unwrap().advice().into_iter().map(|advice| advice.what).collect()
    };
    assert_eq!(advice(&[]), ["the WhatsApp sender"]);
    assert_eq!(advice(&SENDER), Vec::<String>::new());
    let open = [&SENDER[..], &[("listen", "0.0.0.0:80"), ("whatsapp.api_url", "http://graph.example/v25.0")]]
        .concat();
    assert_eq!(advice(&open), ["public_url", "whatsapp.api_url"]);
    let fine = [&SENDER[..], &[("whatsapp.api_url", "http://127.0.0.1:8081/v25.0")]].concat();
    assert_eq!(advice(&fine), Vec::<String>::new());
}

const TWILIO: [(&str, &str); 4] = [
    ("sms.provider", "twilio"),
    ("sms.account", "AC00000000000000000000000000000001"),
    ("sms.secret", "token-of-the-test"),
    ("sms.from", "+15005550006"),
];

#[test]
fn sms_are_set_up_whole_with_the_providers_own_address_and_reports_to_ours() {
    let sms = |more: &[(&'static str, &str)]| {
        Config::read(settings(&[&TWILIO[..], more].concat())).unwrap().sms.unwrap()
    };
    let twilio = sms(&[("public_url", "https://{domain}.id.example.com")]);
    assert_eq!(twilio.api_url, "https://api.twilio.com");
    assert_eq!(twilio.report_url, "https://id.example.com/webhooks/sms/twilio");
    assert_eq!(twilio.report_secret.unwrap().expose(), "token-of-the-test");
    assert_eq!(sms(&[]).report_url, "http://localhost:8080/webhooks/sms/twilio");
    let elsewhere = sms(&[("sms.report_url", "https://hooks.example/sms"), ("sms.report_secret", "other")]);
    assert_eq!(elsewhere.report_url, "https://hooks.example/sms");
    assert_eq!(elsewhere.report_secret.unwrap().expose(), "other");
    assert!(Config::read(Sources::default()).unwrap().sms.is_none());
}

#[test]
fn sms_with_a_gap_are_refused_and_the_gap_is_named() {
    for missing in 0..TWILIO.len() {
        let mut given = TWILIO.to_vec();
        let (name, _) = given.remove(missing);
        let refusal = refusal(settings(&given));
        assert!(refusal.starts_with(name) && refusal.contains("is missing"), "{refusal}");
    }
    let of_vonage = [("sms.provider", "vonage"), TWILIO[1], TWILIO[2], TWILIO[3]];
    assert!(refusal(settings(&of_vonage)).starts_with("sms.report_secret"), "its reports would be lost");
    let of_gateway = [("sms.provider", "gateway")];
    let refusal = refusal(settings(&of_gateway));
    assert!(refusal.contains("sms.api_url") && refusal.contains("sms.secret"), "{refusal}");
}

#[test]
fn a_gateway_is_described_and_nobody_else() {
    let gateway = [
        ("sms.provider", "gateway"),
        ("sms.api_url", "https://sms.example/send"),
        ("sms.secret", "Bearer x"),
        ("sms.gateway_report_states", "DELIVRD=delivered, UNDELIV = failed"),
    ];
    let sms = Config::read(settings(&gateway)).unwrap().sms.unwrap();
    assert_eq!(sms.gateway.report_states.len(), 2);
    assert!(sms.report_secret.is_none(), "reports nobody signs are not taken");
    for (name, wrong) in [
        ("sms.gateway_report_states", "delivered"),
        ("sms.gateway_report_states", "DELIVRD=arrived"),
        ("sms.gateway_report_states", "=sent"),
        ("sms.account", "me"),
    ] {
        let refusal = refusal(settings(&gateway).with(name, wrong));
        assert!(refusal.starts_with(name), "{refusal}");
    }
    let refusal = refusal(settings(&TWILIO).with("sms.gateway_id", "/id"));
    assert!(refusal.starts_with("sms.gateway_id") && refusal.contains("no meaning for twilio"), "{refusal}");
}

#[test]
fn e_mail_is_set_up_whole_or_not_at_all_and_its_password_is_not_shown() {
    let both = [("smtp.url", "smtps://user:s3cr3t@mail.example"), ("smtp.from", "no-reply@example.com")];
    assert!(Config::read(settings(&both)).unwrap().smtp.is_some());
    for half in 0..both.len() {
        let refusal = refusal(settings(&both[half..=half]));
        assert!(refusal.contains("is missing") && !refusal.contains("s3cr3t"), "{refusal}");
    }
    let blank = refusal(settings(&both).with("smtp.url", " smtps://user:s3cr3t@mail.example"));
    assert!(!blank.contains("s3cr3t"), "{blank}");
}

#[test]
fn sms_in_the_clear_are_advised_against() {
    let advice = |url: &str| {
        let given = [&SENDER[..], &TWILIO, &[("sms.api_url", url)]].concat();
        Config::read(settings(&given)).unwrap().advice().len()
    };
    assert_eq!((advice("http://sms.example"), advice("http://127.0.0.1:8081/sms/twilio")), (1, 0));
}
