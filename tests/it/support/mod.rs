//! A whole installation for one test: real database, real HTTP, the simulator in Meta's place.

mod browser;
mod clock;
mod database;
mod tokens;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use watchword_domain::client::ClientKind;
use watchword_domain::lifetimes::Lifetimes;
use watchword_domain::limits::Limits;
use watchword_domain::pool::{Pool, PoolSettings};
use watchword_domain::{Country, Secret};
use watchword_flow::crypto::MasterKey;
use watchword_flow::projects::{NewProject, Project};
use watchword_flow::seams::SystemRandom;
use watchword_flow::{Settings, Watchword, WhatsappSender};
use watchword_messaging::whatsapp::CloudApi;
use watchword_simulator::{DeliveryPace, Simulator, Template};
use watchword_store::Store;

pub use browser::{Answer, Browser};
pub use clock::TurnedClock;
pub use database::Database;
pub use tokens::{challenge_of, claims_of, random_phone, query_of};

/// Where the test client's people come back to. Nobody listens there; the tests read the address.
pub const CALLBACK: &str = "https://shop.example/callback";

/// Where they go after sign-out.
pub const SIGNED_OUT: &str = "https://shop.example/signed-out";

const PHONE_NUMBER_ID: &str = "106540352242922";
const APP_SECRET: &str = "app-secret-of-the-tests";
const VERIFY_TOKEN: &str = "verify-token-of-the-tests";

/// An installation with one project, `acme`.
pub struct House {
    pub flow: Arc<Watchword>,
    pub store: Store,
    pub clock: Arc<TurnedClock>,
    pub pool: Pool,
    pub client_id: String,
    pub client_secret: String,
    pub provider: SocketAddr,
    pub simulator: SocketAddr,
    pub http: reqwest::Client,
    stop: watch::Sender<bool>,
    _database: Database,
}

impl House {
    /// An installation with generous address limits: tests all come from one address.
    pub async fn on(database: Database) -> Self {
        let limits = Limits { starts_per_address: 100_000, messages_per_pool_day: 1_000_000, ..Limits::default() };
        Self::with_limits(database, limits).await
    }

    /// An installation with these limits.
    pub async fn with_limits(database: Database, limits: Limits) -> Self {
        let provider_listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let simulator_listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (provider, simulator) = (provider_listener.local_addr().unwrap(), simulator_listener.local_addr().unwrap());
        let (stop, stopped) = watch::channel(false);
        start_simulator(simulator_listener, provider, stopped.clone());
        let store = Store::open(&database.settings).await.unwrap();
        let clock = Arc::new(TurnedClock::default());
        let settings = Settings {
            public_url: format!("http://{provider}").parse().unwrap(),
            region: "local".into(),
            limits,
            lifetimes: Lifetimes::default(),
            whatsapp: Some(sender(simulator)),
        };
        let master = MasterKey::parse(MasterKey::generate(&SystemRandom).expose()).unwrap();
        let flow = Watchword::open(store.clone(), master, clock.clone(), Arc::new(SystemRandom), settings).await;
        let flow = Arc::new(flow.unwrap());
        let doors_settings =
            watchword_http::Settings { trusted_proxies: vec![], docs_url: "https://docs.example".into() };
        let doors = watchword_http::Doors::new(flow.clone(), doors_settings).unwrap();
        tokio::spawn(watchword_http::serve(provider_listener, doors, stopped.clone()));
        tokio::spawn(flow.clone().run_outbox(stopped));
        let project = flow.create_project(project("acme", ClientKind::Web)).await.unwrap();
        Self {
            store,
            clock,
            client_id: project.client.id.as_str().to_owned(),
            client_secret: project.client_secret.unwrap().expose().clone(),
            pool: project.pool,
            provider,
            simulator,
            http: http_client(),
            stop,
            flow,
            _database: database,
        }
    }

    /// A further project, with a client of this kind.
    pub async fn project(&self, domain: &str, kind: ClientKind) -> Project {
        self.flow.create_project(project(domain, kind)).await.unwrap()
    }

