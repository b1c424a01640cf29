//! Amounts of money: whole millionths of a currency's unit, so that sums are exact. Which currency is the price table's
//! business; there is one in an installation.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Millionths in one unit of the currency.
const UNIT: u64 = 1_000_000;

/// The largest amount, in units: sums of very many of them still fit a database's 64 bits.
const MOST_UNITS: u64 = 1_000_000_000;

/// An amount of money, never negative. Written `12`, `12.5` or `0.001400`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Money(u64);

/// The text is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an amount such as 12.50, with at most six digits after the point and at most 1000000000")]
pub struct NotAnAmount;

impl Money {
    /// An amount from millionths.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// Millionths.
    pub const fn micros(self) -> u64 {
        self.0
    }
}

impl FromStr for Money {
    type Err = NotAnAmount;

    fn from_str(text: &str) -> Result<Self, NotAnAmount> {
        let (units, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), "0"));
        let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(units) || !is_number(fraction) || fraction.len() > 6 {
            return Err(NotAnAmount);
        }
        let units: u64 = units.parse().map_err(|_| NotAnAmount)?;
        let micros: u64 = format!("{fraction:0<6}").parse().map_err(|_| NotAnAmount)?;
        let amount = units.checked_mul(UNIT).and_then(|whole| whole.checked_add(micros));
        amount.filter(|amount| *amount <= MOST_UNITS * UNIT).map(Self).ok_or(NotAnAmount)
    }
}

impl TryFrom<String> for Money {
    type Error = NotAnAmount;

    fn try_from(text: String) -> Result<Self, NotAnAmount> {
        text.parse()
    }
}

impl From<Money> for String {
    fn from(money: Money) -> Self {
        money.to_string()
    }
}

/// At least two digits after the point, and as many more as say something.
impl fmt::Display for Money {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fraction = format!("{:06}", self.0 % UNIT);
        let said = fraction.trim_end_matches('0');
        write!(out, "{}.{said:0<2}", self.0 / UNIT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_read_to_the_millionth() {
        let micros = |text: &str| text.parse::<Money>().map(Money::micros);
        assert_eq!(micros("12"), Ok(12_000_000));
        assert_eq!(micros(" 0.0014 "), Ok(1400));
        assert_eq!(micros("1000000000"), Ok(1_000_000_000_000_000));
        for wrong in [
            "",
            ".",
            "1.",
            ".5",
            "-1",
            "+1",
            "1,5",
            "1e3",
            "0.0000001",
            "1000000000.1",
            "99999999999999999999",
        ] {
            assert_eq!(micros(wrong), Err(NotAnAmount), "{wrong}");
        }
    }

    #[test]
    fn amounts_are_written_as_people_write_them() {
        let said = [0, 12_500_000, 1400, 1, 3_000_000].map(|micros| Money::from_micros(micros).to_string());
        assert_eq!(said, ["0.00", "12.50", "0.0014", "0.000001", "3.00"]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(micros in 0..=MOST_UNITS * UNIT) {
            let money = Money::from_micros(micros);
            prop_assert_eq!(money.to_string().parse(), Ok(money));
        }
    }
}
