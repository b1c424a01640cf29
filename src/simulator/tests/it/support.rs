//! A simulator on a free port, a receiver for its webhooks, and the words the tests speak.

use axum::{
    Router,
    body::Bytes,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    routing::get,
};
use openssl::{hash::MessageDigest, pkey::PKey, sign::Signer};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use std::{
    collections::{HashMap, VecDeque},
    future::IntoFuture as _,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot},
    task::JoinHandle,
};
use watchword_simulator::{DeliveryPace, Sender, Settings, Simulator, SmsAccount, Template};

pub const PHONE: &str = "106540352242922";
pub const WABA: &str = "102290129340398";
pub const TOKEN: &str = "a-token";
pub const SECRET: &str = "an-app-secret";
pub const VERIFY: &str = "a-verify-token";
pub const ANA: &str = "+16505551234";
pub const BEN: &str = "+919876543210";

/// Long enough for any machine; only a test that would otherwise hang ever waits it out.
const PATIENCE: Duration = Duration::from_secs(20);

pub fn settings(webhook_url: Option<String>) -> Settings {
    let sender = Sender {
        phone_number_id: PHONE.into(),
        waba_id: WABA.into(),
        display_phone_number: "+1 555 078 3881".into(),
        verified_name: "Acme Market".into(),
        access_token: TOKEN.into(),
        app_secret: SECRET.into(),
        verify_token: VERIFY.into(),
        webhook_url,
        templates: vec![Template {
            name: "watchword_code".into(),
            languages: vec!["en_US".into(), "es".into(), "ar".into()],
        }],
    };
    Settings { sender, host: None, delivery: DeliveryPace { sent_ms: 0, delivered_ms: 0, retry_ms: 1 } }
}