    /// The address of a path below the pool's issuer.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.pool.issuer)
    }

    /// A browser that was never here before.
    pub fn browser(&self) -> Browser {
        Browser::new(self.http.clone())
    }

    /// The parameters of an ordinary authorization request, with PKCE for [`VERIFIER`](tokens::VERIFIER).
    pub fn request(&self) -> Vec<(String, String)> {
        request(&self.client_id)
    }

    /// The code of the newest message to a number, waiting until there is one after the `seen` first ones.
    pub async fn code_to(&self, phone: &str, seen: usize) -> String {
        for _ in 0..200 {
            let messages = self.messages_to(phone).await;
            if messages.len() > seen {
                return messages[0]["code"].as_str().unwrap().to_owned();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no message arrived");
    }

    /// Every message to a number, newest first, as the simulator saw them.
    pub async fn messages_to(&self, phone: &str) -> Vec<Value> {
        let url = format!("http://{}/simulator/messages", self.simulator);
        let answer = self.http.get(with_query(&url, &[("to", phone)])).send().await.unwrap();
        answer.json::<Vec<Value>>().await.unwrap()
    }

    /// Tells the simulator to misbehave.
    pub async fn fault(&self, fault: Value) {
        let url = format!("http://{}/simulator/faults", self.simulator);
        let answer = self.http.post(url).json(&json!([fault])).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// A webhook as Meta would sign it.
    pub async fn webhook(&self, body: &str) -> reqwest::StatusCode {
        let url = format!("http://{}/webhooks/whatsapp", self.provider);
        let request = self.http.post(url).header("x-hub-signature-256", sign(body)).body(body.to_owned());
        request.send().await.unwrap().status()
    }

    /// A call to the token endpoint, authenticated by this house's secret.
    pub async fn token(&self, form: &[(&str, &str)]) -> Answer {
        let request = self.http.post(self.url("/token")).basic_auth(&self.client_id, Some(&self.client_secret));
        Answer::of(request.form(form).send().await.unwrap()).await
    }

    /// Redeems a code as the test client would.
    pub async fn redeem(&self, code: &str) -> Answer {
        self.token(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", tokens::VERIFIER),
        ])
        .await
    }

    /// The tokens of a number that signs in from a fresh browser.
    pub async fn tokens_of(&self, phone: &str) -> Value {
        let code = self.browser().sign_in(self, phone).await;
        let answer = self.redeem(&code).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}

/// The parameters of an ordinary authorization request of this client.
pub fn request(client_id: &str) -> Vec<(String, String)> {
    [
        ("response_type", "code"),
        ("client_id", client_id),
        ("redirect_uri", CALLBACK),
        ("scope", "openid profile phone offline_access"),
        ("state", "st&te=1"),
        ("nonce", "n-0S6_WzA2Mj"),
        ("code_challenge", &challenge_of(tokens::VERIFIER)),
        ("code_challenge_method", "S256"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

/// `url?query`.
pub fn with_query<N: AsRef<str>, V: AsRef<str>>(url: &str, pairs: &[(N, V)]) -> String {
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_ref(), value.as_ref())).collect();
    url::Url::parse_with_params(url, &pairs).unwrap().into()
}

fn project(domain: &str, kind: ClientKind) -> NewProject {
    let countries: Vec<Country> = ["US", "IN", "BR", "ES", "EG"].iter().map(|code| code.parse().unwrap()).collect();
    NewProject {
        name: "Acme Market".into(),
        domain: domain.into(),
        kind,
        redirect_uris: vec![CALLBACK.into()],
        post_logout_redirect_uris: vec![SIGNED_OUT.into()],
        settings: PoolSettings { countries, ..PoolSettings::default() },
    }
}

fn sender(simulator: SocketAddr) -> WhatsappSender {
    let channel = CloudApi::new(watchword_messaging::whatsapp::Settings {
        base_url: format!("http://{simulator}/v25.0"),
        phone_number_id: PHONE_NUMBER_ID.into(),
        access_token: Secret::new("access-token-of-the-tests".into()),
        template: "watchword_code".into(),
        connect_timeout: Duration::from_secs(2),
        timeout: Duration::from_secs(3),
    });
    WhatsappSender {
        phone_number_id: PHONE_NUMBER_ID.into(),
        channel: Arc::new(channel.unwrap()),
        app_secrets: vec![Secret::new(APP_SECRET.into())],
        verify_token: Secret::new(VERIFY_TOKEN.into()),
    }
}

fn start_simulator(listener: TcpListener, provider: SocketAddr, mut stopped: watch::Receiver<bool>) {
    let languages = watchword_domain::Language::ALL.map(|language| language.meta_code().to_owned()).to_vec();
    let simulator = Simulator::new(watchword_simulator::Settings {
        phone_number_id: PHONE_NUMBER_ID.into(),
        waba_id: "102290129340398".into(),
        display_phone_number: "+1 555 078 3881".into(),
        verified_name: "Acme Market".into(),
        access_token: "access-token-of-the-tests".into(),
        app_secret: APP_SECRET.into(),
        verify_token: VERIFY_TOKEN.into(),
        webhook_url: Some(format!("http://{provider}/webhooks/whatsapp")),
        templates: vec![Template { name: "watchword_code".into(), languages }],
        delivery: DeliveryPace { sent_ms: 0, delivered_ms: 0, retry_ms: 200 },
    })
    .unwrap();
    tokio::spawn(async move {
        let shutdown = async move {
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        simulator.run(listener, shutdown).await.unwrap();
    });
}

fn sign(body: &str) -> String {
    let key = openssl::pkey::PKey::hmac(APP_SECRET.as_bytes()).unwrap();
    let mut signer = openssl::sign::Signer::new(openssl::hash::MessageDigest::sha256(), &key).unwrap();
    let mac = signer.sign_oneshot_to_vec(body.as_bytes()).unwrap();
    format!("sha256={}", mac.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

#[expect(clippy::disallowed_methods, reason = "the tests' one client: no redirects, so that each can be looked at")]
fn http_client() -> reqwest::Client {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    client.no_proxy().timeout(Duration::from_secs(30)).build().unwrap()
}
