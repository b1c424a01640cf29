//! `/refresh`: new tokens for the old ones.

use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};

use super::{SessionForm, Shared};
use crate::failure::Failure;

pub async fn post(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    form: Result<Form<SessionForm>, FormRejection>,
) -> Result<Response, Failure> {
    let (id, session) = shared.signed_in(&headers, form)?;
    match shared.client.refresh(&session.tokens).await {
        Ok(tokens) => {
            shared.sessions.save_refreshed(&id, &session.tokens, tokens);
            Ok(Redirect::to("/").into_response())
        }
        // The provider has ended it (signed out elsewhere, withdrawn), so it ends here too.
        Err(Failure::RefreshRefused) => {
            shared.sessions.forget(&id);
            Ok((shared.no_cookie(), Failure::RefreshRefused).into_response())
        }
        Err(failure) => Err(failure),
    }
}
