//! How rows are reached: reading or in a transaction, of one pool or of the installation.

use std::ops::Deref;

use sea_orm::{DatabaseConnection, DatabaseExecutor};
use watchword_domain::ids::PoolId;

use crate::Result;
use crate::writer::WriteTx;

enum Access {
    Reading(DatabaseConnection),
    Writing(WriteTx),
}

impl Access {
    fn executor(&self) -> DatabaseExecutor<'_> {
        match self {
            Self::Reading(connection) => DatabaseExecutor::Connection(connection),
            Self::Writing(tx) => tx.executor(),
        }
    }

    async fn commit(self) -> Result<()> {
        match self {
            Self::Reading(_) => Ok(()),
            Self::Writing(tx) => tx.commit().await,
        }
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

    pub(crate) fn db(&self) -> DatabaseExecutor<'_> {
        self.access.executor()
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
        Self(PoolRows { access: Access::Writing(tx), pool })
    }

    /// Makes everything done in it durable.
    ///
    /// # Errors
    /// When the database could not: then nothing was done.
    pub async fn commit(self) -> Result<()> {
        self.0.access.commit().await
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

    pub(crate) fn db(&self) -> DatabaseExecutor<'_> {
        self.access.executor()
    }
}

/// A transaction on what belongs to no pool.
pub struct SystemTx(SystemRows);

impl SystemTx {
    pub(crate) fn new(tx: WriteTx) -> Self {
        Self(SystemRows { access: Access::Writing(tx) })
    }

    /// Makes everything done in it durable.
    ///
    /// # Errors
    /// When the database could not: then nothing was done.
    pub async fn commit(self) -> Result<()> {
        self.0.access.commit().await
    }
}

impl Deref for SystemTx {
    type Target = SystemRows;

    fn deref(&self) -> &SystemRows {
        &self.0
    }
}
