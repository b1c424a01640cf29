//! Control and inspection, for tests and people: what reached the phones, what they write, and what shall go wrong.
//! Needs no token: it is the hand that holds the phone.

mod chaos;
mod faults;
mod inbound;
mod mails;
mod messages;
mod phones;
mod senders;
mod templates;
mod verify_webhook;

use axum::{
    Json, Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use serde_json::json;
use std::sync::Arc;

pub(crate) use inbound::{Tap, Written, write};
pub(crate) use phones::change as change_phone;
pub(crate) use templates::{
    Order as TemplateOrder, happen as happen_to_templates, review as review_templates,
};

use crate::world::World;

/// Every path of the control interface.
pub(crate) fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/simulator/messages", get(messages::get))
        .route("/simulator/mails", get(mails::get))
        .route("/simulator/inbound", post(inbound::post))
        .route("/simulator/faults", get(faults::get).post(faults::post).delete(faults::delete))
        .route("/simulator/chaos", get(chaos::get).post(chaos::post))
        .route("/simulator/phones", get(phones::get).post(phones::post))
        .route("/simulator/senders", get(senders::get).post(senders::post))
        .route("/simulator/senders/{phone_number_id}", delete(senders::delete).patch(senders::patch))
        .route("/simulator/templates", get(templates::get).post(templates::post))
        .route("/simulator/verify-webhook", post(verify_webhook::post))
}

/// A refusal in plain words.
fn refuse(why: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": why }))).into_response()
}
