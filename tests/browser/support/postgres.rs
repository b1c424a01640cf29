//! An installation as an operator sets it up: `watchword serve` on PostgreSQL, behind an address that was known before it;
//! Meta and the relying party are elsewhere, here in the test.

use std::future::pending;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Mutex;

use sea_orm::ConnectionTrait;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use watchword_domain::Language;
use watchword_domain::ids::SecretId;
use watchword_flow::crypto::MasterKey;
use watchword_flow::seams::SystemRandom;
use watchword_portal::Portal;
use watchword_simulator::{DeliveryPace, Sender, Settings, Simulator, Template};

use super::browser::environment;
use super::demo::{Demo, ready};

const PHONE_NUMBER_ID: &str = "106540352242922";
const WABA_ID: &str = "102290129340398";
const ACCESS_TOKEN: &str = "access-token-of-the-tests";
const APP_SECRET: &str = "app-secret-of-the-tests";
const VERIFY_TOKEN: &str = "verify-token-of-the-tests";
const TEMPLATE: &str = "watchword_code";

/// Where people find the parts.
struct Origins {
    provider: String,
    simulator: String,
    portal: String,
}

impl Demo {
    /// Sets one up and waits until it serves.
    pub async fn with_postgres() -> Self {
        let (front, provider) = listener().await;
        let (meta, simulator) = listener().await;
        let (shop, portal) = listener().await;
        let origins = Origins { provider, simulator, portal };
        let dir = tempfile::tempdir().unwrap();
        let configuration = configuration(&origins, database().await);
        let project = create_project(&origins, &configuration, &dir);
        let serve = command(&["serve", "--json-ready"], &configuration, &dir);
        let (child, ready) = ready(serve, &dir).await;
        let doors = ready["provider"].as_str().unwrap().trim_start_matches("http://").parse().unwrap();
        tokio::spawn(lead(front, doors));
        let meta_plays = simulator_of(&origins);
        tokio::spawn(async move { meta_plays.run(meta, pending()).await.unwrap() });
        let shop_plays = portal_of(&origins, &project);
        tokio::spawn(async move { shop_plays.run(shop, pending()).await.unwrap() });
        let Origins { provider, simulator, portal } = origins;
        let issuer = project["issuer"].as_str().unwrap().to_owned();
        assert_eq!(issuer, format!("{provider}/acme"));
        Self { issuer, provider, simulator, portal, child: Mutex::new(child), dir }
    }
}

/// A free port of this machine, and the origin that browsers find it at.
async fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    (listener, origin)
}

/// A fresh database on the server that the environment names.
async fn database() -> String {
    let server = environment("WATCHWORD_TEST_POSTGRES_URL", "a PostgreSQL server");
    let name = format!("watchword_{}", SecretId::random(&SystemRandom)).to_lowercase();
    let admin = sea_orm::Database::connect(&server).await.unwrap();
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    admin.close().await.unwrap();
    format!("{}/{name}", server.rsplit_once('/').unwrap().0)
}

fn configuration(origins: &Origins, database: String) -> Vec<(&'static str, String)> {
    vec![
        ("WATCHWORD_LISTEN", "127.0.0.1:0".to_owned()),
        ("WATCHWORD_PUBLIC_URL", origins.provider.clone()),
        ("WATCHWORD_METRICS_LISTEN", "off".to_owned()),
        ("WATCHWORD_LOG", "warn".to_owned()),
        ("WATCHWORD_DATABASE_URL", database),
        ("WATCHWORD_MASTER_KEY", MasterKey::generate(&SystemRandom).expose().clone()),
        ("WATCHWORD_WHATSAPP_API_URL", format!("{}/v25.0", origins.simulator)),
        ("WATCHWORD_WHATSAPP_PHONE_NUMBER_ID", PHONE_NUMBER_ID.to_owned()),
        ("WATCHWORD_WHATSAPP_WABA_ID", WABA_ID.to_owned()),
        ("WATCHWORD_WHATSAPP_ACCESS_TOKEN", ACCESS_TOKEN.to_owned()),
        ("WATCHWORD_WHATSAPP_APP_SECRET", APP_SECRET.to_owned()),
        ("WATCHWORD_WHATSAPP_VERIFY_TOKEN", VERIFY_TOKEN.to_owned()),
        ("WATCHWORD_WHATSAPP_TEMPLATE", TEMPLATE.to_owned()),
    ]
}

/// A command of the binary, configured by this and by nothing else.
fn command(arguments: &[&str], configuration: &[(&str, String)], dir: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_watchword"));
    command.args(arguments).current_dir(dir.path()).stdin(Stdio::null()).env_clear();
    command.envs(configuration.iter().map(|(name, value)| (*name, value)));
    command
}

fn create_project(origins: &Origins, configuration: &[(&str, String)], dir: &TempDir) -> Value {
    let [callback, signed_out] = ["callback", "signed-out"].map(|path| format!("{}/{path}", origins.portal));
    let asked = ["project", "create", "--json", "--name", "Acme Market", "--domain", "acme"];
    let countries = ["--country", "IN,US", "--callback-url", &callback, "--sign-out-url", &signed_out];
    let made = command(&[&asked[..], &countries].concat(), configuration, dir).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    serde_json::from_slice(&made.stdout).unwrap()
}

fn simulator_of(origins: &Origins) -> Simulator {
    let languages = Language::ALL.map(|language| language.meta_code().to_owned()).to_vec();
    let sender = Sender {
        phone_number_id: PHONE_NUMBER_ID.into(),
        waba_id: WABA_ID.into(),
        display_phone_number: "+1 555 078 3881".into(),
        verified_name: "Acme Market".into(),
        access_token: ACCESS_TOKEN.into(),
        app_secret: APP_SECRET.into(),
        verify_token: VERIFY_TOKEN.into(),
        webhook_url: Some(format!("{}/webhooks/whatsapp", origins.provider)),
        templates: vec![Template { name: TEMPLATE.into(), languages }],
    };
    let delivery = DeliveryPace { sent_ms: 0, delivered_ms: 0, retry_ms: 200 };
    Simulator::new(Settings { sender, host: None, delivery }).unwrap()
}

fn portal_of(origins: &Origins, project: &Value) -> Portal {
    let text = |name: &str| project[name].as_str().unwrap().to_owned();
    let settings = watchword_portal::Settings {
        name: "Acme Market".into(),
        issuer: text("issuer"),
        client_id: text("client_id"),
        client_secret: Some(text("client_secret")),
        public_url: origins.portal.clone(),
        simulator_url: Some(origins.simulator.clone()),
    };
    Portal::new(settings).unwrap()
}

/// Hands every connection on to the provider, as what stands in front of one does: its address must be known before it is
/// there, for it is in every issuer.
async fn lead(front: TcpListener, doors: SocketAddr) {
    loop {
        let (mut browser, _) = front.accept().await.unwrap();
        tokio::spawn(async move {
            if let Ok(mut provider) = TcpStream::connect(doors).await {
                // Either may hang up whenever it likes.
                let _ = copy_bidirectional(&mut browser, &mut provider).await;
            }
        });
    }
}
