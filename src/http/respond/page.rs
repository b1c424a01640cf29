//! Pages: rendered, dressed in their headers, and given the cookies a browser lacks.

use std::fmt::Write;

use axum::response::{IntoResponse, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER, SET_COOKIE, VARY, X_FRAME_OPTIONS,
};
use http::{HeaderName, HeaderValue, StatusCode};
use url::Url;
use watchword_domain::client::front_page_of;
use watchword_domain::ids::opaque_token;
use watchword_domain::pool::Pool;
use watchword_domain::{Language, time};
use watchword_flow::error::Fault;
use watchword_flow::seams::SystemRandom;

use crate::Doors;
use crate::extract::cookies::{self, CookieKind};
use crate::extract::visitor::{Outsider, Visitor};
use crate::respond::fault::crashed;
use crate::view::{Brand, Chrome, ErrorKind, ErrorView, LanguageLink, View};

/// How a page of a pool is shown.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// The status.
    pub status: StatusCode,
    /// The language.
    pub language: Language,
    /// This page's address (GET) with its query, for the language switch; none where it cannot be asked for again.
    pub here: Option<&'a str>,
    /// Where its forms may end up besides here: the client's redirect URI, which some browsers check too.
    pub form_target: Option<&'a str>,
    /// The client's name.
    pub client_name: &'a str,
    /// The registered redirect URI of the client one may go back to, where nothing else can be done.
    pub back: Option<&'a str>,
    /// After how many seconds to try again.
    pub retry_after: Option<u64>,
}

impl<'a> Shown<'a> {
    /// A page in this language that went well.
    pub fn new(language: Language) -> Self {
        let (here, form_target, back, retry_after) = (None, None, None, None);
        Self { status: StatusCode::OK, language, here, form_target, client_name: "", back, retry_after }
    }

    /// With this status.
    pub fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// Found at this address.
    pub fn here(self, here: &'a str) -> Self {
        Self { here: Some(here), ..self }
    }

    /// With forms that lead on to this client.
    pub fn leading_to(self, redirect_uri: &'a str, client_name: &'a str) -> Self {
        Self { form_target: Some(redirect_uri), client_name, ..self }
    }

    /// With a way back to the client that registered this redirect URI.
    pub fn back(self, redirect_uri: Option<&'a str>) -> Self {
        Self { back: redirect_uri, ..self }
    }

    /// Worth another try after so many seconds.
    pub fn retry_after(self, seconds: Option<u64>) -> Self {
        Self { retry_after: seconds, ..self }
    }
}

const COOP: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// A page of a pool.
pub fn page<V: View>(doors: &Doors, visitor: &Visitor, shown: &Shown<'_>, view: &V) -> Response {
    let chrome = Chrome {
        brand: Some(brand_of(&visitor.pool)),
        language: shown.language,
        back_url: shown.back.and_then(front_page_of),
        languages: shown.here.map(language_links).unwrap_or_default(),
        csp_nonce: opaque_token(&SystemRandom),
        request_id: visitor.request_id.clone(),
    };
    let mut response = render(doors, shown.status, &chrome, shown.form_target, view);
    let headers = response.headers_mut();
    if visitor.is_new {
        set_cookie(headers, &cookies::write(&visitor.pool, CookieKind::Browser, visitor.browser.cookie()));
    }
    if let Some(language) = visitor.chosen_now {
        set_cookie(headers, &cookies::write(&visitor.pool, CookieKind::Language, language.tag()));
    }
    if let Some(value) = shown.retry_after.and_then(|seconds| HeaderValue::try_from(seconds.to_string()).ok())
    {
        headers.insert(RETRY_AFTER, value);
    }
    response
}

/// An error page of a pool.
pub fn error_page(doors: &Doors, visitor: &Visitor, language: Language, view: &ErrorView) -> Response {
    dead_end(doors, visitor, language, view, None)
}

/// An error page of a pool, with a way back to the client that registered this redirect URI.
pub fn dead_end(
    doors: &Doors,
    visitor: &Visitor,
    language: Language,
    view: &ErrorView,
    back: Option<&str>,
) -> Response {
    let shown = Shown { here: visitor.here.as_deref(), ..Shown::new(language) };
    page(doors, visitor, &shown.status(view.status()).back(back), view)
}

/// A redirect URI that this client registered, if there is such a client.
pub async fn registered_by(doors: &Doors, visitor: &Visitor, client_id: Option<&str>) -> Option<String> {
    let client = doors.flow.client(&visitor.pool.id, &client_id?.into()).await.ok()??;
    client.client.redirect_uris.first().cloned()
}

/// An error page of a pool for a fault of ours.
pub fn failed(doors: &Doors, visitor: &Visitor, language: Language, fault: &Fault) -> Response {
    with_retry(fault, error_page(doors, visitor, language, &view_of(fault)))
}

/// A page outside any pool.
pub fn outside<V: View + StatusOf>(doors: &Doors, outsider: &Outsider, view: &V) -> Response {
    let chrome = Chrome {
        brand: None,
        language: outsider.language,
        back_url: None,
        languages: outsider.here.as_deref().map(language_links).unwrap_or_default(),
        csp_nonce: opaque_token(&SystemRandom),
        request_id: outsider.request_id.clone(),
    };
    render(doors, view.status(), &chrome, None, view)
}

/// An error page outside any pool for a fault of ours.
pub fn fault_page(doors: &Doors, outsider: &Outsider, fault: &Fault) -> Response {
    with_retry(fault, outside(doors, outsider, &view_of(fault)))
}

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

fn view_of(fault: &Fault) -> ErrorView {
    tracing::error!(error = fault as &dyn std::error::Error, "a page failed");
    let kind = if fault.is_outage() { ErrorKind::Unavailable } else { ErrorKind::Internal };
    ErrorView { kind, technical: None, restart_url: None }
}

fn with_retry(fault: &Fault, mut response: Response) -> Response {
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

fn render<V: View>(
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

fn brand_of(pool: &Pool) -> Brand {
    Brand {
        name: pool.name.clone(),
        logo_url: None,
        colours: None,
        support_email: pool.settings.support_email.clone(),
        privacy_url: pool.settings.privacy_url.clone(),
        terms_url: pool.settings.terms_url.clone(),
    }
}

/// This very page in each language.
fn language_links(here: &str) -> Vec<LanguageLink> {
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

/// Whole seconds until a moment, for views.
pub fn seconds_until(until: time::Timestamp, now: time::Timestamp) -> u32 {
    u32::try_from(time::seconds_up(until.until(now))).unwrap_or(u32::MAX)
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
