//! `POST /simulator/verify-webhook`: performs Meta's handshake against the receiver and says how it went.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use std::sync::Arc;

use super::refuse;
use crate::{webhook::handshake, world::World};

/// 200 with the outcome, verified or not; 400 when no webhook address is known.
pub(super) async fn post(State(world): State<Arc<World>>) -> Response {
    let Some(address) = world.webhook_target().or_else(|| world.settings.webhook_url.clone()) else {
        return refuse("no webhook address is set");
    };
    Json(handshake::verify(&world.client, &address, &world.settings.verify_token).await).into_response()
}
