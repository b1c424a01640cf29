//! `/webhooks/whatsapp`: Meta's handshake and its reports.

use std::net::IpAddr;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use http::StatusCode;
use http::header::RETRY_AFTER;
use tokio::time::timeout;
use watchword_flow::error::Error;

use crate::Doors;
use crate::extract::address::caller;
use crate::places::{Place, Places};
use crate::respond::fault::too_slow;

const SIGNATURE: &str = "x-hub-signature-256";

/// Meta sends up to 3 MB in one webhook.
const LARGEST: usize = 3 * 1024 * 1024;

/// Most webhooks are far below this, as every form of ours is. What is larger needs a place while it is read.
const SMALL: usize = 64 * 1024;

/// Large webhooks read at once: 32 × 3 MB is what strangers can make us hold.
const LARGE_AT_ONCE: usize = 32;

/// Of these, for one address.
const LARGE_PER_ADDRESS: usize = 4;

/// How long a body may be on its way; Meta sends it at once.
const BODY_PATIENCE: Duration = Duration::from_secs(10);

/// Places for large webhooks.
pub fn places() -> Places {
    Places::new(LARGE_AT_ONCE, LARGE_PER_ADDRESS, Vec::new())
}

/// The handshake: the challenge comes back to whoever shows the verify token.
pub async fn get(State(doors): State<Doors>, Query(fields): Query<Vec<(String, String)>>) -> Response {
    match doors.flow.verify_webhook(&fields).await {
        Ok(Some(challenge)) => challenge.to_owned().into_response(),
        Ok(None) => (StatusCode::FORBIDDEN, "the verify token does not match\n").into_response(),
        Err(fault) => {
            tracing::error!(error = &fault as &dyn std::error::Error, "a webhook could not be registered");
            try_again()
        }
    }
}

/// Reports. 200 once they are stored; 401 without Meta's signature; 503 when they must be sent again.
///
/// A body is kept whole until its signature is checked. So without anything like a signature it is not even read, and
/// of the large ones only so many are read at once, a few of them from one address.
pub async fn post(State(doors): State<Doors>, request: Request) -> Response {
    let signature = request.headers().get(SIGNATURE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    if !signature.as_deref().is_some_and(|signature| signature.starts_with("sha256=")) {
        return unsigned();
    }
    let from = caller(request.extensions(), request.headers(), &doors.settings.trusted_proxies);
    match timeout(BODY_PATIENCE, read(&doors.webhooks, from, request.into_body())).await {
        Ok(Ok((raw, _place))) => receive(&doors, &raw, signature.as_deref()).await,
        Ok(Err(refusal)) => refusal,
        Err(_) => too_slow(),
    }
}

/// The whole body, and the place it takes.
async fn read(places: &Places, from: IpAddr, body: Body) -> Result<(Vec<u8>, Option<Place>), Response> {
    let (mut raw, mut place) = (Vec::new(), None);
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| StatusCode::BAD_REQUEST.into_response())?;
        let size = raw.len() + chunk.len();
        if size > LARGEST {
            return Err(StatusCode::PAYLOAD_TOO_LARGE.into_response());
        }
        if size > SMALL && place.is_none() {
            place = Some(places.one(from).ok_or_else(try_again)?);
        }
        raw.extend_from_slice(&chunk);
    }
    Ok((raw, place))
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
