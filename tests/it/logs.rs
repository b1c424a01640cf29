//! Numbers, codes, tokens and message ids never reach a log, at any level; and what a person quotes from a page is found
//! in it.

use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};

use serde_json::{Value, json};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::on_each_database;
use crate::support::{Answer, query_of};

/// Everything this process logged since the first test asked.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// What was logged of the request of this answer.
    fn of(&self, answer: &Answer) -> Vec<Value> {
        let id = answer.header("x-request-id");
        assert!(!id.is_empty());
        let text = self.text();
        let lines = text.lines().filter(|line| line.contains(id));
        let lines = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|line| line["span"]["id"] == id).collect()
    }
}

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
        // Without the time, whose digits may be any.
        let log = tracing_subscriber::fmt().with_env_filter(filter).without_time();
        log.with_writer(lines.clone()).json().init();
        lines
    });
    lines.clone()
}

on_each_database! {
    fn a_sign_in_leaves_nothing_of_the_person_in_the_logs(house) {
        let lines = listening();
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

        let log = lines.text();
        assert!(log.contains("/{domain}/sign-in/code"), "the log was listened to");
        let secrets = [
            "987650",
            "98765 0",
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

    fn the_reference_on_a_page_finds_the_request_in_the_log(house) {
        let lines = listening();
        let browser = house.browser();
        let refused = browser.get(&house.url("/authorize?client_id=nobody")).await;
        house.lose_database().await;
        house.clock.turn(std::time::Duration::from_secs(3));
        let failed = browser.open(&house).await;
        let form = [("grant_type", "refresh_token"), ("refresh_token", "none")];
        let told = house.token(&form).await;

        assert_eq!((refused.status, failed.status, told.status), (400, 503, 503));
        for page in [&refused, &failed] {
            let reference = format!(">{} · {}</", page.status, page.header("x-request-id"));
            assert!(page.text.contains(&reference), "{reference} is not in {}", page.text);
        }
        assert_eq!(errors_of(&lines.of(&refused)), Vec::<Value>::new(), "a refusal is no fault of ours");
        assert_eq!(errors_of(&lines.of(&failed)), ["a page failed"]);
        assert_eq!(errors_of(&lines.of(&told)), ["a request failed"]);
        for (answer, route) in [(&refused, "/{domain}/authorize"), (&told, "/{domain}/token")] {
            let lines = lines.of(answer);
            let last = lines.last().unwrap();
            assert_eq!((&last["span"]["route"], &last["fields"]["message"]), (&json!(route), &json!("answered")));
            assert_eq!(last["fields"]["status"], answer.status);
        }
    }
}

/// What was logged as an error: a fault once, with its cause.
fn errors_of(lines: &[Value]) -> Vec<Value> {
    let errors = lines.iter().filter(|line| line["level"] == "ERROR");
    errors.map(|line| line["fields"]["message"].clone()).collect()
}
