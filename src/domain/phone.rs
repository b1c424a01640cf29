//! Owns [`Phone`]: reading what people type as a number, its one canonical form, and showing it without
//! showing it.
//!
//! It knows nothing of senders, policies or countries served: it says which number was meant and of what kind
//! it is, `flow` decides whether to write to it. The numbering plans come from libphonenumber's metadata.

mod reading;
mod written;

use crate::country::Country;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat, PhoneNumberType};
use std::fmt;
use written::Written;

/// A phone number in E.164: a plus sign, the country calling code, the national significant number.
///
/// Two spellings of one number are equal once parsed. There is no `Display` and no `Serialize`: whoever needs
/// the number says [`as_e164`](Self::as_e164), whoever shows it to the person who typed it says
/// [`masked`](Self::masked), and `Debug` prints the masked form, so that it cannot reach a log by accident.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

/// Why a text is not taken as a phone number. Facts about the text; the words for people are the pages'.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneRefusal {
    /// Nothing was typed, or only spaces.
    #[error("the number is empty")]
    Empty,
    /// It holds characters that no way of writing numbers uses.
    #[error("not a phone number")]
    NotANumber,
    /// It spells words (`1-800-FLOWERS`). We do not guess which keypad was meant.
    #[error("the number contains letters")]
    Letters,
    /// It ends in an extension. A person behind a switchboard cannot get a message there.
    #[error("the number has an extension")]
    Extension,
    /// Fewer digits than any number of its country has.
    #[error("the number is too short")]
    TooShort,
    /// More digits than any number of its country has, or more text than any number takes.
    #[error("the number is too long")]
    TooLong,
    /// A national number, and no country to read it in.
    #[error("the number has no country calling code and no country was given")]
    NoCountryCode,
    /// No country has the calling code that it starts with.
    #[error("the number starts with an unknown country calling code")]
    UnknownCountryCode,
    /// The right length, but the country's numbering plan has no such number. The country is the one it was
    /// read in, `None` for a service of no country.
    #[error("the country's numbering plan has no such number")]
    NotValid(Option<Country>),
    /// Its prefix can be read as two different valid numbers. Starting with a plus sign makes it clear.
    #[error("the number can be read in two ways")]
    Ambiguous,
}

/// What a number is for, as far as the numbering plan tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PhoneKind {
    /// A mobile phone.
    Mobile,
    /// A fixed line.
    FixedLine,
    /// Either; the plans of the United States and its neighbours do not say.
    FixedLineOrMobile,
    /// A number of an internet telephony provider.
    Voip,
    /// A number that follows a person.
    Personal,
    /// The owner pays.
    TollFree,
    /// The caller pays more than usual.
    PremiumRate,
    /// Caller and owner share the cost.
    SharedCost,
    /// A pager.
    Pager,
    /// One number for all branches of a company.
    UniversalAccess,
    /// The way into a voicemail box.
    Voicemail,
    /// The plan does not say.
    Unknown,
}

impl PhoneKind {
    /// Whether a person can have messages sent to such a number. Fixed lines are among them: WhatsApp
    /// registers them by a call. The others reach a company, a machine or a bill, and are favourites of
    /// fraud.
    #[must_use]
    pub fn receives_messages(self) -> bool {
        match self {
            Self::Mobile | Self::FixedLine | Self::FixedLineOrMobile | Self::Voip | Self::Unknown => true,
            Self::Personal
            | Self::TollFree
            | Self::PremiumRate
            | Self::SharedCost
            | Self::Pager
            | Self::UniversalAccess
            | Self::Voicemail => false,
        }
    }
}

/// At most this many digits of a number are ever shown …
const SHOWN_DIGITS: usize = 3;

/// … and at least this many of its national part never are, which matters in countries with short numbers.
const HIDDEN_DIGITS: usize = 4;

/// Digits of the national number that say which range it is of: the wide one, and the narrow one within it.
const RANGES: [usize; 2] = [3, 6];

impl Phone {
    /// Reads a number as people write it.
    ///
    /// Understood are spaces, dashes, dots, slashes, brackets, invisible marks, the digits of every script,
    /// `tel:` URIs (RFC 3966), `+`, `00` and `011` before a whole international number whatever `country`
    /// says, and national numbers of `country` with or without their trunk prefix.
    ///
    /// The result is valid by the numbering plan and canonical as libphonenumber has it: Mexican mobiles lose
    /// the 1 of `+52 1 …`, Argentine ones have the 9 of `+54 9 …`. Brazilian mobiles keep their ninth digit
    /// although WhatsApp knows some old accounts without it: the number people dial and type has it, dropping
    /// it would make two different lines equal, and the provider does that translation itself.
    ///
    /// # Errors
    ///
    /// A [`PhoneRefusal`] that says what is wrong with the text. Nothing in it is secret.
    pub fn parse(input: &str, country: Option<Country>) -> Result<Self, PhoneRefusal> {
        reading::meant(&Written::read(input)?, country)
    }

