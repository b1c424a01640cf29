//! What `project set` says, and what may be decided.

use clap::Args;
use serde_json::json;
use url::Url;
use watchword_domain::identity::IdentityCheck;
use watchword_domain::pool::{Pool, PoolSettings};
use watchword_domain::{Country, Language};

use super::{address, countries, language};
use crate::commands::output;
use crate::config::problem::{Problem, Problems};

/// New decisions about a project. Whatever is not named stays as it is.
#[derive(Args)]
pub struct Change {
    /// Its name, shown to the people who sign in.
    #[arg(long)]
    pub(super) name: Option<String>,
    /// The countries whose numbers may sign in from now on, all of them: several times or with commas; or all.
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    country: Vec<String>,
    /// The language for people who state none that we speak: en, es, pt, id, hi or ar.
    #[arg(long)]
    language: Option<String>,
    /// Where people find help, or none.
    #[arg(long, value_name = "ADDRESS")]
    support_email: Option<String>,
    /// The address of its privacy notice, or none.
    #[arg(long, value_name = "URL")]
    privacy_url: Option<String>,
    /// The address of its terms, or none.
    #[arg(long, value_name = "URL")]
    terms_url: Option<String>,
    /// Digits of a code.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u8).range(6..=8))]
    code_digits: Option<u8>,
    /// What is done when another account of WhatsApp is behind a number than before: off, observe (it is told by project
    /// alerts), or second-factor (no code is delivered to it). Meta is told to say so.
    #[arg(long, value_name = "MODE")]
    pub(super) identity_check: Option<IdentityCheck>,
    /// Seconds after which people sign in anew, at most the installation's lifetimes.session_seconds.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(300..=31_622_400))]
    session_seconds: Option<u64>,
    /// The same for people who were away, at most lifetimes.session_idle_seconds.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(300..=31_622_400))]
    session_idle_seconds: Option<u64>,
}

/// A change whose values were read.
pub(super) struct Read {
    countries: Option<Vec<Country>>,
    language: Option<Language>,
    support_email: Option<Option<String>>,
    privacy_url: Option<Option<String>>,
    terms_url: Option<Option<String>>,
    code_digits: Option<u8>,
    session_seconds: Option<u64>,
    session_idle_seconds: Option<u64>,
}

impl Change {
    /// Its values, or everything that is wrong with them.
    pub(super) fn read(&self) -> Result<Read, Problems> {
        let mut problems = Vec::new();
        let named = Some(&self.country).filter(|codes| !codes.is_empty());
        let read = Read {
            countries: noted(named.map(|codes| countries(codes)), &mut problems),
            language: noted(self.language.as_deref().map(language), &mut problems),
            support_email: noted(or_none(self.support_email.as_ref(), address), &mut problems),
            privacy_url: noted(
                or_none(self.privacy_url.as_ref(), |url| link("--privacy-url", url)),
                &mut problems,
            ),
            terms_url: noted(or_none(self.terms_url.as_ref(), |url| link("--terms-url", url)), &mut problems),
            code_digits: self.code_digits,
            session_seconds: self.session_seconds,
            session_idle_seconds: self.session_idle_seconds,
        };
        if problems.is_empty() { Ok(read) } else { Err(Problems(problems)) }
    }
}

impl Read {
    pub(super) fn apply(self, own: &mut PoolSettings) {
        fn put<T>(change: Option<T>, into: &mut T) {
            if let Some(value) = change {
                *into = value;
            }
        }
        put(self.countries, &mut own.countries);
        put(self.language.map(Some), &mut own.language);
        put(self.support_email, &mut own.support_email);
        put(self.privacy_url, &mut own.privacy_url);
        put(self.terms_url, &mut own.terms_url);
        put(self.code_digits.map(Some), &mut own.code_digits);
        put(self.session_seconds.map(Some), &mut own.session_seconds);
        put(self.session_idle_seconds.map(Some), &mut own.session_idle_seconds);
    }
}

/// The value where one was given, or a note of what is wrong with it.
fn noted<T>(read: Option<Result<T, Problem>>, problems: &mut Vec<Problem>) -> Option<T> {
    read.and_then(|read| super::noted(read, problems))
}

/// What was given, read; `none` takes out what was there.
fn or_none(
    given: Option<&String>,
    read: impl FnOnce(String) -> Result<String, Problem>,
) -> Option<Result<Option<String>, Problem>> {
    let given = given?;
    Some(if given == "none" { Ok(None) } else { read(given.clone()).map(Some) })
}

/// An address that people are led to.
fn link(flag: &str, text: String) -> Result<String, Problem> {
    match Url::parse(&text) {
        Ok(url) if matches!(url.scheme(), "https" | "http") && url.has_host() => Ok(text),
        _ => Err(Problem::new(
            format!("{flag} {text}"),
            "is no address of a page",
            "Write one that begins with https://, or none.",
        )),
    }
}

pub(super) fn said(pool: &Pool, is_json: bool) -> String {
    let own = &pool.settings;
    if is_json {
        return json!({
            "user_pool_domain": pool.domain,
            "name": pool.name,
            "countries": own.countries,
            "language": own.language,
            "support_email": own.support_email,
            "privacy_url": own.privacy_url,
            "terms_url": own.terms_url,
            "code_digits": own.code_digits,
            "identity_check": own.identity_check.as_str(),
            "session_seconds": own.session_seconds,
            "session_idle_seconds": own.session_idle_seconds,
        })
        .to_string();
    }
    let countries: Vec<String> = own.countries.iter().map(ToString::to_string).collect();
    let or = |text: &Option<String>, none: &str| text.clone().unwrap_or_else(|| none.to_owned());
    let usual = |value: Option<u64>| value.map_or("the installation's".to_owned(), |value| value.to_string());
    let rows = [
        ("Name", pool.name.clone()),
        ("Countries", countries.join(", ")),
        ("Language", own.language.map_or("en", Language::tag).to_owned()),
        ("Help", or(&own.support_email, "none")),
        ("Privacy notice", or(&own.privacy_url, "none")),
        ("Terms", or(&own.terms_url, "none")),
        ("Digits of a code", usual(own.code_digits.map(u64::from))),
        ("Another account behind a number", own.identity_check.as_str().to_owned()),
        ("Session, seconds", usual(own.session_seconds)),
        ("unused, seconds", usual(own.session_idle_seconds)),
    ];
    let rows: Vec<(&str, &str)> = rows.iter().map(|(name, value)| (*name, value.as_str())).collect();
    format!("The project {}:\n\n{}", pool.domain, output::aligned(&rows))
}
