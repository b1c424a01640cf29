//! How a sender is: its number, its templates in every language that is sent, and whether anybody hears of reports, asked
//! over HTTP. Nothing is sent and nothing changed. What is wrong is said with what to do about it, for the command line and
//! for pages alike.

use std::collections::BTreeMap;

use watchword_domain::lifetimes::Lifetimes;
use watchword_domain::template::is_sendable;
use watchword_domain::{Language, Timestamp};
use watchword_messaging::whatsapp::{Account, Standing, Template, Unread, errors};

/// The part of a sender that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The number and the access token.
    Number,
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

/// Something that is wrong with a sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The thing.
    pub what: String,
    /// What is wrong with it, as the rest of that sentence and without its full stop.
    pub wrong: String,
    /// What to do about it: a sentence or two.
    pub mend: String,
    /// Whether no code can be sent, or nobody would learn what became of it, until it is mended.
    pub is_fatal: bool,
}

impl Trouble {
    fn fatal(what: impl Into<String>, wrong: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { what: what.into(), wrong: wrong.into(), mend: mend.into(), is_fatal: true }
    }

    fn minor(what: impl Into<String>, wrong: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { is_fatal: false, ..Self::fatal(what, wrong, mend) }
    }
}

/// What somebody who set up a sender calls its parts.
#[derive(Debug, Clone, Copy)]
pub struct Names {
    /// The number's id.
    pub phone_number_id: &'static str,
    /// The account's id.
    pub waba_id: &'static str,
    /// The token.
    pub access_token: &'static str,
    /// How a new token is put in the place of the old.
    pub replace_token: &'static str,
    /// Where the address of the API is set.
    pub api_url: &'static str,
    /// How the template is made.
    pub make_template: &'static str,
}

/// A sender to be looked at.
pub struct Examined<'a> {
    /// How it is asked.
    pub account: &'a Account,
    /// What its parts are called.
    pub names: Names,
    /// Where the API is.
    pub api_url: &'a str,
    /// Meta's id of its number.
    pub phone_number_id: &'a str,
    /// Meta's id of its account.
    pub waba_id: &'a str,
    /// Its template, and the standby.
    pub templates: &'a [String],
    /// How long codes live.
    pub lifetimes: &'a Lifetimes,
    /// When its webhooks were last heard; nothing when never, or when nobody can say.
    pub webhook_seen: Option<Timestamp>,
}

