//! The database and the master key: whether they are there, and fit each other.

use watchword_flow::crypto::MasterKey;
use watchword_store::Store;

use super::Part;
use crate::commands::{installation, master_key};
use crate::config::problem::Problem;
use crate::config::{KeySource, Storage};

const DATABASE: &str = "database";
const MASTER_KEY: &str = "master key";

/// One line for the database, one for the key.
pub(super) async fn look(storage: &Storage) -> [Part; 2] {
    let database = &storage.database;
    if database.file.as_ref().is_some_and(|file| !file.exists()) {
        let found = format!("not there yet; the first start makes {}", database.described());
        return [Part::well(DATABASE, found), key_alone(storage)];
    }
    match open(storage).await {
        Ok(store) => {
            let checked = key(storage, &store).await;
            let closed = store.close().await.map_err(|error| installation::away(database, &error));
            let found = format!("{}, with the schema of this version", database.described());
            [Part::of(DATABASE, found, closed.err().into_iter().collect()), checked]
        }
        Err(problem) => {
            let found = "not tried: there is no database to try it on";
            let mode = check_mode(storage).into_iter().collect();
            [Part::wrong(DATABASE, vec![problem]), Part::of(MASTER_KEY, found, mode)]
        }
    }
}

async fn open(storage: &Storage) -> Result<Store, Problem> {
    let database = &storage.database;
    let away = |error| installation::away(database, &error);
    let store = Store::connect(&database.settings()).await.map_err(away)?;
    if store.is_current().await.map_err(away)? {
        return Ok(store);
    }
    store.close().await.map_err(away)?;
    let mend = "Run `watchword migrate`, or start `watchword serve`, which does it.";
    Err(Problem::new(database.described(), "has a schema of another version", mend))
}

/// The database, where it is there and of this version.
pub(super) async fn usable(storage: &Storage) -> Option<Store> {
    let is_missing = storage.database.file.as_ref().is_some_and(|file| !file.exists());
    if is_missing { None } else { open(storage).await.ok() }
}

/// The master key, where something was sealed in this database and it opens that.
pub(super) async fn fitting_key(storage: &Storage, store: &Store) -> Option<MasterKey> {
    store.read_system().find_key_check().await.ok()??;
    let key = master_key::look(storage, store).await.ok()??;
    try_on(storage, store, key.clone()).await.ok().map(|()| key)
}

/// The key of a database that is not there yet.
fn key_alone(storage: &Storage) -> Part {
    let (found, problem) = match master_key::held(storage) {
        Ok(Some(_)) => (format!("{}: a key", source(storage)), None),
        Ok(None) => (format!("not there yet; the first start makes {}", source(storage)), None),
        Err(problem) => (String::new(), Some(problem)),
    };
    Part::of(MASTER_KEY, found, problem.into_iter().chain(check_mode(storage)).collect())
}

/// The key against the database.
async fn key(storage: &Storage, store: &Store) -> Part {
    let checked = fit(storage, store).await;
    let (found, problem) = match checked {
        Ok(Some(found)) => (format!("{}: {found}", source(storage)), None),
        Ok(None) => (format!("not there yet; the first start makes {}", source(storage)), None),
        Err(problem) => (String::new(), Some(problem)),
    };
    Part::of(MASTER_KEY, found, problem.into_iter().chain(check_mode(storage)).collect())
}

async fn fit(storage: &Storage, store: &Store) -> Result<Option<&'static str>, Problem> {
    let Some(key) = master_key::look(storage, store).await? else { return Ok(None) };
    let away = |error| installation::away(&storage.database, &error);
    if store.read_system().find_key_check().await.map_err(away)?.is_none() {
        // Opening would write the proof that this key is the right one, which is for the first start to do.
        return Ok(Some("a key; nothing was sealed in the database yet"));
    }
    try_on(storage, store, key).await.map(|()| Some("opens what is sealed in the database"))
}

async fn try_on(storage: &Storage, store: &Store, key: MasterKey) -> Result<(), Problem> {
    installation::fit_key(storage, store, &key).await
}

fn source(storage: &Storage) -> String {
    match &storage.master_key {
        KeySource::Given(_) | KeySource::Nowhere => "as configured".to_owned(),
        KeySource::File(path) | KeySource::Beside(path) => path.display().to_string(),
    }
}

/// A key that others of this machine can read is no secret.
fn check_mode(storage: &Storage) -> Option<Problem> {
    use std::os::unix::fs::PermissionsExt;
    let (KeySource::File(path) | KeySource::Beside(path)) = &storage.master_key else { return None };
    let mode = std::fs::metadata(path).ok()?.permissions().mode();
    (mode & 0o077 != 0).then(|| {
        let what = format!("the master key file {}", path.display());
        Problem::new(
            what,
            "can be read by others of this machine",
            format!("Run chmod 600 {}.", path.display()),
        )
    })
}
