//! The proof of work: how much of it is asked for, and what counts as one. It costs a person nothing but a moment of their
//! device, and whoever starts very many sign-ins as many moments.
//!
//! One long search is a lottery: one in nine takes more than twice the average. So a proof is many short ones, which
//! together are the same work and leave little to luck.

use std::collections::BTreeSet;

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

/// Bits of work that are spread over several answers …
const SPREAD: u8 = 4;

/// … which are so many.
const ANSWERS: u8 = 1 << SPREAD;

/// The longest answer, in digits.
const LONGEST: usize = 20;

/// What a proof is: so many different answers, each of so many zero bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Puzzle {
    /// How many answers.
    pub answers: u8,
    /// Zero bits of each.
    pub bits: u8,
}

impl Puzzle {
    /// The puzzle that is so many bits of work.
    #[must_use]
    pub fn of(work: u8) -> Self {
        Self { answers: ANSWERS, bits: work.saturating_sub(SPREAD) }
    }

    /// How many bits of work it is: an answer more of the same bits is the same work once more.
    #[must_use]
    pub fn work(self) -> u8 {
        let spread = self.answers.checked_ilog2().unwrap_or(0);
        self.bits.saturating_add(u8::try_from(spread).unwrap_or(u8::MAX))
    }

    /// Whether a text is its solution: as many answers as it asks for with dots between them, no two of them the same,
    /// each with a hash that begins with enough zero bits.
    pub fn is_solved(self, text: &str, hash: impl Fn(&str) -> [u8; 32]) -> bool {
        // A longer text is not even taken apart.
        if text.len() > usize::from(self.answers) * (LONGEST + 1) {
            return false;
        }
        let answers: Vec<&str> = text.split('.').collect();
        let different: BTreeSet<&str> = answers.iter().copied().collect();
        let is_whole = answers.len() == usize::from(self.answers) && different.len() == answers.len();
        is_whole && answers.iter().all(|answer| is_nonce(answer) && has_zero_bits(&hash(answer), self.bits))
    }
}

/// Whether work of `done` bits is enough where `asked` are asked for by now. A step more may have been reached while
/// somebody worked.
pub fn is_enough(done: u8, asked: u8) -> bool {
    done.saturating_add(1) >= asked
}

/// Whether a hash begins with so many zero bits.
fn has_zero_bits(hash: &[u8], bits: u8) -> bool {
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
fn is_nonce(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
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

    /// Stands in for SHA-256: what the verifier does with a hash does not depend on which it is.
    fn hash(answer: &str) -> [u8; 32] {
        let mut state = 0xcbf2_9ce4_8422_2325_u64;
        for byte in answer.bytes() {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        state = (state ^ (state >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mut hash = [0; 32];
        hash[..8].copy_from_slice(&(state ^ (state >> 32)).to_be_bytes());
        hash
    }

    /// The first answers from a number on, as a page finds them.
    fn answers(puzzle: Puzzle, from: u64) -> Vec<String> {
        let right = |nonce: &String| has_zero_bits(&hash(nonce), puzzle.bits);
        (from..).map(|nonce| format!("{nonce:010}")).filter(right).take(puzzle.answers.into()).collect()
    }

    #[test]
    fn the_work_is_the_same_in_many_answers() {
        for work in 8..=24 {
            let puzzle = Puzzle::of(work);
            assert_eq!((puzzle.answers, puzzle.bits, puzzle.work()), (16, work - 4, work));
        }
    }

    proptest! {
        #[test]
        fn a_solution_is_every_answer_once_and_nothing_else(work in 8_u8..=12, from in 0_u64..1_000_000_000, at in 0_usize..16, other in 0_usize..16) {
            let puzzle = Puzzle::of(work);
            let right = answers(puzzle, from);
            let is_solved = |answers: &[String]| puzzle.is_solved(&answers.join("."), hash);
            prop_assert!(is_solved(&right));
            prop_assert!(is_solved(&right.iter().rev().cloned().collect::<Vec<_>>()), "in any order");
            let with = |changed: &str| {
                let mut answers = right.clone();
                answers[at] = changed.to_owned();
                answers
            };
            if at != other {
                prop_assert!(!is_solved(&with(&right[other])), "one twice");
            }
            let wrong = (from..).map(|nonce| format!("{nonce:010}")).find(|nonce| !has_zero_bits(&hash(nonce), puzzle.bits));
            prop_assert!(!is_solved(&with(&wrong.unwrap())), "one that is none");
            for odd in ["", "x", "+1", " ", "123456789012345678901"] {
                prop_assert!(!is_solved(&with(odd)), "{odd}");
            }
            prop_assert!(!is_solved(&right[1..]), "one too few");
            let more = answers(Puzzle { answers: 17, ..puzzle }, from);
            prop_assert!(!is_solved(&more), "one too many");
            let with_a_dot = right.join(".") + ".";
            prop_assert!(!puzzle.is_solved(&with_a_dot, hash));
        }

        #[test]
        fn no_text_makes_it_fail(text in ".{0,400}", work in 8_u8..=24) {
            prop_assert!(!Puzzle::of(work).is_solved(&text, |_| [0xff; 32]));
        }

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
