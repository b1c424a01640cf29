//! Who stands at a page: a browser in a pool, with its cookies, its language and its address.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, OriginalUri};
use axum::response::Response;
use http::Method;
use http::header::ACCEPT_LANGUAGE;
use http::request::Parts;
use watchword_domain::Language;
use watchword_domain::ids::SignInId;
use watchword_domain::pool::Pool;
use watchword_flow::browser::Browser;

use crate::Doors;
use crate::extract::address::client_address;
use crate::extract::cookies::{self, CookieKind};
use crate::extract::tenant::Tenant;
use crate::observe::RequestId;

/// A longer address is not repeated in the links to other languages.
const LONGEST_HERE: usize = 2048;

/// A browser outside any pool.
pub struct Outsider {
    /// What it chose, else what it accepts.
    pub language: Language,
    /// As [`Visitor::here`].
    pub here: Option<String>,
    /// The request's id.
    pub request_id: String,
}

impl Outsider {
    /// Who sent this request.
    pub fn of(parts: &Parts) -> Self {
        let chosen = query_value(parts, "lang").as_deref().and_then(Language::of_tag);
        let language =
            chosen.unwrap_or_else(|| Language::negotiate(None, accept_language(parts), Language::En));
        Self { language, here: here(parts), request_id: request_id(parts) }
    }
}

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
        let Tenant(pool) = Tenant::from_request_parts(parts, doors).await?;
        let cookie = |kind| cookies::read(&parts.headers, &pool, kind);
        let browser = cookie(CookieKind::Browser);
        let marks = cookie(CookieKind::Known);
        let known = |secret: String| Browser::of_cookies(&secret, marks.as_deref());
        let language = |tag: Option<String>| tag.as_deref().and_then(Language::of_tag);
        let chosen_now = language(query_value(parts, "lang"));
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip());
        Ok(Self {
            // A form of another site comes without our cookies: what the browser has must not be replaced for it.
            is_new: browser.is_none() && parts.method == Method::GET,
            browser: browser.map_or_else(|| doors.flow.new_browser(), known),
            // Where GET acts for whoever is signed in (a code, the end of a session), HEAD only looks (RFC 9110, section 9.2.1).
            session: cookie(CookieKind::Session).filter(|_| parts.method != Method::HEAD),
            pending: cookie(CookieKind::Pending).map(SignInId::from),
            address: client_address(peer, &parts.headers, &doors.settings.trusted_proxies),
            chosen: chosen_now.or_else(|| language(cookie(CookieKind::Language))),
            chosen_now,
            here: here(parts),
            accept_language: accept_language(parts).map(str::to_owned),
            request_id: request_id(parts),
            pool,
        })
    }
}

/// What a client asks to be led to; no page of ours repeats it before it was found registered.
const PLACES: [&str; 2] = ["redirect_uri", "post_logout_redirect_uri"];

/// The address of a page that a browser may ask for again, without the places that it asks to be led to. None when a
/// token is in it, which no page of ours repeats.
fn here(parts: &Parts) -> Option<String> {
    let asked = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |asked| &asked.0);
    let here = asked.path_and_query()?.as_str();
    // A path of two slashes would lead to the host that they name.
    let is_ours = here.len() <= LONGEST_HERE && !here.starts_with("//") && !here.contains('\\');
    let repeatable = parts.method == Method::GET && query_value(parts, "id_token_hint").is_none();
    if !is_ours || !repeatable {
        return None;
    }
    let (path, query) = here.split_once('?').unwrap_or((here, ""));
    let kept =
        url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| !PLACES.contains(&name.as_ref()));
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
    Some(if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") })
}

fn accept_language(parts: &Parts) -> Option<&str> {
    parts.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok())
}

fn request_id(parts: &Parts) -> String {
    parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
}

fn query_value(parts: &Parts, name: &str) -> Option<String> {
    let query = parts.uri.query()?;
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}
