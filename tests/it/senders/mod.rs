//! Senders: whose templates, whose webhooks, how fast.

mod identity;
mod many;
pub(crate) mod own;
mod pace;
mod templates;
