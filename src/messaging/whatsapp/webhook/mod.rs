//! What Meta posts to us: status reports, messages people send, and news about the account.
//!
//! Owns the proof that a request is Meta's ([`subscription`], [`signature_matches`]) and its reading
//! into [`Event`]s ([`parse`]). Must not decide what an event does: order is not guaranteed, duplicates are
//! normal, and a captured request can be replayed for ever, so the flow stores [`Event::dedupe_key`] before
//! it acts, and checks that the `phone_number_id` is one of its own: the signature only proves the app.

mod event;
mod named;
mod parse;
mod proof;
mod template_news;

pub use event::{Event, GraphError, Inbound, Kind, Pricing, State, Status};
pub use named::{Named, named};
pub use parse::{Malformed, parse};
pub use proof::{Subscription, signature_matches, subscription};
pub use template_news::{TemplateChange, TemplateNews};
