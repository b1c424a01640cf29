//! Write transactions.
//!
//! PostgreSQL gives each its own connection. SQLite has one writer, and a commit waits for the disk; so transactions
//! that queue up behind one another share a commit: each has a turn inside a savepoint, the whole is committed once, and
//! nobody is told "committed" before it is. A transaction that fails takes only its own savepoint with it.
//!
//! The owner of a transaction may be gone at any moment: a browser that hangs up drops whatever is under way. So nothing
//! here may be interrupted between two states: opening and committing run in tasks of their own, and how a turn was left
//! is a note that whoever has the next turn acts upon, in the same breath as its first statement.

#[cfg(test)]
mod tests;

use std::sync::{Arc, MutexGuard, PoisonError};
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
        match self {
            Self::Grouped(group) => group.begin().await,
            Self::Pooled(connection) => {
                let connection = connection.clone();
                let begun = tokio::spawn(async move { Ok(WriteTx::Pooled(connection.begin().await?)) });
                begun.await.unwrap_or(Err(StoreError::NotCommitted))
            }
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
    patience: Duration,
    batch: Arc<Mutex<Option<Batch>>>,
}

/// The transactions that will be committed together.
pub(crate) struct Batch {
    outer: DatabaseTransaction,
    turn: std::sync::Mutex<Turn>,
    /// Who waits for the commit. Dropped without a word, they know that there was none.
    waiting: Vec<oneshot::Sender<()>>,
}

/// Where the present turn stands, and how the one before it was left.
///
/// A turn begins together with its first statement, in one text: every statement is a way to the thread that has the
/// connection and back, and all others wait meanwhile.
#[derive(Clone, Copy)]
struct Turn {
    before: Left,
    now: Now,
}

/// The savepoint of a turn. There are two: of one that follows another it can be told whether it was begun.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Name {
    One,
    Two,
}

/// How a turn was left.
#[derive(Clone, Copy)]
enum Left {
    /// There was none, or nothing is left of it to end.
    Over,
    /// Its owner wants it kept.
    Kept(Name),
    /// Its owner went away without a commit: undo it.
    Open(Name),
}

#[derive(Clone, Copy)]
enum Now {
    /// Nothing was asked for yet.
    Ahead,
    /// It was sent for. Whether it began is not known until that comes back; when its owner went away meanwhile, or the first
    /// statement failed, whoever has the next turn finds out.
    Beginning(Name),
    Begun(Name),
}

impl Left {
    /// The statements that end the turn that was left so and begin another, and that one's name.
    ///
    /// The first is there to change nothing: SQLite counts the rows changed by the newest statement that can change any, and
    /// the library adds that up for every statement of a text, these here included.
    fn then_begin(self) -> (&'static str, Name) {
        match self {
            Self::Over => ("DELETE FROM counters WHERE 0; SAVEPOINT one", Name::One),
            Self::Kept(Name::One) => ("DELETE FROM counters WHERE 0; RELEASE one; SAVEPOINT two", Name::Two),
            Self::Kept(Name::Two) => ("DELETE FROM counters WHERE 0; RELEASE two; SAVEPOINT one", Name::One),
            Self::Open(Name::One) => ("DELETE FROM counters WHERE 0; ROLLBACK TO one", Name::One),
            Self::Open(Name::Two) => ("DELETE FROM counters WHERE 0; ROLLBACK TO two", Name::Two),
        }
    }
}

impl Name {
    fn undo(self) -> &'static str {
        match self {
            Self::One => "ROLLBACK TO one",
            Self::Two => "ROLLBACK TO two",
        }
    }

    fn release(self) -> &'static str {
        match self {
            Self::One => "RELEASE one",
            Self::Two => "RELEASE two",
        }
    }
}

impl Batch {
    async fn open(connection: &DatabaseConnection) -> std::result::Result<Self, DbErr> {
        let immediate = Some(SqliteTransactionMode::Immediate);
        let options =
            TransactionOptions { sqlite_transaction_mode: immediate, ..TransactionOptions::default() };
        let outer = connection.begin_with_options(options).await?;
        let turn = std::sync::Mutex::new(Turn { before: Left::Over, now: Now::Ahead });
        Ok(Self { outer, turn, waiting: Vec::new() })
    }

