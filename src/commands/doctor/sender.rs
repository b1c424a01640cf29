//! The WhatsApp sender, asked over HTTP: the number, the template in every language that is sent, and whether anybody
//! hears of reports. Nothing is sent and nothing changed.

use std::collections::BTreeMap;
use std::time::Duration;

use watchword_domain::Language;
use watchword_domain::lifetimes::Lifetimes;
use watchword_messaging::whatsapp::{Account, Template, Unread, errors};

use super::Part;
use crate::commands::installation;
use crate::config::problem::Problem;
use crate::config::{Config, Sender};

const SENDER: &str = "sender";
const TEMPLATE: &str = "template";
const WEBHOOKS: &str = "webhooks";

/// An operator waits for it.
const CONNECT: Duration = Duration::from_secs(3);
const ANSWER: Duration = Duration::from_secs(6);

/// A line for the sender, and, when it could be asked, one each for its template and its webhooks.
pub(super) async fn look(config: &Config, may_ask: bool) -> Vec<Part> {
    let Some(sender) = &config.whatsapp else {
        return vec![Part::well(SENDER, "not set up: no code can be sent")];
    };
    if let Err(problem) = installation::sender(sender) {
        return vec![Part::wrong(SENDER, vec![problem])];
    }
    let timeout = ANSWER.min(sender.timeout);
    let ids = (sender.phone_number_id.as_str(), sender.waba_id.as_str());
    let times = (CONNECT.min(timeout / 2), timeout);
    let account = match Account::new(&sender.api_url, ids, &sender.access_token, times) {
        Ok(account) => account,
        Err(refusal) => return vec![Part::wrong(SENDER, vec![installation::refused(&refusal)])],
    };
    if !may_ask {
        return vec![Part::well(SENDER, "settings are well; WhatsApp was not asked (--offline)")];
    }
    if sender.is_overheard() {
        return vec![Part::well(SENDER, "not asked: the access token could be read on the way")];
    }
    let number = number(&account, sender).await;
    match number {
        // Who cannot be reached, or does not know the token, is not asked twice more.
        Err(part) => vec![part],
        Ok(part) => {
            vec![part, template(&account, sender, &config.lifetimes).await, webhooks(&account, sender).await]
        }
    }
}

async fn number(account: &Account, sender: &Sender) -> Result<Part, Part> {
    let what = "whatsapp.phone_number_id";
    let number = match account.number().await {
        Ok(number) => number,
        Err(unread) => {
            let is_of_number = matches!(unread, Unread::Refused { subcode: Some(33), .. });
            let part = Part::wrong(SENDER, vec![problem(what, &sender.phone_number_id, &unread, sender)]);
            return if is_of_number { Ok(part) } else { Err(part) };
        }
    };
    let shown = [number.display, number.verified_name.map(|name| format!("\"{name}\""))];
    let shown: Vec<String> = shown.into_iter().flatten().collect();
    let shown = if shown.is_empty() { "the number".to_owned() } else { shown.join(" ") };
    let status = number.status.filter(|status| status != "CONNECTED");
    let problem = status.map(|status| {
        let mend = "Look at it in WhatsApp Manager. One that was never registered for the Cloud API is PENDING: see \
                    docs/going-live.md.";
        Problem::new(format!("the number {shown}"), format!("is {status} at Meta, not CONNECTED"), mend)
    });
    Ok(Part::of(SENDER, format!("{shown} answers to the access token"), problem.into_iter().collect()))
}

async fn template(account: &Account, sender: &Sender, lifetimes: &Lifetimes) -> Part {
    let templates = match account.templates(&sender.template).await {
        Ok(templates) => templates,
        Err(unread) => {
            let refused = problem("whatsapp.waba_id", &sender.waba_id, &unread, sender);
            return Part::wrong(TEMPLATE, vec![refused]);
        }
    };
    let sent = Language::ALL.map(Language::meta_code);
    let problems = judge(&sender.template, &sender.waba_id, &templates, lifetimes);
    let minutes = templates.iter().find_map(|template| template.expires_minutes);
    let expiry = minutes.map_or("its text names no expiry".to_owned(), |minutes| {
        format!("its text says: {}", in_minutes(minutes))
    });
    Part::of(TEMPLATE, format!("{} is approved in {}; {expiry}", sender.template, sent.join(", ")), problems)
}

/// What is wrong with a template, for codes of these lifetimes.
pub(in crate::commands) fn judge(
    name: &str,
    account: &str,
    templates: &[Template],
    lifetimes: &Lifetimes,
) -> Vec<Problem> {
    let what = format!("the template {name}");
    let sent: Vec<(&str, Option<&Template>)> = Language::ALL
        .map(Language::meta_code)
        .map(|code| (code, templates.iter().find(|template| template.language == code)))
        .to_vec();
    if sent.iter().all(|(_, template)| template.is_none()) {
        let mend = "Create it as docs/going-live.md shows, or correct whatsapp.template or whatsapp.waba_id.";
        let wrong = format!("is in none of the languages that are sent at account {account}");
        return vec![Problem::new(what, wrong, mend)];
    }
    let missing = languages(&sent, |template| template.is_none().then(String::new));
    let mut problems: Vec<Problem> = missing
        .into_values()
        .map(|codes| {
            let mend = "Create it in these languages, too (docs/going-live.md): until then people who read them get no code.";
            Problem::new(&what, format!("is missing in {codes}"), mend)
        })
        .collect();
    let unapproved = languages(&sent, |template| {
        template.filter(|it| it.status != "APPROVED").map(|it| it.status.clone())
    });
    problems.extend(unapproved.into_iter().map(|(status, codes)| {
        let mend = match status.as_str() {
            "PENDING" | "IN_APPEAL" => "Wait for Meta's review: only approved templates can be sent.",
            _ => "Look for Meta's reason in WhatsApp Manager: only approved templates can be sent.",
        };
        Problem::new(&what, format!("is {status} in {codes}"), mend)
    }));
    let wrong_category = |it: &&Template| it.category != "AUTHENTICATION";
    let foreign = languages(&sent, |template| template.filter(wrong_category).map(|it| it.category.clone()));
    problems.extend(foreign.into_iter().map(|(category, codes)| {
        let mend = "Create one of the category AUTHENTICATION with a copy-code button.";
        Problem::new(&what, format!("is of the category {category} in {codes}"), mend)
    }));
    problems.extend(times(&what, &sent, lifetimes.code_seconds));
    problems
}

