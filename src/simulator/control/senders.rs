//! `/simulator/senders`: which senders are played. Secrets go in and never come out.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::sync::Arc;

use super::refuse;
use crate::{
    sender::Sender,
    senders::{Account, BusinessNumber, Change, Senders, Subscription},
    world::World,
};

/// All of them, the first first.
pub(super) async fn get(State(world): State<Arc<World>>) -> Response {
    Json(all(&world.senders())).into_response()
}

/// Adds one, and answers with it.
pub(super) async fn post(State(world): State<Arc<World>>, body: Bytes) -> Response {
    let sender: Sender = match serde_json::from_slice(&body) {
        Ok(sender) => sender,
        Err(error) => {
            return refuse(&format!(
                "the body must be JSON with phone_number_id, waba_id, display_phone_number, verified_name, \
                 access_token, app_secret and verify_token; webhook_url and templates are optional: {error}"
            ));
        }
    };
    if let Err(wrong) = sender.check() {
        return refuse(&wrong.to_string());
    }
    let mut senders = world.senders();
    if let Err(why) = senders.add(&sender) {
        return refuse(why);
    }
    let answer = Json(one(&senders, &sender.phone_number_id)).into_response();
    drop(senders);
    world.changed();
    answer
}

/// Changes one, and answers with it.
pub(super) async fn patch(
    State(world): State<Arc<World>>,
    Path(phone_number_id): Path<String>,
    body: Bytes,
) -> Response {
    let change: Change = match serde_json::from_slice(&body) {
        Ok(change) => change,
        Err(error) => return refuse(&format!("the body must be JSON with what shall change: {error}")),
    };
    let mut senders = world.senders();
    if senders.number(&phone_number_id).is_none() {
        return unknown();
    }
    if let Err(why) = senders.change(&phone_number_id, &change) {
        return refuse(why);
    }
    let answer = Json(one(&senders, &phone_number_id)).into_response();
    drop(senders);
    world.changed();
    answer
}

/// Removes one, and answers with those that are left.
pub(super) async fn delete(State(world): State<Arc<World>>, Path(phone_number_id): Path<String>) -> Response {
    let mut senders = world.senders();
    if senders.number(&phone_number_id).is_none() {
        return unknown();
    }
    if let Err(why) = senders.remove(&phone_number_id) {
        return refuse(why);
    }
    let answer = Json(all(&senders)).into_response();
    drop(senders);
    world.changed();
    answer
}

fn unknown() -> Response {
    (StatusCode::NOT_FOUND, Json(json!({ "error": "there is no such sender" }))).into_response()
}

fn all(senders: &Senders) -> Vec<Value> {
    senders.numbers().iter().map(|number| view(senders, number)).collect()
}

fn one(senders: &Senders, phone_number_id: &str) -> Value {
    senders.number(phone_number_id).map(|number| view(senders, number)).unwrap_or_default()
}

fn subscription(of: &Subscription) -> &'static str {
    match (of.subscribed, of.another) {
        (true, false) => "own",
        (false, true) => "another",
        (true, true) => "both",
        (false, false) => "none",
    }
}

fn view(senders: &Senders, number: &BusinessNumber) -> Value {
    let line = &number.line;
    let account = senders.account(&line.waba_id);
    json!({
        "phone_number_id": line.phone_number_id,
        "waba_id": line.waba_id,
        "display_phone_number": line.display,
        "verified_name": line.name,
        "webhook_url": account.and_then(|account| account.app.webhook_url.as_deref()),
        "webhooks_go_to": account.and_then(Account::webhook_target),
        "token_expired": number.token_expired,
        "permissions": number.permissions,
        "status": number.status,
        "subscription": account.map(|account| subscription(&account.subscription)),
        "identity_check": number.identity_check,
        "quality_rating": number.quality,
        "pair_rate": number.pair_rate,
        "messages_per_second": number.messages_per_second,
        "messaging_limit": account.map(|account| account.messaging_limit.as_str()),
        "restriction": account.and_then(|account| account.restriction).unwrap_or(0),
    })
}
