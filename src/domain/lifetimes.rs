//! How long: everything that expires, with its default and bounds.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::limits::{OutOfBounds, within};

/// The installation's lifetimes, in seconds; keys live long enough for days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lifetimes {
    /// A one-time code, 1 to 10 minutes (NIST SP 800-63B-4, section 3.1.3.2).
    pub code_seconds: u64,
    /// An authorization code, at most 10 minutes (RFC 6749, section 4.1.2).
    pub authorization_code_seconds: u64,
    /// An access token.
    pub access_token_seconds: u64,
    /// An ID token.
    pub id_token_seconds: u64,
    /// A refresh token's family, from the sign-in on.
    pub refresh_token_seconds: u64,
    /// A refresh token that nobody uses.
    pub refresh_token_idle_seconds: u64,
    /// How long a rotated refresh token may be presented again while its successor was not used, at most 60 s.
    pub refresh_grace_seconds: u64,
    /// One attempt to sign in.
    pub sign_in_seconds: u64,
    /// A browser's session, from the sign-in on.
    pub session_seconds: u64,
    /// A browser's session that nobody uses.
    pub session_idle_seconds: u64,
    /// How long a key signs, in days; then its successor does.
    pub signing_key_days: u64,
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            code_seconds: 5 * MINUTE,
            authorization_code_seconds: MINUTE,
            access_token_seconds: HOUR,
            id_token_seconds: HOUR,
            refresh_token_seconds: 30 * DAY,
            refresh_token_idle_seconds: 14 * DAY,
            refresh_grace_seconds: MINUTE,
            sign_in_seconds: 15 * MINUTE,
            session_seconds: 7 * DAY,
            session_idle_seconds: DAY,
            signing_key_days: 90,
        }
    }
}

impl Lifetimes {
    /// The longest life an access token or an ID token can be given.
    pub const LONGEST_TOKEN: Duration = Duration::from_secs(DAY);

    /// Checks every lifetime against its bounds.
    ///
    /// # Errors
    /// The first setting that lies outside.
    pub fn check(&self) -> Result<(), OutOfBounds> {
        within("lifetimes.code_seconds", self.code_seconds, MINUTE, 10 * MINUTE)?;
        within("lifetimes.authorization_code_seconds", self.authorization_code_seconds, 5, 10 * MINUTE)?;
        let longest_token = Self::LONGEST_TOKEN.as_secs();
        within("lifetimes.access_token_seconds", self.access_token_seconds, 5 * MINUTE, longest_token)?;
        within("lifetimes.id_token_seconds", self.id_token_seconds, 5 * MINUTE, longest_token)?;
        within("lifetimes.refresh_token_seconds", self.refresh_token_seconds, HOUR, 366 * DAY)?;
        within("lifetimes.refresh_token_idle_seconds", self.refresh_token_idle_seconds, HOUR, 366 * DAY)?;
        within("lifetimes.refresh_grace_seconds", self.refresh_grace_seconds, 0, MINUTE)?;
        within("lifetimes.sign_in_seconds", self.sign_in_seconds, 3 * MINUTE, HOUR)?;
        within("lifetimes.session_seconds", self.session_seconds, 5 * MINUTE, 366 * DAY)?;
        within("lifetimes.session_idle_seconds", self.session_idle_seconds, 5 * MINUTE, 366 * DAY)?;
        within("lifetimes.signing_key_days", self.signing_key_days, 1, 365)
    }

    /// A one-time code's life.
    pub fn code(&self) -> Duration {
        Duration::from_secs(self.code_seconds)
    }

    /// An authorization code's life.
    pub fn authorization_code(&self) -> Duration {
        Duration::from_secs(self.authorization_code_seconds)
    }

    /// An access token's life.
    pub fn access_token(&self) -> Duration {
        Duration::from_secs(self.access_token_seconds)
    }

    /// An ID token's life.
    pub fn id_token(&self) -> Duration {
        Duration::from_secs(self.id_token_seconds)
    }

    /// A refresh token family's life.
    pub fn refresh_token(&self) -> Duration {
        Duration::from_secs(self.refresh_token_seconds)
    }

    /// An unused refresh token's life.
    pub fn refresh_token_idle(&self) -> Duration {
        Duration::from_secs(self.refresh_token_idle_seconds)
    }

    /// How long a rotated refresh token may be presented again.
    pub fn refresh_grace(&self) -> Duration {
        Duration::from_secs(self.refresh_grace_seconds)
    }

    /// A sign-in's life.
    pub fn sign_in(&self) -> Duration {
        Duration::from_secs(self.sign_in_seconds)
    }

    /// A session's life.
    pub fn session(&self) -> Duration {
        Duration::from_secs(self.session_seconds)
    }

    /// An unused session's life.
    pub fn session_idle(&self) -> Duration {
        Duration::from_secs(self.session_idle_seconds)
    }

    /// How long a key signs.
    pub fn signing_key(&self) -> Duration {
        Duration::from_secs(self.signing_key_days.saturating_mul(DAY))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_within_bounds() {
        assert_eq!(Lifetimes::default().check(), Ok(()));
    }

    #[test]
    fn an_authorization_code_lives_ten_minutes_at_most() {
        let long = Lifetimes { authorization_code_seconds: 601, ..Lifetimes::default() };
        assert_eq!(long.check().unwrap_err().name, "lifetimes.authorization_code_seconds");
    }
}
