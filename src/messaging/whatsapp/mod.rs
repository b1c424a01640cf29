//! WhatsApp through Meta's Cloud API.
//!
//! Owns both directions of the wire: [`CloudApi`] sends, [`webhook`] reads what Meta posts back, [`errors`]
//! says what Meta's codes mean in either, [`Account`] shows and changes what is set up there; all senders reach it through
//! one [`Graph`]. Must not know which pool or project a sender belongs to.

mod account;
mod answer;
mod cloud_api;
pub mod errors;
mod graph;
mod template;
mod token;
pub mod webhook;

pub use crate::http::Times;
pub use account::{Account, App, NewTemplate, Number, Standing, Template, Unread};
pub use cloud_api::CloudApi;
pub use graph::{Graph, SettingsRefusal, is_id, is_template_name};
pub use template::ChosenTemplate;
pub use token::{Granted, MANAGEMENT, MESSAGING};
