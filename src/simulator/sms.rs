//! `POST /sms`: a plain SMS gateway, of the kind every country has. It takes a text, answers with an id and a status, and
//! posts no reports.

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

use crate::{
    clock,
    delivery::{self, Answer, Orders},
    graph::check_token,
    ids::{self, Way},
    line::Line,
    number::Number,
    phone::{Channel, Content, Draft},
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
pub(crate) async fn post(State(world): State<Arc<World>>, headers: HeaderMap, body: Bytes) -> Response {
    let Ok(line) = check_token(&world, &headers) else {
        return refuse(StatusCode::UNAUTHORIZED, "the bearer token is missing or wrong");
    };
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
    let answer = if orders.accepts() { take(&world, request, (line, number), &orders) } else { Value::Null };
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

/// An SMS stands in the chat of the sender whose token it came with.
fn take(world: &World, request: Request, between: (Arc<Line>, Number), orders: &Orders) -> Value {
    let id = ids::sms();
    let draft = Draft {
        code: code_in(&request.text),
        correlation: request.reference,
        quirks: orders.quirks,
        ..Draft::new(between, Way::ToPhone, Channel::Sms, id.clone(), Content::text(request.text))
    };
    let n = world.phones().add(draft, clock::now_ms());
    delivery::travel(world, n, orders);
    json!({ "id": id, "status": "accepted" })
}

/// The code a phone would offer to fill in: the first run of 4 to 8 digits that stands alone.
fn code_in(text: &str) -> Option<String> {
    text.split(|sign: char| !sign.is_alphanumeric())
        .find(|word| (4..=8).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit()))
        .map(str::to_owned)
}

fn refuse(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({ "error": error }))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_the_first_number_that_stands_alone() {
        assert_eq!(code_in("Acme: 482913 is your code, valid 5 min.").as_deref(), Some("482913"));
        assert_eq!(code_in("\u{202b}رمزك 482913\u{202c}").as_deref(), Some("482913"));
        assert_eq!(code_in("Call +12025550123 or A1234"), None);
    }
}
