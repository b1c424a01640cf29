//! The doors of Watchword: bytes in, bytes out.
//!
//! One file is one endpoint, named as in its URL. A door reads a request into plain values, calls one use case of `flow`
//! and renders what it says; no rule about codes, tries, factors or limits is here, and no row.

mod api;
mod doors;
mod extract;
mod health;
mod host;
mod oauth;
mod observe;
mod pages;
mod paths;
mod places;
mod respond;
mod serve;
pub mod view;
mod webhook;

pub use doors::{Doors, Settings, router};
pub use paths::{SMS_WEBHOOK, WHATSAPP_WEBHOOK};
pub use places::ConnectionLimits;
pub use serve::serve;