/// A running simulator. It stops when this is dropped.
pub struct Stage {
    pub base: String,
    pub http: Client,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl Stage {
    pub async fn alone() -> Self {
        Self::with(settings(None)).await
    }

    /// A simulator and the receiver of its webhooks.
    pub async fn with_receiver() -> (Self, Receiver) {
        let receiver = Receiver::start().await;
        (Self::with(settings(Some(receiver.url.clone()))).await, receiver)
    }

    pub async fn with(settings: Settings) -> Self {
        Self::with_sms(settings, SmsAccount::default()).await
    }

    pub async fn with_sms(settings: Settings, sms: SmsAccount) -> Self {
        Self::of(Simulator::with_sms(settings, sms).unwrap()).await.0
    }

    /// A simulator that takes mails, and where.
    pub async fn with_mail(settings: Settings) -> (Self, SocketAddr) {
        Self::of(Simulator::new(settings).unwrap()).await
    }

    async fn of(simulator: Simulator) -> (Self, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mails = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let mail_address = mails.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(async move {
            let shutdown = async {
                let _ = stopped.await;
            };
            tokio::select! {
                outcome = simulator.run(listener, shutdown) => outcome.unwrap(),
                outcome = simulator.run_mail(mails, std::future::pending()) => outcome.unwrap(),
            }
        });
        (Self { base, http: client(), stop, running }, mail_address)
    }

    /// Asks the simulator to stop and waits until it has.
    pub async fn stop(self) {
        self.stop.send(()).unwrap();
        tokio::time::timeout(PATIENCE, self.running).await.unwrap().unwrap();
    }

    /// A call of the Graph API with the first sender's token.
    pub async fn graph(&self, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
        self.graph_as(TOKEN, method, path, body).await
    }

    /// A call of the Graph API with this token.
    pub async fn graph_as(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> (u16, Value) {
        let request = self.http.request(method, format!("{}/v25.0/{path}", self.base)).bearer_auth(token);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        read(request.send().await.unwrap()).await
    }

    pub async fn send(&self, message: &Value) -> (u16, Value) {
        self.graph(Method::POST, &format!("{PHONE}/messages"), Some(message)).await
    }

    /// Sends a code and returns its wamid.
    pub async fn send_code(&self, to: &str, code: &str) -> String {
        let (status, answer) = self.send(&code_message(to, code)).await;
        assert_eq!(status, 200, "{answer}");
        answer["messages"][0]["id"].as_str().unwrap().to_owned()
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        read(self.http.get(format!("{}{path}", self.base)).send().await.unwrap()).await
    }

    pub async fn page(&self, path: &str) -> String {
        self.http.get(format!("{}{path}", self.base)).send().await.unwrap().text().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        read(self.http.post(format!("{}{path}", self.base)).json(body).send().await.unwrap()).await
    }

    /// Sends a form as a browser without scripts does.
    pub async fn fill(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let encoded = reqwest::Url::parse_with_params("http://form/", fields).unwrap();
        let request = self.http.post(format!("{}{path}", self.base));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request.body(encoded.query().unwrap().to_owned()).send().await.unwrap()
    }

    pub async fn patch(&self, path: &str, body: &Value) -> (u16, Value) {
        read(self.http.patch(format!("{}{path}", self.base)).json(body).send().await.unwrap()).await
    }

    pub async fn delete(&self, path: &str) -> (u16, Value) {
        read(self.http.delete(format!("{}{path}", self.base)).send().await.unwrap()).await
    }

    /// Changes the first sender.
    pub async fn change(&self, change: &Value) {
        let (status, answer) = self.patch(&format!("/simulator/senders/{PHONE}"), change).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// Control calls that must be taken.
    pub async fn order(&self, path: &str, order: &Value) -> Value {
        let (status, answer) = self.post(path, order).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    pub async fn fault(&self, faults: &Value) {
        let (status, answer) = self.post("/simulator/faults", faults).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// Waits, by asking again, until the newest message on a phone has this status.
    pub async fn until(&self, to: &str, status: &str) {
        let reached = async {
            loop {
                let (_, messages) = self.get(&format!("/simulator/messages?to={to}&limit=1")).await;
                if messages[0]["status"] == status {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, reached).await.unwrap();
    }
}

/// Status and JSON, or the text as a JSON string.
pub async fn read(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

#[expect(clippy::disallowed_methods, reason = "the tests' own client: time-out, no redirects, no proxy")]
pub fn client() -> Client {
    Client::builder()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}

pub fn code_message(to: &str, code: &str) -> Value {
    json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": to, "type": "template",
        "biz_opaque_callback_data": "m-1",
        "template": { "name": "watchword_code", "language": {"code": "en_US"}, "components": [
            {"type": "body", "parameters": [{"type": "text", "text": code}]},
            {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": code}]},
        ]},
    })
}

pub fn text_message(to: &str, body: &str) -> Value {
    json!({"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": body}})
}

/// One webhook as it came in.
pub struct Hook {
    pub signature: String,
    pub raw: Bytes,
    pub json: Value,
}

impl Hook {
    /// The value of the only change.
    pub fn value(&self) -> &Value {
        assert_eq!(self.json["entry"][0]["changes"].as_array().unwrap().len(), 1, "{}", self.json);
        &self.json["entry"][0]["changes"][0]["value"]
    }

    /// The values of all changes of this field.
    pub fn of_field(&self, field: &str) -> Vec<Value> {
        let changes = self.json["entry"][0]["changes"].as_array().unwrap();
        changes
            .iter()
            .filter(|change| change["field"] == field)
            .map(|change| change["value"].clone())
            .collect()
    }

    /// All status words in it, in order.
    pub fn statuses(&self) -> Vec<String> {
        let changes = self.json["entry"][0]["changes"].as_array().unwrap();
        let statuses = changes.iter().filter_map(|change| change["value"]["statuses"].as_array()).flatten();
        statuses.map(|status| status["status"].as_str().unwrap().to_owned()).collect()
    }

    pub fn is_signed_with(&self, secret: &str) -> bool {
        let key = PKey::hmac(secret.as_bytes()).unwrap();
        let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
        signer.update(&self.raw).unwrap();
        let hex: String = signer.sign_to_vec().unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
        self.signature == format!("sha256={hex}")
    }
}

/// What the provider's webhook would be: it answers as it is told and hands on what it got.
pub struct Receiver {
    pub url: String,
    hooks: mpsc::UnboundedReceiver<Hook>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

/// Another sender than the first, with another account, app and token.
pub fn other_sender(webhook_url: &str) -> Value {
    json!({
        "phone_number_id": "206540352242922", "waba_id": "202290129340398",
        "display_phone_number": "+44 20 7946 0123", "verified_name": "Other Shop",
        "access_token": "other-token", "app_secret": "other-secret", "verify_token": VERIFY,
        "webhook_url": webhook_url,
        "templates": [{"name": "watchword_code", "languages": ["en_US"]}],
    })
}

pub const OTHER_PHONE: &str = "206540352242922";
pub const OTHER_WABA: &str = "202290129340398";
pub const OTHER_TOKEN: &str = "other-token";
pub const OTHER_SECRET: &str = "other-secret";

#[derive(Clone)]
struct Desk {
    hooks: mpsc::UnboundedSender<Hook>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/webhooks/whatsapp", listener.local_addr().unwrap());
        let (sender, hooks) = mpsc::unbounded_channel();
        let answers = Arc::new(Mutex::new(VecDeque::new()));
        let desk = Desk { hooks: sender, answers: Arc::clone(&answers) };
        let router = Router::new().route("/webhooks/whatsapp", get(handshake).post(take)).with_state(desk);
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { url, hooks, answers }
    }

    /// The statuses of the next answers; after them it is 200 again.
    pub fn answer_with(&self, statuses: &[u16]) {
        self.answers.lock().unwrap().extend(statuses);
    }

    pub async fn next(&mut self) -> Hook {
        tokio::time::timeout(PATIENCE, self.hooks.recv()).await.unwrap().unwrap()
    }

    /// The next value of a field that is not `messages`, over as many webhooks as it takes.
    pub async fn told(&mut self, field: &str) -> (Value, Hook) {
        loop {
            let hook = self.next().await;
            if let Some(value) = hook.of_field(field).first() {
                return (value.clone(), hook);
            }
        }
    }

    /// Status words as they come in, over as many webhooks as it takes.
    pub async fn statuses(&mut self, count: usize) -> Vec<String> {
        let mut all = Vec::new();
        while all.len() < count {
            all.extend(self.next().await.statuses());
        }
        all
    }
}

async fn handshake(Query(query): Query<HashMap<String, String>>) -> (StatusCode, String) {
    let right = query.get("hub.mode").is_some_and(|mode| mode == "subscribe")
        && query.get("hub.verify_token").is_some_and(|token| token == VERIFY);
    if right {
        (StatusCode::OK, query["hub.challenge"].clone())
    } else {
        (StatusCode::FORBIDDEN, String::new())
    }
}

async fn take(State(desk): State<Desk>, headers: HeaderMap, raw: Bytes) -> StatusCode {
    let signature = headers["x-hub-signature-256"].to_str().unwrap().to_owned();
    let json = serde_json::from_slice(&raw).unwrap();
    let _ = desk.hooks.send(Hook { signature, raw, json });
    let status = desk.answers.lock().unwrap().pop_front().unwrap_or(200);
    StatusCode::from_u16(status).unwrap()
}
