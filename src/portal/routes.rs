//! Every address of the portal, and what all its answers have in common: headers, and failures turned into
//! pages.
//!
//! One file per address below. Knows the session cookie's name; knows nothing of the protocol.

mod assets;
mod callback;
mod home;
mod host;
mod refresh;
mod sign_in;
mod sign_out;
mod signed_out;
mod userinfo;

use std::sync::Arc;

use axum::extract::rejection::FormRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{from_fn_with_state, map_response_with_state};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Form, Router};
use openidconnect::CsrfToken;
use serde::Deserialize;
use url::Url;

use crate::client::Client;
use crate::clock::now;
use crate::failure::Failure;
use crate::pages::Pages;
use crate::session::{SIGNED_IN_AGE, SessionId, Sessions, SignedIn};

/// Enough for a form that carries one token.
const LARGEST_FORM: usize = 4 * 1024;

/// What every request works with.
pub struct Shared {
    /// Speaks to the provider.
    pub client: Client,
    /// Who is signed in.
    pub sessions: Sessions,
    /// What people see.
    pub pages: Pages,
    /// Where the portal is reached from outside.
    pub public_url: Url,
    /// What a page may load, and where its forms may lead.
    pub content_security_policy: HeaderValue,
}

/// All routes.
pub fn router(shared: Arc<Shared>) -> Router {
    // An address that only takes a form leads a browser that reloads it back home.
    let to_home = || async { Redirect::to("/") };
    Router::new()
        .route("/", get(home::get))
        .route("/sign-in", get(sign_in::get).head(no_head))
        .route("/callback", get(callback::get).head(no_head))
        .route("/refresh", post(refresh::post).get(to_home))
        .route("/userinfo", post(userinfo::post).get(to_home))
        .route("/sign-out", post(sign_out::post).get(to_home))
        .route("/signed-out", get(signed_out::get))
        .route("/assets/{name}", get(assets::get))
        .fallback(|| async { Failure::NotFound })
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .layer(from_fn_with_state(Arc::clone(&shared), host::own_names_only))
        .layer(map_response_with_state(Arc::clone(&shared), finish))
        .with_state(shared)
}

/// Where GET begins or ends something, HEAD would, too.
async fn no_head() -> impl IntoResponse {
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET")])
}

/// The last touch on every response: a failure becomes its page, and every page gets its headers.
async fn finish(State(shared): State<Arc<Shared>>, mut response: Response) -> Response {
    if let Some(&failure) = response.extensions().get::<Failure>() {
        let reason = failure.reason();
        tracing::info!(%reason, "shown a failure page");
        let mut page = (failure.status(), Html(shared.pages.failure(failure))).into_response();
        page.headers_mut()
            .extend(response.headers_mut().drain().filter_map(|(name, value)| Some((name?, value))));
        response = page;
    }
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, shared.content_security_policy.clone());
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

impl Shared {
    /// The session the browser's cookie claims to have.
    fn browser(&self, headers: &HeaderMap) -> Option<SessionId> {
        let name = self.cookie_name();
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|cookies| cookies.to_str().ok())
            .flat_map(|cookies| cookies.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='))
            .find(|(cookie, _)| *cookie == name)
            .map(|(_, value)| SessionId::from_cookie(value))
    }

    /// The signed-in person who pressed a button, once the form has shown that it is of this very session.
    fn signed_in(
        &self,
        headers: &HeaderMap,
        form: Result<Form<SessionForm>, FormRejection>,
    ) -> Result<(SessionId, SignedIn), Failure> {
        let id = self.browser(headers).ok_or(Failure::SessionOver)?;
        let session = self.sessions.find(&id, now()).ok_or(Failure::SessionOver)?;
        let Ok(Form(form)) = form else { return Err(Failure::FormRefused) };
        if CsrfToken::new(form.csrf) != session.csrf {
            return Err(Failure::FormRefused);
        }
        Ok((id, session))
    }

    /// The `Set-Cookie` that gives the browser a session.
    fn cookie(&self, id: &SessionId) -> [(header::HeaderName, String); 1] {
        self.set_cookie(id.as_cookie(), SIGNED_IN_AGE)
    }

    /// The `Set-Cookie` that takes it away.
    fn no_cookie(&self) -> [(header::HeaderName, String); 1] {
        self.set_cookie("", 0)
    }

    /// `Lax`, not `Strict`: the browser comes back from the provider, which is another site, and must be
    /// recognised.
    fn set_cookie(&self, value: &str, max_age: i64) -> [(header::HeaderName, String); 1] {
        let secure = if self.is_https() { "; Secure" } else { "" };
        let name = self.cookie_name();
        [(
            header::SET_COOKIE,
            format!("{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}"),
        )]
    }

    /// With `__Host-` no other host of the domain can plant a cookie of this name; browsers take it over
    /// https only.
    fn cookie_name(&self) -> &'static str {
        if self.is_https() { "__Host-portal_session" } else { "portal_session" }
    }

    fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }
}

/// What every button sends.
#[derive(Deserialize)]
struct SessionForm {
    csrf: String,
}

/// Marks a response as a failure; see [`finish`].
impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.status(), Extension(self)).into_response()
    }
}
