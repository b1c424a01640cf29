//! The one form of a phone number inside the simulator, and the country a number starts with.
//! Deliberately stricter than Meta: a number without `+` is refused instead of guessed.

use std::sync::Arc;

/// A number of a simulated phone, always `+` and 7 to 15 digits of which the first is not 0. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Number(Arc<str>);

impl Number {
    /// Exactly `+E.164`, nothing else.
    pub(crate) fn strict(input: &str) -> Option<Self> {
        let digits = input.strip_prefix('+')?;
        let plausible = (7..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        plausible.then(|| Self(input.into()))
    }

    /// What a person or a query string gives: spaces and hyphens are dropped, and a missing `+` is put back, because
    /// a bare `+` in a query string means a space.
    pub(crate) fn lenient(input: &str) -> Option<Self> {
        let kept: String =
            input.chars().filter(|sign| !matches!(sign, ' ' | '-' | '(' | ')' | '.' | '\u{a0}')).collect();
        if kept.starts_with('+') { Self::strict(&kept) } else { Self::strict(&format!("+{kept}")) }
    }

    /// `+E.164`.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// As people read it: the calling code, then a few digits at a time. `+91 98765 43210`.
    pub(crate) fn grouped(&self) -> String {
        let (code, national) = split_code(self.digits());
        let sizes: &[usize] = match (code, national.len()) {
            ("91", 10) => &[5, 5],
            (_, 7) => &[3, 4],
            (_, 8) => &[4, 4],
            (_, 10) => &[3, 3, 4],
            (_, 11) => &[2, 5, 4],
            _ => &[3, 3, 3],
        };
        let mut grouped = format!("+{code}");
        let mut rest = national;
        for size in sizes {
            let (group, after) = rest.split_at_checked(*size).unwrap_or((rest, ""));
            if !group.is_empty() {
                grouped.push(' ');
                grouped.push_str(group);
            }
            rest = after;
        }
        if !rest.is_empty() {
            grouped.push(' ');
            grouped.push_str(rest);
        }
        grouped
    }

    /// Without the plus: Meta's `wa_id`.
    pub(crate) fn digits(&self) -> &str {
        self.0.trim_start_matches('+')
    }

    /// The ISO country a business-scoped user id would start with; `ZZ` where this short list does not know.
    pub(crate) fn country(&self) -> &'static str {
        (1..=3)
            .rev()
            .filter_map(|length| self.digits().get(..length))
            .find_map(|prefix| CALLING_CODES.iter().find(|(code, _)| *code == prefix))
            .map_or("ZZ", |(_, country)| country)
    }
}

/// Calling code and national number. Codes have one, two or three digits, and the first two tell which (ITU-T E.164).
fn split_code(digits: &str) -> (&str, &str) {
    let length = match digits.as_bytes() {
        [b'1' | b'7', ..] => 1,
        [b'2', b'0' | b'7', ..]
        | [b'3', b'0'..=b'4' | b'6' | b'9', ..]
        | [b'4', b'0' | b'1' | b'3'..=b'9', ..]
        | [b'5', b'1'..=b'8', ..]
        | [b'6', b'0'..=b'6', ..]
        | [b'8', b'1' | b'2' | b'4' | b'6', ..]
        | [b'9', b'0'..=b'5' | b'8', ..] => 2,
        _ => 3,
    };
    digits.split_at_checked(length).unwrap_or((digits, ""))
}

/// The main country of the calling codes people try most; enough for an id that nobody may take apart.
const CALLING_CODES: [(&str, &str); 32] = [
    ("1", "US"),
    ("20", "EG"),
    ("27", "ZA"),
    ("31", "NL"),
    ("33", "FR"),
    ("34", "ES"),
    ("39", "IT"),
    ("44", "GB"),
    ("49", "DE"),
    ("51", "PE"),
    ("52", "MX"),
    ("54", "AR"),
    ("55", "BR"),
    ("56", "CL"),
    ("57", "CO"),
    ("60", "MY"),
    ("61", "AU"),
    ("62", "ID"),
    ("63", "PH"),
    ("65", "SG"),
    ("7", "RU"),
    ("81", "JP"),
    ("84", "VN"),
    ("90", "TR"),
    ("91", "IN"),
    ("92", "PK"),
    ("94", "LK"),
    ("212", "MA"),
    ("234", "NG"),
    ("254", "KE"),
    ("966", "SA"),
    ("971", "AE"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_without_plus_is_refused_where_it_matters() {
        for wrong in
            ["919876543210", "+0919876543", "+12", "+91 98765 43210", "+1234567890123456", "IN.123", ""]
        {
            assert!(Number::strict(wrong).is_none(), "{wrong}");
        }
        assert!(Number::strict("+919876543210").is_some());
    }

    #[test]
    fn a_plus_that_became_a_space_is_put_back() {
        assert_eq!(Number::lenient(" 919876543210").unwrap().as_str(), "+919876543210");
        assert_eq!(Number::lenient("+91 98765-43210").unwrap().as_str(), "+919876543210");
        assert!(Number::lenient("ring me").is_none());
    }

    #[test]
    fn a_number_is_shown_in_groups() {
        for (number, shown) in [
            ("+919876543210", "+91 98765 43210"),
            ("+16505551234", "+1 650 555 1234"),
            ("+447400123456", "+44 740 012 3456"),
            ("+5511987654321", "+55 11 98765 4321"),
            ("+6591234567", "+65 9123 4567"),
            ("+971501234567", "+971 501 234 567"),
            ("+1234567", "+1 234 567"),
        ] {
            assert_eq!(Number::strict(number).unwrap().grouped(), shown);
        }
    }

    #[test]
    fn the_longest_calling_code_names_the_country() {
        assert_eq!(Number::strict("+971501234567").unwrap().country(), "AE");
        assert_eq!(Number::strict("+16505551234").unwrap().country(), "US");
    }
}