/// What the message says about the code's life, and how long Meta keeps it, against how long the code works.
fn times(what: &str, sent: &[(&str, Option<&Template>)], code_seconds: u64) -> Vec<Problem> {
    let seconds = i64::try_from(code_seconds).unwrap_or(i64::MAX);
    let other = languages(sent, |template| {
        let minutes = template?.expires_minutes?;
        (minutes.saturating_mul(60) != seconds).then(|| in_minutes(minutes))
    });
    let late = languages(sent, |template| {
        let ttl = template?.ttl_seconds?;
        (ttl < 0 || ttl > seconds).then(|| if ttl < 0 { "30 days".to_owned() } else { format!("{ttl} s") })
    });
    let expiry = other.into_iter().map(|(minutes, codes)| {
        let wrong = format!("says in {codes} that the code {minutes}, but it works for {code_seconds} s");
        let mend = "Make lifetimes.code_seconds and the template's code_expiration_minutes the same time.";
        Problem::new(what, wrong, mend)
    });
    let keeping = late.into_iter().map(|(ttl, codes)| {
        let wrong = format!("is tried for {ttl} in {codes}, longer than the code works ({code_seconds} s)");
        let mend =
            "Set the template's message_send_ttl_seconds to at most that, so that no dead code arrives.";
        Problem::new(what, wrong, mend)
    });
    expiry.chain(keeping).collect()
}

fn in_minutes(minutes: i64) -> String {
    format!("expires in {minutes} minute{}", if minutes == 1 { "" } else { "s" })
}

/// The languages something is true of, by what it is.
fn languages(
    sent: &[(&str, Option<&Template>)],
    what: impl Fn(Option<&Template>) -> Option<String>,
) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for (code, template) in sent {
        let Some(what) = what(*template) else { continue };
        found
            .entry(what)
            .and_modify(|codes| *codes = format!("{codes}, {code}"))
            .or_insert_with(|| (*code).to_owned());
    }
    found
}

async fn webhooks(account: &Account, sender: &Sender) -> Part {
    match account.subscribers().await {
        Ok(apps) if apps.is_empty() => {
            let mend = format!(
                "Subscribe your app with POST /{}/subscribed_apps: see docs/going-live.md.",
                sender.waba_id
            );
            let wrong = "has no subscribed app: nobody would learn whether a code arrived";
            Part::wrong(WEBHOOKS, vec![Problem::new(format!("the account {}", sender.waba_id), wrong, mend)])
        }
        Ok(apps) => Part::well(WEBHOOKS, format!("subscribed: {}", apps.join(", "))),
        Err(unread) => {
            Part::wrong(WEBHOOKS, vec![problem("whatsapp.waba_id", &sender.waba_id, &unread, sender)])
        }
    }
}

/// What is said of something that could not be read.
fn problem(setting: &str, id: &str, unread: &Unread, sender: &Sender) -> Problem {
    let api = &sender.api_url;
    match unread {
        Unread::NoConnection(_) | Unread::NoAnswer => {
            let mend = "Check whatsapp.api_url, and that this machine may reach it; --offline leaves it out.";
            Problem::new(format!("WhatsApp at {api}"), format!("could not be asked: {unread}"), mend)
        }
        Unread::Strange { .. } => {
            let mend =
                "Check whatsapp.api_url: it ends with a version, as in https://graph.facebook.com/v25.0.";
            Problem::new(format!("WhatsApp at {api}"), format!("could not be read: {unread}"), mend)
        }
        Unread::Refused { subcode: Some(33), .. } | Unread::Refused { code: 33, .. } => {
            let mend = "Use Meta's id, not the number itself, and give the token's system user this account.";
            Problem::new(
                setting,
                format!("{id} is unknown to Meta, or the access token may not see it"),
                mend,
            )
        }
        Unread::Refused { code: 0 | 190, .. } => {
            let mend = "Make a new token for the system user, and set WATCHWORD_WHATSAPP_ACCESS_TOKEN.";
            Problem::new("whatsapp.access_token", format!("is not accepted by Meta: {unread}"), mend)
        }
        Unread::Refused { code: 3 | 10 | 200..=299 | 131_005, .. } => {
            let mend = "Make the token with whatsapp_business_messaging and whatsapp_business_management, for a system user who was given this account.";
            Problem::new("whatsapp.access_token", format!("may not read {setting} {id}: {unread}"), mend)
        }
        Unread::Refused { code, .. } => {
            let meaning =
                errors::known(*code).map_or("Meta's list of error codes says what it means", |it| it.meaning);
            Problem::new(setting, format!("could not be read: {unread}"), format!("Code {code}: {meaning}."))
        }
    }
}
