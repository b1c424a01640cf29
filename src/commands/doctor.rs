//! `watchword doctor`: part by part, what was looked at and what is wrong, in one go. It changes nothing.

mod channels;
pub(super) mod sender;
mod storage;

use clap::Args;

use super::flags::SettingFlags;
use super::output;
use crate::config::Reading;
use crate::config::problem::{Problem, Problems};
use crate::config::sources::Sources;

/// What `doctor` is told.
#[derive(Args)]
pub struct Arguments {
    /// Leave the network out: WhatsApp, the SMS provider and the mail server are not asked.
    #[arg(long)]
    offline: bool,
    #[command(flatten)]
    settings: SettingFlags<false>,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Problems> {
    let parts = examine(arguments.settings.sources(), !arguments.offline).await;
    output::say(&report(parts)?);
    Ok(())
}

/// What is said of the parts. What is wrong with them follows what was found, on the error stream.
pub(super) fn report(parts: Vec<Part>) -> Result<String, Problems> {
    let rows: Vec<(&str, &str)> = parts.iter().map(|part| (part.name, part.found.as_str())).collect();
    let found = output::aligned(&rows);
    let problems: Vec<Problem> = parts.into_iter().flat_map(|part| part.problems).collect();
    if problems.is_empty() {
        return Ok(format!("{found}\nNothing wrong was found."));
    }
    output::say(&found);
    let count = problems.len();
    output::complain(&format!("\n{count} problem{}:\n", if count == 1 { "" } else { "s" }));
    Err(Problems(problems))
}

/// A part of an installation, what was found of it, and what is wrong with it.
pub struct Part {
    /// Its name.
    pub name: &'static str,
    /// What was looked at and found, in a line.
    pub found: String,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

impl Part {
    fn well(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, found: found.into(), problems: Vec::new() }
    }

    fn wrong(name: &'static str, problems: Vec<Problem>) -> Self {
        let found = match problems.len() {
            1 => "a problem, see below".to_owned(),
            count => format!("{count} problems, see below"),
        };
        Self { name, found, problems }
    }

    fn of(name: &'static str, found: impl Into<String>, problems: Vec<Problem>) -> Self {
        if problems.is_empty() { Self::well(name, found) } else { Self::wrong(name, problems) }
    }
}

/// Looks at everything these sources describe; at others only when it `may_ask` over the network.
pub async fn examine(sources: Sources, may_ask: bool) -> Vec<Part> {
    let Reading { config, storage, mut problems } = Reading::of(sources);
    problems.extend(config.iter().flat_map(|config| config.advice()));
    let found = config
        .as_ref()
        .map_or_else(String::new, |config| format!("well; people reach it at {}", config.public_url));
    let mut parts = vec![Part::of("configuration", found, problems)];
    match &storage {
        Some(storage) => parts.extend(storage::look(storage).await),
        None => parts.push(Part::well("database", "not looked at: the configuration does not say which")),
    }
    match &config {
        Some(config) => {
            parts.extend(sender::look(config, may_ask).await);
            parts.extend(channels::look(config, may_ask).await);
        }
        None => parts.push(Part::well("sender", "not looked at: mend the configuration first")),
    }
    parts
}
