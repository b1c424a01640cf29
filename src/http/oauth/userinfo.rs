//! `/userinfo`: the claims of the person an access token stands for (OpenID Connect Core 1.0, section 5.3).

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use watchword_flow::error::Error;

use crate::Doors;
use crate::extract::bearer_token;
use crate::extract::tenant::Tenant;
use crate::respond::bearer;
use crate::respond::cors::{ANY_ORIGIN, preflight};
use crate::respond::oauth::{OauthError, private_json};

/// Says what the token's scopes open.
pub async fn get(State(doors): State<Doors>, Tenant(pool): Tenant, request: Request) -> Response {
    let token = match bearer_token::read(request).await {
        Ok(token) => token,
        Err(refusal) => return bearer::unread(&pool, refusal),
    };
    match doors.flow.userinfo(&pool, &token).await {
        Ok(claims) => ([ANY_ORIGIN], private_json(&claims)).into_response(),
        Err(Error::Refused(refusal)) => bearer::refused(&pool, refusal),
        Err(Error::Fault(fault)) => OauthError::fault(&fault).into_response(),
    }
}

/// The same; the token may also come in a form.
pub async fn post(doors: State<Doors>, tenant: Tenant, request: Request) -> Response {
    get(doors, tenant, request).await
}

/// May a page call this?
pub async fn options() -> Response {
    preflight("GET, POST")
}
