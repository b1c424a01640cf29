//! What is wrong with a template: missing, not sendable, of another kind, badly taken, or living longer than its code.

use std::collections::BTreeMap;

use watchword_domain::Language;
use watchword_domain::template::is_sendable;
use watchword_messaging::whatsapp::Template;

use super::trouble::Trouble;

/// A template as it is wanted.
pub struct Wanted<'a> {
    /// Its name.
    pub name: &'a str,
    /// Meta's id of the account it is looked for in.
    pub account: &'a str,
    /// The command that makes it.
    pub save_template: &'a str,
    /// How long codes work, in seconds.
    pub code_seconds: u64,
    /// Whether it only stands in for another: then nothing depends on it yet, but that no dead code arrives.
    pub is_standby: bool,
}

/// A template in each language that is sent, where there is one.
type Sent<'a> = Vec<(&'static str, Option<&'a Template>)>;

impl Wanted<'_> {
    /// What is wrong with what Meta has under this name.
    pub fn judge(&self, templates: &[Template]) -> Vec<Trouble> {
        let sent: Sent<'_> = Language::ALL
            .map(Language::meta_code)
            .map(|code| (code, templates.iter().find(|template| template.language == code)))
            .to_vec();
        if sent.iter().all(|(_, template)| template.is_none()) {
            let mend = format!("Create it with {}, or correct its name or the account.", self.save_template);
            let wrong = format!("is in none of the languages that are sent at account {}", self.account);
            return vec![self.trouble(wrong, mend, true)];
        }
        let mut troubles = self.missing(&sent);
        troubles.extend(self.unsendable(&sent));
        troubles.extend(self.foreign(&sent));
        troubles.extend(self.badly_taken(&sent));
        troubles.extend(self.expiry(&sent));
        troubles.extend(self.keeping(&sent));
        troubles
    }

    fn trouble(&self, wrong: String, mend: impl Into<String>, is_fatal: bool) -> Trouble {
        let is_fatal = is_fatal && !self.is_standby;
        Trouble { is_fatal, ..Trouble::minor(format!("the template {}", self.name), wrong, mend) }
    }

    fn missing(&self, sent: &Sent<'_>) -> Vec<Trouble> {
        let missing = languages(sent, |template| template.is_none().then(String::new));
        let trouble = |codes| {
            let mend = format!(
                "Create it with {} in these languages, too: until then people who read them get their code in another.",
                self.save_template
            );
            self.trouble(format!("is missing in {codes}"), mend, false)
        };
        missing.into_values().map(trouble).collect()
    }

    fn unsendable(&self, sent: &Sent<'_>) -> Vec<Trouble> {
        let unsendable = |it: &&Template| !is_sendable(&it.status);
        let none_can_be_sent = sent.iter().filter_map(|(_, template)| *template).all(|it| unsendable(&it));
        let stated = |it: &Template| match &it.rejected_reason {
            Some(reason) if it.status == "REJECTED" => format!("REJECTED ({reason})"),
            _ => it.status.clone(),
        };
        let unapproved = languages(sent, |template| template.filter(unsendable).map(stated));
        let trouble = |(status, codes): (String, String)| {
            let mend = match status.split(' ').next().unwrap_or_default() {
                "PENDING" | "IN_APPEAL" => {
                    "Wait for Meta's review: only approved templates can be sent.".to_owned()
                }
                "REJECTED" => {
                    format!(
                        "Mend what Meta's reason says, and have it reviewed again with {}.",
                        self.save_template
                    )
                }
                "PAUSED" => {
                    "Find out in WhatsApp Manager why people report it; the pause ends by itself.".to_owned()
                }
                "DISABLED" => "Use a template of another name: Meta does not bring this one back.".to_owned(),
                _ => "Look for Meta's reason in WhatsApp Manager: only approved templates can be sent."
                    .to_owned(),
            };
            self.trouble(format!("is {status} in {codes}"), mend, none_can_be_sent)
        };
        unapproved.into_iter().map(trouble).collect()
    }

    fn foreign(&self, sent: &Sent<'_>) -> Vec<Trouble> {
        let wrong_category = |it: &&Template| it.category != "AUTHENTICATION";
        let foreign =
            languages(sent, |template| template.filter(wrong_category).map(|it| it.category.clone()));
        let trouble = |(category, codes)| {
            let mend =
                "Create one of the category AUTHENTICATION with a copy-code button, under another name.";
            self.trouble(format!("is of the category {category} in {codes}"), mend, true)
        };
        foreign.into_iter().map(trouble).collect()
    }

    fn badly_taken(&self, sent: &Sent<'_>) -> Vec<Trouble> {
        let bad = |quality: &String| matches!(quality.as_str(), "RED" | "YELLOW");
        let taken = languages(sent, |template| template?.quality.clone().filter(bad));
        let trouble = |(quality, codes)| {
            let mend = "Find out in WhatsApp Manager why people report it, before Meta pauses it.";
            self.trouble(format!("has the quality {quality} in {codes}"), mend, false)
        };
        taken.into_iter().map(trouble).collect()
    }

    /// What the message says about the code's life, against how long it works.
    fn expiry(&self, sent: &Sent<'_>) -> Vec<Trouble> {
        let seconds = self.seconds();
        let other = languages(sent, |template| {
            let minutes = template?.expires_minutes?;
            (minutes.saturating_mul(60) != seconds).then(|| in_minutes(minutes))
        });
        let trouble = |(minutes, codes)| {
            let wrong = format!("says in {codes} that the code {minutes}, but it works for {seconds} s");
            let mend =
                format!("Bring it up to date with {}, or change lifetimes.code_seconds.", self.save_template);
            self.trouble(wrong, mend, false)
        };
        other.into_iter().map(trouble).collect()
    }

    /// How long Meta keeps a message, against how long its code works: a standby's dead code is as dead.
    fn keeping(&self, sent: &Sent<'_>) -> Vec<Trouble> {
        let seconds = self.seconds();
        let late = languages(sent, |template| {
            let ttl = template?.ttl_seconds?;
            (ttl < 0 || ttl > seconds)
                .then(|| if ttl < 0 { "30 days".to_owned() } else { format!("{ttl} s") })
        });
        let trouble = |(ttl, codes)| {
            let wrong = format!("is tried for {ttl} in {codes}, longer than the code works ({seconds} s)");
            let mend =
                format!("Bring it up to date with {}, so that no dead code arrives.", self.save_template);
            Trouble { is_fatal: true, ..self.trouble(wrong, mend, true) }
        };
        late.into_iter().map(trouble).collect()
    }

    fn seconds(&self) -> i64 {
        i64::try_from(self.code_seconds).unwrap_or(i64::MAX)
    }
}

pub(super) fn in_minutes(minutes: i64) -> String {
    format!("expires in {minutes} minute{}", if minutes == 1 { "" } else { "s" })
}

/// The languages something is true of, by what it is.
fn languages(
    sent: &[(&'static str, Option<&Template>)],
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
