//! What people read. Logs are elsewhere; here are answers, on the output, and complaints, on the error stream.

use std::io::{Write, stderr, stdout};

/// Says something. Whoever stopped listening (a closed pipe) has heard enough.
pub(super) fn say(text: &str) {
    let mut out = stdout().lock();
    let _ = writeln!(out, "{}", text.trim_end()).and_then(|()| out.flush());
}

/// Says what is wrong.
pub(super) fn complain(text: &str) {
    let _ = writeln!(stderr().lock(), "{}", text.trim_end());
}

/// Aligns what a pair begins with, two spaces in.
pub(super) fn aligned(rows: &[(&str, &str)]) -> String {
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    rows.iter().map(|(name, value)| format!("  {name:width$}  {value}\n")).collect()
}