impl Examined<'_> {
    /// Looks at everything. Who cannot be reached, or does not know the token, is not asked for the rest. Gives also the
    /// templates as they were read, each with its name.
    pub async fn findings(&self) -> (Vec<Finding>, Vec<(String, Template)>) {
        let number = match self.number().await {
            Ok(number) => number,
            Err(finding) => return (vec![finding], Vec::new()),
        };
        let (mut findings, mut read) = (vec![number], Vec::new());
        for (position, name) in self.templates.iter().enumerate() {
            let (finding, templates) = self.template(name, position > 0).await;
            findings.push(finding);
            read.extend(templates.into_iter().map(|template| (name.clone(), template)));
        }
        findings.push(self.webhooks().await);
        (findings, read)
    }

    async fn number(&self) -> Result<Finding, Finding> {
        let of = |found: String, troubles| Finding { part: Part::Number, found, troubles };
        let number = match self.account.number().await {
            Ok(number) => number,
            Err(unread) => {
                let is_of_number = matches!(unread, Unread::Refused { subcode: Some(33), .. });
                let trouble = self.unread(self.names.phone_number_id, self.phone_number_id, &unread);
                let finding = of(String::new(), vec![trouble]);
                return if is_of_number { Ok(finding) } else { Err(finding) };
            }
        };
        let shown = [number.display, number.verified_name.map(|name| format!("\"{name}\""))];
        let shown: Vec<String> = shown.into_iter().flatten().collect();
        let shown = if shown.is_empty() { "the number".to_owned() } else { shown.join(" ") };
        let mut troubles: Vec<Trouble> = number
            .status
            .filter(|status| status != "CONNECTED")
            .map(|status| {
                let mend = "Look at it in WhatsApp Manager. One that was never registered for the Cloud API is PENDING: \
                            see docs/going-live.md.";
                Trouble::fatal(format!("the number {shown}"), format!("is {status} at Meta, not CONNECTED"), mend)
            })
            .into_iter()
            .collect();
        // How it stands is good to know; nobody needs it to send.
        let standing = self.account.standing().await.unwrap_or_default();
        troubles.extend(badly_taken(&shown, &standing));
        Ok(of(format!("{shown} answers to the access token{}", in_words(&standing)), troubles))
    }

    async fn template(&self, name: &str, is_standby: bool) -> (Finding, Vec<Template>) {
        let of = |found: String, troubles| Finding { part: Part::Template, found, troubles };
        let templates = match self.account.templates(name).await {
            Ok(templates) => templates,
            Err(unread) => {
                let trouble = self.unread(self.names.waba_id, self.waba_id, &unread);
                return (of(String::new(), vec![trouble]), Vec::new());
            }
        };
        let mut troubles = judge(name, (self.waba_id, self.names.make_template), &templates, self.lifetimes);
        for trouble in troubles.iter_mut().filter(|_| is_standby) {
            trouble.is_fatal = false;
        }
        let minutes = templates.iter().find_map(|template| template.expires_minutes);
        let expiry = minutes.map_or("its text names no expiry".to_owned(), |minutes| {
            format!("its text says: {}", in_minutes(minutes))
        });
        let languages = Language::ALL.map(Language::meta_code).join(", ");
        (of(format!("{name} is approved in {languages}; {expiry}"), troubles), templates)
    }

    async fn webhooks(&self) -> Finding {
        let of = |found: String, troubles| Finding { part: Part::Webhooks, found, troubles };
        match self.account.subscribers().await {
            Ok(apps) if apps.is_empty() => {
                let mend = format!(
                    "Subscribe your app with POST /{}/subscribed_apps: see docs/going-live.md.",
                    self.waba_id
                );
                let wrong = "has no subscribed app: nobody would learn whether a code arrived";
                of(String::new(), vec![Trouble::fatal(format!("the account {}", self.waba_id), wrong, mend)])
            }
            Ok(apps) => {
                let seen = self.webhook_seen.map(|seen| format!("; last heard {}", seen.to_rfc3339()));
                of(format!("subscribed: {}{}", apps.join(", "), seen.unwrap_or_default()), Vec::new())
            }
            Err(unread) => of(String::new(), vec![self.unread(self.names.waba_id, self.waba_id, &unread)]),
        }
    }

    /// What is said of something that could not be read.
    fn unread(&self, setting: &str, id: &str, unread: &Unread) -> Trouble {
        let (api, names) = (self.api_url, self.names);
        match unread {
            Unread::NoConnection(_) | Unread::NoAnswer => {
                let mend = format!("Check {}, and that this machine may reach it.", names.api_url);
                Trouble::fatal(format!("WhatsApp at {api}"), format!("could not be asked: {unread}"), mend)
            }
            Unread::Strange { .. } => {
                let mend = format!(
                    "Check {}: it ends with a version, as in https://graph.facebook.com/v25.0.",
                    names.api_url
                );
                Trouble::fatal(format!("WhatsApp at {api}"), format!("could not be read: {unread}"), mend)
            }
            Unread::Refused { subcode: Some(33), .. } | Unread::Refused { code: 33, .. } => {
                let mend =
                    "Use Meta's id, not the number itself, and give the token's system user this account.";
                let wrong = format!("{id} is unknown to Meta, or the access token may not see it");
                Trouble::fatal(setting, wrong, mend)
            }
            Unread::Refused { code: 0 | 190, .. } => {
                let mend = format!("Make a new token for the system user, and {}.", names.replace_token);
                Trouble::fatal(names.access_token, format!("is not accepted by Meta: {unread}"), mend)
            }
            Unread::Refused { code: 3 | 10 | 200..=299 | 131_005, .. } => {
                let mend = "Make the token with whatsapp_business_messaging and whatsapp_business_management, for a system user who was given this account.";
                Trouble::fatal(names.access_token, format!("may not read {setting} {id}: {unread}"), mend)
            }
            Unread::Refused { code, .. } => {
                let meaning = errors::known(*code)
                    .map_or("Meta's list of error codes says what it means", |it| it.meaning);
                Trouble::fatal(
                    setting,
                    format!("could not be read: {unread}"),
                    format!("Code {code}: {meaning}."),
                )
            }
        }
    }
}

