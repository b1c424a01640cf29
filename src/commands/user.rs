//! `watchword user …`: what an operator does for one end user.

use clap::{Args, Subcommand};
use watchword_domain::Phone;

use super::flags::StorageFlags;
use super::installation::{self, failed, pool_of};
use super::{logs, output};
use crate::config::Config;
use crate::config::problem::{Problem, Problems};

/// What can be done.
#[derive(Subcommand)]
pub enum Command {
    /// Let a number use codes again after too many wrong ones.
    Unlock(Unlock),
}

/// Who is unlocked.
#[derive(Args)]
pub struct Unlock {
    /// The domain of the project's user pool.
    #[arg(long)]
    domain: String,
    /// The number, with its country code: "+55 11 98765-4321".
    #[arg(long)]
    phone: String,
    #[command(flatten)]
    settings: StorageFlags,
}

pub(super) async fn run(arguments: Unlock) -> Result<(), Problems> {
    let config = Config::read(arguments.settings.sources())?;
    logs::begin(&config.logs, logs::USUAL)?;
    // The number stays out of what is said: terminals are logged, too.
    let phone = Phone::parse(&arguments.phone, None).map_err(|refusal| {
        Problem::new("--phone", format!("is no number: {refusal}"), "Write it with its country code, +55 … .")
    })?;
    let installation = installation::open(&config).await?;
    let (flow, database) = (&installation.flow, &config.storage.database);
    let pool = pool_of(flow, database, &arguments.domain).await?;
    let had_failures = flow.unlock(&pool, &phone).await.map_err(|fault| failed(database, &fault))?;
    output::say(if had_failures {
        "Unlocked: the wrong codes of this number are forgotten."
    } else {
        "Nothing to do: no wrong codes are counted for this number."
    });
    Ok(())
}
