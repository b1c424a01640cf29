//! A flag for every setting of the table that has one, and `--config`.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches};

use crate::config::reference::plain;
use crate::config::setting::Setting;
use crate::config::sources::Sources;
use crate::config::table::SETTINGS;

const HEADING: &str = "Settings, over watchword.toml and the environment";

/// What means something only to a command that listens.
const OF_LISTENING: [&str; 3] = ["listen", "metrics_listen", "trusted_proxies"];

/// Settings given as flags: those at the top of the table, or the simulator's own; without what only a server needs for
/// commands that do something and end.
#[derive(Debug, Clone)]
pub struct SettingFlags<const OF_SIMULATOR: bool, const LISTENS: bool = true> {
    file: Option<PathBuf>,
    given: Vec<(&'static str, String)>,
}

/// Flags of a command that does something in the database and ends.
pub type StorageFlags = SettingFlags<false, false>;

impl<const OF_SIMULATOR: bool, const LISTENS: bool> SettingFlags<OF_SIMULATOR, LISTENS> {
    /// All sources of this process, with these flags over them.
    pub(super) fn sources(self) -> Sources {
        Sources::of_process(self.file, self.given)
    }

    fn flagged() -> impl Iterator<Item = (&'static Setting, String)> {
        SETTINGS
            .iter()
            .filter(|setting| setting.section().is_some() == OF_SIMULATOR)
            .filter(|setting| OF_SIMULATOR || LISTENS || !OF_LISTENING.contains(&setting.name))
            .filter_map(|setting| Some((setting, setting.flag()?)))
    }
}

impl<const OF_SIMULATOR: bool, const LISTENS: bool> Args for SettingFlags<OF_SIMULATOR, LISTENS> {
    fn augment_args(command: Command) -> Command {
        let file = Arg::new("config")
            .long("config")
            .value_name("FILE")
            .value_parser(clap::value_parser!(PathBuf))
            .help("The file of settings [default: watchword.toml, where there is one]")
            .help_heading(HEADING);
        Self::flagged().fold(command.arg(file), |command, (setting, flag)| {
            let help = format!("{} [variable: {}]", plain(setting), setting.variable());
            let arg = Arg::new(setting.name).long(flag).value_name("VALUE").help(help);
            command.arg(arg.help_heading(HEADING).hide_short_help(true))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<const OF_SIMULATOR: bool, const LISTENS: bool> FromArgMatches for SettingFlags<OF_SIMULATOR, LISTENS> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let value = |setting: &Setting| matches.get_one::<String>(setting.name).cloned();
        let given =
            Self::flagged().filter_map(|(setting, _)| Some((setting.name, value(setting)?))).collect();
        Ok(Self { file: matches.get_one::<PathBuf>("config").cloned(), given })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
