//! `/webhooks/whatsapp`: Meta's handshake and its reports.

use axum::extract::{FromRequest, Query, Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;
use http::header::RETRY_AFTER;
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
///
/// A body is large and is kept whole until its signature is checked: without anything like a signature it is not even
/// read, and only so many are read at once.
pub async fn post(State(doors): State<Doors>, request: Request) -> Response {
    let signature = request.headers().get(SIGNATURE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    if !signature.as_deref().is_some_and(|signature| signature.starts_with("sha256=")) {
        return unsigned();
    }
    let Ok(_place) = doors.webhooks.acquire().await else { return try_again() };
    match Bytes::from_request(request, &doors).await {
        Ok(raw) => receive(&doors, &raw, signature.as_deref()).await,
        Err(rejection) => rejection.into_response(),
    }
}

async fn receive(doors: &Doors, raw: &[u8], signature: Option<&str>) -> Response {
    match doors.flow.receive_webhook(raw, signature).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(Error::Refused(refusal)) => {
            tracing::warn!(?refusal, "a webhook was refused");
            unsigned()
        }
        Err(Error::Fault(fault)) => {
            tracing::error!(error = &fault as &dyn std::error::Error, "a webhook was not stored");
            try_again()
        }
    }
}

fn unsigned() -> Response {
    (StatusCode::UNAUTHORIZED, "the signature does not match\n").into_response()
}

fn try_again() -> Response {
    let headers = [(RETRY_AFTER, "5")];
    (StatusCode::SERVICE_UNAVAILABLE, headers, "not stored; send it again\n").into_response()
}
