//! What is wrong with a template: missing, not sendable, of another kind, or living longer than its code.

use std::collections::BTreeMap;

use watchword_domain::Language;
use watchword_domain::lifetimes::Lifetimes;
use watchword_domain::template::is_sendable;
use watchword_messaging::whatsapp::Template;

use super::trouble::Trouble;

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

pub(super) fn in_minutes(minutes: i64) -> String {
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
