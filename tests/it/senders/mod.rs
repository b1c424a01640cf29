//! Senders: whose templates, whose webhooks, how fast.

mod fates;
mod health;
mod identity;
mod look;
mod many;
pub(crate) mod own;
mod pace;
mod templates;
