//! What is asked or decided about a project that is there.

use clap::{Args, Subcommand};
use watchword_domain::identity::IdentityCheck;
use watchword_domain::pool::Pool;
use watchword_flow::Watchword;
use watchword_flow::error::Error;

use super::channels;
use super::details;
use super::limits;
use super::refused;
use super::watch;
use crate::commands::flags::StorageFlags;
use crate::commands::installation::{self, failed, pool_of};
use crate::commands::{logs, output};
use crate::config::problem::{Problem, Problems};
use crate::config::{Config, Database};

/// What can be done.
#[derive(Subcommand)]
pub enum Command {
    /// Show what a project decided of itself, or change it.
    Set(Box<Set>),
    /// Show a project's budgets and what was used of them, or change them.
    Limits(Box<Limits>),
    /// Show by which channels a project's codes go, or change that.
    Channels(Box<Channels>),
    /// End the probation of a new project, whose day is smaller until then.
    Release(Asked),
    /// Show what was told of a project within 30 days: parts of a budget, ranges that look like fraud, senders in trouble.
    Alerts(Asked),
    /// Show to which ranges of numbers and countries and from which networks codes go, and how many come back.
    Traffic(Asked),
    /// Show why people were refused a code within the last day, by limit and country.
    Refusals(Asked),
}

/// Which project, and how the answer is printed.
#[derive(Args)]
pub struct Asked {
    /// The domain of the project's user pool.
    #[arg(long)]
    domain: String,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: StorageFlags,
}

/// What a project decides of its limits. Whatever is not named stays as it is.
#[derive(Args)]
pub struct Limits {
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    change: limits::Change,
}

/// What a project decides of itself.
#[derive(Args)]
pub struct Set {
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    change: details::Change,
}

/// What a project decides of its channels.
#[derive(Args)]
pub struct Channels {
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    change: channels::Change,
}

pub(in crate::commands) async fn run(command: Command) -> Result<(), Problems> {
    let config = Config::read(command.asked().settings.clone().sources())?;
    logs::begin(&config.logs, logs::USUAL)?;
    let installation = installation::open_existing(&config).await?;
    output::say(&command.carry_out(&installation.flow, &config.storage.database).await?);
    Ok(())
}

impl Command {
    fn asked(&self) -> &Asked {
        match self {
            Self::Set(set) => &set.asked,
            Self::Limits(limits) => &limits.asked,
            Self::Channels(channels) => &channels.asked,
            Self::Release(asked) | Self::Alerts(asked) | Self::Traffic(asked) | Self::Refusals(asked) => {
                asked
            }
        }
    }

    /// Does it, and gives what is said of it.
    pub(in crate::commands) async fn carry_out(
        self,
        flow: &Watchword,
        database: &Database,
    ) -> Result<String, Problems> {
        let asked = self.asked();
        let (pool, is_json) = (pool_of(flow, database, &asked.domain).await?, asked.json);
        let at = |fault| failed(database, &fault);
        match &self {
            Self::Set(set) => {
                let change = set.change.read()?;
                let pool = renamed(flow, database, &pool, set.change.name.as_deref()).await?;
                let pool = checking(flow, database, pool, set.change.identity_check).await?;
                let pool = flow.change_settings(&pool, |own| change.apply(own)).await.map_err(at)?;
                Ok(details::said(&pool, is_json))
            }
            Self::Limits(limits) => {
                limits.change.check(flow)?;
                let pool = match limits.change.is_any() {
                    true => flow.change_settings(&pool, |own| limits.change.apply(own)).await.map_err(at)?,
                    false => Pool::clone(&pool),
                };
                let usage = flow.usage(&pool).await.map_err(at)?;
                Ok(limits::said(flow, &pool, &usage, is_json))
            }
            Self::Channels(channels) => {
                let change = &channels.change;
                change.check(flow)?;
                let pool = match change.is_any() {
                    true => flow
                        .change_settings(&pool, |own| change.apply(&mut own.delivery))
                        .await
                        .map_err(at)?,
                    false => Pool::clone(&pool),
                };
                Ok(channels::said(&pool, is_json))
            }
            Self::Release(_) => {
                let pool = flow.change_settings(&pool, |own| own.released = true).await.map_err(at)?;
                let usage = flow.usage(&pool).await.map_err(at)?;
                Ok(limits::said(flow, &pool, &usage, is_json))
            }
            Self::Alerts(_) => Ok(watch::alerts(flow, &flow.alerts(&pool).await.map_err(at)?, is_json)),
            Self::Traffic(_) => {
                let monitor = pool.limits(&flow.settings().limits).monitor;
                Ok(watch::traffic(&flow.ranges(&pool).await.map_err(at)?, monitor, is_json))
            }
            Self::Refusals(_) => Ok(watch::refusals(&flow.refusals(&pool).await.map_err(at)?, is_json)),
        }
    }
}

/// The pool under its new name, where one was given.
async fn renamed(
    flow: &Watchword,
    database: &Database,
    pool: &Pool,
    name: Option<&str>,
) -> Result<Pool, Problem> {
    let Some(name) = name else { return Ok(pool.clone()) };
    flow.rename(pool, name).await.map_err(|error| match error {
        Error::Refused(refusal) => refused(&refusal),
        Error::Fault(fault) => failed(database, &fault),
    })
}

/// The pool with identities checked as decided, where that was.
async fn checking(
    flow: &Watchword,
    database: &Database,
    pool: Pool,
    check: Option<IdentityCheck>,
) -> Result<Pool, Problem> {
    let Some(check) = check else { return Ok(pool) };
    flow.check_identities(&pool, check).await.map_err(|error| match error {
        Error::Refused(refusal) => {
            let mend = "Look at `watchword doctor`, then try again; nothing was stored of it.";
            Problem::new("--identity-check", refusal.to_string(), mend)
        }
        Error::Fault(fault) => failed(database, &fault),
    })
}
