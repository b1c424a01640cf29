//! Write transactions.
//!
//! PostgreSQL gives each its own connection. SQLite has one writer, and a commit waits for the disk; so transactions
//! that queue up behind one another share a commit: each runs inside a savepoint of its own, the whole is committed once,
//! and nobody is told "committed" before it is. A transaction that fails takes only its own savepoint with it.

use std::sync::Arc;

use sea_orm::{
    DatabaseConnection, DatabaseExecutor, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

use crate::{Result, StoreError};

/// Where write transactions come from.
#[derive(Clone)]
pub(crate) enum Writer {
    Grouped(Group),
    Pooled(DatabaseConnection),
}

impl Writer {
    /// One connection whose transactions share commits.
    pub(crate) fn grouped(connection: DatabaseConnection) -> Self {
        Self::Grouped(Group { connection, batch: Arc::default() })
    }

    /// A connection for every transaction.
    pub(crate) fn pooled(connection: DatabaseConnection) -> Self {
        Self::Pooled(connection)
    }

    pub(crate) fn connection(&self) -> &DatabaseConnection {
        match self {
            Self::Grouped(group) => &group.connection,
            Self::Pooled(connection) => connection,
        }
    }

    pub(crate) async fn begin(&self) -> Result<WriteTx> {
        match self {
            Self::Grouped(group) => group.begin().await,
            Self::Pooled(connection) => Ok(WriteTx { inner: connection.begin().await?, batch: None }),
        }
    }

    pub(crate) async fn close(self) -> std::result::Result<(), DbErr> {
        if let Self::Grouped(group) = &self {
            group.flush().await;
        }
        self.connection().clone().close().await
    }
}

/// SQLite's one writer.
#[derive(Clone)]
pub(crate) struct Group {
    connection: DatabaseConnection,
    batch: Arc<Mutex<Batch>>,
}

/// The transactions that will be committed together.
#[derive(Default)]
struct Batch {
    outer: Option<DatabaseTransaction>,
    waiting: Vec<oneshot::Sender<bool>>,
}

impl Group {
    async fn begin(&self) -> Result<WriteTx> {
        let mut batch = self.batch.clone().lock_owned().await;
        if batch.outer.is_none() {
            let immediate = Some(SqliteTransactionMode::Immediate);
            let options = TransactionOptions { sqlite_transaction_mode: immediate, ..TransactionOptions::default() };
            batch.outer = Some(self.connection.begin_with_options(options).await?);
            // The lock is fair: whoever queued before the flush is part of this commit, whoever came later opens the next.
            let group = self.clone();
            tokio::spawn(async move { group.flush().await });
        }
        let Some(outer) = &batch.outer else { return Err(StoreError::NotCommitted) };
        Ok(WriteTx { inner: outer.begin().await?, batch: Some(batch) })
    }

    async fn flush(&self) {
        let mut batch = self.batch.lock().await;
        let Some(outer) = batch.outer.take() else { return };
        let committed = match outer.commit().await {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(%error, "a commit failed");
                false
            }
        };
        for waiting in batch.waiting.drain(..) {
            // Nobody listens when the transaction's owner went away; what it did is committed all the same.
            let _ = waiting.send(committed);
        }
    }
}

/// A transaction under way. Dropped without a commit, it leaves nothing behind.
pub(crate) struct WriteTx {
    // Dropped first: the savepoint is gone before anybody else may use the connection.
    inner: DatabaseTransaction,
    batch: Option<OwnedMutexGuard<Batch>>,
}

impl WriteTx {
    pub(crate) fn executor(&self) -> DatabaseExecutor<'_> {
        DatabaseExecutor::Transaction(&self.inner)
    }

    /// Makes it durable, or says that it is not.
    pub(crate) async fn commit(self) -> Result<()> {
        self.inner.commit().await?;
        let Some(mut batch) = self.batch else { return Ok(()) };
        let (told, committed) = oneshot::channel();
        batch.waiting.push(told);
        drop(batch);
        if committed.await.unwrap_or(false) { Ok(()) } else { Err(StoreError::NotCommitted) }
    }
}
