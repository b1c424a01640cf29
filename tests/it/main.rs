//! The service as a whole: real databases, real HTTP, the simulator in Meta's place. Files mirror `src/http`.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that goes wrong should say so loudly and at once"
)]

mod api;
mod away;
mod bad_input;
mod channels;
mod clients;
mod host;
mod hostile;
mod isolation;
mod logs;
mod master_key;
mod oauth;
mod pages;
mod races;
mod relying_party;
mod rooms;
mod schema;
mod senders;
mod standards;
mod support;
mod timeline;
mod webhook;
