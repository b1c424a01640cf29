//! What providers call.

pub mod sms;
pub mod whatsapp;
