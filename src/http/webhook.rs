//! What providers call.

pub mod whatsapp;
