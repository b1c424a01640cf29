//! The simulator in Meta's place: started, stopped, told to misbehave, and the reports it might have sent.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use watchword_domain::Secret;
use watchword_flow::EmailSender;
use watchword_messaging::email::{self, Email};
use watchword_messaging::sms::Provider;
use watchword_simulator::{DeliveryPace, Sender, Settings, Simulator, SmsAccount, Template};

use super::{House, sms, with_query};

/// The sender's number, by Meta's id.
pub const PHONE_NUMBER_ID: &str = "106540352242922";

/// What Meta shows when it registers the webhook.
pub const VERIFY_TOKEN: &str = "verify-token-of-the-tests";

/// What webhooks are signed with.
pub(super) const APP_SECRET: &str = "app-secret-of-the-tests";
/// Meta's id of the account.
pub const WABA_ID: &str = "102290129340398";

pub(super) const ACCESS_TOKEN: &str = "access-token-of-the-tests";
pub(super) const TEMPLATE: &str = "watchword_code";

/// Meta as the house finds it.
pub(super) enum Meta {
    There(Running),
    /// Its port is kept, so that nobody else gets it, and refuses connections.
    Away(TcpSocket),
}

/// A simulator that runs.
pub(super) struct Running {
    simulator: Arc<Simulator>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Running {
    pub(super) fn on(listener: TcpListener, provider: SocketAddr) -> Self {
        let sms = SmsAccount {
            account: sms::ACCOUNT.into(),
            secret: sms::SECRET.into(),
            report_secret: sms::KEY.into(),
            report_url: Some(sms::reports_of(provider, Provider::Gateway)),
        };
        let simulator = Arc::new(Simulator::with_sms(settings(provider), sms).unwrap());
        let (stop, stopped) = watch::channel(false);
        let playing = simulator.clone();
        let task = tokio::spawn(async move { playing.run(listener, until(stopped)).await.unwrap() });
        Self { simulator, stop, task }
    }

    fn take_mails(&self, listener: TcpListener) {
        let (simulator, stopped) = (self.simulator.clone(), self.stop.subscribe());
        tokio::spawn(async move { simulator.run_mail(listener, until(stopped)).await });
    }

    async fn stop(self) {
        self.stop.send(true).unwrap();
        self.task.await.unwrap();
    }
}

/// Until somebody says so, or nobody can any more, because the house is gone.
async fn until(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}

fn settings(provider: SocketAddr) -> Settings {
    let languages = watchword_domain::Language::ALL.map(|language| language.meta_code().to_owned()).to_vec();
    let sender = Sender {
        phone_number_id: PHONE_NUMBER_ID.into(),
        waba_id: WABA_ID.into(),
        display_phone_number: "+1 555 078 3881".into(),
        verified_name: "Acme Market".into(),
        access_token: ACCESS_TOKEN.into(),
        app_secret: APP_SECRET.into(),
        verify_token: VERIFY_TOKEN.into(),
        webhook_url: Some(format!("http://{provider}/webhooks/whatsapp")),
        templates: vec![Template { name: TEMPLATE.into(), languages }],
    };
    Settings { sender, host: None, delivery: DeliveryPace { sent_ms: 0, delivered_ms: 0, retry_ms: 200 } }
}

/// The wire of mails to this address.
pub(super) fn mail_by(server: SocketAddr) -> EmailSender {
    let settings = email::Settings {
        url: Secret::new(format!("smtp://{server}")),
        from: "no-reply@id.example.com".to_owned(),
        timeout: Duration::from_secs(10),
    };
    EmailSender { channel: Arc::new(Email::new(&settings).unwrap()) }
}

impl House {
    /// From now on somebody takes the house's mails; gives where they can be read.
    pub async fn open_post_office(&self) -> SocketAddr {
        let mails = self.mails.lock().await.take().expect("it is opened once");
        let web = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = web.local_addr().unwrap();
        let simulator = Arc::new(Simulator::new(settings(self.provider)).unwrap());
        let inbox = simulator.clone();
        tokio::spawn(async move { simulator.run(web, std::future::pending()).await });
        tokio::spawn(async move { inbox.run_mail(mails, std::future::pending()).await });
        address
    }

    /// Meta goes away: its address refuses connections.
    pub async fn meta_leaves(&self) {
        let mut meta = self.meta.lock().await;
        if let Some(Meta::There(running)) = meta.take() {
            running.stop().await;
        }
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(self.simulator).unwrap();
        *meta = Some(Meta::Away(socket));
    }

