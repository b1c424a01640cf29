//! An installation: its database opened, its master key fitted, its use cases ready to be called.

use std::error::Error;
use std::sync::Arc;

use watchword_domain::pool::Pool;
use watchword_flow::crypto::MasterKey;
use watchword_flow::error::Fault;
use watchword_flow::seams::{SystemClock, SystemRandom};
use watchword_flow::senders::{SenderSettings, SharedSender};
use watchword_flow::{Settings, Watchword};
use watchword_messaging::whatsapp::{Graph, SettingsRefusal, is_template_name};
use watchword_store::{Store, StoreError};

use super::{channels, files, master_key};
use crate::config::problem::{Problem, Problems};
use crate::config::{Config, Database, Sender, Storage};

/// What commands work with.
pub struct Installation {
    /// The use cases.
    pub flow: Arc<Watchword>,
    /// The rows, to be closed in the end.
    pub store: Store,
}

/// Opens the installation: makes what a new one lacks, brings the schema up to date, and refuses a master key that does
/// not fit.
///
/// # Errors
/// What stands in the way, and what to do about it.
pub async fn open(config: &Config) -> Result<Installation, Problems> {
    let settings = settings(config, graph(config)?)?;
    let store = open_store(&config.storage.database).await?;
    let key = master_key::obtain(&config.storage, &store).await?;
    let flow = fit(&config.storage, store.clone(), key, settings).await?;
    Ok(Installation { flow: Arc::new(flow), store })
}

/// What the use cases need to know, with senders reached by this Graph API.
pub(super) fn settings(config: &Config, graph: Graph) -> Result<Settings, Problem> {
    Ok(Settings {
        public_url: config.public_url.clone(),
        region: config.region.clone(),
        limits: config.limits.clone(),
        lifetimes: config.lifetimes.clone(),
        messages_per_second: config.graph.messages_per_second,
        whatsapp: config.whatsapp.as_ref().map(|sender| shared_sender(&graph, sender)).transpose()?,
        sms: config.sms.as_ref().map(channels::sms).transpose()?,
        email: config.smtp.as_ref().map(channels::email).transpose()?,
        graph,
    })
}

/// Opens an installation that is there already: for commands that look or change, in whose wrong directory nothing should
/// be made.
///
/// # Errors
/// As [`open`]; when there is no database.
pub(super) async fn open_existing(config: &Config) -> Result<Installation, Problems> {
    let database = &config.storage.database;
    if let Some(file) = database.file.as_deref().filter(|file| !file.exists()) {
        let shown = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        let mend = "Go to the directory of watchword.toml, or name the place with --data-dir or --config.";
        let what = format!("the SQLite database {}", shown.display());
        return Err(Problem::new(what, "is not there", mend).into());
    }
    open(config).await
}

/// Opens the database, makes it when it is SQLite's and not there, and brings its schema up to date.
pub(super) async fn open_store(database: &Database) -> Result<Store, Problem> {
    if let Some(directory) = database.file.as_deref().and_then(std::path::Path::parent) {
        files::make_directory(directory).map_err(|error| {
            let what = format!("the directory {}", directory.display());
            Problem::new(what, format!("cannot be made: {error}"), "Make it, or choose another as data_dir.")
        })?;
    }
    Store::open(&database.settings()).await.map_err(|error| away(database, &error))
}

/// What is said of a database that cannot be used.
pub(super) fn away(database: &Database, error: &StoreError) -> Problem {
    let mend = match database.file {
        Some(_) => {
            "Check that this user may write the file and its directory, and that the disk is not full."
        }
        None => "Check that it runs, and host, name, user and password in WATCHWORD_DATABASE_URL.",
    };
    let wrong = format!("cannot be used: {}", database.without_url(&chain(error)));
    Problem::new(database.described(), wrong, mend)
}

/// What is said when the database fails in the middle of a command.
pub(super) fn failed(database: &Database, fault: &Fault) -> Problem {
    let wrong = format!("failed: {}", database.without_url(&chain(fault)));
    Problem::new(database.described(), wrong, "Try again.")
}

