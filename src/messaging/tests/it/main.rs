//! The messaging layer from outside: against a server that speaks HTTP, and over recorded shapes of webhook
//! bodies.

mod account;
mod cloud_api;
mod email;
mod errors;
mod graph;
mod proof;
mod sms;
mod sms_reports;
mod webhook;

/// What a test returns, so that a failed preparation is told like a failed assertion.
type Tested = Result<(), Box<dyn std::error::Error>>;
