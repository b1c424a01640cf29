//! Numbers, codes, tokens and message ids never reach a log, at any level.

use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};

use serde_json::json;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{Database, House, query_of};

/// Everything this process logged since the first test asked.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn listening() -> Lines {
    static LINES: OnceLock<Lines> = OnceLock::new();
    let lines = LINES.get_or_init(|| {
        let lines = Lines::default();
        // The simulator is not part of what is operated.
        let filter = EnvFilter::new("trace,watchword_simulator=off");
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(lines.clone()).json().init();
        lines
    });
    lines.clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_leaves_nothing_of_the_person_in_the_logs() {
    let lines = listening();
    let house = House::on(Database::sqlite()).await;
    let phone = "+919876501234";
    let browser = house.browser();
    let page = browser.ask_code(&house, phone).await;
    let code = house.code_to(phone, 0).await;
    let wamid = house.messages_to(phone).await[0]["wamid"].as_str().unwrap().to_owned();
    browser.type_code(&house, &page, "000000").await;
    let location = browser.type_code(&house, &page, &code).await.location();
    let authorization_code = query_of(&location)["code"].clone();
    let tokens = house.redeem(&authorization_code).await.json();
    house.fault(json!({ "to": "+919876501235", "kind": "error", "code": 131026 })).await;
    house.browser().ask_code(&house, "+919876501235").await;
    house.fault(json!({ "to": "+919876501236", "kind": "garbage" })).await;
    house.browser().ask_code(&house, "+919876501236").await;
    let sign_in = page.hidden("sign_in");
    house.wait_for_outbox().await;

    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("/{domain}/sign-in/code"), "the log was listened to");
    let secrets = [
        "98765",
        "919876501234",
        &wamid,
        &authorization_code,
        tokens["access_token"].as_str().unwrap(),
        tokens["id_token"].as_str().unwrap(),
        tokens["refresh_token"].as_str().unwrap(),
        &house.client_secret,
        &browser.cookie("session").unwrap(),
        &browser.cookie("browser").unwrap(),
        &page.hidden("csrf"),
    ];
    for secret in secrets {
        let line = log.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret} stands in: {}", line.unwrap());
    }
    // Six digits stand by chance in many a number; where the sign-in is named, its code must not be.
    assert!(!log.lines().any(|line| line.contains(&sign_in) && line.contains(&code)));
}