/// The user pool of a domain.
pub(super) async fn pool_of(
    flow: &Watchword,
    database: &Database,
    domain: &str,
) -> Result<Arc<Pool>, Problem> {
    let at = |fault| failed(database, &fault);
    if let Some(pool) = flow.pool(domain).await.map_err(at)? {
        return Ok(pool);
    }
    let pools = flow.list_pools().await.map_err(at)?;
    let there: Vec<&str> = pools.iter().map(|pool| pool.domain.as_str()).collect();
    let mend = if there.is_empty() {
        "There is none yet: make one with `watchword project create`.".to_owned()
    } else {
        format!("There is: {}.", there.join(", "))
    };
    Err(Problem::new(format!("the domain {domain}"), "belongs to no project here", mend))
}

/// The service on this database, when the key fits.
pub(super) async fn fit(
    storage: &Storage,
    store: Store,
    key: MasterKey,
    settings: Settings,
) -> Result<Watchword, Problem> {
    let opened = Watchword::open(store, key, Arc::new(SystemClock), Arc::new(SystemRandom), settings).await;
    opened.map_err(|fault| unfit(storage, fault))
}

/// Whether the key fits the database.
pub(super) async fn fit_key(storage: &Storage, store: &Store, key: &MasterKey) -> Result<(), Problem> {
    watchword_flow::check_master_key(store, key).await.map_err(|fault| unfit(storage, fault))
}

fn unfit(storage: &Storage, fault: Fault) -> Problem {
    match fault {
        Fault::Crypto(_) => master_key::wrong(storage),
        Fault::Store(error) => away(&storage.database, &error),
        Fault::Missing(_) => {
            Problem::new(storage.database.described(), fault.to_string(), "Restore it from a copy.")
        }
    }
}

/// The Graph API that all senders are reached by.
pub(super) fn graph(config: &Config) -> Result<Graph, Problem> {
    Graph::new(&config.graph.api_url, channels::times(config.graph.timeout))
        .map_err(|refusal| refused(&refusal))
}

/// The shared sender.
pub(super) fn shared_sender(graph: &Graph, sender: &Sender) -> Result<SharedSender, Problem> {
    let settings = SenderSettings {
        phone_number_id: sender.phone_number_id.clone(),
        waba_id: sender.waba_id.clone(),
        access_token: sender.access_token.clone(),
        app_secrets: std::iter::once(&sender.app_secret)
            .chain(&sender.app_secret_previous)
            .cloned()
            .collect(),
        templates: sender.templates(),
    };
    if !settings.templates.iter().all(|name| is_template_name(name)) {
        return Err(refused(&SettingsRefusal::Template));
    }
    SharedSender::new(graph, settings, sender.verify_token.clone()).map_err(|refusal| refused(&refusal))
}

/// What is said of a sender's setting that cannot be used.
pub(super) fn refused(refusal: &SettingsRefusal) -> Problem {
    let setting = match refusal {
        SettingsRefusal::BaseUrl => "whatsapp.api_url",
        SettingsRefusal::PhoneNumberId => "whatsapp.phone_number_id",
        SettingsRefusal::WabaId => "whatsapp.waba_id",
        SettingsRefusal::AccessToken => "whatsapp.access_token",
        SettingsRefusal::Template => "whatsapp.template",
        SettingsRefusal::Timeouts => "whatsapp.timeout_seconds",
        SettingsRefusal::Client(_) => "the WhatsApp sender",
    };
    Problem::new(setting, format!("cannot be used: {refusal}"), "Correct it.")
}

/// An error and what it came of, in a line. Many an error repeats its cause; that is said once.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut said = error.to_string();
    for cause in std::iter::successors(error.source(), |&error| error.source()) {
        let cause = cause.to_string();
        if !said.contains(&cause) {
            said = format!("{said}: {cause}");
        }
    }
    said
}
