//! Who stands at a page: a browser in a pool, with its cookies, its language and its address.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::response::Response;
use http::Method;
use http::request::Parts;
use watchword_domain::Language;
use watchword_domain::ids::SignInId;
use watchword_domain::pool::Pool;
use watchword_flow::browser::Browser;

use crate::Doors;
use crate::extract::address::caller;
use crate::extract::cookies::{self, CookieKind};
use crate::extract::outsider::{accept_language, here, query_value, request_id};
use crate::extract::tenant;

/// A browser in a pool.
pub struct Visitor {
    /// The pool.
    pub pool: Arc<Pool>,
    /// The browser's own secret.
    pub browser: Browser,
    /// Whether the browser has none and is to be given this one.
    pub is_new: bool,
    /// The session's cookie, if it shows one.
    pub session: Option<String>,
    /// The sign-in this browser says it began last.
    pub pending: Option<SignInId>,
    /// Where it calls from.
    pub address: IpAddr,
    /// The language the person chose, now or on an earlier page.
    pub chosen: Option<Language>,
    /// The language the person chose just now.
    pub chosen_now: Option<Language>,
    /// Where it is, with the query, if that can be asked for again.
    pub here: Option<String>,
    /// Whether the page can be asked for again as it is: a form would be sent twice.
    pub may_reload: bool,
    /// The languages the browser asks for.
    pub accept_language: Option<String>,
    /// The request's id.
    pub request_id: String,
}

impl Visitor {
    /// The language to speak: the person's own choice, then the client's wish, then the browser's, then the pool's.
    pub fn language(&self, ui_locales: Option<&str>) -> Language {
        let fallback = self.pool.fallback_language();
        let stated = || Language::negotiate(ui_locales, self.accept_language.as_deref(), fallback);
        self.chosen.unwrap_or_else(stated)
    }
}

impl FromRequestParts<Doors> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, doors: &Doors) -> Result<Self, Response> {
        let pool = tenant::of_page(parts, doors).await?;
        let cookie = |kind| cookies::read(&parts.headers, &pool, kind);
        let browser = cookie(CookieKind::Browser);
        let marks = cookie(CookieKind::Known);
        let known = |secret: String| Browser::of_cookies(&secret, marks.as_deref());
        let language = |tag: Option<String>| tag.as_deref().and_then(Language::of_tag);
        let chosen_now = language(query_value(parts, "lang"));
        Ok(Self {
            // A form of another site comes without our cookies: what the browser has must not be replaced for it.
            is_new: browser.is_none() && parts.method == Method::GET,
            browser: browser.map_or_else(|| doors.flow.new_browser(), known),
            // Where GET acts for whoever is signed in (a code, the end of a session), HEAD only looks (RFC 9110, section 9.2.1).
            session: cookie(CookieKind::Session).filter(|_| parts.method != Method::HEAD),
            pending: cookie(CookieKind::Pending).map(SignInId::from),
            address: caller(&parts.extensions, &parts.headers, &doors.settings.trusted_proxies),
            chosen: chosen_now.or_else(|| language(cookie(CookieKind::Language))),
            chosen_now,
            here: here(parts),
            may_reload: parts.method == Method::GET,
            accept_language: accept_language(parts).map(str::to_owned),
            request_id: request_id(parts),
            pool,
        })
    }
}
