//! Senders: whose templates, whose webhooks, how fast.

mod many;
mod own;
mod pace;
mod templates;
