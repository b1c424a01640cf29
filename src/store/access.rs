//! How rows are reached: reading or in a transaction, of one pool or of the installation.

//!
//! What a transaction writes and asks no answer of waits until something is asked for, or until the commit, and then goes
//! to the database together. Every statement is a way to the thread that owns SQLite's connection and back, and while one
//! transaction is on that way all others wait: half the ways are half the wait. PostgreSQL is sent the same statements,
//! one after another.

use std::ops::Deref;

use sea_orm::prelude::async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseExecutor, DbBackend, DbErr, ExecResult, QueryResult,
    QueryTrait, Statement, Values,
};
use tokio::sync::Mutex;
use watchword_domain::ids::PoolId;

use crate::Result;
use crate::writer::WriteTx;

enum Access {
    Reading(DatabaseConnection),
    Writing {
        tx: WriteTx,
        /// What was written and is not sent yet.
        waiting: Mutex<Vec<Statement>>,
    },
}

impl Access {
    fn writing(tx: WriteTx) -> Self {
        Self::Writing { tx, waiting: Mutex::default() }
    }

    fn executor(&self) -> DatabaseExecutor<'_> {
        match self {
            Self::Reading(connection) => DatabaseExecutor::Connection(connection),
            Self::Writing { tx, .. } => tx.executor(),
        }
    }

    /// Writes something before the next statement that is asked for an answer. Should it fail, that one fails, or the
    /// commit.
    async fn write(&self, query: &impl QueryTrait) -> Result<()> {
        let statement = query.build(self.executor().get_database_backend());
        match self {
            Self::Reading(connection) => {
                connection.execute_raw(statement).await?;
            }
            Self::Writing { waiting, .. } => waiting.lock().await.push(statement),
        }
        Ok(())
    }

    /// What goes to the database for a statement that is asked for rows: to SQLite all that has to go ahead in the same text.
    async fn with_all_ahead(&self, statement: Statement) -> std::result::Result<Statement, DbErr> {
        let Self::Writing { tx, waiting } = self else { return Ok(statement) };
        let written = std::mem::take(&mut *waiting.lock().await);
        if statement.db_backend != DbBackend::Sqlite {
            self.send_each(written).await?;
            return Ok(statement);
        }
        let begin = begin_of(tx)?;
        Ok(joined(begin.into_iter().chain(written), statement))
    }

    /// The same for a statement that is asked how many rows it changed. What was written before changed some, too, and goes
    /// by itself.
    async fn with_beginning(&self, statement: Statement) -> std::result::Result<Statement, DbErr> {
        self.send_waiting().await?;
        match self {
            Self::Reading(_) => Ok(statement),
            Self::Writing { tx, .. } => Ok(joined(begin_of(tx)?, statement)),
        }
    }

    /// Sends what was written before.
    async fn send_waiting(&self) -> std::result::Result<(), DbErr> {
        let Self::Writing { tx, waiting } = self else { return Ok(()) };
        let mut written = std::mem::take(&mut *waiting.lock().await);
        if self.executor().get_database_backend() != DbBackend::Sqlite {
            return self.send_each(written).await;
        }
        let Some(last) = written.pop() else { return Ok(()) };
        let all = joined(begin_of(tx)?.into_iter().chain(written), last);
        self.executor().execute_raw(all).await?;
        tx.begun();
        Ok(())
    }

    async fn send_each(&self, statements: Vec<Statement>) -> std::result::Result<(), DbErr> {
        for statement in statements {
            self.executor().execute_raw(statement).await?;
        }
        Ok(())
    }

    fn begun(&self) {
        if let Self::Writing { tx, .. } = self {
            tx.begun();
        }
    }

    async fn commit(self) -> Result<()> {
        self.send_waiting().await?;
        match self {
            Self::Reading(_) => Ok(()),
            Self::Writing { tx, .. } => tx.commit().await,
        }
    }
}

/// What a transaction has to begin with, before its first statement.
fn begin_of(tx: &WriteTx) -> std::result::Result<Option<Statement>, DbErr> {
    Ok(tx.begin()?.map(|begin| Statement::from_string(DbBackend::Sqlite, begin)))
}

