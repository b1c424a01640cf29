//! Under which names the portal answers. A page of another site can have its own name lead to this machine (DNS
//! rebinding) and would then count as one site with the portal.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Shared;

/// Answers 421 to whoever asks for another name. A request that names no host comes from no browser.
pub async fn own_names_only(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    if is_own(request.headers(), shared.public_url.host_str()) {
        return next.run(request).await;
    }
    (StatusCode::MISDIRECTED_REQUEST, "The shop does not answer to that name.\n").into_response()
}

/// Loopback, any IP address (nobody's name leads to it) and the public address's own name.
fn is_own(headers: &HeaderMap, name: Option<&str>) -> bool {
    let Some(asked) = headers.get(header::HOST) else { return true };
    let Some(asked) = asked.to_str().ok().and_then(|asked| asked.parse::<Authority>().ok()) else {
        return false;
    };
    let host = asked.host().to_ascii_lowercase();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok() || name.is_some_and(|name| host == name)
}
