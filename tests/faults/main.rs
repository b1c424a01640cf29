//! Real processes that are killed, ended and refused: what `watchword serve` acknowledged must hold whatever comes next.
//!
//! The simulator runs inside the test, so that it remembers across the provider's deaths what was sent.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that goes wrong should say so loudly and at once"
)]

mod away;
mod demo;
mod ended;
mod killed;
mod load;
mod refused;
mod support;
mod watched;