/// Statements as one text, which SQLite runs in order; their values follow one another.
fn joined(ahead: impl IntoIterator<Item = Statement>, last: Statement) -> Statement {
    let first_of_all = Statement::from_string(last.db_backend, String::new());
    ahead.into_iter().chain([last]).fold(first_of_all, |mut all, next| {
        if !all.sql.is_empty() {
            all.sql.push_str("; ");
        }
        all.sql.push_str(&next.sql);
        let values = all.values.get_or_insert_with(|| Values(Vec::new()));
        values.0.extend(next.values.into_iter().flat_map(|values| values.0));
        all
    })
}

/// Where statements go: whatever was written before goes first.
pub(crate) struct Db<'a>(&'a Access);

#[async_trait]
impl ConnectionTrait for Db<'_> {
    fn get_database_backend(&self) -> DbBackend {
        self.0.executor().get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> std::result::Result<ExecResult, DbErr> {
        let statement = self.0.with_beginning(statement).await?;
        let done = self.0.executor().execute_raw(statement).await?;
        self.0.begun();
        Ok(done)
    }

    async fn execute_unprepared(&self, sql: &str) -> std::result::Result<ExecResult, DbErr> {
        self.execute_raw(Statement::from_string(self.get_database_backend(), sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> std::result::Result<Option<QueryResult>, DbErr> {
        let statement = self.0.with_all_ahead(statement).await?;
        let found = self.0.executor().query_one_raw(statement).await?;
        self.0.begun();
        Ok(found)
    }

    async fn query_all_raw(&self, statement: Statement) -> std::result::Result<Vec<QueryResult>, DbErr> {
        let statement = self.0.with_all_ahead(statement).await?;
        let found = self.0.executor().query_all_raw(statement).await?;
        self.0.begun();
        Ok(found)
    }
}

/// What one pool owns, to read.
pub struct PoolRows {
    access: Access,
    pool: PoolId,
}

impl PoolRows {
    pub(crate) fn reading(connection: DatabaseConnection, pool: PoolId) -> Self {
        Self { access: Access::Reading(connection), pool }
    }

    pub(crate) fn db(&self) -> Db<'_> {
        Db(&self.access)
    }

    /// The pool whose rows these are.
    pub fn pool(&self) -> &PoolId {
        &self.pool
    }

    pub(crate) fn pool_text(&self) -> String {
        self.pool.as_str().to_owned()
    }
}

/// A transaction on what one pool owns.
pub struct PoolTx(PoolRows);

impl PoolTx {
    pub(crate) fn new(tx: WriteTx, pool: PoolId) -> Self {
        Self(PoolRows { access: Access::writing(tx), pool })
    }

    /// Makes everything done in it durable.
    ///
    /// # Errors
    /// When the database could not: then nothing was done.
    pub async fn commit(self) -> Result<()> {
        self.0.access.commit().await
    }

    /// Writes what nothing in this transaction asks an answer of.
    pub(crate) async fn write(&self, query: impl QueryTrait) -> Result<()> {
        self.0.access.write(&query).await
    }
}

impl Deref for PoolTx {
    type Target = PoolRows;

    fn deref(&self) -> &PoolRows {
        &self.0
    }
}

/// What belongs to no pool, to read.
pub struct SystemRows {
    access: Access,
}

impl SystemRows {
    pub(crate) fn reading(connection: DatabaseConnection) -> Self {
        Self { access: Access::Reading(connection) }
    }

    pub(crate) fn db(&self) -> Db<'_> {
        Db(&self.access)
    }
}

/// A transaction on what belongs to no pool.
pub struct SystemTx(SystemRows);

impl SystemTx {
    pub(crate) fn new(tx: WriteTx) -> Self {
        Self(SystemRows { access: Access::writing(tx) })
    }

    /// Makes everything done in it durable.
    ///
    /// # Errors
    /// When the database could not: then nothing was done.
    pub async fn commit(self) -> Result<()> {
        self.0.access.commit().await
    }

    /// Writes what nothing in this transaction asks an answer of.
    pub(crate) async fn write(&self, query: impl QueryTrait) -> Result<()> {
        self.0.access.write(&query).await
    }
}

impl Deref for SystemTx {
    type Target = SystemRows;

    fn deref(&self) -> &SystemRows {
        &self.0
    }
}
