//! The OAuth face: JSON for clients, success and error alike never stored (RFC 6749, sections 5.1 and 5.2).

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;
use watchword_flow::authorize::ParamRefusal;
use watchword_flow::error::Fault;

use crate::extract::form::FormRefusal;
use crate::respond::cors::{ANY_ORIGIN, REASONS};

/// What keeps an answer with a token, or about one, out of every cache.
pub const NEVER_STORED: [(HeaderName, HeaderValue); 2] =
    [(CACHE_CONTROL, HeaderValue::from_static("no-store")), (PRAGMA, HeaderValue::from_static("no-cache"))];

/// Asks for Basic where a client tried the `Authorization` header (RFC 6749, section 5.2; RFC 7617, section 2.1).
const BASIC: HeaderValue = HeaderValue::from_static(r#"Basic realm="client", charset="UTF-8""#);

/// An error response. The description speaks to the client's developer and holds nothing that came from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OauthError {
    status: StatusCode,
    error: &'static str,
    description: Cow<'static, str>,
    challenge: bool,
}

#[derive(Serialize)]
struct Body<'a> {
    error: &'a str,
    error_description: &'a str,
}

impl OauthError {
    /// An error of this code, told with 400.
    pub fn new(error: &'static str, description: impl Into<Cow<'static, str>>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, description: description.into(), challenge: false }
    }

    /// The request is malformed.
    pub fn invalid_request(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new("invalid_request", description)
    }

    /// A parameter that is always needed is not there.
    pub fn missing(name: &str) -> Self {
        Self::invalid_request(format!("{name} is missing"))
    }

    /// The client did not prove itself; `by_header` when it tried to in the `Authorization` header.
    pub fn invalid_client(by_header: bool) -> Self {
        let description = "the client is unknown, or its credentials are missing or wrong for its kind";
        Self {
            status: StatusCode::UNAUTHORIZED,
            challenge: by_header,
            ..Self::new("invalid_client", description)
        }
    }

    /// With this description.
    pub fn describe(self, description: impl Into<Cow<'static, str>>) -> Self {
        Self { description: description.into(), ..self }
    }

    /// RFC 6749, section 5.2: no quote, no backslash, printable ASCII.
    #[cfg(test)]
    pub fn keeps_to_the_rfc(&self) -> bool {
        let fine = |letter: char| matches!(letter, ' '..='~') && letter != '"' && letter != '\\';
        self.description.chars().all(fine)
    }

    /// A fault of ours; logged here, told without detail. A database that is away is worth another try.
    pub fn fault(fault: &Fault) -> Self {
        tracing::error!(error = fault as &dyn std::error::Error, "a request failed");
        if fault.is_outage() {
            let error =
                Self::new("temporarily_unavailable", "the database does not answer; try again in a moment");
            return Self { status: StatusCode::SERVICE_UNAVAILABLE, ..error };
        }
        Self::internal()
    }

    /// Something of ours is broken; it was logged where it was seen.
    pub fn internal() -> Self {
        let error = Self::new("server_error", "something went wrong on our side");
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, ..error }
    }
}

impl From<FormRefusal> for OauthError {
    fn from(refusal: FormRefusal) -> Self {
        let error = Self::invalid_request(refusal.to_string());
        match refusal {
            FormRefusal::TooLarge => Self { status: StatusCode::PAYLOAD_TOO_LARGE, ..error },
            FormRefusal::ContentType | FormRefusal::Incomplete | FormRefusal::Malformed => error,
        }
    }
}

impl From<ParamRefusal> for OauthError {
    fn from(refusal: ParamRefusal) -> Self {
        Self::invalid_request(match refusal {
            ParamRefusal::Repeated(name) => format!("{name} is given more than once"),
            ParamRefusal::TooLong(name) => format!("{name} is too long"),
        })
    }
}

impl IntoResponse for OauthError {
    fn into_response(self) -> Response {
        let body = Body { error: self.error, error_description: &self.description };
        let mut response = (self.status, [ANY_ORIGIN, REASONS], private_json(&body)).into_response();
        if self.challenge {
            response.headers_mut().insert(WWW_AUTHENTICATE, BASIC);
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

/// An answer for one client alone.
pub fn private_json<T: Serialize>(content: &T) -> Response {
    match serde_json::to_string(content) {
        Ok(text) => {
            let json = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
            (NEVER_STORED, json, text).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "an answer cannot be written");
            crate::respond::fault::crashed()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use http::header::ACCESS_CONTROL_ALLOW_ORIGIN;
    use serde_json::{Value, json};
    use watchword_flow::error::Fault;

    async fn body(response: Response) -> Value {
        serde_json::from_slice(&to_bytes(response.into_body(), 4096).await.unwrap()).unwrap()
    }

    #[tokio::test]
    async fn an_error_has_the_form_of_the_rfc_and_is_not_stored() {
        let response = OauthError::missing("code").into_response();
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
        assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
        assert_eq!(response.headers()[PRAGMA], "no-cache");
        assert_eq!(response.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        let expected = json!({ "error": "invalid_request", "error_description": "code is missing" });
        assert_eq!(body(response).await, expected);
    }

    #[test]
    fn a_challenge_goes_to_those_who_used_the_header() {
        let by_header = OauthError::invalid_client(true).into_response();
        assert_eq!(by_header.status(), StatusCode::UNAUTHORIZED);
        assert!(by_header.headers()[WWW_AUTHENTICATE].to_str().unwrap().starts_with("Basic "));
        let in_body = OauthError::invalid_client(false).into_response();
        assert_eq!(in_body.status(), StatusCode::UNAUTHORIZED);
        assert!(!in_body.headers().contains_key(WWW_AUTHENTICATE));
    }

    #[tokio::test]
    async fn a_fault_tells_no_detail() {
        let response = OauthError::fault(&Fault::Crypto("the inside")).into_response();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!body(response).await.to_string().contains("the inside"));
    }

    #[test]
    fn too_much_is_told_as_such() {
        assert_eq!(
            OauthError::from(FormRefusal::TooLarge).into_response().status(),
            StatusCode::PAYLOAD_TOO_LARGE
        );
        assert_eq!(
            OauthError::from(FormRefusal::ContentType).into_response().status(),
            StatusCode::BAD_REQUEST
        );
    }

    #[test]
    fn descriptions_keep_to_the_characters_of_the_rfc() {
        let errors = [
            OauthError::from(FormRefusal::ContentType),
            OauthError::from(FormRefusal::TooLarge),
            OauthError::from(FormRefusal::Incomplete),
            OauthError::from(FormRefusal::Malformed),
            OauthError::from(ParamRefusal::Repeated("code")),
            OauthError::from(ParamRefusal::TooLong("code")),
            OauthError::invalid_client(true),
        ];
        for error in errors {
            assert!(error.keeps_to_the_rfc(), "{error:?}");
        }
    }
}
