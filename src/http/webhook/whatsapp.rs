//! `/webhooks/whatsapp`: Meta's handshake and its reports.

use axum::extract::rejection::BytesRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderValue, StatusCode};
use watchword_flow::error::Error;

use crate::Doors;

const SIGNATURE: &str = "x-hub-signature-256";

/// The handshake: the challenge comes back to whoever shows the verify token.
pub async fn get(State(doors): State<Doors>, Query(fields): Query<Vec<(String, String)>>) -> Response {
    match doors.flow.verify_webhook(&fields) {
        Some(challenge) => challenge.to_owned().into_response(),
        None => (StatusCode::FORBIDDEN, "the verify token does not match\n").into_response(),
    }
}

/// Reports. 200 once they are stored; 401 without Meta's signature; 503 when they must be sent again.
pub async fn post(
    State(doors): State<Doors>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let raw = match body {
        Ok(raw) => raw,
        Err(rejection) => return rejection.into_response(),
    };
    let signature = headers.get(SIGNATURE).and_then(|value| value.to_str().ok());
    match doors.flow.receive_webhook(&raw, signature).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(Error::Refused(refusal)) => {
            tracing::warn!(?refusal, "a webhook was refused");
            (StatusCode::UNAUTHORIZED, "the signature does not match\n").into_response()
        }
        Err(Error::Fault(fault)) => {
            tracing::error!(error = &fault as &dyn std::error::Error, "a webhook was not stored");
            let mut response =
                (StatusCode::SERVICE_UNAVAILABLE, "not stored; send it again\n").into_response();
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
            response
        }
    }
}
