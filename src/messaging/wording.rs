//! What is written around a code where the wording is ours: by SMS and by e-mail. (WhatsApp's is Meta's template.)
//!
//! Owns the texts of `templates/messages`, how a text is kept within what an SMS may cost, and the shape of the mail.
//! Knows no provider.

use std::time::Duration;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;
use watchword_domain::Language;

use crate::OutgoingCode;
use crate::gsm::is_short;

/// The one we have for each language.
const SOURCES: [(Language, &str); 6] = [
    (Language::En, include_str!("../../templates/messages/en.ftl")),
    (Language::Es, include_str!("../../templates/messages/es.ftl")),
    (Language::Pt, include_str!("../../templates/messages/pt.ftl")),
    (Language::Id, include_str!("../../templates/messages/id.ftl")),
    (Language::Hi, include_str!("../../templates/messages/hi.ftl")),
    (Language::Ar, include_str!("../../templates/messages/ar.ftl")),
];

/// No project's name is looked at beyond this.
const LONGEST_NAME: usize = 160;

/// After a name that was cut; a single sign for it is not in the alphabet of SMS.
const CUT: &str = "...";

/// A text is missing or broken in a language: a fault of this build.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the texts of messages in {language} are broken: {what}")]
pub struct WordingFault {
    language: &'static str,
    what: String,
}

/// Every text in every language, ready to be said from any thread.
pub struct Wording(Vec<(Language, FluentBundle<FluentResource>)>);

/// A mail with a code in it.
pub struct Mail {
    /// Its subject; without the code.
    pub subject: String,
    /// Its text.
    pub plain: String,
    /// The same as HTML, without links, scripts, pictures and anything else from elsewhere.
    pub html: String,
}

impl Wording {
    /// Reads the texts that are built in.
    ///
    /// # Errors
    /// When one does not parse.
    pub fn load() -> Result<Self, WordingFault> {
        SOURCES
            .iter()
            .map(|(language, text)| Ok((*language, bundle(*language, text)?)))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// An SMS: one sentence or three, and a last line by which a phone knows on which pages to offer the code (WICG,
    /// "Origin-bound one-time codes delivered via SMS"). A long project name is cut so that the whole stays one part,
    /// or two parts in scripts that GSM 03.38 has no letters for.
    ///
    /// # Errors
    /// When the language lacks the text.
    pub fn sms(&self, message: &OutgoingCode) -> Result<String, &'static str> {
        let code = message.code.expose();
        let write = |project: &str| {
            let said = self.say(message, "sms", project)?;
            Ok(format!("{said}\n@{} #{code}", message.host))
        };
        shortened(&one_line(&message.project), write)
    }

    /// A mail.
    ///
    /// # Errors
    /// When the language lacks a text.
    pub fn mail(&self, message: &OutgoingCode) -> Result<Mail, &'static str> {
        let project = one_line(&message.project);
        let say = |key| self.say(message, key, &project);
        let code = message.code.expose();
        let (subject, uses) = (say("mail-subject")?, say("mail-use")?);
        let (life, ignore) = (say("mail-life")?, say("mail-ignore")?);
        Ok(Mail {
            plain: format!("{code}\n\n{uses}\n{life}\n\n{ignore}\n"),
            html: html(message.language, &subject, code, [&uses, &life, &ignore]),
            subject,
        })
    }

    fn say(&self, message: &OutgoingCode, key: &str, project: &str) -> Result<String, &'static str> {
        let bundle = self.0.iter().find(|(language, _)| *language == message.language);
        let (_, bundle) = bundle.ok_or("there are no texts in this language")?;
        let pattern = bundle.get_message(key).and_then(|text| text.value());
        let mut values = FluentArgs::with_capacity(3);
        values.set("project", project.to_owned());
        values.set("code", message.code.expose().clone());
        values.set("minutes", minutes(message.lives));
        let mut errors = Vec::new();
        let said =
            pattern.map(|pattern| bundle.format_pattern(pattern, Some(&values), &mut errors).into_owned());
        said.filter(|_| errors.is_empty()).ok_or("a text is missing in this language")
    }
}

