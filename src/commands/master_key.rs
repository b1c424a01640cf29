//! The master key: found, or made once beside a new SQLite database.
//!
//! Losing it must be hard to do by accident. So it is never made for a database in which something was sealed before, never
//! written over, and never made at all where several nodes would each make their own.

use std::io::ErrorKind;
use std::path::Path;

use watchword_flow::crypto::MasterKey;
use watchword_flow::seams::SystemRandom;
use watchword_store::Store;

use super::files;
use crate::config::problem::Problem;
use crate::config::{KeySource, Storage};

/// The key to what is sealed in this database.
///
/// # Errors
/// When there is none and none may be made, or what there is cannot be a key.
pub async fn obtain(storage: &Storage, store: &Store) -> Result<MasterKey, Problem> {
    match &storage.master_key {
        KeySource::Given(key) => Ok(key.clone()),
        KeySource::File(path) => read(path)?.ok_or_else(|| absent_file(path)),
        KeySource::Beside(path) => match read(path)? {
            Some(key) => Ok(key),
            None if is_used(store).await? => Err(lost(storage, path)),
            None => make(path),
        },
        KeySource::Nowhere => Err(nowhere(storage)),
    }
}

/// The key as it is, without making one; nothing when a first start would make it.
///
/// # Errors
/// As [`obtain`].
pub async fn look(storage: &Storage, store: &Store) -> Result<Option<MasterKey>, Problem> {
    match &storage.master_key {
        KeySource::Beside(path) if read(path)?.is_none() && !is_used(store).await? => Ok(None),
        _ => obtain(storage, store).await.map(Some),
    }
}

/// The key of a database that is not there yet; nothing when the first start would make it.
pub(super) fn held(storage: &Storage) -> Result<Option<MasterKey>, Problem> {
    match &storage.master_key {
        KeySource::Given(key) => Ok(Some(key.clone())),
        KeySource::File(path) => read(path)?.ok_or_else(|| absent_file(path)).map(Some),
        KeySource::Beside(path) => read(path),
        KeySource::Nowhere => Err(nowhere(storage)),
    }
}

/// Whether something was ever sealed in this database.
async fn is_used(store: &Store) -> Result<bool, Problem> {
    let failed = |error| Problem::new("the database", format!("failed: {error}"), "Look at its log.");
    Ok(store.read_system().find_key_check().await.map_err(failed)?.is_some())
}

fn read(path: &Path) -> Result<Option<MasterKey>, Problem> {
    let what = || format!("the master key file {}", path.display());
    match std::fs::read_to_string(path) {
        Ok(text) => {
            let text = watchword_domain::Secret::new(text);
            let key = MasterKey::parse(text.expose());
            key.map(Some).map_err(|refusal| {
                Problem::new(what(), "does not hold a key", format!("Put the right file back: {refusal}."))
            })
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => {
            let mend = "Let this user read it, and nobody else.";
            Err(Problem::new(what(), format!("cannot be read: {error}"), mend))
        }
    }
}

fn make(path: &Path) -> Result<MasterKey, Problem> {
    let text = MasterKey::generate(&SystemRandom);
    match files::write_new(path, &format!("{}\n", text.expose())) {
        Ok(()) => {
            tracing::info!(
                path = %path.display(),
                "a master key was made: keep a copy elsewhere, what is sealed under a lost key is lost"
            );
        }
        // Another process was quicker; its key is the key.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => {
            let what = format!("the master key file {}", path.display());
            return Err(Problem::new(what, format!("cannot be made: {error}"), "Let this user write there."));
        }
    }
    read(path)?.ok_or_else(|| absent_file(path))
}

fn absent_file(path: &Path) -> Problem {
    Problem::new(
        format!("the master key file {}", path.display()),
        "is not there",
        "Put it there, or make one for a new installation: (umask 077; openssl rand -base64 32 > FILE).",
    )
}

fn lost(storage: &Storage, path: &Path) -> Problem {
    Problem::new(
        format!("the master key file {}", path.display()),
        format!("is not there, but {} was written under a master key", storage.database.described()),
        "Put the file back, or set WATCHWORD_MASTER_KEY to the key. A new one would open nothing that is sealed in it.",
    )
}

fn nowhere(storage: &Storage) -> Problem {
    Problem::new(
        "master_key (WATCHWORD_MASTER_KEY)",
        format!("is missing; {} needs the same one on every node", storage.database.described()),
        "Make one with `openssl rand -base64 32`, keep a copy, and give it to every node as WATCHWORD_MASTER_KEY.",
    )
}

/// What a key that does not fit is told.
pub(super) fn wrong(storage: &Storage) -> Problem {
    let what = match &storage.master_key {
        KeySource::Given(_) | KeySource::Nowhere => "master_key (WATCHWORD_MASTER_KEY)".to_owned(),
        KeySource::File(path) | KeySource::Beside(path) => format!("the master key file {}", path.display()),
    };
    Problem::new(
        what,
        format!("is not the key that {} was written under", storage.database.described()),
        "Use the key of this database, or the database of this key. Nothing was changed.",
    )
}
