//! `/sign-in`: sends the browser to the provider.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use url::Url;

use super::Shared;
use crate::clock::now;
use crate::failure::Failure;
use crate::transport::is_this_machine;

pub async fn get(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Result<Response, Failure> {
    if is_other_name_of_this_machine(&headers, &shared.public_url) {
        // The provider sends the browser back to the public address, where a cookie set here would be
        // missing.
        let here = shared.public_url.join("sign-in").map_err(|_| Failure::NotFound)?;
        return Ok(Redirect::to(here.as_str()).into_response());
    }
    let browser = shared.browser(&headers);
    let now = now();
    if browser.as_ref().is_some_and(|id| shared.sessions.find(id, now).is_some()) {
        return Ok(Redirect::to("/").into_response());
    }
    let (address, pending) = shared.client.begin().await?;
    let id = shared.sessions.begin(browser, pending, now);
    Ok((shared.cookie(&id), Redirect::to(address.as_str())).into_response())
}

/// Whether somebody typed `127.0.0.1` where the public address says `localhost`, or the other way round.
fn is_other_name_of_this_machine(headers: &HeaderMap, public_url: &Url) -> bool {
    let asked = headers
        .get(header::HOST)
        .and_then(|host| Url::parse(&format!("http://{}", host.to_str().ok()?)).ok());
    asked.is_some_and(|asked| {
        asked.host() != public_url.host() && is_this_machine(&asked) && is_this_machine(public_url)
    })
}

#[cfg(test)]
mod tests {
    use super::{HeaderMap, Url, header, is_other_name_of_this_machine};

    fn differs(host: &'static str, public_url: &str) -> Option<bool> {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, axum::http::HeaderValue::from_static(host));
        Some(is_other_name_of_this_machine(&headers, &Url::parse(public_url).ok()?))
    }

    #[test]
    fn a_loopback_address_is_another_name_of_localhost() {
        assert_eq!(differs("127.0.0.1:8082", "http://localhost:8082"), Some(true));
        assert_eq!(differs("[::1]:8082", "http://localhost:8082"), Some(true));
        assert_eq!(differs("localhost:8082", "http://localhost:8082"), Some(false));
    }

    #[test]
    fn behind_a_proxy_the_host_is_not_compared() {
        assert_eq!(differs("10.0.0.7:8082", "https://shop.example"), Some(false));
        assert_eq!(differs("localhost:8082", "https://shop.example"), Some(false));
    }
}
