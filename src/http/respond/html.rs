//! HTML: rendered and dressed in its headers.

use std::fmt::Write;

use axum::response::{IntoResponse, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER, SET_COOKIE, VARY, X_FRAME_OPTIONS,
};
use http::{HeaderName, HeaderValue, StatusCode};
use url::Url;
use watchword_domain::Language;
use watchword_flow::error::Fault;

use crate::Doors;
use crate::respond::fault::crashed;
use crate::view::{Chrome, ErrorKind, ErrorView, LanguageLink, View};

const COOP: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// The status a view is served with.
pub trait StatusOf {
    /// The status.
    fn status(&self) -> StatusCode;
}

impl StatusOf for ErrorView {
    fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl StatusOf for crate::view::LandingView {
    fn status(&self) -> StatusCode {
        StatusCode::OK
    }
}

/// What is told of a fault of ours on a page that may be asked for again, or not.
pub(super) fn view_of(fault: &Fault, may_reload: bool) -> ErrorView {
    tracing::error!(error = fault as &dyn std::error::Error, "a page failed");
    let kind = if fault.is_outage() { ErrorKind::Unavailable } else { ErrorKind::Internal };
    let again = may_reload && fault.is_outage();
    ErrorView { kind, technical: None, restart_url: None, again }
}

/// Says when to try again, where that may help.
pub(super) fn with_retry(fault: &Fault, mut response: Response) -> Response {
    if fault.is_outage() {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
    }
    response
}

/// Adds a `Set-Cookie` line.
pub fn set_cookie(headers: &mut http::HeaderMap, line: &str) {
    if let Ok(value) = HeaderValue::try_from(line) {
        headers.append(SET_COOKIE, value);
    }
}

/// The page, dressed in its headers.
pub(super) fn render<V: View>(
    doors: &Doors,
    status: StatusCode,
    chrome: &Chrome,
    form_target: Option<&str>,
    view: &V,
) -> Response {
    let html = match doors.pages.render(view, chrome) {
        Ok(html) => html,
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                template = V::TEMPLATE,
                "a page cannot be shown"
            );
            return crashed();
        }
    };
    let mut response = (status, html).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(VARY, HeaderValue::from_static("accept-language, cookie"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(COOP, HeaderValue::from_static("same-origin"));
    if let Ok(policy) = HeaderValue::try_from(content_security_policy(&chrome.csp_nonce, form_target)) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Nothing from elsewhere, nothing inline but what carries the nonce, no frame around it (ASVS 5.0, 3.4; RFC 9700,
/// section 4.16).
fn content_security_policy(nonce: &str, form_target: Option<&str>) -> String {
    let mut policy = format!(
        "default-src 'none'; style-src 'self' 'nonce-{nonce}'; script-src 'self'; \
         img-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    );
    if let Some(source) = form_target.and_then(source_of) {
        // Writing to a String cannot fail.
        let _ = write!(policy, " {source}");
    }
    policy
}

/// What a policy calls the place a redirect URI is at: its origin, or its scheme where it has none.
fn source_of(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok()?;
    let origin = url.origin();
    Some(if origin.is_tuple() { origin.ascii_serialization() } else { format!("{}:", url.scheme()) })
}

/// This very page in each language.
pub(super) fn language_links(here: &str) -> Vec<LanguageLink> {
    let (path, query) = here.split_once('?').unwrap_or((here, ""));
    let kept = || url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "lang");
    let link = |language: Language| {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(kept())
            .append_pair("lang", language.tag())
            .finish();
        LanguageLink { language, url: format!("{path}?{query}") }
    };
    Language::ALL.into_iter().map(link).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_may_end_at_the_client_it_is_for_and_nowhere_else() {
        let policy = |target| content_security_policy("n", target);
        assert!(policy(None).ends_with("form-action 'self'"));
        assert!(
            policy(Some("https://shop.example/cb?x")).ends_with("form-action 'self' https://shop.example")
        );
        assert!(
            policy(Some("http://localhost:8082/cb")).ends_with("form-action 'self' http://localhost:8082")
        );
        assert!(policy(Some("com.example.app:/cb")).ends_with("form-action 'self' com.example.app:"));
    }

    #[test]
    fn a_language_link_keeps_the_rest_of_the_address() {
        let links = language_links("/acme/authorize?state=a%26b&lang=en");
        let spanish = links.iter().find(|link| link.language == Language::Es).unwrap();
        assert_eq!(spanish.url, "/acme/authorize?state=a%26b&lang=es");
    }
}
