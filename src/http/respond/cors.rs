//! What pages of other origins may read: the endpoints that ask for a token or a secret of their own, and documents
//! that are public anyway.
//!
//! None of them looks at a cookie, so any origin may call them, and the browser is never told that credentials are
//! allowed. The authorization endpoint and the pages are not among them (RFC 9700, section 2.6).

use axum::response::{IntoResponse, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
};
use http::{HeaderName, HeaderValue, StatusCode};

/// Any page may read the answer.
pub const ANY_ORIGIN: (HeaderName, HeaderValue) =
    (ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));

/// Any page may also read why it was refused, and when to try again.
pub const REASONS: (HeaderName, HeaderValue) =
    (ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("WWW-Authenticate, Retry-After"));

/// The answer to a page that asks whether it may call an endpoint with these methods.
pub fn preflight(methods: &'static str) -> Response {
    let headers = [
        ANY_ORIGIN,
        (ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(methods)),
        (ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("Authorization, Content-Type")),
        (ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200")),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::ACCESS_CONTROL_ALLOW_CREDENTIALS;

    #[test]
    fn any_origin_may_call_but_never_with_cookies() {
        let response = preflight("POST");
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
        assert_eq!(response.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        assert_eq!(response.headers()[ACCESS_CONTROL_ALLOW_METHODS], "POST");
        assert!(!response.headers().contains_key(ACCESS_CONTROL_ALLOW_CREDENTIALS));
    }
}
