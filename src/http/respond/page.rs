//! Pages of a pool, with the cookies that their browser lacks.

use axum::response::Response;
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use watchword_domain::client::front_page_of;
use watchword_domain::ids::opaque_token;
use watchword_domain::pool::Pool;
use watchword_domain::{Language, time};
use watchword_flow::error::Fault;
use watchword_flow::seams::SystemRandom;

use crate::Doors;
use crate::extract::cookies::{self, CookieKind};
use crate::extract::visitor::Visitor;
use crate::respond::html::{StatusOf, language_links, render, set_cookie, view_of, with_retry};
use crate::view::{Brand, Chrome, ErrorView, View};

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
    with_retry(fault, error_page(doors, visitor, language, &view_of(fault, visitor.may_reload)))
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

/// Whole seconds until a moment, for views.
pub fn seconds_until(until: time::Timestamp, now: time::Timestamp) -> u32 {
    u32::try_from(time::seconds_up(until.until(now))).unwrap_or(u32::MAX)
}
