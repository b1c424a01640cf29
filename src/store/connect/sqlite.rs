//! The SQLite file: made for its owner's eyes, and turned to WAL by one connection before the others come.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{self, ConnectOptions as _, Connection, SqliteConnection};
use sea_orm::{ConnAcquireErr, ConnectOptions, DbErr};

use super::{Settings, failed};
use crate::{Result, StoreError};

/// Makes the file if there is none, and sees that it can be opened.
///
/// # Errors
/// When it cannot be opened, or another program keeps it longer than is waited for.
pub(super) async fn prepare(settings: &Settings) -> Result<()> {
    create(&settings.url)?;
    match tokio::time::timeout(settings.patience, turn_to_wal(settings)).await {
        Ok(Ok(connection)) => Ok(connection.close().await.map_err(failed)?),
        Ok(Err(error)) => Err(unopened(&settings.url, error)),
        Err(_) => Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout).into()),
    }
}

fn unopened(url: &str, error: sqlx::Error) -> StoreError {
    match file_of(url) {
        Some(path) if code(&error) == Some(CANNOT_OPEN) => {
            StoreError::File { path, error: std::io::Error::other(error) }
        }
        _ => failed(error).into(),
    }
}

/// For a pool of connections to the prepared file.
pub(super) fn options(settings: &Settings, connections: u32) -> ConnectOptions {
    let (mut options, patience) = (super::options(settings, connections), settings.patience);
    options.min_connections(1).map_sqlx_sqlite_opts(move |sqlite| tuned(sqlite, patience));
    // One that comes back inside a transaction could neither commit nor undo it, and is no use to anybody.
    options.map_sqlx_sqlite_pool_opts(|pool| {
        pool.after_release(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
    });
    options
}

/// WAL with `synchronous=FULL`: a commit that was acknowledged survives a power cut.
fn tuned(sqlite: SqliteConnectOptions, patience: Duration) -> SqliteConnectOptions {
    sqlite
        .foreign_keys(true)
        .busy_timeout(patience)
        .statement_cache_capacity(400)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("temp_store", "MEMORY")
        .pragma("cache_size", "-4096")
}

/// SQLite waits wherever else it is busy, but not where two turn a new file to WAL at once: one of them is sent away.
async fn turn_to_wal(settings: &Settings) -> sqlx::Result<SqliteConnection> {
    let options = tuned(SqliteConnectOptions::from_str(&settings.url)?, settings.patience);
    loop {
        match options.connect().await {
            Err(error) if code(&error) == Some(BUSY) => tokio::time::sleep(Duration::from_millis(10)).await,
            connected => return connected,
        }
    }
}

/// Somebody else has the file. <https://sqlite.org/rescode.html#busy>
const BUSY: u32 = 5;
/// <https://sqlite.org/rescode.html#cantopen>
const CANNOT_OPEN: u32 = 14;

/// SQLite's primary result code; the extended ones have theirs in the lowest byte.
fn code(error: &sqlx::Error) -> Option<u32> {
    let code: u32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}

/// Makes the file before SQLite does, so that nobody but its owner can read it. One that exists is left alone: closing it
/// would take the locks of this process's other connections to it away.
fn create(url: &str) -> Result<()> {
    let Some(path) = file_of(url) else { return Ok(()) };
    let mut options = std::fs::OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(&path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(StoreError::File { path, error }),
    }
}

fn file_of(url: &str) -> Option<PathBuf> {
    let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
    let path = path.split('?').next().unwrap_or_default();
    (!path.is_empty() && path != ":memory:").then(|| PathBuf::from(path))
}