    fn turn(&self) -> MutexGuard<'_, Turn> {
        // It is changed in one step: whoever panicked elsewhere left it whole.
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The statements that have to go ahead of the turn's first one; none once it has begun.
    fn begin(&self) -> std::result::Result<Option<&'static str>, DbErr> {
        let mut turn = self.turn();
        match turn.now {
            Now::Ahead => {
                let (statements, name) = turn.before.then_begin();
                turn.now = Now::Beginning(name);
                Ok(Some(statements))
            }
            Now::Begun(_) => Ok(None),
            Now::Beginning(_) => {
                Err(DbErr::Custom("the first statement of this transaction failed".to_owned()))
            }
        }
    }

    /// The first statement came back.
    fn begun(&self) {
        let mut turn = self.turn();
        if let Now::Beginning(name) = turn.now {
            turn.now = Now::Begun(name);
        }
    }

    /// Whether nobody knows whether the last turn began.
    fn is_unsure(&self) -> bool {
        matches!(self.turn().now, Now::Beginning(_))
    }

    /// The turn is the next owner's. When the last one left it without a commit, it is to be undone.
    fn pass_on(&self) {
        let mut turn = self.turn();
        if let Now::Begun(name) = turn.now {
            *turn = Turn { before: Left::Open(name), now: Now::Ahead };
        }
    }

    /// The turn's owner wants it kept. A turn in which nothing was asked for changes nothing.
    fn keep(&self) -> std::result::Result<(), StoreError> {
        let mut turn = self.turn();
        match turn.now {
            Now::Ahead => {}
            Now::Begun(name) => *turn = Turn { before: Left::Kept(name), now: Now::Ahead },
            Now::Beginning(_) => return Err(StoreError::NotCommitted),
        }
        Ok(())
    }

    /// Finds out how far the first statement of the last turn came.
    ///
    /// Fails when the transaction is gone, because SQLite undid all of it on its own account, as it does when the disk is
    /// full. What failed then was one owner's statement; this is where the others' loss is noticed.
    async fn find_out(&self) -> std::result::Result<(), DbErr> {
        let Turn { before, now } = *self.turn();
        let Now::Beginning(name) = now else { return Ok(()) };
        let undone = self.outer.execute_unprepared(name.undo()).await;
        let before = match (undone, before) {
            (Ok(_), _) => Left::Open(name),
            // That one had begun for certain.
            (Err(error), Left::Open(_)) => return Err(error),
            (Err(_), Left::Kept(old)) if self.outer.execute_unprepared(old.release()).await.is_ok() => {
                Left::Over
            }
            // It came to the end of the turn before, and not to its own beginning; or all is gone, and one can begin anew.
            (Err(error), Left::Kept(_) | Left::Over) => match self.outer.execute_unprepared("BEGIN").await {
                Ok(_) => return Err(error),
                Err(_) => Left::Over,
            },
        };
        *self.turn() = Turn { before, now: Now::Ahead };
        Ok(())
    }

    async fn commit(self) -> std::result::Result<(), DbErr> {
        self.find_out().await?;
        self.pass_on();
        let Turn { before, .. } = *self.turn();
        if let Left::Open(name) = before {
            self.outer.execute_unprepared(name.undo()).await?;
        }
        // Fails when SQLite undid all of it.
        self.outer.commit().await?;
        for waiting in self.waiting {
            // Nobody listens when the transaction's owner went away; what it did is committed all the same.
            let _ = waiting.send(());
        }
        Ok(())
    }
}

type Held = OwnedMutexGuard<Option<Batch>>;

impl Group {
    async fn begin(&self) -> Result<WriteTx> {
        let turn = tokio::time::timeout(self.patience, self.batch.clone().lock_owned()).await;
        let batch = turn.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?;
        let batch = match batch.as_ref() {
            Some(open) if !open.is_unsure() => {
                open.pass_on();
                batch
            }
            // In a task of its own: stopped half way it would leave the connection inside a transaction that nobody knows of.
            _ => {
                let made = tokio::spawn(self.clone().made_ready(batch)).await;
                made.unwrap_or(Err(StoreError::NotCommitted))?
            }
        };
        let batch = OwnedMutexGuard::try_map(batch, Option::as_mut);
        batch.map(WriteTx::Grouped).map_err(|_| StoreError::NotCommitted)
    }

    /// A batch whose next turn may begin: the one there is, or a new one.
    async fn made_ready(self, mut batch: Held) -> Result<Held> {
        if let Some(open) = batch.as_ref()
            && let Err(error) = open.find_out().await
        {
            lost(&error);
            *batch = None;
        }
        if batch.is_none() {
            *batch = Some(Batch::open(&self.connection).await?);
            // The lock is fair: whoever queued before the flush is part of this commit, whoever came later opens the next.
            tokio::spawn(async move { self.flush().await });
        }
        Ok(batch)
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

    /// The statements that have to go ahead of the first one, in the same text.
    pub(crate) fn begin(&self) -> std::result::Result<Option<&'static str>, DbErr> {
        match self {
            Self::Grouped(batch) => batch.begin(),
            Self::Pooled(_) => Ok(None),
        }
    }

    /// The first statement came back.
    pub(crate) fn begun(&self) {
        if let Self::Grouped(batch) = self {
            batch.begun();
        }
    }

    /// Makes it durable, or says that it is not.
    pub(crate) async fn commit(self) -> Result<()> {
        match self {
            Self::Grouped(mut batch) => {
                batch.keep()?;
                let (told, committed) = oneshot::channel();
                batch.waiting.push(told);
                drop(batch);
                committed.await.map_err(|_| StoreError::NotCommitted)
            }
            Self::Pooled(transaction) => Ok(transaction.commit().await?),
        }
    }
}
