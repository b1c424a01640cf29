//! Owns the reading of digits: what a person typed with the digits of their script becomes ASCII.
//!
//! It knows nothing of what the digits mean; numbers are `phone`'s, codes are `flow`'s.

/// The zero of every script that has decimal digits (Unicode general category Nd), in ascending order. The
/// nine code points after each are the digits one to nine; Unicode guarantees that.
///
/// The standard library knows that a character is a digit, but not which one.
pub(crate) const ZEROS: [u32; 77] = [
    0x0030, 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50,
    0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30,
    0x10D40, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x116D0,
    0x116DA, 0x11730, 0x118E0, 0x11950, 0x11BF0, 0x11C50, 0x11D50, 0x11DA0, 0x11DE0, 0x11F50, 0x16130,
    0x16A60, 0x16AC0, 0x16B50, 0x16D70, 0x1CCF0, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140,
    0x1E2F0, 0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
];

/// More than any code has; what is longer was never meant as one.
const LONGEST_CODE: usize = 16;

/// The ASCII digit that `character` stands for, whatever its script; `None` when it is not a decimal digit.
#[must_use]
pub fn ascii_digit(character: char) -> Option<char> {
    let code_point = u32::from(character);
    let following = ZEROS.partition_point(|&zero| zero <= code_point);
    let zero = ZEROS.get(following.checked_sub(1)?)?;
    char::from_digit(code_point - zero, 10)
}

/// Whether `character` separates or marks without meaning anything: every Unicode space, the joiners and
/// zero-width characters that come along when copying from a chat, and the marks of right-to-left text.
#[must_use]
pub fn is_space_or_mark(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
                | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
        )
}

/// Whether `character` is a hyphen, a dash or a minus sign of any width.
#[must_use]
pub fn is_dash(character: char) -> bool {
    matches!(
        character,
        '-' | '\u{058A}' | '\u{05BE}' | '\u{1806}' | '\u{2010}'
            ..='\u{2015}'
                | '\u{2043}'
                | '\u{207B}'
                | '\u{208B}'
                | '\u{2212}'
                | '\u{2E3A}'
                | '\u{2E3B}'
                | '\u{30FC}'
                | '\u{FE58}'
                | '\u{FE63}'
                | '\u{FF0D}'
                | '\u{FF70}'
    )
}

/// A code as typed or pasted, as plain ASCII digits.
///
/// Spaces, dashes and invisible marks are dropped, digits of any script are read. `None` when nothing is
/// left, when anything else is in it, or when it has more than 16 digits: such input is no guess and must not
/// be counted as one.
#[must_use]
pub fn normalise_code(input: &str) -> Option<String> {
    let mut code = String::with_capacity(LONGEST_CODE);
    for character in input.chars() {
        match ascii_digit(character) {
            Some(_) if code.len() == LONGEST_CODE => return None,
            Some(digit) => code.push(digit),
            None if is_space_or_mark(character) || is_dash(character) => {}
            None => return None,
        }
    }
    (!code.is_empty()).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_code_is_read_however_it_was_pasted() {
        for input in [
            "482913",
            " 482 913 ",
            "482-913",
            "482\u{2013}913\r\n",
            "\u{200E}482\u{A0}913\u{202C}",
            "4 8 2 9 1 3",
            "\u{FEFF}4\u{200B}82913",
            "٤٨٢٩١٣",
            "۴۸۲۹۱۳",
            "४८२९१३",
            "৪৮২৯১৩",
            "４８２９１３",
            "٤٨2 ९13",
        ] {
            assert_eq!(normalise_code(input).as_deref(), Some("482913"), "{input:?}");
        }
        assert_eq!(normalise_code("000000").as_deref(), Some("000000"));
    }

    #[test]
    fn what_is_no_code_is_not_made_one() {
        for input in [
            "",
            "  ",
            "\u{200F}",
            "-",
            "48291a",
            "O82913",
            "482.913",
            "+482913",
            "482,913",
            "四八二",
            "4\u{0}82913",
            "½",
        ] {
            assert_eq!(normalise_code(input), None, "{input:?}");
        }
    }

    #[test]
    fn a_code_has_sixteen_digits_at_most() {
        assert_eq!(normalise_code(&"1".repeat(16)), Some("1".repeat(16)));
        assert_eq!(normalise_code(&"1".repeat(17)), None);
        assert_eq!(normalise_code(&"1".repeat(1_000_000)), None);
    }

    #[test]
    fn the_zeros_are_in_order_and_ten_digits_apart() {
        assert!(ZEROS.is_sorted_by(|one, next| one + 10 <= *next));
        for zero in ZEROS {
            assert!((zero..zero + 10).filter_map(char::from_u32).all(char::is_numeric), "{zero:x}");
        }
    }

    #[test]
    fn every_digit_of_unicode_is_read_as_the_numbering_library_reads_it() {
        // The library brings a table of its own, made from Unicode's files.
        for character in
            (0..=0x0010_FFFF_u32).filter_map(char::from_u32).filter(|character| character.is_numeric())
        {
            let theirs = rlibphonenumber::PHONE_NUMBER_UTIL.normalize_digits_only(character.to_string());
            assert_eq!(ascii_digit(character), theirs.chars().next(), "{character:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_digits_or_nothing(input in ".*") {
            if let Some(code) = normalise_code(&input) {
                prop_assert!((1..=16).contains(&code.len()));
                prop_assert!(code.bytes().all(|byte| byte.is_ascii_digit()));
                prop_assert_eq!(normalise_code(&code), Some(code));
            }
        }
    }
}
