//! The rows of Watchword: the only place that knows SeaORM.
//!
//! One file per table family; each opens with its entity. What a pool owns is reached through [`PoolRows`] and
//! [`PoolTx`], which cannot be had without naming a pool; [`SystemRows`] and [`SystemTx`] serve what belongs to no pool
//! (finding a pool, the outbox worker, webhooks, sweeping). Whatever can be used once is taken by a `claim_…`: one
//! conditional statement that finds exactly one row, or none. No rule lives here.

mod access;
mod alerts;
mod challenges;
mod clients;
mod codes;
mod connect;
mod entity;
mod grants;
mod installation;
mod keys;
mod limits;
mod lookup;
mod messages;
mod number_sends;
mod pools;
mod proofs;
mod refresh_tokens;
mod refusals;
mod senders;
mod sessions;
mod sign_ins;
mod sweep;
mod templates;
mod text;
mod traffic;
mod users;
mod webhook_events;
mod writer;

use sea_orm::DbErr;

pub use access::{PoolRows, PoolTx, SystemRows, SystemTx};
pub use alerts::AlertRow;
pub use clients::ClientSecretRow;
pub use codes::CodeRow;
pub use connect::{Settings, Store};
pub use grants::GrantRow;
pub use keys::SigningKeyRow;
pub use limits::Counter;
pub use messages::{Advanced, AttemptRow, Disowned, MessageRow, NewMessage, StatusReport};
pub use refresh_tokens::RefreshTokenRow;
pub use refusals::RefusalRow;
pub use senders::SenderRow;
pub use sessions::SessionRow;
pub use sweep::Swept;
pub use users::{UserPhone, UserRow};

/// What can go wrong with rows. Never the caller's fault but for [`Taken`](Self::Taken).
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database did not answer, or not as expected.
    #[error("the database failed")]
    Database(#[from] DbErr),
    /// A row holds what this version cannot read.
    #[error("a stored {0} cannot be read")]
    Unreadable(&'static str),
    /// A name that must be unique is in use.
    #[error("this {0} is taken")]
    Taken(&'static str),
    /// The database's file cannot be opened.
    #[error("the database file {path} cannot be opened: {error}", path = path.display())]
    File {
        /// Where it should be.
        path: std::path::PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The transaction this one shared a commit with could not be written.
    #[error("the transaction was not committed")]
    NotCommitted,
}

/// The store's results.
pub type Result<T> = std::result::Result<T, StoreError>;
