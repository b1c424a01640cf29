//! Misbehaviour by chance, for tests under load: one in so many messages is struck. The fate of the n-th message follows
//! from the seed alone, so that a run can be repeated.

use serde::{Deserialize, Serialize};

use crate::{
    faults::{self, Fault, KINDS},
    phone::Channel,
};

/// Codes a call is refused with. Those that would say the sender itself is out of order are not among them.
const REFUSALS: [u32; 8] = [1, 2, 80_007, 130_429, 131_000, 131_016, 131_056, 131_057];
/// Codes a message fails with after it was taken.
const FAILURES: [u32; 5] = [131_000, 131_026, 131_049, 130_472, 131_053];

/// What is ordered.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Order {
    /// 0 ends it.
    one_in: u64,
    #[serde(default)]
    seed: u64,
    #[serde(default)]
    kinds: Vec<String>,
    #[serde(default)]
    codes: Vec<u32>,
    channel: Option<String>,
}

/// Who is struck, with what, and how many were.
#[derive(Default, Serialize)]
pub(crate) struct Chaos {
    one_in: u64,
    seed: u64,
    kinds: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    codes: Vec<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<Channel>,
    /// Messages since it was ordered.
    messages: u64,
    struck: u64,
}

impl Chaos {
    /// From now on, and counted from here.
    ///
    /// # Errors
    /// A sentence about what is wrong with the order.
    pub(crate) fn of(order: &Order) -> Result<Self, String> {
        let mut kinds = Vec::new();
        for kind in &order.kinds {
            let known = KINDS.into_iter().find(|known| known == kind);
            kinds.push(known.ok_or_else(|| format!("kinds must be among {}", KINDS.join(", ")))?);
        }
        if kinds.is_empty() {
            kinds.extend(KINDS);
        }
        if order.codes.iter().any(|code| *code >= 1_000_000) {
            return Err("codes must be below 1000000".into());
        }
        Ok(Self {
            one_in: order.one_in,
            seed: order.seed,
            kinds,
            codes: order.codes.clone(),
            channel: faults::channel(order.channel.as_deref())?,
            messages: 0,
            struck: 0,
        })
    }

    /// What strikes the next message, if anything does.
    pub(crate) fn strike(&mut self, channel: Channel) -> Option<Fault> {
        if self.one_in == 0 || self.channel.is_some_and(|only| only != channel) {
            return None;
        }
        self.messages += 1;
        let mut dice = Dice(self.seed.wrapping_add(self.messages.wrapping_mul(0xa076_1d64_78bd_642f)));
        if dice.below(self.one_in) > 0 {
            return None;
        }
        self.struck += 1;
        let kind = dice.among(&self.kinds)?;
        Some(self.fault(kind, &mut dice))
    }

    fn fault(&self, kind: &str, dice: &mut Dice) -> Fault {
        let codes = |usual: &'static [u32]| if self.codes.is_empty() { usual } else { self.codes.as_slice() };
        let mut upto = |ms| 100 + dice.below(ms);
        match kind {
            "error" => {
                let code = dice.among(codes(&REFUSALS)).unwrap_or(131_000);
                Fault::Error { code, http_status: None }
            }
            "status_failed" => Fault::StatusFailed { code: dice.among(codes(&FAILURES)).unwrap_or(131_000) },
            "delay" => Fault::Delay { delay_ms: upto(5_000) },
            "slow_answer" => Fault::SlowAnswer { delay_ms: upto(2_000) },
            "webhook_delay" => Fault::WebhookDelay { delay_ms: upto(5_000) },
            "duplicate" => Fault::Duplicate,
            "disorder" => Fault::Disorder,
            "silence" => Fault::Silence,
            "http_error" => {
                let http_status = dice.among(&[500, 502, 503, 504]).unwrap_or(503);
                Fault::HttpError { http_status, accept: dice.below(2) == 0 }
            }
            "garbage" => Fault::Garbage { accept: dice.below(2) == 0 },
            "hang" => Fault::Hang { delay_ms: Some(upto(3_000)), accept: dice.below(2) == 0 },
            _ => Fault::Drop { accept: dice.below(2) == 0 },
        }
    }
}

/// SplitMix64: small, and the same everywhere.
struct Dice(u64);

impl Dice {
    const fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    const fn below(&mut self, end: u64) -> u64 {
        match self.throw().checked_rem(end) {
            Some(number) => number,
            None => 0,
        }
    }

    fn among<T: Copy>(&mut self, many: &[T]) -> Option<T> {
        let at = self.below(u64::try_from(many.len()).unwrap_or(1));
        many.get(usize::try_from(at).unwrap_or(0)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fates(order: &str) -> Vec<String> {
        let mut chaos = Chaos::of(&serde_json::from_str(order).unwrap()).unwrap();
        let mut fate = || chaos.strike(Channel::Whatsapp);
        (0..1_000)
            .map(|_| fate().map(|fault| serde_json::to_string(&fault).unwrap()).unwrap_or_default())
            .collect()
    }

    #[test]
    fn the_seed_decides_and_about_one_in_so_many_is_struck() {
        let first = fates(r#"{"one_in":10,"seed":7}"#);
        assert_eq!(first, fates(r#"{"one_in":10,"seed":7}"#));
        assert_ne!(first, fates(r#"{"one_in":10,"seed":8}"#));
        let struck = first.iter().filter(|fate| !fate.is_empty()).count();
        assert!((60..=150).contains(&struck), "{struck}");
        for kind in KINDS {
            assert!(first.iter().any(|fate| fate.contains(kind)), "{kind} never struck");
        }
    }

    #[test]
    fn only_the_kinds_and_codes_that_are_ordered_strike() {
        let all = fates(r#"{"one_in":1,"seed":1,"kinds":["error"],"codes":[190]}"#);
        assert!(all.iter().all(|fate| fate == r#"{"kind":"error","code":190}"#));
        assert!(fates(r#"{"one_in":0}"#).iter().all(String::is_empty));
        assert!(Chaos::of(&serde_json::from_str(r#"{"one_in":2,"kinds":["melt"]}"#).unwrap()).is_err());
    }
}
