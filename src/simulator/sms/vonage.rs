//! Vonage's Messages API, channel `sms`, and the account's balance.

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

use super::{Sms, account::is_shown, take};
use crate::{
    delivery::{self, Answer},
    number::Number,
    phone::{Carried, Carrier, Channel},
    sender::is_web_address,
    world::World,
};

const LONGEST_TEXT: usize = 1_000;
const LONGEST_REFERENCE: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    message_type: String,
    channel: String,
    to: String,
    from: String,
    text: String,
    client_ref: Option<String>,
    webhook_url: Option<String>,
    webhook_version: Option<String>,
}

/// `GET /account/get-balance`.
pub(super) async fn balance(State(world): State<Arc<World>>, headers: HeaderMap) -> Response {
    if !is_shown(&world.sms, &headers) {
        return unauthorized();
    }
    Json(json!({ "value": 10.28, "autoReload": false })).into_response()
}

/// `POST /v1/messages`.
pub(super) async fn send(State(world): State<Arc<World>>, headers: HeaderMap, body: Bytes) -> Response {
    if !is_shown(&world.sms, &headers) {
        return unauthorized();
    }
    let sms = match read(&body) {
        Ok(sms) => sms,
        Err((code, detail)) => return problem(StatusCode::UNPROCESSABLE_ENTITY, code, detail),
    };
    let orders = delivery::orders(&world, &sms.to, Channel::Sms);
    let id = if orders.accepts() { take(&world, sms, &orders) } else { String::new() };
    delivery::linger(&world, orders.slow_ms).await;
    match orders.answer {
        Answer::Usual => (StatusCode::ACCEPTED, Json(json!({ "message_uuid": id }))).into_response(),
        Answer::Error { code, http_status } => {
            let status = http_status.and_then(|status| StatusCode::from_u16(status).ok());
            let usual =
                if code == 1000 { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::UNPROCESSABLE_ENTITY };
            problem(status.unwrap_or(usual), code, "Ordered by a fault of the simulator")
        }
        other => delivery::misbehave(&world, other).await,
    }
}

fn read(body: &Bytes) -> Result<Sms, (u32, &'static str)> {
    let request: Request = serde_json::from_slice(body)
        .map_err(|_| (1010, "A parameter is missing, unknown or of the wrong type"))?;
    if request.message_type != "text" || request.channel != "sms" {
        return Err((1020, "message_type must be text, and channel sms"));
    }
    // Without the plus, unlike anywhere else.
    let digits = request.to.bytes().all(|byte| byte.is_ascii_digit()).then_some(&request.to);
    let to =
        digits.and_then(|digits| Number::strict(&format!("+{digits}"))).ok_or((1170, "to is no number"))?;
    if request.from.is_empty() || request.from.starts_with('+') || request.from.len() > 15 {
        return Err((1120, "from is no sender"));
    }
    if !(1..=LONGEST_TEXT).contains(&request.text.chars().count()) {
        return Err((1090, "text must have 1 to 1000 characters"));
    }
    if request.client_ref.as_ref().is_some_and(|reference| reference.len() > LONGEST_REFERENCE) {
        return Err((1020, "client_ref must have at most 100 characters"));
    }
    if request.webhook_url.as_deref().is_some_and(|url| !is_web_address(url)) {
        return Err((1020, "webhook_url must be an address"));
    }
    if request.webhook_version.as_deref().is_some_and(|version| version != "v1") {
        return Err((1020, "webhook_version must be v1"));
    }
    let carried = Carried { by: Carrier::Vonage, from: request.from, report_to: request.webhook_url };
    Ok(Sms { line: None, to, text: request.text, reference: request.client_ref, carried })
}

fn unauthorized() -> Response {
    let body = json!({
        "type": "https://developer.vonage.com/api-errors#unauthorized",
        "title": "You did not provide correct credentials.",
        "detail": "Check that you're using the correct credentials, and that your account has this feature enabled",
        "instance": "simulator",
    });
    (StatusCode::UNAUTHORIZED, Json(body)).into_response()
}

fn problem(status: StatusCode, code: u32, detail: &str) -> Response {
    let kind = format!("https://developer.vonage.com/api-errors/messages#{code}");
    let body = json!({ "type": kind, "title": "Invalid params", "detail": detail, "instance": "simulator" });
    (status, Json(body)).into_response()
}