fn in_words(standing: &Standing) -> String {
    let quality = standing.quality.as_ref().map(|quality| format!("quality {quality}"));
    let limit = standing.messaging_limit.as_ref().map(|limit| format!("messaging limit {limit}"));
    let told: Vec<String> = quality.into_iter().chain(limit).collect();
    if told.is_empty() { String::new() } else { format!("; {}", told.join(", ")) }
}

fn badly_taken(shown: &str, standing: &Standing) -> Option<Trouble> {
    let quality = standing.quality.as_deref().filter(|quality| matches!(*quality, "RED" | "YELLOW"))?;
    let mend = "People block or report it: see in WhatsApp Manager why, before Meta lowers its limits.";
    Some(Trouble::minor(format!("the number {shown}"), format!("has the quality {quality} at Meta"), mend))
}

/// What is wrong with a template, for codes of these lifetimes.
pub fn judge(
    name: &str,
    (account, make): (&str, &str),
    templates: &[Template],
    lifetimes: &Lifetimes,
) -> Vec<Trouble> {
    let what = format!("the template {name}");
    let sent: Vec<(&str, Option<&Template>)> = Language::ALL
        .map(Language::meta_code)
        .map(|code| (code, templates.iter().find(|template| template.language == code)))
        .to_vec();
    if sent.iter().all(|(_, template)| template.is_none()) {
        let mend = format!("{make}, or correct its name or the account.");
        let wrong = format!("is in none of the languages that are sent at account {account}");
        return vec![Trouble::fatal(what, wrong, mend)];
    }
    let missing = languages(&sent, |template| template.is_none().then(String::new));
    let mut troubles: Vec<Trouble> = missing
        .into_values()
        .map(|codes| {
            let mend = format!(
                "{make} in these languages, too: until then people who read them get their code in another."
            );
            Trouble::minor(&what, format!("is missing in {codes}"), mend)
        })
        .collect();
    let unsendable = |it: &&Template| !is_sendable(&it.status);
    let none_can_be_sent = sent.iter().filter_map(|(_, template)| *template).all(|it| unsendable(&it));
    let unapproved = languages(&sent, |template| template.filter(unsendable).map(|it| it.status.clone()));
    troubles.extend(unapproved.into_iter().map(|(status, codes)| {
        let mend = match status.as_str() {
            "PENDING" | "IN_APPEAL" => "Wait for Meta's review: only approved templates can be sent.",
            _ => "Look for Meta's reason in WhatsApp Manager: only approved templates can be sent.",
        };
        Trouble {
            is_fatal: none_can_be_sent,
            ..Trouble::minor(&what, format!("is {status} in {codes}"), mend)
        }
    }));
    let wrong_category = |it: &&Template| it.category != "AUTHENTICATION";
    let foreign = languages(&sent, |template| template.filter(wrong_category).map(|it| it.category.clone()));
    troubles.extend(foreign.into_iter().map(|(category, codes)| {
        let mend = "Create one of the category AUTHENTICATION with a copy-code button.";
        Trouble::fatal(&what, format!("is of the category {category} in {codes}"), mend)
    }));
    troubles.extend(times(&what, &sent, lifetimes.code_seconds));
    troubles
}

/// What the message says about the code's life, and how long Meta keeps it, against how long the code works.
fn times(what: &str, sent: &[(&str, Option<&Template>)], code_seconds: u64) -> Vec<Trouble> {
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
        Trouble::minor(what, wrong, mend)
    });
    let keeping = late.into_iter().map(|(ttl, codes)| {
        let wrong = format!("is tried for {ttl} in {codes}, longer than the code works ({code_seconds} s)");
        let mend =
            "Set the template's message_send_ttl_seconds to at most that, so that no dead code arrives.";
        Trouble::minor(what, wrong, mend)
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
