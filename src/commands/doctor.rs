//! `watchword doctor`: everything that is wrong, in one go. It changes nothing.

use clap::Args;
use watchword_domain::lifetimes::Lifetimes;
use watchword_domain::limits::Limits;
use watchword_domain::public_url::PublicUrl;
use watchword_flow::Settings;
use watchword_store::Store;

use super::flags::SettingFlags;
use super::{installation, master_key, output};
use crate::config::problem::{Problem, Problems};
use crate::config::sources::Sources;
use crate::config::{Config, KeySource, Reading, Storage};

/// What `doctor` is told.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    settings: SettingFlags<false>,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Problems> {
    let problems = examine(arguments.settings.sources()).await;
    if problems.is_empty() {
        output::say("All is well: configuration, database, master key and sender.");
        return Ok(());
    }
    let count = problems.len();
    output::complain(&format!("{count} problem{}:\n", if count == 1 { "" } else { "s" }));
    Err(Problems(problems))
}

/// Everything that is wrong with what these sources describe.
pub async fn examine(sources: Sources) -> Vec<Problem> {
    let Reading { config, storage, mut problems } = Reading::of(sources);
    if let Some(config) = &config {
        problems.extend(advice(config));
    }
    if let Some(storage) = &storage {
        problems.extend(check_storage(storage).await.err());
        problems.extend(check_mode(storage));
    }
    problems
}

fn advice(config: &Config) -> Vec<Problem> {
    let mut problems = config.advice();
    problems.extend(config.whatsapp.as_ref().and_then(|sender| installation::sender(sender).err()));
    problems
}

/// Whether the database answers, is current and fits its key. One that a first start would make is well.
async fn check_storage(storage: &Storage) -> Result<(), Problem> {
    let database = &storage.database;
    if database.file.as_ref().is_some_and(|file| !file.exists()) {
        return Ok(());
    }
    let away = |error| installation::away(database, &error);
    let store = Store::connect(&database.settings()).await.map_err(away)?;
    if !store.is_current().await.map_err(away)? {
        let mend = "Run `watchword migrate`, or start `watchword serve`, which does it.";
        return Err(Problem::new(database.described(), "has a schema of another version", mend));
    }
    let checked = check_key(storage, &store).await;
    store.close().await.map_err(away)?;
    checked
}

async fn check_key(storage: &Storage, store: &Store) -> Result<(), Problem> {
    let Some(key) = master_key::look(storage, store).await? else { return Ok(()) };
    let away = |error| installation::away(&storage.database, &error);
    if store.read_system().find_key_check().await.map_err(away)?.is_none() {
        // Opening would write the proof that this key is the right one, which is for the first start to do.
        return Ok(());
    }
    let Ok(public_url) = "http://localhost".parse::<PublicUrl>() else { return Ok(()) };
    let settings = Settings {
        public_url,
        region: String::new(),
        limits: Limits::default(),
        lifetimes: Lifetimes::default(),
        whatsapp: None,
    };
    installation::fit(storage, store.clone(), key, settings).await.map(drop)
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
