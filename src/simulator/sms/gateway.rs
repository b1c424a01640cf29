//! `POST /sms`: a plain SMS gateway. It takes a text, answers with an id and a status, and posts signed reports where it
//! was told to.

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

use super::{Sms, account::is_authorized, take};
use crate::{
    delivery::{self, Answer, Orders},
    graph::check_token,
    line::Line,
    number::Number,
    phone::{Carried, Carrier, Channel},
    world::World,
};

/// Ten parts of a long message; a gateway cuts or refuses what is longer.
const LONGEST_TEXT: usize = 1_530;

/// An SMS to be sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    to: String,
    text: String,
    reference: Option<String>,
}

/// Takes an SMS. A refusal is `{"error": "…"}` with 400 or 401.
pub(super) async fn post(State(world): State<Arc<World>>, headers: HeaderMap, body: Bytes) -> Response {
    let line = check_token(&world, &headers).ok();
    if line.is_none() && !is_authorized(&world.sms, &headers) {
        return refuse(StatusCode::UNAUTHORIZED, "the bearer token is missing or wrong");
    }
    let request: Request = match serde_json::from_slice(&body) {
        Ok(request) => request,
        Err(_) => {
            return refuse(
                StatusCode::BAD_REQUEST,
                "the body must be JSON with to, text and perhaps reference",
            );
        }
    };
    let Some(number) = Number::strict(&request.to) else {
        return refuse(StatusCode::BAD_REQUEST, "to must be +E.164");
    };
    if !(1..=LONGEST_TEXT).contains(&request.text.chars().count()) {
        return refuse(StatusCode::BAD_REQUEST, "text must have 1 to 1530 characters");
    }
    if request.reference.as_ref().is_some_and(|reference| reference.len() > 512) {
        return refuse(StatusCode::BAD_REQUEST, "reference must have at most 512 bytes");
    }
    let orders = delivery::orders(&world, &number, Channel::Sms);
    let answer = if orders.accepts() { taken(&world, request, (line, number), &orders) } else { Value::Null };
    delivery::linger(&world, orders.slow_ms).await;
    match orders.answer {
        Answer::Usual => Json(answer).into_response(),
        Answer::Error { http_status, .. } => {
            let status = http_status.and_then(|status| StatusCode::from_u16(status).ok());
            refuse(status.unwrap_or(StatusCode::BAD_REQUEST), "ordered by a fault of the simulator")
        }
        other => delivery::misbehave(&world, other).await,
    }
}

fn taken(world: &World, request: Request, (line, to): (Option<Arc<Line>>, Number), orders: &Orders) -> Value {
    let report_to = world.sms.report_url.clone().filter(|_| !world.sms.report_secret.is_empty());
    let carried = Carried { by: Carrier::Gateway, from: String::new(), report_to };
    let sms = Sms { line, to, text: request.text, reference: request.reference, carried };
    json!({ "id": take(world, sms, orders), "status": "accepted" })
}

fn refuse(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({ "error": error }))).into_response()
}
