//! How much room a text takes as an SMS.
//!
//! Owns the alphabet of GSM 03.38 (3GPP TS 23.038) and the sizes of parts. Knows no wording.

/// Septets of a message that is one part.
const ONE_PART: usize = 160;

/// UTF-16 units of a message of two parts: each gives six bytes to the header that joins them (3GPP TS 23.040).
const TWO_PARTS_OF_UCS2: usize = 2 * 67;

/// The default alphabet but its letters and digits, which are ASCII's, and the escape.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";

/// Characters that take two septets: an escape, and a place of the extension table.
const EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// Whether a text is a message we are ready to pay for: one part in the alphabet of GSM 03.38, or two parts in UCS-2 when
/// it has a character beyond that.
pub(crate) fn is_short(text: &str) -> bool {
    match text.chars().map(septets).sum::<Option<usize>>() {
        Some(septets) => septets <= ONE_PART,
        None => text.encode_utf16().count() <= TWO_PARTS_OF_UCS2,
    }
}

/// Septets of a character; none when the alphabet does not have it.
fn septets(character: char) -> Option<usize> {
    if character.is_ascii_alphanumeric() || BASIC.contains(character) {
        Some(1)
    } else {
        EXTENDED.contains(character).then_some(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alphabet_has_its_127_characters_beside_the_escape() {
        let all = (0..=0xffff_u32).filter_map(char::from_u32).filter(|c| septets(*c) == Some(1));
        assert_eq!(all.count(), 127);
        assert_eq!(
            (septets('€'), septets('['), septets('`'), septets('ç'), septets('á')),
            (Some(2), Some(2), None, None, None)
        );
    }

    #[test]
    fn one_part_ends_at_160_septets_and_two_at_134_units() {
        assert!(is_short(&"a".repeat(160)) && !is_short(&"a".repeat(161)));
        assert!(is_short(&"[".repeat(80)) && !is_short(&format!("{}a", "[".repeat(80))));
        assert!(is_short(&"क".repeat(134)) && !is_short(&"क".repeat(135)));
        assert!(is_short(&"😀".repeat(67)) && !is_short(&"😀".repeat(68)));
    }
}
