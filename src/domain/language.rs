//! Owns [`Language`]: the languages the pages and messages speak, and the choice among them.
//!
//! It knows nothing of texts or templates; those carry a language and are chosen by it.

use crate::country::Country;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A language that every page, message and error text exists in.
///
/// Serialised as its BCP 47 tag, e.g. `pt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    En,
    /// Spanish.
    Es,
    /// Portuguese.
    Pt,
    /// Indonesian.
    Id,
    /// Hindi.
    Hi,
    /// Arabic.
    Ar,
}

/// How much of a header or parameter is looked at. Browsers send a handful of short entries; the rest of a
/// longer text is somebody's attempt to make us work.
const LONGEST_LIST: usize = 512;

impl Language {
    /// Every language, in the order in which a chooser lists them.
    pub const ALL: [Self; 6] = [Self::En, Self::Es, Self::Pt, Self::Id, Self::Hi, Self::Ar];

    /// The BCP 47 tag, as `lang` attributes and `Content-Language` want it.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
            Self::Pt => "pt",
            Self::Id => "id",
            Self::Hi => "hi",
            Self::Ar => "ar",
        }
    }

    /// The code Meta uses for the language's message templates.
    #[must_use]
    pub fn meta_code(self) -> &'static str {
        match self {
            Self::En => "en_US",
            Self::Es => "es",
            Self::Pt => "pt_BR",
            Self::Id => "id",
            Self::Hi => "hi",
            Self::Ar => "ar",
        }
    }

    /// The language of a [`meta_code`](Self::meta_code), as messages are stored with it.
    #[must_use]
    pub fn from_meta_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.meta_code() == code)
    }

    /// The language's name for itself, as a chooser shows it.
    #[must_use]
    pub fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Es => "Español",
            Self::Pt => "Português",
            Self::Id => "Bahasa Indonesia",
            Self::Hi => "हिन्दी",
            Self::Ar => "العربية",
        }
    }

    /// The country that most readers of it are likely to be in, as CLDR's likely subtags have it. A guess to show
    /// first, never a fact.
    #[must_use]
    pub fn likely_country(self) -> Option<Country> {
        let code = match self {
            Self::En => "US",
            Self::Es => "ES",
            Self::Pt => "BR",
            Self::Id => "ID",
            Self::Hi => "IN",
            Self::Ar => "EG",
        };
        code.parse().ok()
    }

    /// Whether it is written from right to left.
    #[must_use]
    pub fn is_rtl(self) -> bool {
        self == Self::Ar
    }

    /// The language to speak to this person.
    ///
    /// `ui_locales` (OpenID Connect Core 3.1.2.1: BCP 47 tags, space-separated, best first) wins over the
    /// browser's `Accept-Language` (RFC 9110 section 12.5.4: weights, `q=0` means "not this"), which wins
    /// over `fallback`. Languages we do not speak and malformed entries are passed over; neither input can
    /// make this fail.
    #[must_use]
    pub fn negotiate(ui_locales: Option<&str>, accept_language: Option<&str>, fallback: Self) -> Self {
        let asked = ui_locales.and_then(|tags| head(tags).split_ascii_whitespace().find_map(Self::of_tag));
        asked.or_else(|| accept_language.and_then(accepted)).unwrap_or(fallback)
    }

    /// The language of a BCP 47 tag by its primary subtag: `pt-BR` is Portuguese, `es-419` is Spanish. `in`
    /// is what some Java programs and old Android phones still say for Indonesian.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?;
        if primary.eq_ignore_ascii_case("in") {
            return Some(Self::Id);
        }
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }
}

/// The best language of an `Accept-Language` header that we speak; the first of several with the same weight.
fn accepted(header: &str) -> Option<Language> {
    let mut best: Option<(u16, Language)> = None;
    for entry in head(header).split(',') {
        let (tag, parameters) = entry.split_once(';').unwrap_or((entry, ""));
        let (Some(language), Some(weight)) = (Language::of_tag(tag.trim()), weight(parameters)) else {
            continue;
        };
        if weight > best.map_or(0, |(weight, _)| weight) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

/// The weight in thousandths; no weight means one, a malformed one means that the entry is passed over.
fn weight(parameters: &str) -> Option<u16> {
    let parameters = parameters.trim();
    if parameters.is_empty() {
        return Some(1000);
    }
    let value = parameters.strip_prefix("q=").or_else(|| parameters.strip_prefix("Q="))?.trim();
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths = format!("{fraction:0<3}").parse::<u16>().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(1000),
        _ => None,
    }
}

/// The part of a list that is looked at, cut between characters.
fn head(list: &str) -> &str {
    list.get(..list.floor_char_boundary(LONGEST_LIST)).unwrap_or(list)
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(tag: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|language| language.tag() == tag).ok_or(UnknownLanguage)
    }
}

