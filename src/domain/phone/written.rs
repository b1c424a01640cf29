//! Owns the first step of reading a number: from any text to a plus sign or none, and ASCII digits.
//!
//! It knows nothing of countries and numbering plans. Everything that is not digits and punctuation ends
//! here, so that the numbering library, which is generous with letters and extensions, never sees it.

use super::PhoneRefusal;
use crate::digits::{ascii_digit, is_dash, is_space_or_mark};

/// More characters than any spelling of a number needs, `tel:` URIs with parameters included.
const LONGEST_INPUT: usize = 96;

/// E.164 allows fifteen digits; an international prefix before them takes up to five more.
const MOST_DIGITS: usize = 20;

/// A number as it was written, without its punctuation.
pub(super) struct Written {
    /// It began with a plus sign.
    pub(super) international: bool,
    /// ASCII digits.
    pub(super) digits: String,
}

impl Written {
    pub(super) fn read(input: &str) -> Result<Self, PhoneRefusal> {
        if input.chars().nth(LONGEST_INPUT).is_some() {
            return Err(PhoneRefusal::TooLong);
        }
        let text = input.trim_matches(is_space_or_mark);
        match text.split_at_checked(4) {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("tel:") => Self::read_uri(rest),
            _ => Self::read_digits(text),
        }
    }

    /// The part of a `tel:` URI after the scheme (RFC 3966 section 3).
    fn read_uri(rest: &str) -> Result<Self, PhoneRefusal> {
        let mut parts = rest.split(';');
        let subscriber = parts.next().unwrap_or_default();
        let mut context = "";
        for parameter in parts {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            match name.trim().to_ascii_lowercase().as_str() {
                "ext" | "isub" => return Err(PhoneRefusal::Extension),
                // A context is either the beginning of the number or the domain of a private plan; the latter
                // tells us nothing.
                "phone-context" if value.trim().starts_with('+') => context = value,
                _ => {}
            }
        }
        let subscriber = Self::read_digits(subscriber)?;
        if subscriber.international || context.is_empty() {
            return Ok(subscriber);
        }
        Self::read_digits(&format!("{context}{}", subscriber.digits))
    }

    fn read_digits(text: &str) -> Result<Self, PhoneRefusal> {
        let mut written = Self { international: false, digits: String::with_capacity(MOST_DIGITS) };
        for (at, character) in text.char_indices() {
            if let Some(digit) = ascii_digit(character) {
                written.digits.push(digit);
            } else if is_plus(character) && written.digits.is_empty() {
                written.international = true;
            } else if !is_punctuation(character) {
                return Err(written.refuse(text.get(at..).unwrap_or_default()));
            }
        }
        match written.digits.len() {
            0 if text.is_empty() => Err(PhoneRefusal::Empty),
            0 => Err(PhoneRefusal::NotANumber),
            1..=MOST_DIGITS => Ok(written),
            _ => Err(PhoneRefusal::TooLong),
        }
    }

    /// What to call the first thing in a text that is neither digit nor punctuation.
    fn refuse(&self, rest: &str) -> PhoneRefusal {
        let word: String = rest.chars().take_while(|character| character.is_alphabetic()).collect();
        let begins_extension = rest.starts_with(['#', ',', ';', '*'])
            || ["x", "ext", "extn", "extension"].iter().any(|name| word.eq_ignore_ascii_case(name));
        if begins_extension && !self.digits.is_empty() {
            PhoneRefusal::Extension
        } else if !word.is_empty() {
            PhoneRefusal::Letters
        } else {
            PhoneRefusal::NotANumber
        }
    }
}

fn is_plus(character: char) -> bool {
    matches!(character, '+' | '\u{207A}' | '\u{208A}' | '\u{FE62}' | '\u{FF0B}')
}

fn is_punctuation(character: char) -> bool {
    is_space_or_mark(character)
        || is_dash(character)
        || matches!(
            character,
            '(' | ')'
                | '['
                | ']'
                | '.'
                | '/'
                | '~'
                | '\u{00B7}'
                | '\u{2044}'
                | '\u{2024}'
                | '\u{2053}'
                | '\u{2215}'
                | '\u{223C}'
                | '\u{30FB}'
                | '\u{FF08}'
                | '\u{FF09}'
                | '\u{FF0E}'
                | '\u{FF0F}'
                | '\u{FF3B}'
                | '\u{FF3D}'
                | '\u{FF5E}'
        )
}
