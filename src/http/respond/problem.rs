//! Problems for programs (RFC 9457).

use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::json;
use watchword_flow::error::Fault;

/// Whether whoever asks would rather see a page: browsers say so.
pub fn wants_page(headers: &HeaderMap) -> bool {
    headers
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// A problem document.
pub fn problem(status: StatusCode, title: &str, detail: &str) -> Response {
    let body = json!({ "type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail });
    let headers = [(CONTENT_TYPE, "application/problem+json"), (CACHE_CONTROL, "no-store")];
    (status, headers, body.to_string()).into_response()
}

/// No pool has the domain in the address.
pub fn unknown_pool() -> Response {
    problem(
        StatusCode::NOT_FOUND,
        "Unknown pool",
        "No user pool has this domain; check the issuer's address.",
    )
}

/// Nothing is at the address.
pub fn not_found() -> Response {
    problem(StatusCode::NOT_FOUND, "Not found", "There is nothing at this address.")
}

/// The address does not answer this method.
pub fn method_not_allowed() -> Response {
    problem(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed", "This address does not answer this method.")
}

/// The request names two hosts.
pub fn two_hosts() -> Response {
    problem(StatusCode::BAD_REQUEST, "Bad request", "A request names one host; this one named several.")
}

/// A fault of ours; logged here, told without detail.
pub fn fault(fault: &Fault) -> Response {
    tracing::error!(error = fault as &dyn std::error::Error, "a request failed");
    if !fault.is_outage() {
        return problem(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Internal error",
            "Something went wrong on our side.",
        );
    }
    let detail = "The database does not answer; try again in a moment.";
    let mut response = problem(StatusCode::SERVICE_UNAVAILABLE, "Unavailable", detail);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
    response
}