/// The text is not the tag of a language we speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the tag of a language that texts exist in")]
pub struct UnknownLanguage;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn negotiated(ui_locales: &str, accept_language: &str) -> Language {
        Language::negotiate(Some(ui_locales), Some(accept_language), Language::En)
    }

    #[test]
    fn a_tag_is_understood_by_its_primary_part() {
        for (tag, language) in [
            ("pt-BR", Some(Language::Pt)),
            ("pt_BR", Some(Language::Pt)),
            ("PT-pt", Some(Language::Pt)),
            ("es-419", Some(Language::Es)),
            ("hi-Deva-IN", Some(Language::Hi)),
            ("ar-EG", Some(Language::Ar)),
            ("in", Some(Language::Id)),
            ("in-ID", Some(Language::Id)),
            ("en-US-u-hc-h12", Some(Language::En)),
            ("de", None),
            ("eng", None),
            ("e", None),
            ("", None),
            ("-en", None),
            ("*", None),
        ] {
            assert_eq!(Language::of_tag(tag), language, "{tag:?}");
        }
    }

    #[test]
    fn the_first_locale_we_speak_wins_over_the_browser() {
        assert_eq!(negotiated("de pt-BR es", "ar"), Language::Pt);
        assert_eq!(negotiated("  hi  ", "ar"), Language::Hi);
        assert_eq!(negotiated("de fr", "ar"), Language::Ar);
        assert_eq!(negotiated("", ""), Language::En);
        assert_eq!(Language::negotiate(None, None, Language::Es), Language::Es);
    }

    #[test]
    fn the_browsers_weights_decide() {
        for (header, language) in [
            ("id-ID,id;q=0.9,en-US;q=0.8,en;q=0.7", Language::Id),
            ("de-DE, de;q=0.9, es;q=0.5, pt;q=0.8", Language::Pt),
            ("es;q=0.5,ar;q=0.5", Language::Es),
            ("es;q=0.001, pt;q=0.0", Language::Es),
            ("en;q=0, hi", Language::Hi),
            ("HI;Q=1.000", Language::Hi),
            ("ar ; q=1", Language::Ar),
            ("*", Language::En),
            ("pt;q=0", Language::En),
        ] {
            assert_eq!(negotiated("", header), language, "{header:?}");
        }
    }

    #[test]
    fn malformed_entries_are_passed_over() {
        for header in [
            "pt;q=2, es",
            "pt;q=, es",
            "pt;q=0.1234, es",
            "pt;q=-1, es",
            "pt;q=1.1, es",
            "pt;level=1, es",
            ";;,,=, es",
        ] {
            assert_eq!(negotiated("", header), Language::Es, "{header:?}");
        }
    }

    #[test]
    fn the_end_of_an_endless_header_is_not_looked_at() {
        assert_eq!(negotiated(&format!("{}hi", "x ".repeat(100_000)), ""), Language::En);
        assert_eq!(negotiated("", &format!("pt;q=0.1,{}hi", "é,".repeat(100_000))), Language::Pt);
    }

    #[test]
    fn a_language_is_known_again_by_metas_code() {
        assert!(Language::ALL.iter().all(|it| Language::from_meta_code(it.meta_code()) == Some(*it)));
        assert_eq!((Language::from_meta_code("pt"), Language::from_meta_code("")), (None, None));
    }

    #[test]
    fn every_language_has_a_likely_country() {
        assert!(Language::ALL.into_iter().all(|language| language.likely_country().is_some()));
    }

    #[test]
    fn only_arabic_runs_from_right_to_left() {
        assert!(Language::ALL.into_iter().filter(|language| language.is_rtl()).eq([Language::Ar]));
    }

    #[test]
    fn a_language_is_its_tag_in_json_and_in_the_database() {
        for language in Language::ALL {
            assert_eq!(serde_json::to_value(language).unwrap(), language.tag());
            assert_eq!(language.tag().parse(), Ok(language));
        }
        assert_eq!("pt-BR".parse::<Language>(), Err(UnknownLanguage));
    }

    proptest! {
        #[test]
        fn any_header_ends_in_a_language(
            ui_locales in proptest::option::of(".*"),
            accept_language in "([a-z*-]{0,9}(;q=[0-9.]{0,5})?,? ?){0,30}|.*",
        ) {
            let language = Language::negotiate(ui_locales.as_deref(), Some(&accept_language), Language::Hi);
            prop_assert!(Language::ALL.contains(&language));
        }
    }
}
