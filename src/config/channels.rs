//! The other ways to a person: SMS and e-mail. Each whole, or not at all.

use std::collections::BTreeMap;
use std::time::Duration;

use url::Url;
use watchword_domain::public_url::PublicUrl;
use watchword_domain::{DeliveryState, Secret};
use watchword_http::SMS_WEBHOOK;
use watchword_messaging::sms::Provider;

use super::problem::Problem;
use super::reader::Reader;
use super::setting::Setting;
use super::table::{SETTINGS, find};

/// Where the providers answer.
const TWILIO: &str = "https://api.twilio.com";
const VONAGE: &str = "https://api.nexmo.com";

/// What SMS are sent and their reports are checked with. What a provider has no use for is empty.
#[derive(Clone)]
pub struct Sms {
    /// Who carries them.
    pub provider: Provider,
    /// Where it answers.
    pub api_url: String,
    /// Who we are there; empty for a gateway.
    pub account: String,
    /// What it is called with.
    pub secret: Secret<String>,
    /// Who messages come from; empty for a gateway, whose body says it.
    pub from: String,
    /// What its reports are checked with; without one they are not taken.
    pub report_secret: Option<Secret<String>>,
    /// Where its reports go.
    pub report_url: String,
    /// What only a gateway needs.
    pub gateway: Gateway,
    /// How long it may take to answer.
    pub timeout: Duration,
}

/// How a gateway that is described by configuration is spoken to.
#[derive(Debug, Clone)]
pub struct Gateway {
    /// The body of a message.
    pub body: String,
    /// Where the id stands in the answer.
    pub id: String,
    /// The header with a report's signature.
    pub report_header: String,
    /// Where the id stands in a report.
    pub report_id: String,
    /// Where our reference stands in it.
    pub report_reference: String,
    /// Where the status stands in it.
    pub report_status: String,
    /// What its words mean.
    pub report_states: BTreeMap<String, DeliveryState>,
}

/// What mails are sent with.
#[derive(Clone)]
pub struct Smtp {
    /// The mail server, with user and password.
    pub url: Secret<String>,
    /// Who mails are from.
    pub from: String,
    /// How long the server may take.
    pub timeout: Duration,
}

const SMS: &str = "sms";

/// Reads what SMS are sent with. Everything is asked for before anything is made of it, so that everything wrong is found.
pub(super) fn sms(reader: &mut Reader, public_url: Option<&PublicUrl>) -> Option<Sms> {
    let is_given = SETTINGS
        .iter()
        .filter(|setting| setting.section() == Some(SMS))
        .any(|setting| reader.is_given(setting.name));
    let provider = reader.choice("sms.provider").as_deref().and_then(Provider::named);
    if is_given && !reader.is_given("sms.provider") {
        reader.problems.push(gap("sms.provider", "is missing, while other settings of SMS are there"));
    }
    if let Some(provider) = provider {
        complain(reader, provider);
    }
    let api_url = reader.parse::<Url>("sms.api_url").map(String::from);
    let report_url = reader.parse::<Url>("sms.report_url").map(String::from);
    let (account, from) = (reader.text("sms.account"), reader.text("sms.from"));
    let (secret, report_secret) = (reader.secret("sms.secret"), reader.secret("sms.report_secret"));
    let timeout = reader.number("sms.timeout_seconds").map(Duration::from_secs);
    let gateway = gateway(reader);
    let provider = provider?;
    Some(Sms {
        provider,
        api_url: api_url.or_else(|| usual_address(provider))?,
        account: account.unwrap_or_default(),
        // Twilio signs with the token it is called with.
        report_secret: if provider == Provider::Twilio {
            report_secret.or_else(|| secret.clone())
        } else {
            report_secret
        },
        secret: secret?,
        from: from.unwrap_or_default(),
        report_url: report_url.or_else(|| Some(report_address(public_url?, provider)))?,
        gateway: gateway?,
        timeout: timeout?,
    })
}

fn gateway(reader: &mut Reader) -> Option<Gateway> {
    let texts = [
        "sms.gateway_body",
        "sms.gateway_id",
        "sms.gateway_report_header",
        "sms.gateway_report_id",
        "sms.gateway_report_reference",
        "sms.gateway_report_status",
    ];
    let [body, id, report_header, report_id, report_reference, report_status] =
        texts.map(|name| reader.text(name));
    let report_states = states(reader);
    Some(Gateway {
        body: body?,
        id: id?,
        report_header: report_header?,
        report_id: report_id?,
        report_reference: report_reference?,
        report_status: report_status?,
        report_states: report_states?,
    })
}

