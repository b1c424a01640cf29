//! Around every request: its id, its measure, the last resort when a door panics, and the headers every answer has.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderName, HeaderValue, Method};
use tracing::Instrument;
use watchword_domain::ids::Random;
use watchword_flow::seams::SystemRandom;

use crate::Doors;
use crate::respond::fault::{crashed, too_slow};

/// Tells one request from another in logs and on error pages.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Where request ids come from: a prefix of this process and a running number.
pub struct RequestIds {
    prefix: u32,
    next: AtomicU64,
}

impl RequestIds {
    /// A new process's ids.
    pub fn new() -> Self {
        let mut prefix = [0_u8; 4];
        SystemRandom.fill(&mut prefix);
        Self { prefix: u32::from_be_bytes(prefix), next: AtomicU64::new(1) }
    }

    fn next(&self) -> RequestId {
        let mut id = String::with_capacity(16);
        // Writing to a String cannot fail.
        let _ = write!(id, "{:08x}-{:x}", self.prefix, self.next.fetch_add(1, Ordering::Relaxed));
        RequestId(id)
    }
}

/// How long a request may take, its body included. One that takes longer is given up, and a transaction it holds
/// leaves nothing behind.
const PATIENCE: Duration = Duration::from_secs(30);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Runs a request to its end even when the client goes away: half a use case is never left behind.
#[expect(clippy::disallowed_methods, reason = "how long an answer took is measured here and nowhere else")]
pub async fn observe(State(doors): State<Doors>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = doors.request_ids.next();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let method = name_of(request.method());
    request.extensions_mut().insert(id.clone());
    let span = tracing::info_span!("request", id = %id.0, method = %method, route = %route);
    let mut answering = tokio::spawn(next.run(request).instrument(span.clone()));
    let mut response = match tokio::time::timeout(PATIENCE, &mut answering).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => {
            span.in_scope(|| tracing::error!(panicked = error.is_panic(), "a request was not answered"));
            crashed()
        }
        Err(_) => {
            answering.abort();
            too_slow()
        }
    };
    let took = started.elapsed();
    let status = response.status().as_u16();
    span.in_scope(|| tracing::debug!(status, milliseconds = took.as_millis(), "answered"));
    let labels = [("method", method.to_owned()), ("route", route), ("status", status.to_string())];
    metrics::counter!("watchword_http_requests_total", &labels).increment(1);
    metrics::histogram!("watchword_http_request_seconds", &labels[1..2]).record(took.as_secs_f64());
    finish(&doors, &mut response, &id);
    response
}

/// A method as metrics and logs name it: made-up ones share a name, or anybody could make labels without end.
fn name_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

fn finish(doors: &Doors, response: &mut Response, id: &RequestId) {
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if doors.flow.settings().public_url.is_secure() {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(STRICT_TRANSPORT_SECURITY, year);
    }
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        headers.insert(REQUEST_ID, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_up_methods_share_a_name() {
        assert_eq!(name_of(&Method::POST), "POST");
        for made_up in ["A", "PoST", "PROPFIND"] {
            assert_eq!(name_of(&Method::from_bytes(made_up.as_bytes()).unwrap()), "other");
        }
    }
}
