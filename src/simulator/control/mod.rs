//! Control and inspection, for tests and people: what reached the phones, what they write, and what shall go wrong.
//! Needs no token: it is the hand that holds the phone.

mod faults;
mod inbound;
mod messages;
mod verify_webhook;

use axum::{
    Json, Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::json;
use std::sync::Arc;

pub(crate) use inbound::{Tap, write};

use crate::world::World;

/// Every path of the control interface.
pub(crate) fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/simulator/messages", get(messages::get))
        .route("/simulator/inbound", post(inbound::post))
        .route("/simulator/faults", get(faults::get).post(faults::post).delete(faults::delete))
        .route("/simulator/verify-webhook", post(verify_webhook::post))
}

/// A refusal in plain words.
fn refuse(why: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": why }))).into_response()
}
