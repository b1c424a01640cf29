//! Pools with hosts of their own: `acme.id.example.com/authorize` is taken to the routes as `/acme/authorize`.
//!
//! The host chooses the pool and nothing else; issuers and links come from the pool itself. A request that names two hosts is
//! answered by none.

use axum::Router;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::header::HOST;
use http::uri::{Authority, PathAndQuery, Uri};
use tower::util::{BoxCloneSyncService, MapRequestLayer};
use watchword_domain::public_url::PublicUrl;

use crate::Doors;
use crate::paths::OWN_SEGMENTS;
use crate::respond::problem;

/// Refuses a request with more than one `Host` line: a proxy before us may have gone by the other one (RFC 9112, section
/// 3.2).
pub async fn one_host(request: Request, next: Next) -> Response {
    if request.headers().get_all(HOST).iter().nth(1).is_some() {
        return problem::two_hosts();
    }
    next.run(request).await
}

/// The routes, reachable by pool hosts where the installation has them.
pub fn with_pool_hosts(routes: Router, doors: Doors) -> Router {
    if !doors.flow.settings().public_url.has_pool_hosts() {
        return routes;
    }
    let flow = doors.flow;
    let layer = MapRequestLayer::new(move |request| rewrite(&flow.settings().public_url, request));
    // The path must change before the routes look at it, so they stand inside as one service.
    Router::new().fallback_service(BoxCloneSyncService::new(tower::Layer::layer(&layer, routes)))
}

/// A domain no pool can have.
const NOBODY: &str = ".";

fn rewrite(public_url: &PublicUrl, mut request: Request) -> Request {
    // A request line that names a host overrules the header (RFC 9112, section 3.2.2).
    let named = request.uri().authority().map(Authority::as_str);
    let host = named.or_else(|| request.headers().get(HOST).and_then(|host| host.to_str().ok()));
    let label = host.map(str::to_ascii_lowercase);
    let label = label.as_deref().and_then(|host| public_url.domain_in_host(host));
    // Under any other name the installation answers its own paths only: a pool is never reached by another's host.
    if let Some(uri) = below(label.unwrap_or(NOBODY), request.uri()) {
        *request.uri_mut() = uri;
    }
    request
}

fn below(label: &str, uri: &Uri) -> Option<Uri> {
    let first = uri.path().split('/').nth(1).unwrap_or_default();
    if OWN_SEGMENTS.contains(&first) || label == NOBODY && uri.path() == "/" {
        return None;
    }
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let path = PathAndQuery::try_from(format!("/{label}{}{query}", uri.path())).ok()?;
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_host_leads_to_its_pool() {
        let below = |uri: &str| below("acme", &uri.parse().unwrap()).map(|uri| uri.to_string());
        assert_eq!(below("/authorize?x=1").as_deref(), Some("/acme/authorize?x=1"));
        assert_eq!(below("/other/authorize").as_deref(), Some("/acme/other/authorize"));
        assert_eq!(below("/assets/sign-in.css"), None);
        assert_eq!(below("/healthz"), None);
    }

    /// RFC 9112, section 3.2.2.
    #[test]
    fn a_host_in_the_request_line_overrules_the_header() {
        let public_url = "http://{domain}.localhost:8080".parse().unwrap();
        let asked = |uri: &str, host: &str| {
            let request = Request::get(uri).header(HOST, host).body(axum::body::Body::empty()).unwrap();
            rewrite(&public_url, request).uri().path().to_owned()
        };
        assert_eq!(asked("/jwks", "acme.localhost:8080"), "/acme/jwks");
        assert_eq!(asked("http://acme.localhost:8080/jwks", "other.localhost:8080"), "/acme/jwks");
        assert_eq!(asked("http://evil.example/jwks", "acme.localhost:8080"), "/./jwks");
    }

    #[test]
    fn under_another_name_there_is_no_pool() {
        let elsewhere = |uri: &str| below(NOBODY, &uri.parse().unwrap()).map(|uri| uri.to_string());
        assert_eq!(elsewhere("/acme/authorize").as_deref(), Some("/./acme/authorize"));
        assert_eq!(elsewhere("/readyz"), None);
        assert_eq!(elsewhere("/"), None);
    }
}
