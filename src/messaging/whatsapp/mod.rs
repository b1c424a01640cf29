//! WhatsApp through Meta's Cloud API.
//!
//! Owns both directions of the wire: [`CloudApi`] sends, [`webhook`] reads what Meta posts back, [`errors`]
//! says what Meta's codes mean in either, [`Account`] shows an operator what is set up there. Must not know which pool or project a sender belongs to.

mod account;
mod answer;
mod cloud_api;
pub mod errors;
mod json;
mod template;
pub mod webhook;

pub use account::{Account, Number, Template, Unread};
pub use cloud_api::{CloudApi, Settings, SettingsRefusal};
