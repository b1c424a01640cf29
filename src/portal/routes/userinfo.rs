//! `/userinfo`: asks the provider about the person, now.

use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::HeaderMap;
use axum::response::Redirect;

use super::{SessionForm, Shared};
use crate::failure::Failure;

pub async fn post(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    form: Result<Form<SessionForm>, FormRejection>,
) -> Result<Redirect, Failure> {
    let (id, session) = shared.signed_in(&headers, form)?;
    let answer = shared.client.userinfo(&session.tokens).await?;
    shared.sessions.save_userinfo(&id, answer);
    Ok(Redirect::to("/"))
}