/// What a gateway calls the states of a message: `word=state`, with commas between.
fn states(reader: &mut Reader) -> Option<BTreeMap<String, DeliveryState>> {
    let name = "sms.gateway_report_states";
    let text = reader.text(name)?;
    let told = |word: &str| match word {
        "sent" => Some(DeliveryState::Sent),
        "delivered" => Some(DeliveryState::Delivered),
        "read" => Some(DeliveryState::Read),
        "failed" => Some(DeliveryState::Failed),
        _ => None,
    };
    let pair = |pair: &str| {
        let (word, state) = pair.split_once('=')?;
        Some((word.trim().to_owned(), told(state.trim())?)).filter(|(word, _)| !word.is_empty())
    };
    let states: Option<BTreeMap<_, _>> = text.split(',').map(pair).collect();
    if states.is_none() {
        let mend = "Write word=state with commas between; a state is sent, delivered, read or failed.";
        reader.refuse(name, "is no list of words and states", mend);
    }
    states
}

/// What a provider cannot do without is there, and nothing that it has no use for.
fn complain(reader: &mut Reader, provider: Provider) {
    let (needed, useless): (&[&str], &[&str]) = match provider {
        Provider::Twilio => (&["sms.account", "sms.secret", "sms.from"], &[]),
        Provider::Vonage => (&["sms.account", "sms.secret", "sms.from", "sms.report_secret"], &[]),
        Provider::Gateway => (&["sms.api_url", "sms.secret"], &["sms.account", "sms.from"]),
    };
    let missing: Vec<&str> = needed.iter().copied().filter(|name| is_missing(reader, name)).collect();
    for name in missing {
        let wrong = format!("is missing, and {} cannot be spoken to without", provider.as_str());
        reader.problems.push(gap(name, &wrong));
    }
    let is_of_gateways = |name: &str| name.starts_with("sms.gateway_");
    let of_gateways = SETTINGS.iter().map(|setting| setting.name).filter(|name| is_of_gateways(name));
    let useless: Vec<&str> = match provider {
        Provider::Gateway => useless.to_vec(),
        Provider::Twilio | Provider::Vonage => of_gateways.collect(),
    };
    for name in useless.into_iter().filter(|name| reader.is_given(name)).collect::<Vec<_>>() {
        reader.refuse(name, format!("has no meaning for {}", provider.as_str()), "Take it out.");
    }
}

/// A value that was given and refused is not also missing.
fn is_missing(reader: &Reader, name: &str) -> bool {
    let is_named = |problem: &Problem| problem.what.split(' ').next() == Some(name);
    !reader.is_given(name) && !reader.problems.iter().any(is_named)
}

fn usual_address(provider: Provider) -> Option<String> {
    match provider {
        Provider::Twilio => Some(TWILIO.to_owned()),
        Provider::Vonage => Some(VONAGE.to_owned()),
        Provider::Gateway => None,
    }
}

/// Reports are the installation's, not a pool's: they go to the name all pools' hosts end with.
fn report_address(public_url: &PublicUrl, provider: Provider) -> String {
    let origin = public_url.to_string().replace("{domain}.", "");
    format!("{origin}{}", SMS_WEBHOOK.replace("{provider}", provider.as_str()))
}

/// Reads what mails are sent with.
pub(super) fn smtp(reader: &mut Reader) -> Option<Smtp> {
    let whole = ["smtp.url", "smtp.from"];
    let missing: Vec<&str> = whole.into_iter().filter(|name| is_missing(reader, name)).collect();
    if missing.len() == 1 {
        for name in missing {
            reader.problems.push(gap(name, "is missing, while the other half of e-mail is there"));
        }
    }
    let (url, from) = (reader.secret("smtp.url"), reader.text("smtp.from"));
    let timeout = reader.number("smtp.timeout_seconds");
    Some(Smtp { url: url?, from: from?, timeout: Duration::from_secs(timeout?) })
}

fn gap(name: &str, wrong: &str) -> Problem {
    let variable = find(name).map(Setting::variable).unwrap_or_default();
    let purpose = find(name).map_or("", |setting| setting.purpose);
    Problem::new(format!("{name} ({variable})"), wrong, format!("Set it, or take out the rest. {purpose}"))
}

impl Sms {
    /// Whether codes would travel to another machine in the clear.
    pub fn is_overheard(&self) -> bool {
        self.api_url.starts_with("http://") && !super::stays_here(&self.api_url)
    }
}
