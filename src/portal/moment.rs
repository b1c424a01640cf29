//! A time as people read it: how far away, and exactly when.
//!
//! Owns the wording, which `assets/portal.js` repeats once a second. Knows nothing of what happens at that
//! time.

use chrono::DateTime;
use serde::Serialize;

/// One point in time, seen from now.
#[derive(Debug, Serialize)]
pub struct Moment {
    /// Seconds since 1970, for the script.
    pub epoch: i64,
    /// For the `datetime` attribute.
    pub iso: String,
    /// For the title: `21 Nov 2026, 07:36:00 UTC`.
    pub exact: String,
    /// For reading: `in 59 min`, `2 days ago`.
    pub relative: String,
}

impl Moment {
    /// A time in seconds since 1970; none if no calendar has it.
    pub fn at(epoch: i64, now: i64) -> Option<Self> {
        let time = DateTime::from_timestamp(epoch, 0)?;
        Some(Self {
            epoch,
            iso: time.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            exact: time.format("%-d %b %Y, %H:%M:%S UTC").to_string(),
            relative: relative(epoch.saturating_sub(now)),
        })
    }
}

/// A length of time in the largest unit of which there are at least two, so that nothing is rounded to nothing.
pub fn span(seconds: i64) -> String {
    match seconds {
        ..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// How far away a moment is.
fn relative(seconds: i64) -> String {
    let amount = span(seconds.saturating_abs());
    match seconds {
        0 => "now".into(),
        1.. => format!("in {amount}"),
        _ => format!("{amount} ago"),
    }
}

#[cfg(test)]
mod tests {
    use super::Moment;

    #[test]
    fn a_time_is_told_as_a_distance_and_exactly() {
        let moment = Moment::at(1_700_000_000, 1_700_000_000 - 59 * 60);
        assert_eq!(moment.as_ref().map(|moment| moment.relative.as_str()), Some("in 59 min"));
        assert_eq!(moment.as_ref().map(|moment| moment.exact.as_str()), Some("14 Nov 2023, 22:13:20 UTC"));
        assert_eq!(moment.as_ref().map(|moment| moment.iso.as_str()), Some("2023-11-14T22:13:20Z"));
    }

    #[test]
    fn the_unit_grows_with_the_distance() {
        let told = |distance| Moment::at(distance, 0).map(|moment| moment.relative);
        assert_eq!(told(0).as_deref(), Some("now"));
        assert_eq!(told(119).as_deref(), Some("in 119 s"));
        assert_eq!(told(-300).as_deref(), Some("5 min ago"));
        assert_eq!(told(30 * 86_400).as_deref(), Some("in 30 days"));
    }

    #[test]
    fn a_time_beyond_every_calendar_is_no_time() {
        assert!(Moment::at(i64::MAX, 0).is_none());
    }
}
