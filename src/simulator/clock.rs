//! The time of day, and the two ways it is written. The simulator stands alone, so this is its only clock.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970, UTC.
#[expect(
    clippy::disallowed_methods,
    reason = "the simulator stands alone: this is its seam to the time of day"
)]
pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// `2026-11-21T07:36Z`, for the `datetime` attribute of a page.
pub(crate) fn iso_minute(at_ms: u64) -> String {
    let (year, month, day) = civil(at_ms / 86_400_000);
    let (hour, minute) = hour_minute(at_ms);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}Z")
}

/// `07:36`, in UTC.
pub(crate) fn clock_face(at_ms: u64) -> String {
    let (hour, minute) = hour_minute(at_ms);
    format!("{hour:02}:{minute:02}")
}

fn hour_minute(at_ms: u64) -> (u64, u64) {
    let minutes = at_ms / 60_000;
    (minutes / 60 % 24, minutes % 60)
}

/// Year, month and day of a count of days since 1970. Years are counted from March, so that the leap day is the
/// last of its year and every month's start is one linear formula.
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leap_day_is_written_as_one() {
        assert_eq!(iso_minute(1_709_209_740_000), "2024-02-29T12:29Z");
        assert_eq!(iso_minute(0), "1970-01-01T00:00Z");
    }
}
