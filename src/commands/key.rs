//! `watchword key …`: the keys a project's tokens are signed with. Nothing private is ever printed.

use std::sync::Arc;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use watchword_domain::pool::Pool;
use watchword_flow::Watchword;
use watchword_flow::rotate_keys::KeyStanding;

use super::flags::SettingFlags;
use super::installation::{self, failed, pool_of};
use super::{logs, output};
use crate::config::problem::{Problem, Problems};
use crate::config::{Config, Database};

/// What can be done.
#[derive(Subcommand)]
pub enum Command {
    /// Give a project's keys successors before their time, or replace them at once. `serve` rotates by itself.
    Rotate(Rotate),
    /// Show a project's keys and where they are in their lives.
    List(List),
    /// After the master key was replaced: seal under the new one what lies sealed under those before.
    Reseal(Reseal),
}

/// Where it is done.
#[derive(Args)]
pub struct Reseal {
    #[command(flatten)]
    settings: SettingFlags<false>,
}

/// Whose keys are rotated, and how.
#[derive(Args)]
pub struct Rotate {
    #[command(flatten)]
    whose: Whose,
    /// For keys that others may know: the new ones sign at once, and the old ones are removed. Tokens signed before no
    /// longer hold anywhere that reads the key set; applications have to refresh theirs, or ask people to sign in again.
    #[arg(long)]
    now: bool,
    #[command(flatten)]
    settings: SettingFlags<false>,
}

/// One project, or all of them.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct Whose {
    /// The domain of the project's user pool.
    #[arg(long)]
    domain: Option<String>,
    /// Every project of this installation.
    #[arg(long)]
    all: bool,
}

/// Whose keys are shown.
#[derive(Args)]
pub struct List {
    /// The domain of the project's user pool.
    #[arg(long)]
    domain: String,
    /// Print the result as one JSON array.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: SettingFlags<false>,
}

pub(super) async fn run(command: Command) -> Result<(), Problems> {
    match command {
        Command::Rotate(arguments) => rotate(arguments).await,
        Command::List(arguments) => list(arguments).await,
        Command::Reseal(arguments) => reseal(arguments).await,
    }
}

async fn reseal(arguments: Reseal) -> Result<(), Problems> {
    let config = Config::read(arguments.settings.sources())?;
    logs::begin(&config.logs, logs::USUAL)?;
    let installation = installation::open_existing(&config).await?;
    output::say(&reseal_all(&installation.flow, &config.storage.database).await?);
    Ok(())
}

/// Seals anew what lasts, and says how much that was and what comes next.
pub(super) async fn reseal_all(flow: &Watchword, database: &Database) -> Result<String, Problem> {
    let resealed = flow.reseal().await.map_err(|fault| failed(database, &fault))?;
    Ok(match resealed {
        0 => "Nothing to do: everything that lasts lies sealed under the first master key.\n".to_owned(),
        count => format!(
            "{count} values were sealed under the first master key. Leave the keys after it in their place for 15 more minutes, \
             for what is on its way; then take them out and start every node anew. Keep the key with which your backups were \
             written.\n"
        ),
    })
}

async fn rotate(arguments: Rotate) -> Result<(), Problems> {
    let config = Config::read(arguments.settings.sources())?;
    logs::begin(&config.logs, logs::USUAL)?;
    let installation = installation::open_existing(&config).await?;
    let (flow, database) = (&installation.flow, &config.storage.database);
    for pool in pools(flow, database, arguments.whose.domain.as_deref()).await? {
        output::say(&rotate_one(flow, database, &pool, arguments.now).await?);
    }
    Ok(())
}

async fn list(arguments: List) -> Result<(), Problems> {
    let config = Config::read(arguments.settings.sources())?;
    logs::begin(&config.logs, logs::USUAL)?;
    let installation = installation::open_existing(&config).await?;
    let (flow, database) = (&installation.flow, &config.storage.database);
    let pool = pool_of(flow, database, &arguments.domain).await?;
    let keys = flow.list_keys(&pool.id).await.map_err(|fault| failed(database, &fault))?;
    output::say(&if arguments.json { in_json(&keys) } else { in_words(&pool, &keys) });
    Ok(())
}

/// The pool of this domain; without one, all pools.
async fn pools(
    flow: &Watchword,
    database: &Database,
    domain: Option<&str>,
) -> Result<Vec<Arc<Pool>>, Problem> {
    match domain {
        Some(domain) => Ok(vec![pool_of(flow, database, domain).await?]),
        None => {
            let pools = flow.list_pools().await.map_err(|fault| failed(database, &fault))?;
            Ok(pools.into_iter().map(Arc::new).collect())
        }
    }
}

/// Rotates a pool's keys, and says what that means.
pub(super) async fn rotate_one(
    flow: &Watchword,
    database: &Database,
    pool: &Pool,
    at_once: bool,
) -> Result<String, Problem> {
    let made = if at_once { flow.replace_keys(&pool.id).await } else { flow.rotate_keys(&pool.id).await };
    let made = made.map_err(|fault| failed(database, &fault))?;
    let keys = flow.list_keys(&pool.id).await.map_err(|fault| failed(database, &fault))?;
    let done = match (at_once, made) {
        (true, _) => {
            "The keys were replaced. Tokens signed before no longer hold: applications refresh them, or people sign in again. \
             Nodes follow within two seconds, relying parties when they next read the key set."
        }
        (false, 0) => "Nothing to do: the keys have successors that wait to sign.",
        (false, _) => "New keys were made. They are in the key set now and sign as shown here.",
    };
    Ok(format!("{}\n{done}\n", in_words(pool, &keys)))
}

pub(super) fn in_json(keys: &[KeyStanding]) -> String {
    let key = |key: &KeyStanding| {
        json!({
            "kid": key.id,
            "algorithm": key.algorithm,
            "state": key.state.name(),
            "since": key.since.to_rfc3339(),
            "until": key.until.map(|until| until.to_rfc3339()),
        })
    };
    Value::from_iter(keys.iter().map(key)).to_string()
}

fn in_words(pool: &Pool, keys: &[KeyStanding]) -> String {
    let head = ["kid", "algorithm", "state", "since", "until"].map(str::to_owned);
    let row = |key: &KeyStanding| {
        [
            key.id.clone(),
            key.algorithm.clone(),
            key.state.name().to_owned(),
            key.since.to_rfc3339(),
            key.until.map_or_else(String::new, |until| until.to_rfc3339()),
        ]
    };
    let rows: Vec<_> = std::iter::once(head).chain(keys.iter().map(row)).collect();
    format!("Keys of {}:\n\n{}", pool.domain, output::table(&rows))
}
