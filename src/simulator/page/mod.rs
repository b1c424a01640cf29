//! The phone in the browser: its pages, the plain forms behind them, and the stream that keeps them live. Knows how
//! things look and what a person may do; what it does goes through the same functions as the control interface.

mod chats;
mod faults_panel;
mod html;
mod icons;
mod list;
mod mails;
mod misbehave;
mod phone_panel;
mod senders_panel;
mod shell;
mod templates_panel;
mod thread;

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::{Next, map_response},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::{get, post},
};
use futures_util::stream::{self, Stream};
use std::{convert::Infallible, sync::Arc, time::Duration};

use crate::{number::Number, world::World};
use html::Html;
use shell::Page;

/// Pages hear of changes at most this often.
const CALM: Duration = Duration::from_millis(150);

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Every path of the page.
pub(crate) fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/", get(chats::all))
        .route("/senders/{business}", get(chats::of_sender))
        .route("/chats/{number}", get(chats::chat))
        .route("/chats/{number}/{business}", get(chats::chat_with))
        .route("/chats/{number}/reply", post(chats::reply))
        .route("/chats/{number}/phone", post(chats::phone))
        .route("/mails", get(mails::get))
        .route("/misbehave", get(misbehave::get).post(misbehave::order))
        .route("/misbehave/clear", post(misbehave::clear))
        .route("/misbehave/template", post(misbehave::template))
        .route("/misbehave/review", post(misbehave::review))
        .route("/events", get(events))
        .route(
            "/assets/phone.css",
            get(|| asset("text/css; charset=utf-8", include_str!("assets/phone.css"))),
        )
        .route(
            "/assets/phone.js",
            get(|| asset("text/javascript; charset=utf-8", include_str!("assets/phone.js"))),
        )
        .route("/assets/icon.svg", get(|| asset("image/svg+xml", include_str!("assets/icon.svg"))))
        .layer(map_response(guard))
}

/// What a browser may do with a page, and that none of it is kept.
async fn guard(response: Response) -> Response {
    guarded(response)
}

fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// The control interface and the page's forms need no token, so a foreign site must not be able to use them through a
/// visitor's browser.
pub(crate) async fn same_site_only(request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) || is_same_site(request.headers()) {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, "Requests from other sites are refused.").into_response()
}

fn is_same_site(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    match text(header::ORIGIN) {
        None => true,
        Some(origin) => origin.split_once("://").map(|(_, host)| host) == text(header::HOST),
    }
}

/// Says `change` whenever something looks different, and nothing more: the page then asks for itself again.
async fn events(State(world): State<Arc<World>>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = world.changes();
    // The word is there because browsers drop an event without data.
    let stream = stream::unfold((world, changes), |(world, mut changes)| async move {
        tokio::select! {
            changed = changes.changed() => changed.ok()?,
            () = world.closed() => return None,
        }
        tokio::time::sleep(CALM).await;
        changes.mark_unchanged();
        Some((Ok(Event::default().event("change").data("look")), (world, changes)))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}

async fn asset(kind: &'static str, body: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], body)
}

/// For an address that is nobody's.
pub(crate) fn not_found() -> Response {
    let screen = Html::of(
        "<main class=\"card\"><h1>Nothing here</h1><p>There is no such page.</p><p><a href=\"/\">All phones</a></p></main>",
    );
    let page = shell::plain(&Page { title: "Nothing here", refresh: false, screen });
    guarded((StatusCode::NOT_FOUND, axum::response::Html(page)).into_response())
}

/// One of six quiet colours for a phone, always the same.
fn tint(phone: &Number) -> &'static str {
    let sum = phone.digits().bytes().fold(0_u32, |sum, byte| (sum * 7 + u32::from(byte)) & 0xffff);
    match sum % 6 {
        0 => "1",
        1 => "2",
        2 => "3",
        3 => "4",
        4 => "5",
        _ => "6",
    }
}
