//! Owns [`Country`]: the places that have a calling code, and what a number field needs to know of them.
//!
//! It knows nothing of which countries a project serves; that is the policy's.

use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberType, Region};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

/// A country or territory with a calling code, by its ISO 3166-1 alpha-2 code.
///
/// Only places that the numbering metadata knows can be constructed, so that every `Country` has a calling
/// code. Written and serialised as two capital letters, e.g. `IN`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

/// The text names no country that has a calling code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the ISO 3166-1 alpha-2 code of a country with a calling code")]
pub struct UnknownCountry;

/// What the metadata says of one country, in the form we are asked for.
struct Numbering {
    calling_code: u16,
    national_lengths: (u8, u8),
}

/// Read from the metadata once: its own tables are private to its crate and asking it costs a search each
/// time.
static NUMBERING: LazyLock<BTreeMap<Country, Numbering>> = LazyLock::new(|| {
    PHONE_NUMBER_UTIL
        .get_supported_regions()
        .filter_map(|region| {
            let country = Country::spelled(region.as_region_str().as_str())?;
            let calling_code = PHONE_NUMBER_UTIL.get_country_code_for_region(region)?;
            let national_lengths = national_lengths(calling_code);
            Some((country, Numbering { calling_code: u16::try_from(calling_code).ok()?, national_lengths }))
        })
        .collect()
});

impl Country {
    /// Every country that has a calling code, in alphabetical order of the code.
    pub fn all() -> impl Iterator<Item = Self> {
        NUMBERING.keys().copied()
    }

    /// The country calling code without the plus sign: 91 for India, 1 for the United States and its
    /// neighbours.
    #[must_use]
    pub fn calling_code(self) -> u16 {
        NUMBERING.get(&self).map_or(0, |numbering| numbering.calling_code)
    }

    /// Whether it is the one people mean by its calling code when several share it: the United Kingdom for 44,
    /// which Guernsey, Jersey and the Isle of Man use too.
    #[must_use]
    pub fn leads_its_calling_code(self) -> bool {
        let leading = PHONE_NUMBER_UTIL.get_region_for_country_code(self.calling_code().into());
        leading.and_then(Self::of_region) == Some(self)
    }

    /// How few and how many digits a mobile number has as people of the country write it: alone, or with the
    /// trunk prefix or the calling code before it. A hint for the number field while typing; only
    /// [`Phone::parse`](crate::phone::Phone::parse) decides.
    #[must_use]
    pub fn national_lengths(self) -> (u8, u8) {
        NUMBERING.get(&self).map_or((0, 0), |numbering| numbering.national_lengths)
    }

    /// The flag as an emoji: the two letters as regional indicator symbols.
    #[must_use]
    pub fn flag(self) -> String {
        self.0.iter().filter_map(|&letter| char::from_u32(u32::from(letter) + (0x1F1E6 - 0x41))).collect()
    }

    /// The two letters, e.g. `IN`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The numbering library's name for the same place.
    pub(crate) fn region(self) -> Option<Region> {
        Region::from_code(self.as_str()).ok()
    }

    /// The country of a region of the numbering library; `None` for the world's services (+800, +870 …).
    pub(crate) fn of_region(region: Region) -> Option<Self> {
        region.as_region_str().parse().ok()
    }

    fn spelled(letters: &str) -> Option<Self> {
        match letters.as_bytes() {
            &[first, second] if first.is_ascii_alphabetic() && second.is_ascii_alphabetic() => {
                Some(Self([first.to_ascii_uppercase(), second.to_ascii_uppercase()]))
            }
            _ => None,
        }
    }
}

/// Fewest digits of a mobile number alone, most digits with what may be written before it.
///
/// Only possible lengths are asked for, never a pattern: the metadata compiles a pattern when it is first
/// used and keeps it, and those of all countries together take more memory than the rest of the server.
fn national_lengths(calling_code: i32) -> (u8, u8) {
    let lengths = |kind: PhoneNumberType| {
        (2..=15_u8).filter(move |&digits| {
            let national_number = 10_u64.pow(u32::from(digits) - 1);
            let number =
                PhoneNumber { country_code: calling_code, national_number, ..PhoneNumber::default() };
            let possible = PHONE_NUMBER_UTIL.is_possible_number_for_type_with_reason(&number, kind);
            possible == Ok(NumberLengthType::IsPossible)
        })
    };
    // A few territories have no mobile numbers of their own in the metadata; any number's length must do.
    let range = |kind| Some((lengths(kind).min()?, lengths(kind).max()?));
    let (shortest, longest) =
        range(PhoneNumberType::Mobile).or_else(|| range(PhoneNumberType::Unknown)).unwrap_or((4, 15));
    // No trunk prefix is longer than the calling code of its country.
    let before = calling_code.checked_ilog10().map_or(0, |power| power + 1);
    (shortest, longest.saturating_add(u8::try_from(before).unwrap_or(0)))
}

