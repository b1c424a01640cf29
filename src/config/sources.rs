//! Where settings come from (the file, then the environment, then flags, each over the one before) and how they are laid
//! over one another. Refuses names the table does not know; what a value means is the reader's business.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use toml::{Table, Value as Toml};
use watchword_domain::money::Money;

use super::problem::Problem;
use super::setting::{Kind, Setting};
use super::table::{SETTINGS, find};

/// The file that is read when none is named.
pub const FILE: &str = "watchword.toml";

const PREFIX: &str = "WATCHWORD_";

/// Variables that tests speak to one another by; no program setting begins like this.
const TESTS: &str = "WATCHWORD_TEST_";

/// What was given, before anything is made of it.
#[derive(Default)]
pub struct Sources {
    /// The file named with `--config`; it must be there.
    pub file: Option<PathBuf>,
    /// The directory whose `watchword.toml` is read when no file is named, if it has one.
    pub directory: Option<PathBuf>,
    /// The environment.
    pub environment: Vec<(OsString, OsString)>,
    /// Names of settings and what flags gave for them.
    pub flags: Vec<(&'static str, String)>,
}

impl Sources {
    /// The process's own: its environment and the directory it works in, with these flags.
    pub fn of_process(file: Option<PathBuf>, flags: Vec<(&'static str, String)>) -> Self {
        Self { file, directory: Some(PathBuf::new()), environment: std::env::vars_os().collect(), flags }
    }

    /// Adds a setting as a flag would.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.flags.push((name, value.into()));
        self
    }
}

/// Where a value was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    File(PathBuf),
    Variable,
    Flag,
}

/// A value in the shape its setting wants. It may be secret, so it has no `Debug`.
pub(super) enum Value {
    Text(String),
    Number(u64),
    Texts(Vec<String>),
    Numbers(Vec<u64>),
}

/// What holds after all sources were laid over one another.
#[derive(Default)]
pub(super) struct Given {
    pub(super) values: BTreeMap<&'static str, (Value, Origin)>,
    pub(super) problems: Vec<Problem>,
}

impl Given {
    pub(super) fn read(sources: Sources) -> Self {
        let mut given = Self::default();
        if let Some((path, table)) = given.file(&sources) {
            given.table(&path, table);
        }
        for (name, value) in sources.environment {
            given.variable(&name, value);
        }
        for (name, text) in sources.flags {
            if let Some(setting) = find(name) {
                given.put(setting, value_of_text(setting.kind, &text), Origin::Flag);
            }
        }
        given
    }

    fn file(&mut self, sources: &Sources) -> Option<(PathBuf, Table)> {
        let named = sources.file.is_some();
        let path = sources.file.clone().or_else(|| Some(sources.directory.as_ref()?.join(FILE)))?;
        let what = path.display().to_string();
        match std::fs::read_to_string(&path) {
            Ok(text) => match text.parse::<Table>() {
                Ok(table) => return Some((path, table)),
                Err(error) => self.problems.push(broken(&path, &text, &error)),
            },
            Err(error) if !named && error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                let mend = "Name a file that this user may read with --config.";
                self.problems.push(Problem::new(what, format!("cannot be read: {error}"), mend));
            }
        }
        None
    }

    fn table(&mut self, path: &Path, table: Table) {
        for (key, value) in table {
            let is_section = SETTINGS.iter().any(|setting| setting.section() == Some(key.as_str()));
            match value {
                Toml::Table(section) if is_section => {
                    for (inner, value) in section {
                        self.entry(path, &format!("{key}.{inner}"), &value);
                    }
                }
                value => self.entry(path, &key, &value),
            }
        }
    }

    fn entry(&mut self, path: &Path, name: &str, value: &Toml) {
        match find(name) {
            Some(setting) => self.put(setting, value_of_toml(setting.kind, value), Origin::File(path.into())),
            None => {
                let what = format!("{name} in {}", path.display());
                let names = SETTINGS.iter().map(|setting| setting.name.to_owned());
                self.problems.push(unknown(what, name, names));
            }
        }
    }

    fn variable(&mut self, name: &OsStr, value: OsString) {
        let name = name.to_string_lossy().into_owned();
        if !name.starts_with(PREFIX) || name.starts_with(TESTS) {
            return;
        }
        match SETTINGS.iter().find(|setting| setting.variable() == name) {
            Some(setting) => {
                let value = value.into_string().ok().and_then(|text| value_of_text(setting.kind, &text));
                self.put(setting, value, Origin::Variable);
            }
            None => {
                let problem = unknown(name.clone(), &name, SETTINGS.iter().map(Setting::variable));
                self.problems.push(problem);
            }
        }
    }

    fn put(&mut self, setting: &'static Setting, value: Option<Value>, origin: Origin) {
        let what = described(setting, Some(&origin));
        match value {
            Some(Value::Text(text)) if text.trim().is_empty() => {
                self.problems.push(Problem::new(what, "is empty", "Give it a value or take it out."));
            }
            Some(value) => {
                self.values.insert(setting.name, (value, origin));
            }
            None => {
                let wanted = setting.kind.wanted();
                self.problems.push(Problem::new(
                    what,
                    format!("is not {wanted}"),
                    "Correct it or take it out.",
                ));
            }
        }
    }
}

