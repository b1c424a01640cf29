//! What a project has done when WhatsApp says that another account, or another device, is behind a number than before: a sign of a
//! recycled or swapped number, and oftener of a new phone.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What is done about a change of the identity behind a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdentityCheck {
    /// Nothing; WhatsApp is not asked.
    #[default]
    Off,
    /// The project is told.
    Observe,
    /// A code alone is no proof any more: none is delivered to the new identity.
    SecondFactor,
}

impl IdentityCheck {
    const ALL: [Self; 3] = [Self::Off, Self::Observe, Self::SecondFactor];

    /// Its name in settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Observe => "observe",
            Self::SecondFactor => "second-factor",
        }
    }

    /// Whether one identity, seen now, is another than the one known before. What is not told is no sign.
    pub fn sees_change(self, before: Option<&str>, now: Option<&str>) -> bool {
        self != Self::Off && before.zip(now).is_some_and(|(before, now)| before != now)
    }
}

/// The word names no mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither off, observe nor second-factor")]
pub struct UnknownIdentityCheck;

impl FromStr for IdentityCheck {
    type Err = UnknownIdentityCheck;

    fn from_str(word: &str) -> Result<Self, UnknownIdentityCheck> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == word).ok_or(UnknownIdentityCheck)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_written_as_they_are_read() {
        for mode in IdentityCheck::ALL {
            assert_eq!(mode.as_str().parse(), Ok(mode));
            assert_eq!(serde_json::to_string(&mode).unwrap(), format!("\"{}\"", mode.as_str()));
        }
        assert!("on".parse::<IdentityCheck>().is_err());
    }

    #[test]
    fn only_two_identities_that_differ_are_a_change() {
        let observe = IdentityCheck::Observe;
        assert!(observe.sees_change(Some("a"), Some("b")));
        assert!(!observe.sees_change(Some("a"), Some("a")));
        assert!(!observe.sees_change(None, Some("a")) && !observe.sees_change(Some("a"), None));
        assert!(!IdentityCheck::Off.sees_change(Some("a"), Some("b")));
    }
}