impl FromStr for Country {
    type Err = UnknownCountry;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::spelled(code).filter(|country| NUMBERING.contains_key(country)).ok_or(UnknownCountry)
    }
}

impl fmt::Display for Country {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Serialize for Country {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rlibphonenumber::PhoneNumberFormat;

    fn country(code: &str) -> Country {
        code.parse().unwrap()
    }

    #[test]
    fn a_code_is_two_letters_of_a_country_with_a_calling_code() {
        assert_eq!(country("IN").to_string(), "IN");
        assert_eq!(country("in"), country("IN"));
        for code in ["", "I", "IND", "ZZ", "EU", "AQ", "UK", "91", "001", "I\u{307}", " IN", "IN ", "ÅX"] {
            assert_eq!(code.parse::<Country>(), Err(UnknownCountry), "{code:?}");
        }
    }

    #[test]
    fn every_country_has_a_calling_code_lengths_and_a_flag() {
        assert!(Country::all().is_sorted());
        assert!(Country::all().count() > 240);
        for country in Country::all() {
            let (shortest, longest) = country.national_lengths();
            assert!((1..=998).contains(&country.calling_code()), "{country}");
            assert!(4 <= shortest && shortest <= longest && longest <= 18, "{country}");
            assert_eq!(country.flag().chars().count(), 2, "{country}");
            assert!(country.region().and_then(Country::of_region) == Some(country));
        }
    }

    #[test]
    fn known_countries_are_as_known() {
        for (code, calling_code, flag) in
            [("IN", 91, "🇮🇳"), ("US", 1, "🇺🇸"), ("JM", 1, "🇯🇲"), ("GB", 44, "🇬🇧")]
        {
            assert_eq!(country(code).calling_code(), calling_code);
            assert_eq!(country(code).flag(), flag);
        }
        assert_eq!(country("IN").national_lengths(), (10, 12));
        assert_eq!(country("US").national_lengths(), (10, 11));
        assert_eq!(country("SG").national_lengths(), (8, 10));
    }

    #[test]
    fn one_country_leads_each_calling_code() {
        for (leading, following) in [("GB", "GG"), ("US", "CA"), ("RU", "KZ"), ("IT", "VA")] {
            assert!(country(leading).leads_its_calling_code(), "{leading}");
            assert!(!country(following).leads_its_calling_code(), "{following}");
        }
        let codes: std::collections::BTreeSet<u16> = Country::all().map(Country::calling_code).collect();
        assert_eq!(Country::all().filter(|country| country.leads_its_calling_code()).count(), codes.len());
    }

    #[test]
    fn a_mobile_number_written_the_national_way_is_within_the_lengths() {
        for country in Country::all() {
            let region = country.region().unwrap();
            let example =
                PHONE_NUMBER_UTIL.get_example_number_for_type_and_region(region, PhoneNumberType::Mobile);
            let Ok(example) = example else { continue };
            let written = example.format_as(PhoneNumberFormat::National);
            let digits = written.bytes().filter(u8::is_ascii_digit).count();
            let (shortest, longest) = country.national_lengths();
            assert!((usize::from(shortest)..=usize::from(longest)).contains(&digits), "{country}: {written}");
        }
    }

    #[test]
    fn a_country_is_its_code_in_json() {
        assert_eq!(serde_json::to_string(&country("BR")).unwrap(), "\"BR\"");
        assert_eq!(serde_json::from_str::<Country>("\"br\"").unwrap(), country("BR"));
        assert!(serde_json::from_str::<Country>("\"ZZ\"").is_err());
        assert!(serde_json::from_str::<Country>("91").is_err());
    }
}