/// A setting as problems name it: with where it was given, or where it can be.
pub(super) fn described(setting: &Setting, origin: Option<&Origin>) -> String {
    match (origin, setting.flag()) {
        (Some(Origin::File(path)), _) => format!("{} in {}", setting.name, path.display()),
        (Some(Origin::Flag), Some(flag)) => format!("{} (--{flag})", setting.name),
        _ => format!("{} ({})", setting.name, setting.variable()),
    }
}

pub(super) fn value_of_text(kind: Kind, text: &str) -> Option<Value> {
    let number = |text: &str, least, most| text.trim().parse().ok().filter(|n| (least..=most).contains(n));
    let parts = || text.split(',').map(str::trim).filter(|part| !part.is_empty());
    Some(match kind {
        Kind::Number(least, most) => Value::Number(number(text, least, most)?),
        Kind::Numbers(least, most) => {
            Value::Numbers(parts().map(|part| number(part, least, most)).collect::<Option<_>>()?)
        }
        Kind::Networks => Value::Texts(parts().map(str::to_owned).collect()),
        Kind::Amount => Value::Text(text.parse::<Money>().ok()?.to_string()),
        _ => Value::Text(text.to_owned()),
    })
}

fn value_of_toml(kind: Kind, value: &Toml) -> Option<Value> {
    let number = |value: &Toml, least, most| {
        value.as_integer().and_then(|n| u64::try_from(n).ok()).filter(|n| (least..=most).contains(n))
    };
    Some(match kind {
        Kind::Number(least, most) => Value::Number(number(value, least, most)?),
        Kind::Numbers(least, most) => Value::Numbers(
            value.as_array()?.iter().map(|one| number(one, least, most)).collect::<Option<_>>()?,
        ),
        Kind::Networks => Value::Texts(
            value.as_array()?.iter().map(|one| one.as_str().map(str::to_owned)).collect::<Option<_>>()?,
        ),
        Kind::Amount => Value::Text(value.as_str()?.parse::<Money>().ok()?.to_string()),
        _ => Value::Text(value.as_str()?.to_owned()),
    })
}

/// Where a file is broken. The parser's own report quotes the line, which may hold a secret.
fn broken(path: &Path, text: &str, error: &toml::de::Error) -> Problem {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let mend = "Texts stand in quotes, and a section is written [section]; see https://toml.io.";
    Problem::new(format!("line {line} of {}", path.display()), "is not TOML", mend)
}

fn unknown(what: String, name: &str, known: impl Iterator<Item = String>) -> Problem {
    let near = known.map(|other| (distance(name, &other), other)).min().filter(|(steps, _)| *steps <= 2);
    let mend = match near {
        Some((_, other)) => format!("Did you mean {other}?"),
        None => "Take it out; docs/configuration.md lists every setting.".to_owned(),
    };
    Problem::new(what, "is not a setting", mend)
}

/// How many letters must be changed, added or removed to make one name of the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (above, letter) in one.chars().enumerate() {
        let mut left = above + 1;
        let mut next = vec![left];
        for (pair, against) in row.windows(2).zip(other.chars()) {
            let &[diagonal, up] = pair else { continue };
            left = (left.min(up) + 1).min(diagonal + usize::from(letter != against));
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn near_names_are_few_letters_apart() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("listen", "listen"), 0);
        assert_eq!(distance("public_uri", "public_url"), 1);
    }
}
