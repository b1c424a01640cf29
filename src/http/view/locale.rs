//! Owns one language of the pages: its sentences (Fluent) and its names of countries.
//!
//! It knows nothing of HTML: what it returns is plain text that the caller escapes.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use serde_json::{Map, Value};
use unic_langid::LanguageIdentifier;
use watchword_domain::{Country, Language};

use super::fault::PagesFault;
use super::text::Text;

/// Opens a stretch of text that takes its direction from its first letter and cannot reorder what stands around it
/// (Unicode FSI).
const FIRST_STRONG_ISOLATE: char = '\u{2068}';

/// Opens a stretch of left-to-right text, as phone numbers and clocks are in every language (Unicode LRI).
const LEFT_TO_RIGHT_ISOLATE: char = '\u{2066}';

/// Closes either (Unicode PDI).
const POP_ISOLATE: char = '\u{2069}';

/// The files of one language.
pub struct LocaleFiles {
    pub(super) language: Language,
    /// Fluent source, `templates/locales/{tag}.ftl`.
    pub(super) texts: &'static str,
    /// JSON list of `[code, name]` in the language's alphabetical order, `templates/locales/countries/{tag}.json`.
    pub(super) countries: &'static str,
}

/// Every language the pages speak.
pub(super) const LOCALE_FILES: [LocaleFiles; 6] = [
    LocaleFiles {
        language: Language::En,
        texts: include_str!("../../../templates/locales/en.ftl"),
        countries: include_str!("../../../templates/locales/countries/en.json"),
    },
    LocaleFiles {
        language: Language::Es,
        texts: include_str!("../../../templates/locales/es.ftl"),
        countries: include_str!("../../../templates/locales/countries/es.json"),
    },
    LocaleFiles {
        language: Language::Pt,
        texts: include_str!("../../../templates/locales/pt.ftl"),
        countries: include_str!("../../../templates/locales/countries/pt.json"),
    },
    LocaleFiles {
        language: Language::Id,
        texts: include_str!("../../../templates/locales/id.ftl"),
        countries: include_str!("../../../templates/locales/countries/id.json"),
    },
    LocaleFiles {
        language: Language::Hi,
        texts: include_str!("../../../templates/locales/hi.ftl"),
        countries: include_str!("../../../templates/locales/countries/hi.json"),
    },
    LocaleFiles {
        language: Language::Ar,
        texts: include_str!("../../../templates/locales/ar.ftl"),
        countries: include_str!("../../../templates/locales/countries/ar.json"),
    },
];

/// A country's name and its place in the language's alphabetical order.
struct CountryName {
    rank: usize,
    name: String,
}

/// One language, ready to speak from any thread.
pub struct Locale {
    language: Language,
    bundle: FluentBundle<FluentResource>,
    countries: HashMap<String, CountryName>,
}

impl Locale {
    /// Reads the files of one language; a file that does not parse is a fault.
    pub(super) fn load(files: &LocaleFiles) -> Result<Self, PagesFault> {
        let broken = |what: String| PagesFault::Locale { language: files.language.tag(), what };
        let resource = FluentResource::try_new(files.texts.to_owned())
            .map_err(|(_, errors)| broken(format!("the texts do not parse: {errors:?}")))?;
        let identifier: LanguageIdentifier =
            files.language.tag().parse().map_err(|error| broken(format!("not a language tag: {error}")))?;
        let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
        // Values are isolated by `isolated` below, and only where they could disturb: invisible characters around
        // every number would end up in what people copy and in what tests compare.
        bundle.set_use_isolating(false);
        bundle
            .add_resource(resource)
            .map_err(|errors| broken(format!("a text is there twice: {errors:?}")))?;
        let names: Vec<(String, String)> = serde_json::from_str(files.countries)
            .map_err(|error| broken(format!("the names of countries do not parse: {error}")))?;
        let countries = names
            .into_iter()
            .enumerate()
            .map(|(rank, (code, name))| (code, CountryName { rank, name }))
            .collect();
        Ok(Self { language: files.language, bundle, countries })
    }

