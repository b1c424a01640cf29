//! How a sender is: its number, its templates in every language that is sent, and whether anybody hears of reports, asked
//! over HTTP. Nothing is sent and nothing changed. What is wrong is said with what to do about it, for the command line and
//! for pages alike.

mod judge;
mod trouble;

use watchword_domain::lifetimes::Lifetimes;
use watchword_domain::{Language, Timestamp};
use watchword_messaging::whatsapp::{Account, Standing, Template, Unread, errors};

use self::judge::in_minutes;

pub use self::judge::judge;
pub use self::trouble::Trouble;

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
