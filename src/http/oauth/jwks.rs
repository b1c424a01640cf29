//! `/jwks`: the public keys of a pool (RFC 7517, section 5).

use std::convert::Infallible;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;

use crate::Doors;
use crate::extract::tenant::Tenant;
use crate::respond::cors::preflight;
use crate::respond::oauth::OauthError;

/// Shows the keys.
pub async fn get(State(doors): State<Doors>, Tenant(pool): Tenant, headers: HeaderMap) -> Response {
    let keys = match doors.flow.keys(&pool.id).await {
        Ok(keys) => keys,
        Err(fault) => return OauthError::fault(&fault).into_response(),
    };
    let Ok(document) =
        doors.documents.keys.document(&pool.id, &keys, |keys| Ok::<_, Infallible>(keys.jwks().to_owned()));
    document.respond(&headers)
}

/// May a page call this?
pub async fn options() -> Response {
    preflight("GET")
}
