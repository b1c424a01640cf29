//! Owns the second step of reading a number: from digits to the one number of a numbering plan that they
//! mean.
//!
//! It knows nothing of how the digits were typed. The plans come from the metadata of libphonenumber.

use super::{Phone, PhoneKind, PhoneRefusal, Written};
use crate::country::Country;
use rlibphonenumber::{PHONE_NUMBER_UTIL, ParseError, PhoneNumber, PhoneNumberFormat, ValidationError};
use std::borrow::Cow;

/// The number that was meant.
pub(super) fn meant(written: &Written, country: Option<Country>) -> Result<Phone, PhoneRefusal> {
    let digits = written.digits.as_str();
    if written.international {
        return read_international(digits);
    }
    let dialled = country.map(|country| read_in(digits, country));
    if let Some(rest) = digits.strip_prefix("00") {
        return one_reading(read_international(rest), dialled);
    }
    match (dialled, digits.strip_prefix("011")) {
        (Some(Ok(phone)), _) => Ok(phone),
        // 011 is how North America dials abroad, but also the way into Delhi, São Paulo and Buenos Aires;
        // hence the country's own reading first.
        (Some(Err(refusal)), Some(rest)) => read_international(rest).map_err(|_| refusal),
        (Some(Err(refusal)), None) => Err(refusal),
        (None, Some(rest)) => read_international(rest),
        (None, None) => Err(PhoneRefusal::NoCountryCode),
    }
}

/// Countries whose plans are looked at, at most, to find the one a number belongs to.
const MOST_LOOKED_AT: usize = 12;

/// The only one of these countries in which the digits are a mobile number.
pub(super) fn home_among(written: &Written, others: impl IntoIterator<Item = Country>) -> Option<Country> {
    let digits = written.digits.as_str();
    if written.international || digits.starts_with("00") {
        return None;
    }
    let of_this_length = |country: &Country| {
        let (least, most) = country.national_lengths();
        (usize::from(least)..=usize::from(most)).contains(&digits.len())
    };
    let candidates: Vec<Country> =
        others.into_iter().filter(of_this_length).take(MOST_LOOKED_AT + 1).collect();
    if candidates.len() > MOST_LOOKED_AT {
        return None;
    }
    let is_home = |country: &Country| {
        read_in(digits, *country).is_ok_and(|phone| {
            let mobile = matches!(phone.kind(), PhoneKind::Mobile | PhoneKind::FixedLineOrMobile);
            mobile && phone.country() == Some(*country)
        })
    };
    let mut homes = candidates.into_iter().filter(is_home);
    homes.next().filter(|_| homes.next().is_none())
}

/// A whole international number without its plus sign. Zeros before the calling code come from people who
/// write `+00 44`; no calling code starts with one.
fn read_international(digits: &str) -> Result<Phone, PhoneRefusal> {
    let digits = digits.trim_start_matches('0');
    let digits = without_mexican_one(digits).unwrap_or(Cow::Borrowed(digits));
    accept(PHONE_NUMBER_UTIL.parse(format!("+{digits}"), None), None)
}

/// `52 1` and ten digits without the 1. Mexico gave up that mark of mobile numbers in 2019 and libphonenumber
/// no longer reads it, but WhatsApp's ids still carry it, so that people copy it from there.
fn without_mexican_one(digits: &str) -> Option<Cow<'_, str>> {
    let national = digits.strip_prefix("521")?;
    (national.len() == 10).then(|| Cow::Owned(format!("52{national}")))
}

/// A number as dialled within `country`: national, or abroad by the country's own prefix.
fn read_in(digits: &str, country: Country) -> Result<Phone, PhoneRefusal> {
    accept(PHONE_NUMBER_UTIL.parse(digits, country.region()), Some(country))
}

/// Decides what `00` at the start meant. Nearly everywhere it stands for the plus sign. In a few countries
/// `00` and the digits after it choose a carrier or begin a longer prefix: `0091 70…` is India to the world
/// and, by way of a carrier, North Dakota to Colombia. A number that is valid both ways goes to nobody.
fn one_reading(
    plus: Result<Phone, PhoneRefusal>,
    dialled: Option<Result<Phone, PhoneRefusal>>,
) -> Result<Phone, PhoneRefusal> {
    match (plus, dialled) {
        (Ok(plus), Some(Ok(dialled))) if plus != dialled => Err(PhoneRefusal::Ambiguous),
        (Ok(phone), _) | (Err(_), Some(Ok(phone))) => Ok(phone),
        (Err(refusal), _) => Err(refusal),
    }
}

/// The canonical number if it is valid, else the reason why not.
pub(super) fn accept(
    parsed: Result<PhoneNumber, ParseError>,
    country: Option<Country>,
) -> Result<Phone, PhoneRefusal> {
    let number = parsed.map_err(|error| match error {
        ParseError::InvalidCountryCode => PhoneRefusal::UnknownCountryCode,
        // There is nothing but digits here; the library calls one or two of them "not a number".
        ParseError::NotANumber(_) | ParseError::TooShortAfterIdd | ParseError::TooShortNsn => {
            PhoneRefusal::TooShort
        }
        ParseError::TooLongNsn => PhoneRefusal::TooLong,
    })?;
    if number.is_valid() {
        // Some plans have service numbers of so few digits that they exist within the country only.
        return Phone::from_e164(&number.format_as(PhoneNumberFormat::E164))
            .map_err(|_| PhoneRefusal::TooShort);
    }
    Err(match number.is_possible_with_reason() {
        Err(ValidationError::InvalidCountryCode) => PhoneRefusal::UnknownCountryCode,
        Err(ValidationError::TooShort) => PhoneRefusal::TooShort,
        Err(ValidationError::TooLong) => PhoneRefusal::TooLong,
        Ok(_) | Err(ValidationError::InvalidLength) => PhoneRefusal::NotValid(home(&number, country)),
    })
}

/// The country whose plan a number was held against: `typed_in` if it shares the calling code, as Canada does
/// with the United States, else the main country of that code.
fn home(number: &PhoneNumber, typed_in: Option<Country>) -> Option<Country> {
    let shares_code = |country: &Country| i32::from(country.calling_code()) == number.country_code;
    let main = || Country::of_region(PHONE_NUMBER_UTIL.get_region_for_country_code(number.country_code)?);
    typed_in.filter(shares_code).or_else(main)
}
