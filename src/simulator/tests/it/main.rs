//! Drives a simulator over real HTTP, as the provider, Meta's receiver and a browser would.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that goes wrong should say so at once"
)]

mod chaos;
mod control;
mod faults;
mod host;
mod mails;
mod page;
mod phones;
mod rates;
mod senders;
mod sending;
mod sms;
mod support;
mod template_life;
mod templates;
mod webhooks;
