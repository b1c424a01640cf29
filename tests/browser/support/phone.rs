//! A person's phone: what the simulator has for one number, and what it is told to do to it.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use super::PATIENCE;

/// One number, and how many of its messages were read.
pub struct Phone {
    number: String,
    simulator: String,
    newest: AtomicU64,
    http: reqwest::Client,
}

impl Phone {
    pub fn new(simulator: &str, number: &str) -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "the tests' own client, with a time-out, to this machine"
        )]
        let http = reqwest::Client::builder().no_proxy().timeout(2 * PATIENCE).build().unwrap();
        Self { number: number.into(), simulator: simulator.into(), newest: AtomicU64::new(0), http }
    }

    pub fn number(&self) -> &str {
        &self.number
    }

    /// The address of its chat in the simulator.
    pub fn chat(&self) -> String {
        format!("{}/chats/{}", self.simulator, self.number)
    }

    /// The code of the next message, waiting until it arrives.
    pub async fn next_code(&self) -> String {
        let url = format!(
            "{}/simulator/messages?to={}&after={}&wait_ms={}",
            self.simulator,
            self.number,
            self.newest.load(Ordering::SeqCst),
            PATIENCE.as_millis()
        );
        let messages: Vec<Value> = self.http.get(url).send().await.unwrap().json().await.unwrap();
        let newest = messages.first().expect("a message arrives");
        self.newest.store(newest["n"].as_u64().unwrap(), Ordering::SeqCst);
        newest["code"].as_str().expect("a message with a code").to_owned()
    }

    /// The code of the newest message there is, read before or not.
    pub async fn newest_code(&self) -> String {
        let url = format!("{}/simulator/messages?to={}", self.simulator, self.number);
        let messages: Vec<Value> = self.http.get(url).send().await.unwrap().json().await.unwrap();
        messages[0]["code"].as_str().expect("a message with a code").to_owned()
    }

    /// Taps on the newest message that its code was not asked for.
    pub async fn disown(&self) {
        let url = format!("{}/simulator/messages?to={}", self.simulator, self.number);
        let messages: Vec<Value> = self.http.get(url).send().await.unwrap().json().await.unwrap();
        let tap = json!({
            "from": self.number,
            "context": messages[0]["wamid"],
            "button": { "payload": "DID_NOT_REQUEST_CODE", "text": "I didn't request a code" },
        });
        let url = format!("{}/simulator/inbound", self.simulator);
        self.http.post(url).json(&tap).send().await.unwrap().error_for_status().unwrap();
    }

    /// What is to happen to messages for this number until it is taken back.
    pub async fn misbehave(&self, mut fault: Value) {
        fault["to"] = json!(self.number);
        fault["times"] = json!(0);
        let url = format!("{}/simulator/faults", self.simulator);
        let answer = self.http.post(url).json(&json!([fault])).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// Takes every fault back.
    pub async fn behave(&self) {
        let url = format!("{}/simulator/faults", self.simulator);
        self.http.delete(url).send().await.unwrap().error_for_status().unwrap();
    }
}

/// Six digits that are not this code.
pub fn another_than(code: &str) -> String {
    code.chars().map(|digit| if digit == '9' { '0' } else { char::from(digit as u8 + 1) }).collect()
}
