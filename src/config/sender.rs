//! The shared WhatsApp sender: all of it, or none.

use std::time::Duration;

use url::Url;
use watchword_domain::Secret;

use super::problem::Problem;
use super::reader::Reader;
use super::setting::Setting;
use super::table::find;

/// What the Cloud API and its webhooks are spoken to with.
#[derive(Clone)]
pub struct Sender {
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// Meta's id of the account.
    pub waba_id: String,
    /// What the API is called with.
    pub access_token: Secret<String>,
    /// What webhooks are signed with.
    pub app_secret: Secret<String>,
    /// What webhooks were signed with before a rotation.
    pub app_secret_previous: Option<Secret<String>>,
    /// The word of the webhook's handshake.
    pub verify_token: Secret<String>,
    /// The authentication template.
    pub template: String,
    /// The template that steps in for it.
    pub standby_template: Option<String>,
}

/// How senders are reached, the shared one and those of projects.
#[derive(Clone)]
pub struct Graph {
    /// Base of the Graph API, with its version.
    pub api_url: String,
    /// How long the API may take to answer.
    pub timeout: Duration,
    /// Messages a second that a number takes.
    pub messages_per_second: u32,
}

/// Reads how senders are reached.
pub(super) fn graph(reader: &mut Reader) -> Option<Graph> {
    let api_url = reader.parse::<Url>("whatsapp.api_url");
    let timeout = reader.number("whatsapp.timeout_seconds");
    let messages_per_second = reader.number("whatsapp.messages_per_second");
    Some(Graph {
        api_url: api_url?.into(),
        timeout: Duration::from_secs(timeout?),
        messages_per_second: u32::try_from(messages_per_second?).unwrap_or(u32::MAX),
    })
}

/// What has no default, and makes a sender when it is all there.
const WHOLE: [&str; 5] = [
    "whatsapp.phone_number_id",
    "whatsapp.waba_id",
    "whatsapp.access_token",
    "whatsapp.app_secret",
    "whatsapp.verify_token",
];

/// Reads the sender. A sender with a gap is refused: with half of it, codes would leave and their reports be lost, or
/// the other way round.
pub(super) fn read(reader: &mut Reader) -> Option<Sender> {
    let missing: Vec<&str> = WHOLE.into_iter().filter(|name| !reader.is_given(name)).collect();
    // A value that was given and refused is not also missing.
    let refused =
        |name: &str| reader.problems.iter().any(|problem| problem.what.split(' ').next() == Some(name));
    let missing_names: Vec<&str> = missing.iter().copied().filter(|name| !refused(name)).collect();
    if missing.len() < WHOLE.len() || reader.is_given("whatsapp.app_secret_previous") {
        for name in missing_names {
            reader.problems.push(gap(name));
        }
    }
    let phone_number_id = reader.text("whatsapp.phone_number_id");
    let waba_id = reader.text("whatsapp.waba_id");
    let access_token = reader.secret("whatsapp.access_token");
    let app_secret = reader.secret("whatsapp.app_secret");
    let app_secret_previous = reader.secret("whatsapp.app_secret_previous");
    let verify_token = reader.secret("whatsapp.verify_token");
    let template = reader.text("whatsapp.template");
    let standby_template = reader.text("whatsapp.standby_template");
    Some(Sender {
        phone_number_id: phone_number_id?,
        waba_id: waba_id?,
        access_token: access_token?,
        app_secret: app_secret?,
        app_secret_previous,
        verify_token: verify_token?,
        template: template?,
        standby_template,
    })
}

fn gap(name: &str) -> Problem {
    let variable = find(name).map(Setting::variable).unwrap_or_default();
    let purpose = find(name).map_or("", |setting| setting.purpose);
    let mend = format!("Set it, or take out the rest of the sender. {purpose}");
    Problem::new(
        format!("{name} ({variable})"),
        "is missing, while other parts of the sender are there",
        mend,
    )
}

impl Sender {
    /// The names of its templates, in the order in which they are tried.
    pub fn templates(&self) -> Vec<String> {
        std::iter::once(&self.template).chain(&self.standby_template).cloned().collect()
    }
}

impl Graph {
    /// Whether codes would travel to another machine in the clear.
    pub fn is_overheard(&self) -> bool {
        self.api_url.starts_with("http://") && !super::stays_here(&self.api_url)
    }
}