    /// Whose number this is, when it is none of the country beside it: the only one of `others` in which the digits,
    /// as dialled within the country, are a mobile number of its own. None for a number that names its country, and
    /// where two would fit.
    ///
    /// Of very many countries none is named. Two would fit nearly always, and asking keeps the numbering plan of each
    /// in memory for good.
    #[must_use]
    pub fn home_among(input: &str, others: impl IntoIterator<Item = Country>) -> Option<Country> {
        reading::home_among(&Written::read(input).ok()?, others)
    }

    /// Takes a number that [`parse`](Self::parse) once made, e.g. from the database.
    ///
    /// Only the form is checked, not the numbering plan: plans change, and a person must not be locked out of
    /// their account by an update of the metadata.
    ///
    /// # Errors
    ///
    /// [`PhoneRefusal::NotANumber`] unless the text is a plus sign and seven to fifteen digits, the first not
    /// zero.
    pub fn from_e164(text: &str) -> Result<Self, PhoneRefusal> {
        let digits = text.strip_prefix('+').ok_or(PhoneRefusal::NotANumber)?;
        let well_formed = (7..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        if well_formed { Ok(Self(text.to_owned())) } else { Err(PhoneRefusal::NotANumber) }
    }

    /// The canonical form, e.g. `+919876543210`: what is stored, sent to the provider and put in
    /// `phone_number`.
    #[must_use]
    pub fn as_e164(&self) -> &str {
        &self.0
    }

    /// The country it belongs to; `None` for the world's services (`+870 …`) and for numbers that the plan of
    /// today no longer has.
    #[must_use]
    pub fn country(&self) -> Option<Country> {
        Country::of_region(self.number()?.get_region_code()?)
    }

    /// What the number is for.
    #[must_use]
    pub fn kind(&self) -> PhoneKind {
        match self.number().map_or(PhoneNumberType::Unknown, |number| number.get_type()) {
            PhoneNumberType::FixedLine => PhoneKind::FixedLine,
            PhoneNumberType::Mobile => PhoneKind::Mobile,
            PhoneNumberType::FixedLineOrMobile => PhoneKind::FixedLineOrMobile,
            PhoneNumberType::TollFree => PhoneKind::TollFree,
            PhoneNumberType::PremiumRate => PhoneKind::PremiumRate,
            PhoneNumberType::SharedCost => PhoneKind::SharedCost,
            PhoneNumberType::VoIP => PhoneKind::Voip,
            PhoneNumberType::PersonalNumber => PhoneKind::Personal,
            PhoneNumberType::Pager => PhoneKind::Pager,
            PhoneNumberType::UAN => PhoneKind::UniversalAccess,
            PhoneNumberType::VoiceMail => PhoneKind::Voicemail,
            PhoneNumberType::Unknown => PhoneKind::Unknown,
        }
    }

    /// The number for the eyes of the person who typed it: `+91 ••••• ••210`.
    ///
    /// Calling code and grouping as the country writes them, at most the last three digits, and never fewer
    /// than four hidden. To be set from left to right, also within right-to-left text.
    #[must_use]
    pub fn masked(&self) -> String {
        let Some(number) = self.number() else {
            return mask(&self.0, 0);
        };
        let calling_code_digits = number.country_code.to_string().len();
        mask(&number.format_as(PhoneNumberFormat::International), calling_code_digits)
    }

    /// The ranges it is counted with, the wide one first: country, calling code and the first three and six digits of the
    /// national number, fewer where that would leave fewer than four to guess. `BR +55119` is not somebody's number, nor is
    /// `BR +55119876`.
    #[must_use]
    pub fn ranges(&self) -> Vec<String> {
        let country = self.country().map_or_else(|| "--".to_owned(), |country| country.to_string());
        let digits = self.0.trim_start_matches('+');
        let calling_code = self.number().map_or(0, |number| number.country_code.to_string().len());
        let longest = digits.len().saturating_sub(HIDDEN_DIGITS).max(calling_code);
        let range = |national: usize| {
            let shown = (calling_code + national).min(longest);
            format!("{country} +{}", digits.get(..shown).unwrap_or_default())
        };
        let mut ranges: Vec<String> = RANGES.into_iter().map(range).collect();
        ranges.dedup();
        ranges
    }

    /// The widest of its [`ranges`](Self::ranges): what is told of a number when something is told of many.
    #[must_use]
    pub fn range(&self) -> String {
        self.ranges().into_iter().next().unwrap_or_default()
    }

    fn number(&self) -> Option<PhoneNumber> {
        PHONE_NUMBER_UTIL.parse(&self.0, None).ok()
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.masked())
    }
}

/// Replaces every digit by a dot but the first `clear` and the few last that may be shown.
fn mask(text: &str, clear: usize) -> String {
    let national = text.chars().filter(char::is_ascii_digit).count().saturating_sub(clear);
    let hidden = clear + national - SHOWN_DIGITS.min(national.saturating_sub(HIDDEN_DIGITS));
    let mut seen = 0;
    let masked = text.chars().map(|character| {
        if !character.is_ascii_digit() {
            return character;
        }
        seen += 1;
        if (clear + 1..=hidden).contains(&seen) { '•' } else { character }
    });
    masked.collect()
}

#[cfg(test)]
mod tests;
