//! What a message costs, by country and channel: the operator's own table, in the one currency they are billed in. None is
//! shipped: prices differ by contract and change without notice.

use std::collections::BTreeMap;

use crate::country::Country;
use crate::money::Money;

/// Prices by country and channel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PriceTable {
    currency: String,
    prices: BTreeMap<(String, Option<Country>), Money>,
}

/// Why a text is no table of prices.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PriceRefusal {
    /// The first line does not say what the columns are.
    #[error("line 1 must be country,channel, and the currency's code: three capital letters")]
    Header,
    /// A line that cannot be read.
    #[error("line {line}: {why}")]
    Line {
        /// Which one, from 1.
        line: usize,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A channel without a price for the countries that are not named.
    #[error("the channel {0} has no line for the other countries: add *,{0},PRICE")]
    NoRest(String),
}

impl PriceTable {
    /// Reads a table: a first line `country,channel,EUR`, then one line for each price. `*` stands for all countries that
    /// are not named. Empty lines, and lines that begin with `#`, say nothing.
    ///
    /// # Errors
    /// The first thing that cannot be understood: a wrong price would be found on the bill.
    pub fn parse(text: &str) -> Result<Self, PriceRefusal> {
        let text = text.trim_start_matches('\u{feff}');
        let lines = text.lines().enumerate().map(|(number, line)| (number + 1, line.trim()));
        let mut lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let currency =
            lines.next().and_then(|(_, header)| currency_of(header)).ok_or(PriceRefusal::Header)?;
        let mut prices = BTreeMap::new();
        for (line, written) in lines {
            let (key, price) = read(written).map_err(|why| PriceRefusal::Line { line, why })?;
            if prices.insert(key, price).is_some() {
                return Err(PriceRefusal::Line {
                    line,
                    why: "this country and channel have a price already",
                });
            }
        }
        let table = Self { currency, prices };
        match table.prices.keys().find(|(channel, _)| table.price(channel, None).is_none()) {
            Some((channel, _)) => Err(PriceRefusal::NoRest(channel.clone())),
            None => Ok(table),
        }
    }

    /// Whether there is no price at all.
    pub fn is_empty(&self) -> bool {
        self.prices.is_empty()
    }

    /// The currency's code, such as `EUR`.
    pub fn currency(&self) -> &str {
        &self.currency
    }

    /// What a message to this country costs on this channel; nothing on a channel the table does not name.
    pub fn of(&self, country: Option<Country>, channel: &str) -> Money {
        let own = country.and_then(|country| self.price(channel, Some(country)));
        own.or_else(|| self.price(channel, None)).unwrap_or_default()
    }

    fn price(&self, channel: &str, country: Option<Country>) -> Option<Money> {
        self.prices.get(&(channel.to_owned(), country)).copied()
    }
}

fn currency_of(header: &str) -> Option<String> {
    let columns: Vec<&str> = header.split(',').map(str::trim).collect();
    let &["country", "channel", currency] = columns.as_slice() else { return None };
    let is_code = currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_uppercase());
    is_code.then(|| currency.to_owned())
}

type Entry = ((String, Option<Country>), Money);

fn read(line: &str) -> Result<Entry, &'static str> {
    let columns: Vec<&str> = line.split(',').map(str::trim).collect();
    let &[country, channel, price] = columns.as_slice() else { return Err("wants country,channel,price") };
    let country = match country {
        "*" => None,
        code => Some(code.parse().map_err(|_| "the country is neither a code such as IN nor *")?),
    };
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if channel.is_empty() || !channel.bytes().all(is_word) {
        return Err("the channel is no name such as whatsapp or sms");
    }
    let price = price.parse().map_err(|_| "the price is no amount such as 0.0123")?;
    Ok(((channel.to_owned(), country), price))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str =
        "# from our contract\ncountry,channel,EUR\n\nIN,whatsapp,0.002\n*, whatsapp, 0.03\n*,sms,0.08\n";

    fn price(country: &str, channel: &str) -> String {
        PriceTable::parse(TABLE).unwrap().of(country.parse().ok(), channel).to_string()
    }

    #[test]
    fn a_country_has_its_own_price_or_that_of_the_rest() {
        assert_eq!(PriceTable::parse(TABLE).unwrap().currency(), "EUR");
        assert_eq!(price("IN", "whatsapp"), "0.002");
        assert_eq!(price("BR", "whatsapp"), "0.03");
        assert_eq!(price("IN", "sms"), "0.08");
        assert_eq!(price("nowhere", "whatsapp"), "0.03");
        assert_eq!(price("IN", "email"), "0.00", "a channel that is not named costs nothing");
        assert!(PriceTable::default().is_empty());
    }

    #[test]
    fn what_cannot_be_understood_is_refused_by_its_line() {
        let refusal = |text: &str| PriceTable::parse(text).unwrap_err().to_string();
        for header in ["", "IN,whatsapp,1", "country,channel,price", "country;channel;EUR"] {
            assert!(refusal(header).starts_with("line 1"), "{header}");
        }
        let line = |line: &str| refusal(&format!("country,channel,EUR\n*,whatsapp,1\n{line}\n"));
        assert!(line("IN,whatsapp").starts_with("line 3: wants"));
        assert!(line("XX,whatsapp,1").starts_with("line 3: the country"));
        assert!(line("IN,WhatsApp,1").starts_with("line 3: the channel"));
        assert!(line("IN,whatsapp,free").starts_with("line 3: the price"));
        assert!(line("*,whatsapp,2").starts_with("line 3: this country"));
        assert_eq!(line("IN,sms,1"), "the channel sms has no line for the other countries: add *,sms,PRICE");
    }
}
