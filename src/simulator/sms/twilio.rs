//! Twilio's Programmable Messaging: sending a message, and looking at the account. Stricter than Twilio in that a field it
//! would overlook is refused.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use reqwest::Url;
use serde_json::{Value, json};
use std::{collections::HashMap, sync::Arc};

use super::{Sms, account::is_shown, take};
use crate::{
    delivery::{self, Answer},
    number::Number,
    phone::{Carried, Carrier, Channel},
    sender::is_web_address,
    world::World,
};

const LONGEST_TEXT: usize = 1_600;
const LONGEST_VALIDITY: u32 = 36_000;
const FIELDS: [&str; 6] = ["To", "From", "MessagingServiceSid", "Body", "StatusCallback", "ValidityPeriod"];

/// Why Twilio refuses, in its shape.
struct Refusal(u32, StatusCode, &'static str);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(code, status, message) = self;
        let more = format!("https://www.twilio.com/docs/errors/{code}");
        let body = json!({ "code": code, "message": message, "more_info": more, "status": status.as_u16() });
        (status, Json(body)).into_response()
    }
}

/// `GET …/Accounts/{AC}.json`.
pub(super) async fn account(
    State(world): State<Arc<World>>,
    Path(account): Path<String>,
    headers: HeaderMap,
) -> Response {
    match enter(&world, account.strip_suffix(".json").unwrap_or_default(), &headers) {
        Ok(()) => {
            Json(json!({ "sid": world.sms.account, "status": "active", "type": "Full" })).into_response()
        }
        Err(refusal) => refusal.into_response(),
    }
}

/// `POST …/Accounts/{AC}/Messages.json`.
pub(super) async fn send(
    State(world): State<Arc<World>>,
    Path(account): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let sms = match enter(&world, &account, &headers).and_then(|()| read(&headers, &body)) {
        Ok(sms) => sms,
        Err(refusal) => return refusal.into_response(),
    };
    let orders = delivery::orders(&world, &sms.to, Channel::Sms);
    let (to, from) = (sms.to.as_str().to_owned(), sms.carried.from.clone());
    let id = if orders.accepts() { take(&world, sms, &orders) } else { String::new() };
    delivery::linger(&world, orders.slow_ms).await;
    match orders.answer {
        Answer::Usual => {
            let told: Value = json!({
                "sid": id, "account_sid": account, "to": to, "from": from, "status": "queued",
                "direction": "outbound-api", "error_code": null, "error_message": null,
            });
            (StatusCode::CREATED, Json(told)).into_response()
        }
        Answer::Error { code, http_status } => {
            let status = http_status.and_then(|status| StatusCode::from_u16(status).ok());
            let usual = if code == 20_429 { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::BAD_REQUEST };
            Refusal(code, status.unwrap_or(usual), "Ordered by a fault of the simulator").into_response()
        }
        other => delivery::misbehave(&world, other).await,
    }
}

fn enter(world: &World, account: &str, headers: &HeaderMap) -> Result<(), Refusal> {
    if !is_shown(&world.sms, headers) {
        return Err(Refusal(20_003, StatusCode::UNAUTHORIZED, "Authenticate"));
    }
    if account != world.sms.account {
        return Err(Refusal(20_404, StatusCode::NOT_FOUND, "The requested resource was not found"));
    }
    Ok(())
}

fn read(headers: &HeaderMap, body: &Bytes) -> Result<Sms, Refusal> {
    let bad = |code, message| Refusal(code, StatusCode::BAD_REQUEST, message);
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(bad(20_422, "The body must be a form"));
    }
    let mut fields = fields_of(body);
    if fields.keys().any(|name| !FIELDS.contains(&name.as_str())) {
        return Err(bad(20_422, "A parameter is unknown"));
    }
    let to = fields.remove("To").and_then(|to| Number::strict(&to));
    let to = to.ok_or(bad(21_211, "Invalid 'To' Phone Number"))?;
    let from = match (fields.remove("From"), fields.remove("MessagingServiceSid")) {
        (Some(from), None) if !from.is_empty() && from.len() <= 16 => from,
        (None, Some(service)) if service.len() == 34 && service.starts_with("MG") => service,
        (None, None) => return Err(bad(21_603, "A 'From' phone number is required")),
        _ => return Err(bad(21_212, "Invalid From Number (caller ID)")),
    };
    let text = fields
        .remove("Body")
        .filter(|text| !text.is_empty())
        .ok_or(bad(21_602, "Message body is required"))?;
    if text.chars().count() > LONGEST_TEXT {
        return Err(bad(21_617, "The concatenated message body exceeds the 1600 character limit"));
    }
    let report_to = fields.remove("StatusCallback");
    if report_to.as_deref().is_some_and(|url| !is_web_address(url)) {
        return Err(bad(21_609, "Invalid StatusCallback"));
    }
    let validity = fields.remove("ValidityPeriod").map(|text| text.parse::<u32>());
    if validity.is_some_and(|it| !it.is_ok_and(|it| (1..=LONGEST_VALIDITY).contains(&it))) {
        return Err(bad(21_624, "Invalid validity period value"));
    }
    let carried = Carried { by: Carrier::Twilio, from, report_to };
    Ok(Sms { line: None, to, text, reference: None, carried })
}

/// The fields of a form, read as the query of an address is.
fn fields_of(body: &Bytes) -> HashMap<String, String> {
    let mut address = Url::parse("http://form/").ok();
    if let Some(address) = &mut address {
        address.set_query(std::str::from_utf8(body).ok());
    }
    address.map(|address| address.query_pairs().into_owned().collect()).unwrap_or_default()
}
