//! Meta: the simulator at an address that stays, whose webhooks find the provider of the moment.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use watchword_domain::Language;
use watchword_simulator::{DeliveryPace, Sender, Settings, Simulator, Template};

use super::{Relay, Way, http_client};

pub const PHONE_NUMBER_ID: &str = "106540352242922";
pub const WABA_ID: &str = "102290129340398";
pub const ACCESS_TOKEN: &str = "access-token-of-the-tests";
pub const APP_SECRET: &str = "app-secret-of-the-tests";
pub const VERIFY_TOKEN: &str = "verify-token-of-the-tests";
pub const TEMPLATE: &str = "watchword_code";

pub struct Meta {
    pub address: SocketAddr,
    http: reqwest::Client,
    /// Leads webhooks to the provider of the moment.
    webhooks: Relay,
    running: Mutex<Option<JoinHandle<()>>>,
}

impl Meta {
    /// Meta, not there yet: its address refuses connections.
    pub async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, http) = (listener.local_addr().unwrap(), http_client());
        Self { address, http, webhooks: Relay::new(Way::Open), running: Mutex::new(None) }
    }

    /// Meta is there from now on.
    pub async fn arrive(&self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        let languages = Language::ALL.map(|language| language.meta_code().to_owned()).to_vec();
        let sender = Sender {
            phone_number_id: PHONE_NUMBER_ID.into(),
            waba_id: WABA_ID.into(),
            display_phone_number: "+1 555 078 3881".into(),
            verified_name: "Acme Market".into(),
            access_token: ACCESS_TOKEN.into(),
            app_secret: APP_SECRET.into(),
            verify_token: VERIFY_TOKEN.into(),
            webhook_url: Some(format!("http://{}/webhooks/whatsapp", self.webhooks.address)),
            templates: vec![Template { name: TEMPLATE.into(), languages }],
        };
        let delivery = DeliveryPace { sent_ms: 0, delivered_ms: 0, retry_ms: 100 };
        let simulator = Simulator::new(Settings { sender, host: None, delivery }).unwrap();
        let running =
            tokio::spawn(async move { simulator.run(listener, std::future::pending()).await.unwrap() });
        *self.running.lock().await = Some(running);
    }

    /// Leads webhooks to this provider.
    pub fn lead_to(&self, provider: SocketAddr) {
        self.webhooks.lead_to(provider);
    }

    /// Webhooks do not get through for now; Meta repeats them.
    pub fn close_the_way(&self) {
        self.webhooks.set(Way::Cut);
    }

    /// Webhooks get through again.
    pub fn open_the_way(&self) {
        self.webhooks.set(Way::Open);
    }

    /// Tells the simulator to misbehave.
    pub async fn fault(&self, fault: Value) {
        let url = format!("http://{}/simulator/faults", self.address);
        let answer = self.http.post(url).json(&json!([fault])).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// Every message there ever was, newest first, a thousand at most.
    pub async fn messages(&self) -> Vec<Value> {
        let url = format!("http://{}/simulator/messages?limit=1000", self.address);
        self.http.get(url).send().await.unwrap().json().await.unwrap()
    }

    /// Every message to a number.
    pub async fn messages_to(&self, phone: &str) -> Vec<Value> {
        let mut messages = self.messages().await;
        messages.retain(|message| message["to"] == phone);
        messages
    }

    /// The code that a number was sent, as soon as there is one.
    pub async fn code_to(&self, phone: &str) -> String {
        self.next_code_to(phone, 0).await
    }

    /// The code that a number was sent after so many others.
    pub async fn next_code_to(&self, phone: &str, seen: usize) -> String {
        for _ in 0..1500 {
            let messages = self.messages_to(phone).await;
            if let Some(newest) = messages.first().filter(|_| messages.len() > seen) {
                return newest["code"].as_str().unwrap().to_owned();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("no message within thirty seconds");
    }
}
