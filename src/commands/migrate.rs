//! `watchword migrate`: the schema brought up to date before a new version starts, where that is done by hand.

use clap::Args;

use super::flags::StorageFlags;
use super::{installation, logs, output};
use crate::config::Config;
use crate::config::problem::Problems;

/// What `migrate` is told.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    settings: StorageFlags,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Problems> {
    let config = Config::read(arguments.settings.sources())?;
    logs::begin(&config.logs, logs::USUAL)?;
    let database = &config.storage.database;
    let store = installation::open_store(database).await?;
    store.close().await.map_err(|error| installation::away(database, &error))?;
    output::say(&format!("The schema of {} is current.", database.described()));
    Ok(())
}
