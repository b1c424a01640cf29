//! The time, as the portal sees it: whole seconds since 1970, the unit of every time in a token.
//!
//! The only file that reads the system clock. It knows nothing of tokens or sessions: they are handed the
//! time.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970-01-01 UTC.
#[expect(clippy::disallowed_methods, reason = "the portal's one look at the clock")]
pub fn now() -> i64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_1970.as_secs()).unwrap_or(i64::MAX)
}
