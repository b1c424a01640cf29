//! What a project has done when WhatsApp says that another account, or another device, is behind a number than before: a sign of a
//! recycled or swapped number, and oftener of a new phone.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::channel::{Attempt, Channel};

/// What is done about a change of the identity behind a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdentityCheck {
    /// Nothing; WhatsApp is not asked.
    #[default]
    Off,
    /// The project is told.
    Observe,
    /// A code alone is no proof any more: none is delivered to the new identity, and one that came by another channel, which
    /// cannot tell who is there, is not taken.
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

    /// Whether a code that went out by these messages is no proof of a number whose identity is known: somebody may have it by
    /// a channel that does not look who is there.
    pub fn doubts(self, known: Option<&str>, attempts: &[Attempt]) -> bool {
        self == Self::SecondFactor && known.is_some() && may_have_come_elsewhere(attempts)
    }

    /// Whether one identity, seen now, is another than the one known before. What is not told is no sign.
    pub fn sees_change(self, before: Option<&str>, now: Option<&str>) -> bool {
        self != Self::Off && before.zip(now).is_some_and(|(before, now)| before != now)
    }
}

/// Whether a code may have reached somebody by another channel than WhatsApp.
pub fn may_have_come_elsewhere(attempts: &[Attempt]) -> bool {
    attempts.iter().any(|attempt| attempt.channel != Channel::Whatsapp && attempt.may_have_arrived())
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
    use crate::delivery::DeliveryState;
    use crate::time::Timestamp;

    #[test]
    fn modes_are_written_as_they_are_read() {
        for mode in IdentityCheck::ALL {
            assert_eq!(mode.as_str().parse(), Ok(mode));
            assert_eq!(serde_json::to_string(&mode).unwrap(), format!("\"{}\"", mode.as_str()));
        }
        assert!("on".parse::<IdentityCheck>().is_err());
    }

    #[test]
    fn only_what_whatsapp_alone_may_have_brought_proves_a_number_of_a_known_identity() {
        let by = |channel| Attempt {
            channel,
            state: DeliveryState::Sent,
            failure: None,
            taken: true,
            created_at: Timestamp::from_seconds(0),
        };
        let [whatsapp, sms, mail] = Channel::ALL.map(by);
        let strict = IdentityCheck::SecondFactor;
        assert!(!strict.doubts(Some("a"), &[whatsapp]));
        for elsewhere in [sms, mail] {
            assert!(
                strict.doubts(Some("a"), &[elsewhere]) && strict.doubts(Some("a"), &[whatsapp, elsewhere])
            );
            assert!(!strict.doubts(None, &[elsewhere]), "nobody is known there yet");
            for mild in [IdentityCheck::Off, IdentityCheck::Observe] {
                assert!(!mild.doubts(Some("a"), &[elsewhere]));
            }
        }
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