fn bundle(language: Language, text: &str) -> Result<FluentBundle<FluentResource>, WordingFault> {
    let broken = |what: String| WordingFault { language: language.tag(), what };
    let resource = FluentResource::try_new(text.to_owned())
        .map_err(|(_, errors)| broken(format!("they do not parse: {errors:?}")))?;
    let identifier: LanguageIdentifier =
        language.tag().parse().map_err(|error| broken(format!("not a language tag: {error}")))?;
    let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
    // Invisible signs around a value cost room in an SMS, and old phones show them as boxes.
    bundle.set_use_isolating(false);
    bundle.add_resource(resource).map_err(|errors| broken(format!("a text is there twice: {errors:?}")))?;
    Ok(bundle)
}

/// Whole minutes, to the nearest: a code of five minutes is still one of five when it leaves.
fn minutes(lives: Duration) -> u64 {
    (lives.as_secs().saturating_add(30) / 60).max(1)
}

/// A name that cannot begin a line of its own, which a phone could take for the one with the host, nor turn what stands
/// around it.
fn one_line(name: &str) -> String {
    let visible = name.chars().take(LONGEST_NAME).map(|sign| if is_unseen(sign) { ' ' } else { sign });
    visible.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Control characters, line and paragraph separators, and the marks that change the direction of text.
fn is_unseen(sign: char) -> bool {
    sign.is_control()
        || matches!(sign, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}' | '\u{feff}')
}

/// The text with as much of the name as fits: all of it, or up to a space, or up to any letter. With a host so long that
/// nothing fits, the shortest there is.
fn shortened(
    name: &str,
    write: impl Fn(&str) -> Result<String, &'static str>,
) -> Result<String, &'static str> {
    let whole = write(name)?;
    if is_short(&whole) {
        return Ok(whole);
    }
    let mut shortest = whole;
    let ends: Vec<usize> = name.char_indices().map(|(at, _)| at).filter(|at| *at > 0).collect();
    let mut fitting = None;
    for end in ends.into_iter().rev() {
        let cut = name.get(..end).unwrap_or_default().trim_end();
        shortest = write(&format!("{cut}{CUT}"))?;
        if is_short(&shortest) {
            fitting = Some(cut);
            break;
        }
    }
    // Up to a space, where that costs less than half of it.
    let within_a_word = fitting.filter(|cut| !name.get(cut.len()..).unwrap_or_default().starts_with(' '));
    let words =
        within_a_word.and_then(|cut| cut.rsplit_once(' ').filter(|(words, _)| words.len() * 2 >= cut.len()));
    match words {
        Some((words, _)) => write(&format!("{words}{CUT}")),
        None => Ok(shortest),
    }
}

/// A single column that reads well without styles, in the dark and from right to left. It begins with the code, because
/// that is what a list of mails shows beside the subject.
fn html(language: Language, subject: &str, code: &str, [uses, life, ignore]: [&str; 3]) -> String {
    let (tag, direction) = (language.tag(), if language.is_rtl() { "rtl" } else { "ltr" });
    let [subject, code, uses, life, ignore] = [subject, code, uses, life, ignore].map(escaped);
    format!(
        "<!doctype html>\n<html lang=\"{tag}\" dir=\"{direction}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{subject}</title>\n</head>\n\
         <body style=\"margin:0;padding:24px;font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;\
         font-size:16px;line-height:1.5\">\n<div style=\"max-width:480px;margin:0 auto\">\n\
         <p dir=\"ltr\" style=\"margin:0 0 24px;font-size:36px;line-height:1.2;font-weight:700;letter-spacing:6px;\
         text-align:center\">{code}</p>\n<p style=\"margin:0 0 16px\">{uses} {life}</p>\n\
         <p style=\"margin:0;font-size:14px;opacity:.75\">{ignore}</p>\n</div>\n</body>\n</html>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests;
