//! A whole installation for one test: real database, real HTTP, the simulator in Meta's place.

mod browser;
mod clock;
mod database;
mod live;
mod plan;
mod proxy;
mod rows;
mod simulator;
pub mod sms;
mod source;
mod tokens;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, watch};
use watchword_domain::client::ClientKind;
use watchword_domain::lifetimes::Lifetimes;
use watchword_domain::limits::Limits;
use watchword_domain::pool::{Pool, PoolSettings};
use watchword_domain::public_url::PublicUrl;
use watchword_domain::{Country, Secret};
use watchword_flow::crypto::MasterKey;
use watchword_flow::error::Fault;
use watchword_flow::projects::{NewProject, Project};
use watchword_flow::seams::SystemRandom;
use watchword_flow::senders::{SenderSettings, SharedSender};
use watchword_flow::{Settings, SmsSender, Watchword};
use watchword_http::{ConnectionLimits, Doors};
use watchword_messaging::sms::Provider;
use watchword_messaging::whatsapp::{Graph, Times};
use watchword_store::Store;

pub use browser::{Answer, Browser};
pub use clock::TurnedClock;
pub use database::{Database, outside};
pub use plan::Plan;
pub use rows::Column;
pub use simulator::{PHONE_NUMBER_ID, VERIFY_TOKEN, WABA_ID, report, sign, sign_with};
pub use source::store_sources;
pub use tokens::{VERIFIER, another, challenge_of, claims_of, query_of, random_phone, solved, zero_bits};

/// Where the test client's people come back to. Nobody listens there; the tests read the address.
pub const CALLBACK: &str = "https://shop.example/callback";

/// Where they go after sign-out.
pub const SIGNED_OUT: &str = "https://shop.example/signed-out";

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
    pub database: Database,
    pub master: MasterKey,
    /// The same as text.
    pub master_text: Secret<String>,
    meta: Mutex<Option<simulator::Meta>>,
    /// Where the house's mails go, until somebody opens the post office there.
    mails: Mutex<Option<TcpListener>>,
    stop: watch::Sender<bool>,
}

