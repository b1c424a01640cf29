//! How a sender is: its number, what its token may do, its templates in every language that is sent, and whether anybody
//! hears of reports, asked over HTTP. Nothing is sent and nothing changed. What is wrong is said with what to do about it, in
//! one sentence, for the command line and for pages alike.

mod judge;
mod names;
mod number;
mod trouble;
mod unread;
mod webhooks;

use watchword_domain::Language;
use watchword_domain::lifetimes::Lifetimes;
use watchword_messaging::whatsapp::{Graph, Template};

use self::judge::in_minutes;
use super::templates::in_all_languages;
use super::{SharedSender, Wire};

pub use self::judge::Wanted;
pub(super) use self::names::{Names, OWN, SHARED};
pub use self::trouble::Trouble;
pub(super) use self::webhooks::heard_of;
pub use self::webhooks::{Heard, heard};

/// The part of a sender that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The number and the access token.
    Number,
    /// What the token may do.
    Token,
    /// A template.
    Template,
    /// Who hears of reports.
    Webhooks,
}

/// What was found of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The part.
    pub part: Part,
    /// What was found when nothing is wrong, in a line.
    pub found: String,
    /// What is wrong. Nothing when all is well.
    pub troubles: Vec<Trouble>,
}

/// How the shared sender is, reached by this Graph API. For whoever has no database yet; what serves asks
/// [`check_shared_sender`](crate::Watchword::check_shared_sender).
pub async fn check_shared(
    graph: &Graph,
    shared: &SharedSender,
    lifetimes: &Lifetimes,
    heard: Heard,
) -> Vec<Finding> {
    let api_url = graph.address();
    let examined = Examined { wire: &shared.wire, names: SHARED, api_url, lifetimes, heard };
    examined.findings().await.0
}

/// A sender to be looked at.
pub(super) struct Examined<'a> {
    /// What it is reached by.
    pub(super) wire: &'a Wire,
    /// What its parts are called.
    pub(super) names: Names,
    /// Where the API is.
    pub(super) api_url: &'a str,
    /// How long codes live.
    pub(super) lifetimes: &'a Lifetimes,
    /// What is known of its webhooks.
    pub(super) heard: Heard,
}

impl Examined<'_> {
    /// Looks at everything. Who cannot be reached, or does not know the token, is not asked for the rest. Gives also the
    /// templates as they were read, each with its name; one that is not there is missing in all languages.
    pub(super) async fn findings(&self) -> (Vec<Finding>, Vec<(String, Template)>) {
        let (number, goes_on) = self.number().await;
        let (mut findings, mut read) = (vec![number], Vec::new());
        if !goes_on {
            return (findings, read);
        }
        let granted = self.wire.account.granted().await;
        findings.push(self.token(&granted));
        let granted = granted.unwrap_or_default();
        for (position, name) in self.wire.templates.iter().enumerate() {
            let (finding, templates) = self.template(name, position > 0).await;
            findings.push(finding);
            read.extend(templates.into_iter().flat_map(|templates| in_all_languages(name, templates)));
        }
        findings.push(self.webhooks(&granted).await);
        (findings, read)
    }

    /// Looks at one template under this name. Gives also what was read of it, where it could be.
    pub(super) async fn template(&self, name: &str, is_standby: bool) -> (Finding, Option<Vec<Template>>) {
        let of = |found: String, troubles| Finding { part: Part::Template, found, troubles };
        let templates = match self.wire.account.templates(name).await {
            Ok(templates) => templates,
            Err(unread) => {
                let trouble = self.unread(self.names.waba_id, &self.wire.waba_id, &unread);
                return (of(String::new(), vec![trouble]), None);
            }
        };
        let wanted = Wanted {
            name,
            account: &self.wire.waba_id,
            save_template: self.names.save_template,
            code_seconds: self.lifetimes.code_seconds,
            is_standby,
        };
        let troubles = wanted.judge(&templates);
        let minutes = templates.iter().find_map(|template| template.expires_minutes);
        let expiry = minutes.map_or("its text names no expiry".to_owned(), |minutes| {
            format!("its text says: {}", in_minutes(minutes))
        });
        let languages = Language::ALL.map(Language::meta_code).join(", ");
        (of(format!("{name} is approved in {languages}; {expiry}"), troubles), Some(templates))
    }
}

fn list<T: AsRef<str>>(words: &[T]) -> String {
    words.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ")
}
