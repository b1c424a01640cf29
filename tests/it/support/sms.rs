//! Providers of SMS in front of a house, and the reports they might post.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sha::sha256;
use openssl::sign::Signer;
use serde_json::json;
use tokio::net::TcpListener;
use watchword_domain::{Clock, DeliveryState, Secret};
use watchword_flow::seams::SystemRandom;
use watchword_flow::{Settings, SmsSender, Watchword};
use watchword_http::ConnectionLimits;
use watchword_messaging::sms::gateway::{self, Gateway};
use watchword_messaging::sms::reports::{Reports, Shape};
use watchword_messaging::sms::twilio::Twilio;
use watchword_messaging::sms::vonage::Vonage;
use watchword_messaging::sms::{AccountSettings, Provider, Times};
use watchword_messaging::{Channel, OutgoingCode, Sending};

use super::House;

/// What reports are signed with.
pub const KEY: &str = "key-of-the-tests";

/// Who we are there.
pub const ACCOUNT: &str = "AC00000000000000000000000000000001";

/// The wire of a house that sends no SMS in its test.
struct Nobody;

impl Channel for Nobody {
    fn send_code<'a>(&'a self, _: &'a OutgoingCode) -> Sending<'a> {
        panic!("nothing is sent here")
    }
}

/// The same house's doors with this provider's reports taken there; gives their address.
pub async fn doors_of(house: &House, provider: Provider) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let sms = SmsSender { provider, channel: Arc::new(Nobody), reports: Some(reports(provider, address)) };
    let known = house.flow.settings();
    let settings = Settings {
        public_url: known.public_url.clone(),
        region: known.region.clone(),
        limits: known.limits.clone(),
        lifetimes: known.lifetimes.clone(),
        graph: known.graph.clone(),
        messages_per_second: 80,
        whatsapp: None,
        sms: Some(sms),
        email: None,
    };
    let (store, master) = (house.store.clone(), house.master.clone());
    let flow = Watchword::open(store, master, house.clock.clone(), Arc::new(SystemRandom), settings).await;
    let doors = super::doors(&Arc::new(flow.unwrap()), ConnectionLimits::default());
    tokio::spawn(watchword_http::serve(listener, doors, house.stop.subscribe()));
    address
}

/// What proves that it is us: Twilio's auth token, Vonage's API secret, all that the plain gateway's header says.
pub const SECRET: &str = "secret-of-the-account";

/// The way a house sends its SMS: by this provider, which the simulator plays, and which reports to these doors.
pub fn sender(provider: Provider, simulator: SocketAddr, doors: SocketAddr) -> SmsSender {
    let times = Times { connect: Duration::from_secs(2), whole: Duration::from_secs(3) };
    let secret = Secret::new(SECRET.to_owned());
    let account = |secret| AccountSettings {
        base_url: format!("http://{simulator}/sms/{}", provider.as_str()),
        account: ACCOUNT.to_owned(),
        secret,
        from: "Acme".to_owned(),
        report_url: reports_of(doors, provider),
        times,
    };
    let channel: Arc<dyn Channel> = match provider {
        Provider::Twilio => Arc::new(Twilio::new(&account(secret)).unwrap()),
        Provider::Vonage => Arc::new(Vonage::new(&account(secret)).unwrap()),
        Provider::Gateway => Arc::new(
            Gateway::new(&gateway::Settings {
                url: format!("http://{simulator}/sms"),
                authorization: secret,
                body: r#"{"to": {to}, "text": {text}, "reference": {reference}}"#.to_owned(),
                id: "/id".to_owned(),
                times,
            })
            .unwrap(),
        ),
    };
    SmsSender { provider, channel, reports: Some(reports(provider, doors)) }
}

/// How a provider's reports to these doors are proven and read.
fn reports(provider: Provider, doors: SocketAddr) -> Arc<Reports> {
    let secret = Secret::new(KEY.to_owned());
    let reports = match provider {
        Provider::Twilio => Reports::twilio(secret, &reports_of(doors, provider)),
        Provider::Vonage => Reports::vonage(ACCOUNT, secret),
        Provider::Gateway => Reports::gateway(secret, shape()),
    };
    Arc::new(reports.ok().unwrap())
}

/// What the plain gateway's reports look like.
fn shape() -> Shape {
    let states = [
        ("sent", DeliveryState::Sent),
        ("delivered", DeliveryState::Delivered),
        ("failed", DeliveryState::Failed),
    ];
    Shape {
        header: "x-signature".into(),
        id: "/id".into(),
        reference: "/reference".into(),
        status: "/status".into(),
        states: states.map(|(word, state)| (word.to_owned(), state)).into_iter().collect::<BTreeMap<_, _>>(),
    }
}

/// Where a provider posts its reports at these doors.
pub fn reports_of(doors: SocketAddr, provider: Provider) -> String {
    format!("http://{doors}/webhooks/sms/{}", provider.as_str())
}

fn hmac(digest: MessageDigest, message: &[u8]) -> Vec<u8> {
    let key = PKey::hmac(KEY.as_bytes()).unwrap();
    Signer::new(digest, &key).unwrap().sign_oneshot_to_vec(message).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The header in which a provider proves this body, posted to these doors with this query.
pub fn proof(
    house: &House,
    doors: SocketAddr,
    provider: Provider,
    (query, body): (&str, &str),
) -> (&'static str, String) {
    match provider {
        Provider::Twilio => {
            let mut fields: Vec<_> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
            fields.sort();
            let fields: String = fields.into_iter().map(|(name, value)| name + &value).collect();
            let query = if query.is_empty() { String::new() } else { format!("?{query}") };
            let mac = hmac(
                MessageDigest::sha1(),
                format!("{}{query}{fields}", reports_of(doors, provider)).as_bytes(),
            );
            ("x-twilio-signature", STANDARD.encode(mac))
        }
        Provider::Vonage => {
            let claims = json!({
                "iat": house.clock.now().seconds(),
                "api_key": ACCOUNT,
                "payload_hash": hex(&sha256(body.as_bytes())),
            });
            let signed = [json!({ "alg": "HS256", "typ": "JWT" }), claims]
                .map(|part| URL_SAFE_NO_PAD.encode(part.to_string()))
                .join(".");
            let mac = URL_SAFE_NO_PAD.encode(hmac(MessageDigest::sha256(), signed.as_bytes()));
            ("authorization", format!("Bearer {signed}.{mac}"))
        }
        Provider::Gateway => ("x-signature", hex(&hmac(MessageDigest::sha256(), body.as_bytes()))),
    }
}

/// Posts a report; gives the status of the answer.
pub async fn post(
    house: &House,
    doors: SocketAddr,
    (path, body): (&str, &str),
    proof: Option<(&str, String)>,
) -> u16 {
    let mut request = house.http.post(format!("http://{doors}/webhooks/sms/{path}"));
    if let Some((header, value)) = proof {
        request = request.header(header, value);
    }
    request.body(body.to_owned()).send().await.unwrap().status().as_u16()
}
