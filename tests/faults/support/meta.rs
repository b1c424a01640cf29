//! Meta: the simulator at an address that stays, whose webhooks find the provider of the moment.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;
use watchword_domain::Language;
use watchword_simulator::{DeliveryPace, Sender, Settings, Simulator, Template};

use super::http_client;

pub const PHONE_NUMBER_ID: &str = "106540352242922";
pub const WABA_ID: &str = "102290129340398";
pub const ACCESS_TOKEN: &str = "access-token-of-the-tests";
pub const APP_SECRET: &str = "app-secret-of-the-tests";
pub const VERIFY_TOKEN: &str = "verify-token-of-the-tests";
pub const TEMPLATE: &str = "watchword_code";

pub struct Meta {
    pub address: SocketAddr,
    http: reqwest::Client,
    /// Where webhooks are led to; nowhere while the way is closed.
    way: watch::Sender<Option<SocketAddr>>,
    is_closed: watch::Sender<bool>,
    webhooks: SocketAddr,
    running: Mutex<Option<JoinHandle<()>>>,
}

impl Meta {
    /// Meta, not there yet: its address refuses connections.
    pub async fn new() -> Self {
        let (listener, relay) = (
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
        );
        let (way, is_closed) = (watch::Sender::new(None), watch::Sender::new(false));
        let webhooks = relay.local_addr().unwrap();
        tokio::spawn(lead(relay, way.subscribe(), is_closed.subscribe()));
        let (address, http) = (listener.local_addr().unwrap(), http_client());
        Self { address, http, way, is_closed, webhooks, running: Mutex::new(None) }
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
            webhook_url: Some(format!("http://{}/webhooks/whatsapp", self.webhooks)),
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
        self.way.send_replace(Some(provider));
    }

    /// Webhooks do not get through for now; Meta repeats them.
    pub fn close_the_way(&self) {
        self.is_closed.send_replace(true);
    }

    /// Webhooks get through again.
    pub fn open_the_way(&self) {
        self.is_closed.send_replace(false);
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
        for _ in 0..1500 {
            if let Some(message) = self.messages_to(phone).await.first() {
                return message["code"].as_str().unwrap().to_owned();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("no message within thirty seconds");
    }
}

/// Hands every connection on, while there is a way.
async fn lead(
    listener: TcpListener,
    way: watch::Receiver<Option<SocketAddr>>,
    is_closed: watch::Receiver<bool>,
) {
    while let Ok((mut here, _)) = listener.accept().await {
        let (provider, mut is_closed) = (*way.borrow(), is_closed.clone());
        if *is_closed.borrow() {
            continue;
        }
        tokio::spawn(async move {
            let Some(provider) = provider else { return };
            // A provider that is dead or dies meanwhile ends the connection, as it would without us.
            let Ok(mut there) = TcpStream::connect(provider).await else { return };
            tokio::select! {
                _ = copy_bidirectional(&mut here, &mut there) => {}
                _ = is_closed.wait_for(|closed| *closed) => {}
            }
        });
    }
}