impl House {
    /// An installation as it was planned.
    pub async fn new(database: Database, plan: Plan) -> Self {
        let provider_listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let simulator_listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (provider, simulator) =
            (provider_listener.local_addr().unwrap(), simulator_listener.local_addr().unwrap());
        let (stop, stopped) = watch::channel(false);
        let running = simulator::Running::on(simulator_listener, provider);
        let store = Store::open(&database.settings).await.unwrap();
        let clock = Arc::new(TurnedClock::default());
        let public_url = plan.public_url.map_or_else(|| format!("http://{provider}"), str::to_owned);
        let mails = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sms = sms::sender(plan.sms, simulator, provider);
        let settings = Settings {
            email: Some(simulator::mail_by(mails.local_addr().unwrap())),
            lifetimes: plan.lifetimes,
            ..settings(public_url.parse().unwrap(), simulator, plan.limits, sms)
        };
        let master_text = MasterKey::generate(&SystemRandom);
        let master = MasterKey::parse(master_text.expose()).unwrap();
        let random = Arc::new(SystemRandom);
        let flow = Watchword::open(store.clone(), master.clone(), clock.clone(), random, settings).await;
        let flow = Arc::new(flow.unwrap());
        let doors = doors(&flow, ConnectionLimits::default());
        tokio::spawn(watchword_http::serve(provider_listener, doors, stopped.clone()));
        tokio::spawn(flow.clone().run_outbox(stopped.clone()));
        tokio::spawn(flow.clone().run_fallbacks(stopped));
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
            database,
            master,
            master_text,
            meta: Mutex::new(Some(simulator::Meta::There(running))),
            mails: Mutex::new(Some(mails)),
        }
    }

    /// A further project, with a client of this kind.
    pub async fn project(&self, domain: &str, kind: ClientKind) -> Project {
        self.flow.create_project(project(domain, kind)).await.unwrap()
    }

    /// The same service once more, under another master key.
    pub async fn open_with(&self, master: MasterKey) -> Result<Watchword, Fault> {
        let public_url = self.flow.settings().public_url.clone();
        let sms = sms::sender(Provider::Gateway, self.simulator, self.provider);
        let settings = settings(public_url, self.simulator, plan::usual_limits(), sms);
        let (clock, random) = (self.clock.clone(), Arc::new(SystemRandom));
        Watchword::open(self.store.clone(), master, clock, random, settings).await
    }

    /// Further doors to the same service, with limits of their own; gives the pool's address there.
    pub async fn doors_with(&self, connections: ConnectionLimits) -> (SocketAddr, String) {
        let address = self.serve(&self.flow, connections).await;
        (address, format!("http://{address}/{}", self.pool.domain))
    }

    /// Opens doors to a service.
    pub async fn serve(&self, flow: &Arc<Watchword>, connections: ConnectionLimits) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(watchword_http::serve(listener, doors(flow, connections), self.stop.subscribe()));
        address
    }

    /// A second node with connections of its own to the same database.
    pub async fn another_node(&self) -> Arc<Watchword> {
        self.node_with(|_| {}).await
    }

    /// As [`another_node`](Self::another_node), one that is set up otherwise.
    pub async fn node_with(&self, change: impl FnOnce(&mut Settings)) -> Arc<Watchword> {
        let store = Store::connect(&self.database.settings).await.unwrap();
        let known = self.flow.settings();
        let mut settings = Settings {
            public_url: known.public_url.clone(),
            region: known.region.clone(),
            limits: known.limits.clone(),
            lifetimes: known.lifetimes.clone(),
            graph: known.graph.clone(),
            messages_per_second: known.messages_per_second,
            whatsapp: known.whatsapp.clone(),
            sms: known.sms.clone(),
            email: known.email.clone(),
        };
        change(&mut settings);
        let random = Arc::new(SystemRandom);
        let node = Watchword::open(store, self.master.clone(), self.clock.clone(), random, settings).await;
        Arc::new(node.unwrap())
    }

    /// The address of a path below the pool's issuer.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.pool.issuer)
    }

    /// A browser that was never here before.
    pub fn browser(&self) -> Browser {
        Browser::new(self.http.clone(), self.provider)
    }

    /// The parameters of an ordinary authorization request, with PKCE for [`VERIFIER`](tokens::VERIFIER).
    pub fn request(&self) -> Vec<(String, String)> {
        request(&self.client_id)
    }

    /// The parameters of a request that asks even somebody who is signed in.
    pub fn prompted(&self) -> Vec<(String, String)> {
        let mut request = self.request();
        request.push(("prompt".into(), "login".into()));
        request
    }

    /// A call to the token endpoint, authenticated by this house's secret.
    pub async fn token(&self, form: &[(&str, &str)]) -> Answer {
        let request =
            self.http.post(self.url("/token")).basic_auth(&self.client_id, Some(&self.client_secret));
        self.send(request.form(form)).await
    }

    /// Redeems a code as the test client would.
    pub async fn redeem(&self, code: &str) -> Answer {
        self.token(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
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
        ("code_challenge", &challenge_of(VERIFIER)),
        ("code_challenge_method", "S256"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

/// `url?query`.
pub fn with_query<N: AsRef<str>, V: AsRef<str>>(url: &str, pairs: &[(N, V)]) -> String {
    let pairs: Vec<(&str, &str)> =
        pairs.iter().map(|(name, value)| (name.as_ref(), value.as_ref())).collect();
    url::Url::parse_with_params(url, &pairs).unwrap().into()
}

fn project(domain: &str, kind: ClientKind) -> NewProject {
    let countries: Vec<Country> =
        ["US", "IN", "BR", "ES", "EG"].iter().map(|code| code.parse().unwrap()).collect();
    NewProject {
        name: "Acme Market".into(),
        domain: domain.into(),
        kind,
        redirect_uris: vec![CALLBACK.into()],
        post_logout_redirect_uris: vec![SIGNED_OUT.into()],
        settings: PoolSettings { countries, ..PoolSettings::default() },
    }
}

fn doors(flow: &Arc<Watchword>, connections: ConnectionLimits) -> Doors {
    let docs_url = "https://docs.example".into();
    Doors::new(flow.clone(), watchword_http::Settings { trusted_proxies: vec![], docs_url, connections })
        .unwrap()
}

fn settings(public_url: PublicUrl, simulator: SocketAddr, limits: Limits, sms: SmsSender) -> Settings {
    let graph = graph(&format!("http://{simulator}"));
    Settings {
        public_url,
        region: "local".into(),
        limits,
        lifetimes: Lifetimes::default(),
        messages_per_second: 1000,
        whatsapp: Some(shared_sender(&graph)),
        sms: Some(sms),
        graph,
        email: None,
    }
}

/// The Graph API at this origin.
pub fn graph(origin: &str) -> Graph {
    let times = Times { connect: Duration::from_secs(2), whole: Duration::from_secs(3) };
    Graph::new(&format!("{origin}/v25.0"), times).unwrap()
}

/// The sender that all projects of a test share.
pub fn shared_sender(graph: &Graph) -> SharedSender {
    shared_sender_with(graph, &[simulator::TEMPLATE])
}

/// The same with these templates.
pub fn shared_sender_with(graph: &Graph, templates: &[&str]) -> SharedSender {
    let settings = SenderSettings {
        phone_number_id: PHONE_NUMBER_ID.into(),
        waba_id: WABA_ID.into(),
        access_token: Secret::new(simulator::ACCESS_TOKEN.into()),
        app_secrets: vec![Secret::new(simulator::APP_SECRET.into())],
        templates: templates.iter().map(|name| (*name).to_owned()).collect(),
    };
    SharedSender::new(graph, settings, Secret::new(VERIFY_TOKEN.into())).unwrap()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the tests' one client: no redirects, so that each can be looked at"
)]
fn http_client() -> reqwest::Client {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    client.no_proxy().timeout(Duration::from_secs(30)).build().unwrap()
}
