//! The proof of work: how much of it is asked for, and what counts as one. It costs a person nothing but a moment of their
//! device, and whoever starts very many sign-ins as many moments.

use crate::limits::Limits;

/// The steps by which more starts ask for more work: one bit each, which doubles it.
const MOST_STEPS: u8 = 2;

impl Limits {
    /// How many bits of work the start that makes this many of them takes; none while it takes none. `is_suspicious`:
    /// the number's range is.
    pub fn proof_asked(&self, starts: u32, is_suspicious: bool) -> Option<u8> {
        let free = self.starts_before_proof;
        if starts <= free && !is_suspicious {
            return None;
        }
        let steps = (0..MOST_STEPS).filter(|step| starts > free.saturating_mul(2 << step)).count();
        Some(self.proof_bits.saturating_add(u8::try_from(steps).unwrap_or(MOST_STEPS)))
    }
}

/// Whether work of `done` bits is enough where `asked` are asked for by now. A step more may have been reached while
/// somebody worked.
pub fn is_enough(done: u8, asked: u8) -> bool {
    done.saturating_add(1) >= asked
}

/// Whether a hash begins with so many zero bits.
pub fn has_zero_bits(hash: &[u8], bits: u8) -> bool {
    let mut left = u32::from(bits);
    for byte in hash {
        if left <= 8 {
            return byte.leading_zeros() >= left;
        }
        if *byte != 0 {
            return false;
        }
        left -= 8;
    }
    left == 0
}

/// Whether a text can be an answer: 1 to 20 decimal digits.
pub fn is_nonce(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn work_is_asked_for_late_and_grows() {
        let limits = Limits { proof_bits: 15, starts_before_proof: 10, ..Limits::default() };
        let asked = |starts| limits.proof_asked(starts, false);
        assert_eq!([1, 10, 11, 20].map(asked), [None, None, Some(15), Some(15)]);
        assert_eq!([21, 40, 41, 60, u32::MAX].map(asked), [16, 16, 17, 17, 17].map(Some));
        assert_eq!(limits.proof_asked(1, true), Some(15));
        assert!(is_enough(15, 15) && is_enough(15, 16) && !is_enough(15, 17));
    }

    #[test]
    fn zero_bits_are_counted_from_the_left() {
        assert!(has_zero_bits(&[0xff], 0));
        assert!(has_zero_bits(&[0x00, 0x7f], 9) && !has_zero_bits(&[0x00, 0x7f], 10));
        assert!(has_zero_bits(&[0x00, 0x00], 16) && !has_zero_bits(&[0x00, 0x00], 17));
        assert!(!has_zero_bits(&[0x01, 0x00], 8));
    }

    #[test]
    fn an_answer_is_a_number() {
        assert!(is_nonce("0") && is_nonce("12345678901234567890"));
        for wrong in ["", "-1", "1.5", "0x1", " 1", "123456789012345678901", "١"] {
            assert!(!is_nonce(wrong), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_hash_has_as_many_zero_bits_as_its_number_says(value in 1_u64.., bits in 0_u8..=64) {
            let zeros = value.leading_zeros();
            prop_assert_eq!(has_zero_bits(&value.to_be_bytes(), bits), u32::from(bits) <= zeros);
        }

        #[test]
        fn more_starts_never_ask_for_less(starts in 0_u32..200) {
            let limits = Limits::default();
            prop_assert!(limits.proof_asked(starts + 1, false) >= limits.proof_asked(starts, false));
            prop_assert!(limits.proof_asked(starts, true) >= limits.proof_asked(starts, false));
        }
    }
}
