//! `/`: the market, or the account of who is signed in.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{Html, IntoResponse, Response};

use super::Shared;
use crate::clock::now;
use crate::pages::{AccountView, HomeView};

pub async fn get(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let Some(id) = shared.browser(&headers) else {
        return Html(shared.pages.home(&HomeView { session_over: false })).into_response();
    };
    let now = now();
    match shared.sessions.find(&id, now) {
        Some(session) => Html(shared.pages.account(&AccountView::new(&session, now))).into_response(),
        // A sign-in may be open in another tab: its cookie stays.
        None if shared.sessions.is_open(&id, now) => {
            Html(shared.pages.home(&HomeView { session_over: false })).into_response()
        }
        None => {
            (shared.no_cookie(), Html(shared.pages.home(&HomeView { session_over: true }))).into_response()
        }
    }
}
