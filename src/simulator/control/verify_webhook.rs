//! `POST /simulator/verify-webhook`: performs Meta's handshake against the receiver and says how it went.

use axum::{
    Json,
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use std::sync::Arc;

use super::refuse;
use crate::{webhook::handshake, world::World};

/// Whose receiver is asked; the first sender's when none is named.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    phone_number_id: Option<String>,
}

/// 200 with the outcome, verified or not; 400 when no webhook address is known.
pub(super) async fn post(State(world): State<Arc<World>>, body: Bytes) -> Response {
    let request = if body.is_empty() { Ok(Request::default()) } else { serde_json::from_slice(&body) };
    let Ok(request) = request else { return refuse("the body may be JSON with phone_number_id") };
    match place(&world, request.phone_number_id.as_deref()) {
        Ok((address, token)) => {
            Json(handshake::verify(&world.client, &address, &token).await).into_response()
        }
        Err(why) => refuse(why),
    }
}

/// The address and the verify token of a sender's account.
fn place(world: &World, phone_number_id: Option<&str>) -> Result<(String, String), &'static str> {
    let senders = world.senders();
    let line = senders.line(phone_number_id)?;
    let account = senders.account(&line.waba_id).ok_or("there is no such sender")?;
    let address = account.webhook_target().or(account.app.webhook_url.as_deref());
    Ok((address.ok_or("no webhook address is set")?.to_owned(), account.app.verify_token.clone()))
}
