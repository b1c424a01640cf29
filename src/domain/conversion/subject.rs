//! What traffic is counted for and judged by, and how much of it takes to be suspicious.

use std::cmp::{Ordering, Reverse};

use crate::phone::Phone;

/// Something that codes are sent to or asked for from. Ordered as every transaction reaches the rows of several, so that none
/// waits for one that waits for it: what fewer people share comes first, and of ranges the narrow ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A range of numbers: country, calling code and the digits after it.
    Range(String),
    /// The wide network of whoever asks.
    Network(String),
    /// A country.
    Country(String),
    /// Everything a pool sends.
    Pool,
}

/// What everything a pool sends is written as.
const ALL: &str = "all";

/// What a network's name is preceded by.
const NETWORK: &str = "from ";

impl Subject {
    /// As it is written in rows and shown.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Range(text) | Self::Country(text) => text.clone(),
            Self::Network(network) => format!("{NETWORK}{network}"),
            Self::Pool => ALL.to_owned(),
        }
    }

    /// What was written so.
    #[must_use]
    pub fn read(text: &str) -> Self {
        match text.strip_prefix(NETWORK) {
            Some(network) => Self::Network(network.to_owned()),
            None if text == ALL => Self::Pool,
            None if text.contains('+') => Self::Range(text.to_owned()),
            None => Self::Country(text.to_owned()),
        }
    }

    /// The word for its kind.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Range(_) => "range",
            Self::Network(_) => "network",
            Self::Country(_) => "country",
            Self::Pool => "pool",
        }
    }

    /// How much it takes to be suspicious. A range is nobody's home: it is judged by few codes. A network, a country and the pool
    /// are: whoever wants to shut out the others there must not be able to by a few codes that never come back.
    pub(super) fn scale(&self) -> Scale {
        match self {
            Self::Range(_) => Scale { few: 20, low: 30, stop: Some((20, 10)), at_once: 20 },
            Self::Network(_) | Self::Country(_) => {
                Scale { few: 50, low: 30, stop: Some((200, 5)), at_once: 50 }
            }
            Self::Pool => Scale { few: 100, low: 20, stop: None, at_once: 100 },
        }
    }
}

impl Ord for Subject {
    fn cmp(&self, other: &Self) -> Ordering {
        let place = |subject: &Self| match subject {
            Self::Range(text) => (0, Reverse(text.len())),
            Self::Network(_) => (1, Reverse(0)),
            Self::Country(_) => (2, Reverse(0)),
            Self::Pool => (3, Reverse(0)),
        };
        place(self).cmp(&place(other)).then_with(|| self.text().cmp(&other.text()))
    }
}

impl PartialOrd for Subject {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// How much it takes to be suspicious.
pub(super) struct Scale {
    /// So many codes say nothing yet …
    pub(super) few: u32,
    /// … of more, fewer than this many percent that come back ask for a proof of work.
    pub(super) low: u64,
    /// Of more codes than the first, fewer than the second percent that come back stop it.
    pub(super) stop: Option<(u32, u64)>,
    /// So many in ten minutes are never too many.
    pub(super) at_once: u32,
}

/// What a code to a number that is asked for from a network is counted for, the narrow subjects first.
pub fn subjects(phone: &Phone, network: Option<&str>) -> Vec<Subject> {
    let country = phone.country().map_or_else(|| "--".to_owned(), |country| country.to_string());
    let mut subjects: Vec<Subject> = phone.ranges().into_iter().map(Subject::Range).collect();
    subjects.extend(network.map(|network| Subject::Network(network.to_owned())));
    subjects.extend([Subject::Country(country), Subject::Pool]);
    subjects.sort();
    subjects
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_are_read_as_they_are_written_and_narrow_ones_come_first() {
        let phone = Phone::from_e164("+14155550123").unwrap();
        let subjects = subjects(&phone, Some("203.0.113.0/24"));
        let written: Vec<String> = subjects.iter().map(Subject::text).collect();
        assert_eq!(written, ["US +1415555", "US +1415", "from 203.0.113.0/24", "US", "all"]);
        let read: Vec<Subject> = written.iter().map(|text| Subject::read(text)).collect();
        assert_eq!(read, subjects);
    }
}
