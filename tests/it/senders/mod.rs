//! Senders: whose templates, whose webhooks, how fast.

mod pace;
mod templates;
