//! `GET /v{N}/debug_token`: what a token is good for, as far as Meta tells about a token of the same app.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::HeaderMap,
};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

use super::{
    Answer, GraphError, check_token, is_version,
    subscribed_apps::{APP_ID, APP_NAME},
};
use crate::{senders::Denied, world::World};

/// Which token is asked about.
#[derive(Deserialize)]
pub(super) struct Asked {
    input_token: Option<String>,
}

/// What the token may do. One that opens nothing is not valid, and that is no error.
pub(super) async fn get(
    State(world): State<Arc<World>>,
    Path(version): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Answer {
    if !is_version(&version) {
        return Err(GraphError::new(2500, "The path must start with a version such as v25.0"));
    }
    check_token(&world, &headers)?;
    let token = asked.input_token.filter(|token| !token.is_empty());
    let token = token.ok_or_else(|| GraphError::parameter("The parameter input_token is required."))?;
    let senders = world.senders();
    let data = match senders.permissions(&token) {
        Ok(permissions) => json!({
            "app_id": APP_ID,
            "application": APP_NAME,
            "type": "SYSTEM_USER",
            "expires_at": 0,
            "data_access_expires_at": 0,
            "is_valid": true,
            "scopes": permissions,
            "granular_scopes": permissions.iter().map(|scope| json!({ "scope": scope })).collect::<Vec<_>>(),
        }),
        Err(why) => {
            let message = match why {
                Denied::Expired => "Error validating access token: Session has expired.",
                Denied::Unknown => "The access token could not be decrypted",
            };
            json!({ "is_valid": false, "scopes": [], "error": { "code": 190, "message": message } })
        }
    };
    Ok(Json(json!({ "data": data })))
}
