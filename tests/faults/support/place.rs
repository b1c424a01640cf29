//! A place a provider can be started at again and again: database, master key, configuration, project.

use std::process::{Command, Stdio};
use std::time::Duration;

use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, QueryResult,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use serde_json::Value;
use tempfile::TempDir;
use watchword_flow::crypto::MasterKey;
use watchword_flow::seams::SystemRandom;

use super::browser::PERSON_COMES_BACK_TO;
use super::meta::{ACCESS_TOKEN, APP_SECRET, Meta, PHONE_NUMBER_ID, TEMPLATE, VERIFY_TOKEN, WABA_ID};
use super::provider::Provider;
use super::relay::{Relay, Way};

/// A database that the provider cannot use for now.
pub enum TakenDatabase<'a> {
    /// Nobody listens where it was.
    Away(&'a Relay),
    /// It is read, but not written.
    Locked(DatabaseTransaction),
}

impl TakenDatabase<'_> {
    /// Whether it can be read all the same.
    pub fn is_readable(&self) -> bool {
        matches!(self, Self::Locked(_))
    }

    /// It is there again.
    pub async fn give_back(self) {
        match self {
            Self::Away(way) => way.set(Way::Open),
            Self::Locked(lock) => lock.rollback().await.unwrap(),
        }
    }
}

pub struct Place {
    pub meta: Meta,
    pub client_id: String,
    pub client_secret: String,
    /// The database as this test reaches it, which it can do at any time.
    database_url: String,
    /// The way on which the provider reaches it, where that is one over the network.
    database_way: Option<Relay>,
    master_key: String,
    dir: TempDir,
}

