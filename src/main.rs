//! Watchword.
fn main() {}
