//! `/v{N}/{phone-number-id}/settings`: whether webhooks carry the identity of the phones, which is how a business learns
//! that a number changed hands.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::HeaderMap,
};
use serde_json::{Value, json};
use std::sync::Arc;

use super::{Answer, GraphError, enter_number, fields::Fields, json_body};
use crate::world::World;

type Place = Path<(String, String)>;

/// The settings that are played.
pub(super) async fn get(State(world): State<Arc<World>>, Path(path): Place, headers: HeaderMap) -> Answer {
    let line = enter_number(&world, &path, &headers, "get")?;
    let check = world.senders().number(&line.phone_number_id).is_some_and(|number| number.identity_check);
    Ok(Json(json!({ "user_identity_change": { "enable_identity_key_check": check } })))
}

/// Sets one of them; Meta takes one feature in a request.
pub(super) async fn post(
    State(world): State<Arc<World>>,
    Path(path): Place,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let line = enter_number(&world, &path, &headers, "post")?;
    let request = json_body(&headers, &body)?;
    let fields = Fields::of(&request, "")?;
    fields.only(&["user_identity_change"])?;
    let change = fields.object("user_identity_change")?;
    change.only(&["enable_identity_key_check"])?;
    let Some(check) = change.value("enable_identity_key_check").and_then(Value::as_bool) else {
        return Err(GraphError::parameter(
            "Param user_identity_change.enable_identity_key_check must be true or false.",
        ));
    };
    if let Some(number) = world.senders().number_mut(&line.phone_number_id) {
        number.identity_check = check;
    }
    Ok(Json(json!({ "success": true })))
}
