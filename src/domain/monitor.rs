//! What a project has done about ranges of numbers whose codes do not come back: see [`conversion`](crate::conversion).

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What is done about ranges whose codes do not come back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Monitor {
    /// Nothing is counted.
    Off,
    /// It is said what would be done.
    #[default]
    Observe,
    /// It is done.
    Protect,
}

impl Monitor {
    /// Its name in settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Observe => "observe",
            Self::Protect => "protect",
        }
    }
}

/// The word names no mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither off, observe nor protect")]
pub struct UnknownMonitor;

impl FromStr for Monitor {
    type Err = UnknownMonitor;

    fn from_str(word: &str) -> Result<Self, UnknownMonitor> {
        [Self::Off, Self::Observe, Self::Protect]
            .into_iter()
            .find(|mode| mode.as_str() == word)
            .ok_or(UnknownMonitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_written_as_they_are_read() {
        for mode in [Monitor::Off, Monitor::Observe, Monitor::Protect] {
            assert_eq!(mode.as_str().parse(), Ok(mode));
            assert_eq!(serde_json::to_string(&mode).unwrap(), format!("\"{}\"", mode.as_str()));
        }
        assert!("on".parse::<Monitor>().is_err());
    }
}
