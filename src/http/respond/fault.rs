//! The last resort: when not even a page can be made.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CACHE_CONTROL;

/// A plain 500.
pub fn crashed() -> Response {
    let text = "Something went wrong on our side. Please try again in a moment.\n";
    (StatusCode::INTERNAL_SERVER_ERROR, [(CACHE_CONTROL, "no-store")], text).into_response()
}
