//! The last resort: when not even a page can be made.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONNECTION};

/// A plain 500.
pub fn crashed() -> Response {
    let text = "Something went wrong on our side. Please try again in a moment.\n";
    (StatusCode::INTERNAL_SERVER_ERROR, [(CACHE_CONTROL, "no-store")], text).into_response()
}

/// A plain 408: the request's body, or the answer, did not come in time.
pub fn too_slow() -> Response {
    let text = "This took too long. Please try again in a moment.\n";
    (StatusCode::REQUEST_TIMEOUT, [(CACHE_CONTROL, "no-store"), (CONNECTION, "close")], text).into_response()
}
