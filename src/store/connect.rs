//! Opening the database: SQLite with full durability and one writer, or PostgreSQL with a pool of connections.

mod sqlite;

use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use sea_orm::{
    ConnAcquireErr, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr,
    RuntimeErr, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;
use watchword_domain::ids::PoolId;
use watchword_migrations::Migrator;

use crate::Result;
use crate::access::{PoolRows, PoolTx, SystemRows, SystemTx};
use crate::writer::Writer;

/// How to reach the database.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `sqlite:path` or `postgres://…`.
    pub url: String,
    /// Connections at most; on SQLite those that read, beside the one that writes.
    pub connections: u32,
    /// How long to wait for a connection.
    pub patience: Duration,
}

/// The rows.
#[derive(Clone)]
pub struct Store {
    reader: DatabaseConnection,
    writer: Writer,
}

impl Store {
    /// Opens the database and brings its schema up to date.
    ///
    /// # Errors
    /// When it cannot be reached, or a change cannot be made.
    pub async fn open(settings: &Settings) -> Result<Self> {
        let store = Self::connect(settings).await?;
        store.migrate().await?;
        Ok(store)
    }

    /// Opens the database as it is.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn connect(settings: &Settings) -> Result<Self> {
        if is_sqlite(&settings.url) {
            sqlite::prepare(settings).await?;
            let writer = Database::connect(sqlite::options(settings, 1)).await?;
            let reader = Database::connect(sqlite::options(settings, settings.connections)).await?;
            Ok(Self { reader, writer: Writer::grouped(writer, settings.patience) })
        } else {
            ask_for_the_cause(settings).await?;
            let reader = Database::connect(postgres_options(settings)).await?;
            Ok(Self { writer: Writer::pooled(reader.clone()), reader })
        }
    }

    /// Makes the changes to the schema that are missing: all of them or none. Nodes that start together wait for the
    /// first of them.
    ///
    /// # Errors
    /// When one cannot be made.
    pub async fn migrate(&self) -> Result<()> {
        let immediate = Some(SqliteTransactionMode::Immediate);
        let options =
            TransactionOptions { sqlite_transaction_mode: immediate, ..TransactionOptions::default() };
        let tx = self.writer.connection().begin_with_options(options).await?;
        if tx.get_database_backend() == DbBackend::Postgres {
            tx.execute_unprepared(ONE_MIGRATES).await?;
        }
        Migrator::up(&tx, None).await?;
        Ok(tx.commit().await?)
    }

    /// Whether the database answers and its schema is the one this version knows.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn is_current(&self) -> Result<bool> {
        self.reader.execute_unprepared("SELECT 1").await?;
        Ok(Migrator::get_pending_migrations(&self.reader).await?.is_empty())
    }

    /// Reads what a pool owns, as last committed.
    pub fn read(&self, pool: &PoolId) -> PoolRows {
        PoolRows::reading(self.reader.clone(), pool.clone())
    }

    /// Begins a transaction on what a pool owns. Never held across a call over the network.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin(&self, pool: &PoolId) -> Result<PoolTx> {
        Ok(PoolTx::new(self.writer.begin().await?, pool.clone()))
    }

    /// Reads what belongs to no pool.
    pub fn read_system(&self) -> SystemRows {
        SystemRows::reading(self.reader.clone())
    }

    /// Begins a transaction on what belongs to no pool.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin_system(&self) -> Result<SystemTx> {
        Ok(SystemTx::new(self.writer.begin().await?))
    }

    /// Closes every connection.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn close(self) -> Result<()> {
        self.reader.close().await?;
        Ok(self.writer.close().await?)
    }
}

/// Connects once without a pool. A pool tries again until its patience ends, and then knows only that it ended; what a
/// person needs to read is that nobody listens there, or that the password is wrong.
async fn ask_for_the_cause(settings: &Settings) -> Result<()> {
    let connecting = tokio::time::timeout(settings.patience, PgConnection::connect(&settings.url));
    let connection = match connecting.await {
        Ok(connected) => connected.map_err(failed)?,
        Err(_) => return Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout).into()),
    };
    Ok(connection.close().await.map_err(failed)?)
}

fn failed(error: sea_orm::sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)))
}

fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite:")
}

/// Connections are kept until they break, with no task that looks after old and idle ones: sqlx 0.9.0 counts those that are
/// idle after it shows them, so that the count may be read below zero, and the task then goes around without end and keeps
/// a thread for itself (`PoolInner::num_idle`). Whether one still answers is asked whenever it is taken.
fn options(settings: &Settings, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(&settings.url);
    options.idle_timeout(None::<Duration>).max_lifetime(None::<Duration>);
    options
        .max_connections(connections)
        .connect_timeout(settings.patience)
        .acquire_timeout(settings.patience)
        .test_before_acquire(!is_sqlite(&settings.url))
        .sqlx_logging(false);
    options
}

/// A key of our own, held until the changes are committed; a large change may take longer than any row is waited for.
const ONE_MIGRATES: &str = "SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock(8210105111)";

/// No transaction of ours rests: one that does for so long belongs to a node that froze, and keeps its rows from others.
const AT_REST: Duration = Duration::from_secs(30);

/// Nobody waits for a row longer than for a connection.
fn postgres_options(settings: &Settings) -> ConnectOptions {
    let mut options = options(settings, settings.connections);
    let (wait, rest) = (settings.patience.as_millis(), AT_REST.as_millis());
    options.min_connections(1).map_sqlx_postgres_pool_opts(move |pool| {
        let limits = format!("SET lock_timeout = {wait}; SET idle_in_transaction_session_timeout = {rest}");
        pool.after_connect(move |connection, _| {
            let limits = AssertSqlSafe(limits.clone());
            Box::pin(async move { connection.execute(limits).await.map(|_| ()) })
        })
    });
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_task_goes_around_the_connections() {
        for url in ["sqlite:watchword.db", "postgres://watchword@localhost/watchword"] {
            let settings = Settings { url: url.into(), connections: 4, patience: Duration::from_secs(1) };
            let options = options(&settings, settings.connections);
            assert_eq!(
                (options.get_idle_timeout(), options.get_max_lifetime()),
                (Some(None), Some(None)),
                "{url}"
            );
        }
    }
}
