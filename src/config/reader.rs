//! Asking for settings by name: what was given, else the default of the table. What is wrong is noted and answered with
//! nothing, so that everything wrong is found in one go.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use serde::de::DeserializeOwned;
use watchword_domain::Secret;

use super::problem::Problem;
use super::setting::{Default, Kind, Setting};
use super::sources::{Given, Origin, Sources, Value, described, value_of_text};
use super::table::{SETTINGS, find};

/// Answers for settings. Everything it was asked for is remembered, for a test that nothing in the table is left unread.
pub(super) struct Reader {
    values: BTreeMap<&'static str, (Value, Origin)>,
    pub(super) problems: Vec<Problem>,
    asked: BTreeSet<&'static str>,
}

impl Reader {
    pub(super) fn new(sources: Sources) -> Self {
        let Given { values, problems } = Given::read(sources);
        Self { values, problems, asked: BTreeSet::new() }
    }

    /// Whether a setting was given at all.
    pub(super) fn is_given(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Settings of the table that were never asked for.
    #[cfg(test)]
    pub(super) fn unread(&self) -> Vec<&'static str> {
        SETTINGS.iter().map(|setting| setting.name).filter(|name| !self.asked.contains(name)).collect()
    }

    /// Notes what is wrong with a setting.
    pub(super) fn refuse(&mut self, name: &str, wrong: impl Into<String>, mend: impl Into<String>) {
        let origin = self.values.get(name).map(|(_, origin)| origin);
        let what = find(name).map_or_else(|| name.to_owned(), |setting| described(setting, origin));
        self.problems.push(Problem::new(what, wrong, mend));
    }

    /// Takes the value out: the given one, else the default.
    fn take(&mut self, name: &str) -> Option<(&'static Setting, Value)> {
        let setting = find(name)?;
        self.asked.insert(setting.name);
        // Stays noted as given, for `refuse` and `is_given`; a value is asked for once.
        let empty = Value::Texts(Vec::new());
        let given = self.values.get_mut(name).map(|(value, _)| std::mem::replace(value, empty));
        let value = given.or_else(|| match setting.default {
            Default::Is(text) => value_of_text(setting.kind, text),
            Default::Follows(_) | Default::Absent => None,
        })?;
        Some((setting, value))
    }

    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        match self.take(name)? {
            (_, Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A secret. One that begins or ends with white space was not copied well, and would fail much later.
    pub(super) fn secret(&mut self, name: &str) -> Option<Secret<String>> {
        let secret = Secret::new(self.text(name)?);
        let text = secret.expose();
        if text.trim() != text {
            self.refuse(name, "begins or ends with a space or line break", "Copy it again without.");
            return None;
        }
        Some(secret)
    }

    /// A text that means something.
    pub(super) fn parse<T: FromStr>(&mut self, name: &str) -> Option<T> {
        let (setting, Value::Text(text)) = self.take(name)? else { return None };
        let parsed = text.trim().parse().ok();
        if parsed.is_none() {
            let wanted = setting.kind.wanted();
            self.refuse(name, format!("is not {wanted}"), "Correct it or take it out.");
        }
        parsed
    }

    /// One of the words of a choice.
    pub(super) fn choice(&mut self, name: &str) -> Option<String> {
        let (setting, Value::Text(word)) = self.take(name)? else { return None };
        if matches!(setting.kind, Kind::Choice(words) if words.contains(&word.as_str())) {
            return Some(word);
        }
        self.refuse_choice(setting);
        None
    }

    fn refuse_choice(&mut self, setting: &Setting) {
        self.refuse(setting.name, format!("is not {}", setting.kind.wanted()), "Correct it or take it out.");
    }

    pub(super) fn number(&mut self, name: &str) -> Option<u64> {
        match self.take(name)? {
            (_, Value::Number(number)) => Some(number),
            _ => None,
        }
    }

    /// Several texts that mean something each.
    pub(super) fn parse_all<T: FromStr>(&mut self, name: &str) -> Option<Vec<T>> {
        let Some((setting, Value::Texts(texts))) = self.take(name) else { return Some(Vec::new()) };
        let parsed: Option<Vec<T>> = texts.iter().map(|text| text.parse().ok()).collect();
        if parsed.is_none() {
            self.refuse(name, format!("is not {}", setting.kind.wanted()), "Correct it or take it out.");
        }
        parsed
    }

    /// A section with bounds of its own: the table repeats them, the domain decides.
    pub(super) fn bounded<T: DeserializeOwned, E: std::fmt::Display>(
        &mut self,
        section: &'static str,
        check: impl Fn(&T) -> Result<(), E>,
    ) -> Option<T> {
        let read = self.section(section)?;
        if let Err(bounds) = check(&read) {
            self.problems.push(Problem::new(section, format!("is out of bounds: {bounds}"), "Correct it."));
        }
        Some(read)
    }

    /// A whole section, into the type whose fields it names. What is not given and has no default is left out, and so are
    /// paths: they name what the type holds.
    pub(super) fn section<T: DeserializeOwned>(&mut self, section: &str) -> Option<T> {
        let mut fields = serde_json::Map::new();
        let is_field = |setting: &&Setting| !matches!(setting.kind, Kind::Path);
        for setting in SETTINGS.iter().filter(|setting| setting.section() == Some(section)).filter(is_field) {
            let Some((_, value)) = self.take(setting.name) else { continue };
            let is_word = |text: &str| !matches!(setting.kind, Kind::Choice(words) if !words.contains(&text));
            let value = match value {
                Value::Text(text) if !is_word(&text) => {
                    self.refuse_choice(setting);
                    continue;
                }
                Value::Text(text) => text.into(),
                Value::Number(number) => number.into(),
                Value::Texts(texts) => texts.into(),
                Value::Numbers(numbers) => numbers.into(),
            };
            fields.insert(setting.key().to_owned(), value);
        }
        match serde_json::from_value(fields.into()) {
            Ok(read) => Some(read),
            Err(error) => {
                self.problems.push(Problem::new(section, format!("cannot be read: {error}"), "Correct it."));
                None
            }
        }
    }
}