    /// Meta comes back, at the same address and with no memory.
    pub async fn meta_returns(&self) {
        let mut meta = self.meta.lock().await;
        let Some(Meta::Away(socket)) = meta.take() else { panic!("Meta is there") };
        *meta = Some(Meta::There(Running::on(socket.listen(1024).unwrap(), self.provider)));
    }

    /// A mail server that the simulator plays; gives its address.
    pub async fn mail_server(&self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let meta = self.meta.lock().await;
        let Some(Meta::There(running)) = &*meta else { panic!("the simulator is away") };
        running.take_mails(listener);
        address
    }

    /// The newest message to a number, waiting until there is one after the `seen` first ones.
    pub async fn message_to(&self, phone: &str, seen: usize) -> Value {
        for _ in 0..200 {
            let mut messages = self.messages_to(phone).await;
            if messages.len() > seen {
                return messages.swap_remove(0);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no message arrived");
    }

    /// The code of that message.
    pub async fn code_to(&self, phone: &str, seen: usize) -> String {
        self.message_to(phone, seen).await["code"].as_str().unwrap().to_owned()
    }

    /// Every message to a number, newest first, as the simulator saw them.
    pub async fn messages_to(&self, phone: &str) -> Vec<Value> {
        let url = format!("http://{}/simulator/messages", self.simulator);
        let answer = self.http.get(with_query(&url, &[("to", phone)])).send().await.unwrap();
        answer.json::<Vec<Value>>().await.unwrap()
    }

    /// Meta's ids of all messages there ever were, a thousand at most.
    pub async fn sent(&self) -> Vec<String> {
        let url = format!("http://{}/simulator/messages?limit=1000", self.simulator);
        let messages: Vec<Value> = self.http.get(url).send().await.unwrap().json().await.unwrap();
        messages.iter().map(|message| message["wamid"].as_str().unwrap().to_owned()).collect()
    }

    /// Tells the simulator to misbehave.
    pub async fn fault(&self, fault: Value) {
        let url = format!("http://{}/simulator/faults", self.simulator);
        let answer = self.http.post(url).json(&json!([fault])).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// Takes every misbehaviour back.
    pub async fn forget_faults(&self) {
        let url = format!("http://{}/simulator/faults", self.simulator);
        self.http.delete(url).send().await.unwrap().error_for_status().unwrap();
    }

    /// A webhook as Meta would sign it.
    pub async fn webhook(&self, body: &str) -> reqwest::StatusCode {
        self.webhook_signed(body, Some(&sign(body))).await
    }

    /// A webhook with this signature.
    pub async fn webhook_signed(&self, body: &str, signature: Option<&str>) -> reqwest::StatusCode {
        let mut request = self.http.post(format!("http://{}/webhooks/whatsapp", self.provider));
        if let Some(signature) = signature {
            request = request.header("x-hub-signature-256", signature);
        }
        request.body(body.to_owned()).send().await.unwrap().status()
    }

    /// Meta reports how a message fares.
    pub async fn report(&self, message: &Value, status: &str) {
        assert_eq!(self.webhook(&report(message, status, &[]).to_string()).await, 200);
    }

    /// Meta reports that a message failed.
    pub async fn report_failure(&self, message: &Value, code: u32) {
        assert_eq!(self.webhook(&report(message, "failed", &[code]).to_string()).await, 200);
    }
}

/// The report of a status, as Meta words it.
pub fn report(message: &Value, status: &str, errors: &[u32]) -> Value {
    let errors: Vec<Value> = errors.iter().map(|code| json!({ "code": code, "title": "A title" })).collect();
    let status = json!({
        "id": message["wamid"],
        "status": status,
        "timestamp": "1750030073",
        "recipient_id": message["to"].as_str().unwrap().trim_start_matches('+'),
        "biz_opaque_callback_data": message["correlation"],
        "errors": errors,
    });
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": "15550783881", "phone_number_id": PHONE_NUMBER_ID },
        "statuses": [status],
    });
    json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": "102290129340398", "changes": [{ "field": "messages", "value": value }] }],
    })
}

/// Meta's signature of a body.
pub fn sign(body: &str) -> String {
    sign_with(APP_SECRET, body)
}

/// The signature of a body with this app secret.
pub fn sign_with(app_secret: &str, body: &str) -> String {
    let key = openssl::pkey::PKey::hmac(app_secret.as_bytes()).unwrap();
    let mut signer = openssl::sign::Signer::new(openssl::hash::MessageDigest::sha256(), &key).unwrap();
    let mac = signer.sign_oneshot_to_vec(body.as_bytes()).unwrap();
    format!("sha256={}", mac.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}
