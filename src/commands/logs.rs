//! Logs: to the error stream, as text or JSON.
//!
//! The subscriber is set without the bridge from the crate `log`, on purpose: the numbering library writes phone numbers
//! to `log`, and they must not come out here.

use std::io::{IsTerminal, stderr};

use tracing::subscriber::set_global_default;
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt};

use crate::config::Logs;
use crate::config::problem::Problem;

/// What commands log when nothing else is asked for.
pub(super) const USUAL: &str = "info,sqlx=warn,sea_orm=warn,sea_orm_migration=warn";

/// Begins to log.
pub(super) fn begin(logs: &Logs, usual: &str) -> Result<(), Problem> {
    let directives = logs.filter.as_deref().unwrap_or(usual);
    let filter =
        EnvFilter::try_new(directives).map_err(|_| Problem::new("log", "is no filter", "Correct it."))?;
    let registry = tracing_subscriber::registry().with(filter);
    let set = if logs.is_json {
        set_global_default(registry.with(fmt::layer().json().flatten_event(true).with_writer(stderr)))
    } else {
        let ansi = stderr().is_terminal();
        set_global_default(registry.with(fmt::layer().with_ansi(ansi).with_writer(stderr)))
    };
    set.map_err(|_| Problem::new("logging", "was begun twice", "Begin it once in a process."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_said_to_the_crate_log_comes_out() {
        begin(&Logs { filter: Some("off".into()), is_json: false }, USUAL).unwrap();
        assert_eq!(log::max_level(), log::LevelFilter::Off);
    }
}
