//! Databases for tests: a file of its own for SQLite, a database of its own on the PostgreSQL server that
//! `WATCHWORD_TEST_POSTGRES_URL` names.

use std::time::Duration;

use sea_orm::{ConnectOptions, DatabaseConnection};
use tempfile::TempDir;
use watchword_store::Settings;

use super::House;

/// A fresh database that goes away with this value.
pub struct Database {
    pub settings: Settings,
    _dir: Option<TempDir>,
}

impl Database {
    /// An empty SQLite file.
    pub fn sqlite() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", dir.path().join("watchword.db").display());
        Self { settings: settings(url), _dir: Some(dir) }
    }

    /// An empty PostgreSQL database.
    #[cfg(feature = "test-postgres")]
    pub async fn postgres() -> Self {
        use sea_orm::ConnectionTrait;
        use watchword_domain::ids::SecretId;
        use watchword_flow::seams::SystemRandom;

        #[expect(clippy::disallowed_methods, reason = "where the tests' server is, only their caller knows")]
        let server = std::env::var("WATCHWORD_TEST_POSTGRES_URL")
            .expect("WATCHWORD_TEST_POSTGRES_URL must name a PostgreSQL server; ./scripts/test starts one");
        let name = format!("watchword_{}", SecretId::random(&SystemRandom)).to_lowercase();
        let admin = outside(&server).await;
        admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        admin.close().await.unwrap();
        let (base, _) = server.rsplit_once('/').unwrap();
        Self { settings: settings(format!("{base}/{name}")), _dir: None }
    }
}

/// A connection beside the service's own; as with those, no task of sqlx looks after it.
pub async fn outside(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).idle_timeout(None::<Duration>).max_lifetime(None::<Duration>);
    sea_orm::Database::connect(options).await.unwrap()
}

impl House {
    /// The database goes away under the running service: dropped on its server, or every connection to the file
    /// closed.
    pub async fn lose_database(&self) {
        #[cfg(feature = "test-postgres")]
        if let Some((server, name)) =
            self.database.settings.url.rsplit_once('/').filter(|_| self.on_postgres())
        {
            let admin = outside(&format!("{server}/postgres")).await;
            let drop = format!("DROP DATABASE {name} WITH (FORCE)");
            sea_orm::ConnectionTrait::execute_unprepared(&admin, &drop).await.unwrap();
            return;
        }
        self.store.clone().close().await.unwrap();
    }

    #[cfg(feature = "test-postgres")]
    fn on_postgres(&self) -> bool {
        self.database.settings.url.starts_with("postgres")
    }
}

fn settings(url: String) -> Settings {
    Settings { url, connections: 8, patience: Duration::from_secs(20) }
}

/// Runs a test on SQLite, and on PostgreSQL where the suite was given one: `on_each_database! { fn name(house) { … } }`;
/// or `fn name(house with limits) { … }`, for an installation whose limits a function makes of the usual ones;
/// or `fn name(house at "https://{domain}.id.example") { … }`, for one that people reach at this address;
/// or `fn name(house by Twilio) { … }`, for one whose SMS go by this provider;
/// or `fn name(house planned patient) { … }`, for one that a function makes of the usual [`Plan`](super::Plan).
#[macro_export]
macro_rules! on_each_database {
    ($($(#[$doc:meta])* fn $name:ident($house:ident $(at $url:literal)? $(by $sms:ident)? $(planned $planned:ident)? $(with $limits:expr)?) $body:block)*) => {$(
        $(#[$doc])*
        async fn $name(database: $crate::support::Database) {
            let plan = $crate::support::Plan::usual();
            $(let plan = plan.at($url);)?
            $(let plan = plan.by(watchword_messaging::sms::Provider::$sms);)?
            $(let plan = $planned(plan);)?
            $(let plan = plan.with($limits);)?
            let $house = $crate::support::House::new(database, plan).await;
            $body
        }

        // The module of the same name says where the test ran: `name::on_sqlite`.
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::$name($crate::support::Database::sqlite()).await;
            }

            #[cfg(feature = "test-postgres")]
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                super::$name($crate::support::Database::postgres().await).await;
            }
        }
    )*};
}
