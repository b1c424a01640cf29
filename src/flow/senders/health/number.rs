//! The number and its token: whether messages can leave from it, how many, and what the token may do.

use watchword_domain::Timestamp;
use watchword_domain::sender::people_a_day;
use watchword_messaging::whatsapp::{Granted, MANAGEMENT, MESSAGING, Number, Standing, Unread};

use super::trouble::Trouble;
use super::{Examined, Finding, Part, list};

/// A messaging limit below this many people within 24 hours deserves a word: a business that Meta verified begins there.
const SMALL_LIMIT: u64 = 2_000;

impl Examined<'_> {
    /// Looks at the number. Gives also whether the rest can be asked for.
    pub(super) async fn number(&self) -> (Finding, bool) {
        let of = |found: String, troubles| Finding { part: Part::Number, found, troubles };
        let number = match self.wire.account.number().await {
            Ok(number) => number,
            Err(unread) => {
                let trouble = self.unread(self.names.phone_number_id, &self.wire.phone_number_id, &unread);
                return (of(String::new(), vec![trouble]), says_more(&unread));
            }
        };
        let shown = shown(&number);
        let mut troubles: Vec<Trouble> = unconnected(&shown, &number).into_iter().collect();
        let standing = match self.wire.account.standing().await {
            Ok(standing) => standing,
            // How it stands is good to know; nobody needs it to send.
            Err(unread) => {
                let wrong = format!("does not tell its quality and messaging limit: {unread}");
                let mend = "Look both up in WhatsApp Manager.";
                troubles.push(Trouble::minor(format!("the number {shown}"), wrong, mend));
                Standing::default()
            }
        };
        troubles.extend(badly_taken(&shown, &standing));
        troubles.extend(limited(&shown, &standing));
        (of(format!("{shown} answers to the access token{}", in_words(&standing)), troubles), true)
    }

    /// What the token may do, as Meta told it.
    pub(super) fn token(&self, granted: &Result<Granted, Unread>) -> Finding {
        let of = |found: String, troubles| Finding { part: Part::Token, found, troubles };
        let granted = match granted {
            Ok(granted) => granted,
            // The other parts show whether it may do what is needed; this only names it.
            Err(unread) => return of(format!("Meta does not tell what it may do: {unread}"), Vec::new()),
        };
        let missing = granted.lacks(&[MESSAGING, MANAGEMENT]);
        let mut troubles = Vec::new();
        if !missing.is_empty() {
            let mend = format!(
                "Make a new token for the system user with both permissions, and {}.",
                self.names.replace_token
            );
            let wrong = format!("was made without {}", missing.join(" and "));
            troubles.push(Trouble::fatal(self.names.access_token, wrong, mend));
        }
        let ends = granted.expires_at.map(|at| Timestamp::from_seconds(at).to_rfc3339());
        if let Some(ends) = &ends {
            let mend =
                format!("Make one that never expires for a system user, and {}.", self.names.replace_token);
            troubles.push(Trouble::minor(self.names.access_token, format!("expires at {ends}"), mend));
        }
        let may =
            granted.permissions.as_deref().map_or("what it may do is not told".to_owned(), |permissions| {
                let ours = permissions.iter().filter(|it| it.starts_with("whatsapp")).collect::<Vec<_>>();
                format!("it has {}", list(&ours))
            });
        of(format!("{may}; it does not expire"), troubles)
    }
}

/// Whether who refused this may still answer the other questions.
fn says_more(unread: &Unread) -> bool {
    matches!(unread, Unread::Refused { code, .. } if !matches!(code, 0 | 190))
}

fn shown(number: &Number) -> String {
    let named = number.verified_name.as_ref().map(|name| format!("\"{name}\""));
    let shown: Vec<String> = [number.display.clone(), named].into_iter().flatten().collect();
    if shown.is_empty() { "the number".to_owned() } else { shown.join(" ") }
}

fn unconnected(shown: &str, number: &Number) -> Option<Trouble> {
    let status = number.status.as_deref().filter(|status| *status != "CONNECTED")?;
    let mend = match status {
        "PENDING" => "Register the number for the Cloud API, as step 3 of docs/going-live.md shows.",
        _ => "Find the reason in WhatsApp Manager and mend it there.",
    };
    Some(Trouble::fatal(format!("the number {shown}"), format!("is {status} at Meta, not CONNECTED"), mend))
}

fn in_words(standing: &Standing) -> String {
    let quality = standing.quality.as_ref().map(|quality| format!("quality {quality}"));
    let limit = standing.messaging_limit.as_ref().map(|limit| format!("messaging limit {limit}"));
    let told: Vec<String> = quality.into_iter().chain(limit).collect();
    if told.is_empty() { String::new() } else { format!("; {}", told.join(", ")) }
}

fn badly_taken(shown: &str, standing: &Standing) -> Option<Trouble> {
    let quality = standing.quality.as_deref().filter(|quality| matches!(*quality, "RED" | "YELLOW"))?;
    let mend = "Find out in WhatsApp Manager why people block or report it, before Meta lowers its limits.";
    Some(Trouble::minor(format!("the number {shown}"), format!("has the quality {quality} at Meta"), mend))
}

fn limited(shown: &str, standing: &Standing) -> Option<Trouble> {
    let people = people_a_day(standing.messaging_limit.as_deref()?).filter(|people| *people < SMALL_LIMIT)?;
    let wrong = format!(
        "may write to {people} people within 24 hours, counted over all numbers of its business portfolio"
    );
    let mend = "Have Meta verify the business, which raises the limit to 2,000 people and more.";
    Some(Trouble::minor(format!("the number {shown}"), wrong, mend))
}
