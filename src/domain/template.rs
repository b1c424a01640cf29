//! Message templates: which of a sender's can be sent, and which one a person gets.

use std::time::Duration;

use crate::language::Language;
use crate::time::Timestamp;

/// How long it is believed that a template cannot be sent. Then one message finds out anew: news of a template can be lost,
/// and asking costs nothing.
const BELIEVED: Duration = Duration::from_secs(15 * 60);

/// What is known of a template in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateState {
    /// Its name.
    pub name: String,
    /// Its language, as Meta spells it in sends: `pt_BR`.
    pub language: String,
    /// Meta's word for its state, in capitals: `APPROVED`, `PENDING`, `PAUSED` and others.
    pub status: String,
    /// Why, where Meta says so.
    pub reason: Option<String>,
    /// How people take it: `GREEN`, `YELLOW`, `RED` or `UNKNOWN`, where Meta says so.
    pub quality: Option<String>,
    /// When that was learned.
    pub changed_at: Timestamp,
}

/// What is learned of a template that Meta does not have in a language. No word of Meta's.
pub const MISSING: &str = "MISSING";

/// Whether Meta sends a template in this state. One that is flagged is on trial and goes on being sent; one that was taken
/// out of the archive is approved as it was.
pub fn is_sendable(status: &str) -> bool {
    matches!(status, "APPROVED" | "REINSTATED" | "FLAGGED" | "UNARCHIVED")
}

/// Whether somebody should know of this state: it cannot be sent, and not because it was never sent yet.
pub fn is_stopped(status: &str) -> bool {
    !is_sendable(status) && !matches!(status, "PENDING" | "IN_APPEAL" | MISSING)
}

/// Whether nothing can be sent of these templates, in none of the languages that are sent, as far as they are known. What
/// nothing is known of might be.
pub fn none_is_sendable(known: &[TemplateState], names: &[String]) -> bool {
    let each = names.iter().flat_map(|name| Language::ALL.map(|language| (name, language.meta_code())));
    each.into_iter().all(|(name, language)| {
        let of = |state: &&TemplateState| state.name == *name && state.language == language;
        known.iter().find(of).is_some_and(|state| !is_sendable(&state.status))
    })
}

/// The template and language that a code goes out in, the first that can be sent: in the language the person reads before
/// one they might not, and there in the sender's own template before its standby. What nothing is known of counts as
/// sendable; Meta says so at once when it is not.
pub fn choose<'a>(
    known: &[TemplateState],
    names: &'a [String],
    languages: &[Language],
    now: Timestamp,
) -> Option<(&'a str, Language)> {
    let sendable = |name: &str, language: Language| {
        let of = |state: &&TemplateState| state.name == name && state.language == language.meta_code();
        known
            .iter()
            .find(of)
            .is_none_or(|state| is_sendable(&state.status) || now.since(state.changed_at) >= BELIEVED)
    };
    let each = languages.iter().flat_map(|language| names.iter().map(move |name| (name.as_str(), *language)));
    each.into_iter().find(|(name, language)| sendable(name, *language))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(states: &[(&str, Language, &str)]) -> Vec<TemplateState> {
        let state = |(name, language, status): &(&str, Language, &str)| TemplateState {
            name: (*name).to_owned(),
            language: language.meta_code().to_owned(),
            status: (*status).to_owned(),
            reason: None,
            quality: None,
            changed_at: Timestamp::from_seconds(1),
        };
        states.iter().map(state).collect()
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn chosen(known: &[TemplateState], languages: &[Language]) -> Option<(String, Language)> {
        let names = names(&["code", "standby"]);
        choose(known, &names, languages, Timestamp::from_seconds(2))
            .map(|(name, language)| (name.to_owned(), language))
    }

    fn this(name: &str, language: Language) -> Option<(String, Language)> {
        Some((name.to_owned(), language))
    }

    #[test]
    fn a_person_gets_their_language_in_the_senders_template() {
        let known = known(&[("code", Language::Pt, "APPROVED"), ("code", Language::En, "APPROVED")]);
        assert_eq!(chosen(&known, &[Language::Pt, Language::En]), this("code", Language::Pt));
    }

    #[test]
    fn the_standby_in_their_language_comes_before_another_language() {
        let known = known(&[("code", Language::Pt, "PAUSED"), ("standby", Language::Pt, "APPROVED")]);
        assert_eq!(chosen(&known, &[Language::Pt, Language::En]), this("standby", Language::Pt));
    }

    #[test]
    fn another_language_comes_before_none() {
        let known = known(&[
            ("code", Language::Pt, "REJECTED"),
            ("standby", Language::Pt, "DISABLED"),
            ("code", Language::En, "APPROVED"),
        ]);
        assert_eq!(chosen(&known, &[Language::Pt, Language::En]), this("code", Language::En));
    }

    #[test]
    fn what_nothing_is_known_of_is_tried_and_what_cannot_be_sent_is_not_for_a_while() {
        let only = names(&["code"]);
        let at = |seconds| choose_at(&only, seconds);
        fn choose_at(names: &[String], seconds: i64) -> Vec<(&'static str, bool)> {
            ["PENDING", "IN_APPEAL", "REJECTED", "PAUSED", "DISABLED", "DELETED", "?"]
                .map(|status| {
                    let known = known(&[("code", Language::Hi, status)]);
                    (
                        status,
                        choose(&known, names, &[Language::Hi], Timestamp::from_seconds(seconds)).is_some(),
                    )
                })
                .to_vec()
        }
        assert!(choose(&[], &only, &[Language::Hi], Timestamp::from_seconds(2)).is_some());
        assert!(at(15 * 60).iter().all(|(_, tried)| !tried), "{:?}", at(15 * 60));
        assert!(at(15 * 60 + 1).iter().all(|(_, tried)| *tried));
        assert!(["APPROVED", "REINSTATED", "FLAGGED", "UNARCHIVED"].into_iter().all(is_sendable));
    }

    #[test]
    fn somebody_should_know_of_what_was_sent_and_is_no_more() {
        assert!(["PAUSED", "DISABLED", "REJECTED", "ARCHIVED", "LOCKED"].into_iter().all(is_stopped));
        assert!(!["APPROVED", "UNARCHIVED", "PENDING", "IN_APPEAL", MISSING].into_iter().any(is_stopped));
    }

    #[test]
    fn nothing_can_be_sent_when_every_language_of_every_template_is_known_to_be_unsendable() {
        let (one, both) = (names(&["code"]), names(&["code", "standby"]));
        let all = Language::ALL.map(|language| ("code", language, "REJECTED"));
        assert!(none_is_sendable(&known(&all), &one));
        assert!(!none_is_sendable(&known(&all), &both), "nothing is known of the standby");
        assert!(!none_is_sendable(&known(&all[1..]), &one));
        let mut but_one = all;
        but_one[2].2 = "FLAGGED";
        assert!(!none_is_sendable(&known(&but_one), &one));
    }
}
