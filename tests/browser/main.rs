//! A person at a real browser: headless Chromium on the demo, from the portal's button to the sign-out.
//!
//! Needs a chromedriver and axe-core; `./scripts/test` provides both and names them in
//! `WATCHWORD_TEST_CHROMEDRIVER_URL` and `WATCHWORD_TEST_AXE`. Every test has a demo and a browser of its own. Pictures
//! of what it saw lie in `target/screenshots/` afterwards.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that goes wrong should say so at once"
)]

mod code_page;
mod every_page;
mod journey;
mod keyboard;
mod no_scripts;
mod proof;
mod right_to_left;
mod samples;
mod support;