impl Place {
    pub async fn with_sqlite() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", dir.path().join("watchword.db").display());
        Self::on(url, None, dir).await
    }

    #[cfg(feature = "test-postgres")]
    #[expect(clippy::disallowed_methods, reason = "where the suite's server is, only the environment knows")]
    pub async fn with_postgres() -> Self {
        use watchword_domain::ids::SecretId;

        let server = std::env::var("WATCHWORD_TEST_POSTGRES_URL")
            .expect("WATCHWORD_TEST_POSTGRES_URL must name a PostgreSQL server; ./scripts/test starts one");
        let name = format!("watchword_{}", SecretId::random(&SystemRandom)).to_lowercase();
        let admin = outside(&server).await;
        admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        admin.close().await.unwrap();
        let (base, _) = server.rsplit_once('/').unwrap();
        let (url, way) = (format!("{base}/{name}"), Relay::new(Way::Open));
        way.lead_to(address_of(&url).await);
        Self::on(url, Some(way), tempfile::tempdir().unwrap()).await
    }

    async fn on(database_url: String, database_way: Option<Relay>, dir: TempDir) -> Self {
        let master_key = MasterKey::generate(&SystemRandom).expose().clone();
        let (client_id, client_secret) = (String::new(), String::new());
        let meta = Meta::new().await;
        let mut place = Self { meta, client_id, client_secret, database_url, database_way, master_key, dir };
        let project = place.create_project();
        place.client_id = project["client_id"].as_str().unwrap().to_owned();
        place.client_secret = project["client_secret"].as_str().unwrap().to_owned();
        place
    }

    /// Starts the provider and waits until it is ready.
    pub async fn start(&self) -> Provider {
        self.start_with(&[]).await
    }

    /// The same with further settings, by their variables.
    pub async fn start_with(&self, settings: &[(&str, &str)]) -> Provider {
        let mut command = self.command(&["serve", "--json-ready"]);
        command.envs(settings.iter().copied());
        let provider = Provider::start(command, self.dir.path()).await;
        self.meta.lead_to(provider.address);
        provider
    }

    /// The database as the provider is told to reach it.
    fn given_url(&self) -> String {
        let Some(way) = &self.database_way else { return self.database_url.clone() };
        let mut url = url::Url::parse(&self.database_url).unwrap();
        url.set_ip_host(way.address.ip()).unwrap();
        url.set_port(Some(way.address.port())).unwrap();
        url.into()
    }

    /// The database goes away from the provider, until it is given back: nobody is there any more; or, as SQLite's file
    /// cannot go away, somebody else keeps it from being written.
    pub async fn take_database(&self) -> TakenDatabase<'_> {
        let Some(way) = &self.database_way else {
            let writer = outside(&self.database_url).await;
            let mode = Some(SqliteTransactionMode::Immediate);
            let options = TransactionOptions { sqlite_transaction_mode: mode, ..Default::default() };
            return TakenDatabase::Locked(writer.begin_with_options(options).await.unwrap());
        };
        way.cut().await;
        TakenDatabase::Away(way)
    }

    /// A command of the binary, configured for this place and by nothing else.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_watchword"));
        let api_url = format!("http://{}/v25.0", self.meta.address);
        command.args(arguments).current_dir(self.dir.path()).stdin(Stdio::null()).env_clear().envs([
            ("WATCHWORD_LISTEN", "127.0.0.1:0"),
            ("WATCHWORD_METRICS_LISTEN", "off"),
            ("WATCHWORD_LOG", "warn"),
            ("WATCHWORD_DATABASE_URL", &self.given_url()),
            ("WATCHWORD_MASTER_KEY", &self.master_key),
            ("WATCHWORD_LIMITS_STARTS_PER_ADDRESS", "1000000"),
            ("WATCHWORD_LIMITS_STARTS_BEFORE_PROOF", "1000000"),
            ("WATCHWORD_LIMITS_MESSAGES_PER_POOL_HOUR", "1000000"),
            ("WATCHWORD_LIMITS_PROBATION_DAYS", "0"),
            ("WATCHWORD_WHATSAPP_API_URL", &api_url),
            ("WATCHWORD_WHATSAPP_PHONE_NUMBER_ID", PHONE_NUMBER_ID),
            ("WATCHWORD_WHATSAPP_WABA_ID", WABA_ID),
            ("WATCHWORD_WHATSAPP_ACCESS_TOKEN", ACCESS_TOKEN),
            ("WATCHWORD_WHATSAPP_APP_SECRET", APP_SECRET),
            ("WATCHWORD_WHATSAPP_VERIFY_TOKEN", VERIFY_TOKEN),
            ("WATCHWORD_WHATSAPP_TEMPLATE", TEMPLATE),
        ]);
        command
    }

    fn create_project(&self) -> Value {
        let made = self.command(&[
            "project",
            "create",
            "--json",
            "--name",
            "Acme Market",
            "--domain",
            "acme",
            "--country",
            "US",
            "--callback-url",
            PERSON_COMES_BACK_TO,
        ]);
        let made = { made }.output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        serde_json::from_slice(&made.stdout).unwrap()
    }

    /// The texts that a query selects.
    pub async fn texts(&self, query: &str) -> Vec<String> {
        self.rows(query).await.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }

    /// The one number that a query counts.
    pub async fn count(&self, query: &str) -> i64 {
        self.rows(query).await[0].try_get_by_index(0).unwrap()
    }

    async fn rows(&self, query: &str) -> Vec<QueryResult> {
        let outside = outside(&self.database_url).await;
        let query = Statement::from_string(outside.get_database_backend(), format!("SELECT {query}"));
        let rows = outside.query_all_raw(query).await.unwrap();
        outside.close().await.unwrap();
        rows
    }

    /// Does something while no provider runs.
    pub async fn execute(&self, statement: &str) {
        let outside = outside(&self.database_url).await;
        outside.execute_unprepared(statement).await.unwrap();
        outside.close().await.unwrap();
    }
}

/// Where the server of this URL listens.
#[cfg(feature = "test-postgres")]
async fn address_of(url: &str) -> std::net::SocketAddr {
    let url = url::Url::parse(url).unwrap();
    let (host, port) = (url.host_str().unwrap(), url.port().unwrap_or(5432));
    tokio::net::lookup_host((host, port)).await.unwrap().next().unwrap()
}

/// A connection beside the provider's own, without sqlx's task that looks after it.
async fn outside(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).idle_timeout(None::<Duration>).max_lifetime(None::<Duration>);
    sea_orm::Database::connect(options).await.unwrap()
}
