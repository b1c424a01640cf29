//! `/healthz`: the process is alive. `/readyz`: it can do its work.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, RETRY_AFTER};

use crate::Doors;

/// Alive.
pub async fn healthz() -> Response {
    ([(CACHE_CONTROL, "no-store")], "alive\n").into_response()
}

/// Ready: the database answers and its schema is this version's.
pub async fn readyz(State(doors): State<Doors>) -> Response {
    let (status, text) = match doors.flow.is_ready().await {
        Ok(true) => (StatusCode::OK, "ready\n"),
        Ok(false) => {
            (StatusCode::SERVICE_UNAVAILABLE, "the database schema is not current; run `watchword migrate`\n")
        }
        Err(fault) => {
            tracing::warn!(error = &fault as &dyn std::error::Error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    };
    let mut response = (status, [(CACHE_CONTROL, "no-store")], text).into_response();
    if status != StatusCode::OK {
        response.headers_mut().insert(RETRY_AFTER, http::HeaderValue::from_static("5"));
    }
    response
}
