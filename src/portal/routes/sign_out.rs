//! `/sign-out`: ends the session here, gives the refresh token back, and sends the browser to the provider to
//! end it there.

use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use openidconnect::CsrfToken;

use super::{SessionForm, Shared};
use crate::clock::now;
use crate::failure::Failure;

pub async fn post(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    form: Result<Form<SessionForm>, FormRejection>,
) -> Result<Response, Failure> {
    let (id, session) = shared.signed_in(&headers, form)?;
    let state = CsrfToken::new_random_len(32);
    // First here: whatever happens on the way, the person is signed out of this shop.
    let id = shared.sessions.sign_out(&id, state.clone(), now());
    shared.client.revoke(&session.tokens).await;
    let next = match shared.client.sign_out_address(&session.tokens, state).await {
        Some(address) => Redirect::to(address.as_str()),
        None => Redirect::to("/signed-out"),
    };
    Ok((shared.cookie(&id), next).into_response())
}