    /// The language spoken here.
    pub(super) fn language(&self) -> Language {
        self.language
    }

    /// Says the text `key` with the values `args`; `None` when the language has no such text or a variable of it
    /// was given no value.
    pub(super) fn say(&self, key: &str, args: &Map<String, Value>) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut values = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            values.set(name.as_str(), self.value(value)?);
        }
        let mut errors = Vec::new();
        let said = self.bundle.format_pattern(pattern, Some(&values), &mut errors).into_owned();
        errors.is_empty().then_some(said)
    }

    /// Says a text named by Rust code.
    pub(super) fn say_text(&self, text: &Text) -> Option<String> {
        self.say(text.key(), text.args())
    }

    /// The country's name in this language; its code where the data has no name.
    pub(super) fn country_name(&self, country: Country) -> String {
        let code = country.to_string();
        self.countries.get(&code).map_or(code, |found| found.name.clone())
    }

    /// Where the country stands among all countries in this language's alphabetical order.
    pub(super) fn country_rank(&self, country: Country) -> usize {
        self.countries.get(&country.to_string()).map_or(usize::MAX, |found| found.rank)
    }

    fn value<'a>(&self, value: &'a Value) -> Option<FluentValue<'a>> {
        match value {
            Value::Number(number) => number.as_f64().map(FluentValue::from),
            Value::String(text) => Some(FluentValue::String(isolated(text, self.language))),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }
}

/// `text` wrapped in directional isolates where it could reorder its surroundings: anything set into a
/// right-to-left sentence, and right-to-left text set into a left-to-right one.
fn isolated(text: &str, language: Language) -> Cow<'_, str> {
    if text.chars().any(is_right_to_left) {
        Cow::Owned(format!("{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"))
    } else if language.is_rtl() {
        Cow::Owned(format!("{LEFT_TO_RIGHT_ISOLATE}{text}{POP_ISOLATE}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether a character belongs to one of the right-to-left scripts (Unicode blocks Hebrew to Arabic Extended-A, the
/// Arabic presentation forms, and the right-to-left planes of Unicode 15).
fn is_right_to_left(character: char) -> bool {
    matches!(u32::from(character), 0x0590..=0x08FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFF | 0x1_0800..=0x1_0FFF | 0x1_E800..=0x1_EFFF)
}

/// Checks that a language has exactly the texts of another and that each uses the same variables; says what is
/// missing, too many or different.
pub(super) fn compare(reference: &LocaleFiles, other: &LocaleFiles) -> Result<(), PagesFault> {
    let wanted = outline(reference.texts);
    let found = outline(other.texts);
    let fault =
        |key: &str, what| PagesFault::Text { language: other.language.tag(), key: key.to_owned(), what };
    for (key, variables) in &wanted {
        match found.get(key) {
            None => return Err(fault(key, "is missing")),
            Some(theirs) if theirs != variables => {
                return Err(fault(key, "uses other variables than English"));
            }
            Some(_) => {}
        }
    }
    match found.keys().find(|key| !wanted.contains_key(*key)) {
        Some(key) => Err(fault(key, "is not in the English file")),
        None => Ok(()),
    }
}

/// The keys of a Fluent file, each with the variables its text uses.
pub(super) fn outline(source: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut outline: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut current = None;
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with(|first: char| first.is_ascii_lowercase()) {
            current = line.split_once('=').map(|(key, _)| key.trim());
        }
        if let Some(key) = current {
            outline.entry(key).or_default().extend(variables(line));
        }
    }
    outline
}

/// The names after each `$` of a line.
fn variables(line: &str) -> impl Iterator<Item = &str> {
    line.split('$').skip(1).map(|rest| {
        let end =
            rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').unwrap_or(rest.len());
        rest.get(..end).unwrap_or(rest)
    })
}
