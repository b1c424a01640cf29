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

/// Aligns columns, two spaces in.
pub(super) fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let widths: [usize; N] = std::array::from_fn(|column| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    });
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("  {cell:width$}"));
        format!("{}\n", cells.collect::<String>().trim_end())
    };
    rows.iter().map(line).collect()
}
