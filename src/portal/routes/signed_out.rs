//! `/signed-out`: the browser is back from signing out.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{Html, IntoResponse, Redirect, Response};
use openidconnect::CsrfToken;
use serde::Deserialize;

use super::Shared;
use crate::clock::now;
use crate::pages::SignedOutView;

/// What the provider adds to the post-logout redirect (RP-Initiated Logout 1.0 §3).
#[derive(Deserialize)]
pub struct Farewell {
    state: Option<String>,
}

pub async fn get(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    farewell: Result<Query<Farewell>, QueryRejection>,
) -> Response {
    let browser = shared.browser(&headers);
    if browser.as_ref().is_some_and(|id| shared.sessions.find(id, now()).is_some()) {
        // Only the button signs out; a link to this page does not.
        return Redirect::to("/").into_response();
    }
    let state = farewell.ok().and_then(|Query(farewell)| farewell.state).map(CsrfToken::new);
    let everywhere =
        browser.zip(state).is_some_and(|(id, state)| shared.sessions.claim_sign_out(&id, &state));
    let page = Html(shared.pages.signed_out(&SignedOutView { everywhere }));
    if everywhere { (shared.no_cookie(), page).into_response() } else { page.into_response() }
}
