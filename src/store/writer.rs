//! Write transactions.
//!
//! PostgreSQL gives each its own connection. SQLite has one writer, and a commit waits for the disk; so transactions
//! that queue up behind one another share a commit: each has a turn inside a savepoint, the whole is committed once, and
//! nobody is told "committed" before it is. A transaction that fails takes only its own savepoint with it.
//!
//! The owner of a transaction may be gone at any moment: a browser that hangs up drops whatever is under way. So nothing
//! here may be interrupted between two states: beginning and committing run in tasks of their own, and how a turn ended
//! is a note that whoever has the next turn acts upon.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DatabaseExecutor, DatabaseTransaction, DbErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use tokio::sync::{Mutex, OwnedMappedMutexGuard, OwnedMutexGuard, oneshot};

use crate::{Result, StoreError};

/// Where write transactions come from.
#[derive(Clone)]
pub(crate) enum Writer {
    Grouped(Group),
    Pooled(DatabaseConnection),
}

impl Writer {
    /// One connection whose transactions share commits; each waits for its turn as long as `patience`.
    pub(crate) fn grouped(connection: DatabaseConnection, patience: Duration) -> Self {
        Self::Grouped(Group { connection, patience, batch: Arc::default() })
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

    /// Begins a transaction. If the caller goes away meanwhile, it is begun all the same and dropped then: stopped half
    /// way it would leave the connection inside a transaction that nobody knows of.
    pub(crate) async fn begin(&self) -> Result<WriteTx> {
        let writer = self.clone();
        let begun = tokio::spawn(async move {
            match writer {
                Self::Grouped(group) => group.begin().await,
                Self::Pooled(connection) => Ok(WriteTx::Pooled(connection.begin().await?)),
            }
        });
        begun.await.unwrap_or(Err(StoreError::NotCommitted))
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
    patience: Duration,
    batch: Arc<Mutex<Option<Batch>>>,
}

/// The transactions that will be committed together.
pub(crate) struct Batch {
    outer: DatabaseTransaction,
    turn: Turn,
    /// Who waits for the commit. Dropped without a word, they know that there was none.
    waiting: Vec<oneshot::Sender<()>>,
}

/// What is to become of the savepoint `turn`.
enum Turn {
    /// It belongs to whoever holds the batch; when nobody does, its owner left it without a commit: undo it.
    Open,
    /// Its owner wants it kept.
    Kept,
}

impl Batch {
    /// A new batch, and its first turn.
    async fn open(connection: &DatabaseConnection) -> std::result::Result<Self, DbErr> {
        let immediate = Some(SqliteTransactionMode::Immediate);
        let options =
            TransactionOptions { sqlite_transaction_mode: immediate, ..TransactionOptions::default() };
        let outer = connection.begin_with_options(options).await?;
        outer.execute_unprepared("SAVEPOINT turn").await?;
        Ok(Self { outer, turn: Turn::Open, waiting: Vec::new() })
    }

    /// Ends the last turn the way its owner left it, and begins another.
    ///
    /// Fails when the savepoint is gone, because SQLite undid the whole transaction on its own account, as it does when
    /// the disk is full. What failed then was one owner's statement; this is where the others' loss is noticed.
    async fn next(&mut self) -> std::result::Result<(), DbErr> {
        let statements = match self.turn {
            Turn::Open => "ROLLBACK TO turn",
            Turn::Kept => "RELEASE turn; SAVEPOINT turn",
        };
        self.outer.execute_unprepared(statements).await?;
        self.turn = Turn::Open;
        Ok(())
    }

    async fn commit(self) -> std::result::Result<(), DbErr> {
        let statement = match self.turn {
            Turn::Open => "ROLLBACK TO turn",
            Turn::Kept => "RELEASE turn",
        };
        self.outer.execute_unprepared(statement).await?;
        self.outer.commit().await?;
        for waiting in self.waiting {
            // Nobody listens when the transaction's owner went away; what it did is committed all the same.
            let _ = waiting.send(());
        }
        Ok(())
    }
}

impl Group {
    async fn begin(&self) -> Result<WriteTx> {
        let turn = tokio::time::timeout(self.patience, self.batch.clone().lock_owned()).await;
        let mut batch = turn.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?;
        if let Some(open) = batch.as_mut()
            && let Err(error) = open.next().await
        {
            lost(&error);
            *batch = None;
        }
        if batch.is_none() {
            *batch = Some(Batch::open(&self.connection).await?);
            // The lock is fair: whoever queued before the flush is part of this commit, whoever came later opens the next.
            let group = self.clone();
            tokio::spawn(async move { group.flush().await });
        }
        let batch = OwnedMutexGuard::try_map(batch, Option::as_mut);
        batch.map(WriteTx::Grouped).map_err(|_| StoreError::NotCommitted)
    }

    async fn flush(&self) {
        let mut batch = self.batch.lock().await;
        if let Some(open) = batch.take()
            && let Err(error) = open.commit().await
        {
            lost(&error);
        }
    }
}

fn lost(error: &DbErr) {
    tracing::error!(error = error as &dyn std::error::Error, "transactions were not committed");
}

/// A transaction under way. Dropped without a commit, it leaves nothing behind.
pub(crate) enum WriteTx {
    Grouped(OwnedMappedMutexGuard<Option<Batch>, Batch>),
    Pooled(DatabaseTransaction),
}

impl WriteTx {
    pub(crate) fn executor(&self) -> DatabaseExecutor<'_> {
        match self {
            Self::Grouped(batch) => DatabaseExecutor::Transaction(&batch.outer),
            Self::Pooled(transaction) => DatabaseExecutor::Transaction(transaction),
        }
    }

    /// Makes it durable, or says that it is not.
    pub(crate) async fn commit(self) -> Result<()> {
        match self {
            Self::Grouped(mut batch) => {
                let (told, committed) = oneshot::channel();
                batch.waiting.push(told);
                batch.turn = Turn::Kept;
                drop(batch);
                committed.await.map_err(|_| StoreError::NotCommitted)
            }
            Self::Pooled(transaction) => Ok(transaction.commit().await?),
        }
    }
}
