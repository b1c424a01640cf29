//! Under which names the phone and the control interface answer. A page of another site can have its own name lead to
//! this machine (DNS rebinding) and would then count as one site with us and read every code. It cannot change the name
//! that the browser asks for.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header::HOST, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{net::IpAddr, sync::Arc};

use crate::world::World;

/// Answers 421 to whoever asks for another name. A request that names no host comes from no browser.
pub(crate) async fn own_names_only(
    State(world): State<Arc<World>>,
    request: Request,
    next: Next,
) -> Response {
    if is_own(request.headers(), world.host.as_deref()) {
        return next.run(request).await;
    }
    let text = "This simulator does not answer to that name. If it should, tell it: simulator.host.\n";
    (StatusCode::MISDIRECTED_REQUEST, text).into_response()
}

/// Loopback, any IP address (nobody's name leads to it) and the one name it was told.
fn is_own(headers: &HeaderMap, name: Option<&str>) -> bool {
    let Some(asked) = headers.get(HOST) else { return true };
    let Some(asked) = asked.to_str().ok().and_then(|asked| asked.parse::<Authority>().ok()) else {
        return false;
    };
    let host = asked.host().to_ascii_lowercase();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok() || name.is_some_and(|name| host == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(host: &'static str) -> bool {
        let headers = HeaderMap::from_iter([(HOST, axum::http::HeaderValue::from_static(host))]);
        is_own(&headers, Some("simulator"))
    }

    #[test]
    fn it_answers_to_loopback_to_addresses_and_to_its_name() {
        for host in ["localhost", "LOCALHOST:8081", "127.0.0.1:1", "[::1]:8081", "10.0.0.7", "simulator:8081"]
        {
            assert!(answers(host), "{host}");
        }
        assert!(is_own(&HeaderMap::new(), None));
    }

    #[test]
    fn it_answers_to_no_other_name() {
        for host in
            ["evil.example", "localhost.evil.example:8081", "127.0.0.1.evil.example", "simulator.", "", "a b"]
        {
            assert!(!answers(host), "{host}");
        }
    }
}
