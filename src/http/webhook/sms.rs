//! `/webhooks/sms/{provider}`: the reports of SMS providers.

use std::time::Duration;

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::RETRY_AFTER;
use tokio::time::timeout;
use watchword_flow::error::Error;
use watchword_flow::sms_report;

use crate::Doors;
use crate::respond::fault::too_slow;

/// A report is a kilobyte or two. Below what needs a place while it is read, as every form of ours is.
const LARGEST: usize = 64 * 1024;

/// How long a body may be on its way; providers send it at once.
const BODY_PATIENCE: Duration = Duration::from_secs(10);

/// Reports. 200 once they are stored; 401 without the provider's proof; 503 when they must be sent again.
///
/// Without anything like a proof, or for a provider that is not ours, the body is not even read.
pub async fn post(State(doors): State<Doors>, Path(provider): Path<String>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let header = doors.flow.sms_proof_header(&provider);
    let proof = header.and_then(|header| head.headers.get(header)).and_then(|proof| proof.to_str().ok());
    let Some(proof) = proof.filter(|proof| !proof.is_empty()) else { return unproven() };
    match timeout(BODY_PATIENCE, read(body)).await {
        Ok(Ok(raw)) => {
            let report = sms_report::Request { raw: &raw, query: head.uri.query(), proof };
            receive(&doors, &provider, &report).await
        }
        Ok(Err(refusal)) => refusal.into_response(),
        Err(_) => too_slow(),
    }
}

async fn read(body: Body) -> Result<Vec<u8>, StatusCode> {
    let is_too_large = body.size_hint().lower() > LARGEST as u64;
    if is_too_large {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    // One that does not say how long it is, and goes on, breaks off here, too.
    to_bytes(body, LARGEST).await.map(Into::into).map_err(|_| StatusCode::BAD_REQUEST)
}

async fn receive(doors: &Doors, provider: &str, report: &sms_report::Request<'_>) -> Response {
    match doors.flow.receive_sms_report(provider, report).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(Error::Refused(refusal)) => {
            tracing::warn!(?refusal, "a report of an SMS was refused");
            unproven()
        }
        Err(Error::Fault(fault)) => {
            tracing::error!(error = &fault as &dyn std::error::Error, "a report of an SMS was not stored");
            let headers = [(RETRY_AFTER, "5")];
            (StatusCode::SERVICE_UNAVAILABLE, headers, "not stored; send it again\n").into_response()
        }
    }
}

fn unproven() -> Response {
    (StatusCode::UNAUTHORIZED, "the proof is missing or not the provider's\n").into_response()
}
