//! The phone in the browser: its pages, the plain forms behind them, and the stream that keeps them live. Knows how
//! things look and what a person may do; what it does goes through the same functions as the control interface.

mod faults_panel;
mod html;
mod icons;
mod list;
mod shell;
mod thread;

use axum::{
    Form, Router,
    extract::{Path, Query, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::{Next, map_response},
    response::{
        IntoResponse, Redirect, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::{get, post},
};
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use std::{convert::Infallible, sync::Arc, time::Duration};

use crate::{
    clock,
    control::{self, Tap},
    faults::Order,
    ids::Way,
    number::Number,
    phone::Status,
    queue::Task,
    world::World,
};
use html::Html;
use shell::Page;

/// Pages hear of changes at most this often.
const CALM: Duration = Duration::from_millis(150);

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Every path of the page.
pub(crate) fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/", get(chats))
        .route("/chats/{number}", get(chat))
        .route("/chats/{number}/reply", post(reply))
        .route("/misbehave", get(misbehave).post(order))
        .route("/misbehave/clear", post(clear))
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

#[derive(Deserialize)]
struct Opening {
    to: Option<String>,
}

/// `/`: the list of chats; `/?to=+…` opens one.
async fn chats(State(world): State<Arc<World>>, Query(opening): Query<Opening>) -> Response {
    let typed = opening.to.as_deref().map(str::trim).filter(|typed| !typed.is_empty());
    let wrong = match typed.map(|typed| (typed, Number::lenient(typed))) {
        Some((_, Some(number))) => {
            return Redirect::to(&format!("/chats/{}", number.as_str())).into_response();
        }
        Some((typed, None)) => Some(typed),
        None => None,
    };
    let screen = list::screen(&world, wrong);
    shell::render(&world, &Page { title: "Phones · Simulator", refresh: wrong.is_none(), screen })
}

#[derive(Deserialize)]
struct Holding {
    hold: Option<String>,
}

/// `/chats/{number}`: opens a chat, which is what makes its messages read. HEAD only looks.
async fn chat(
    method: Method,
    State(world): State<Arc<World>>,
    Path(number): Path<String>,
    Query(holding): Query<Holding>,
) -> Response {
    let Some(number) = Number::lenient(&number) else { return not_found() };
    if method == Method::GET {
        mark_read(&world, &number);
    }
    show_chat(&world, &number, holding.hold.is_some(), None)
}

fn show_chat(world: &World, number: &Number, hold: bool, wrong: Option<&'static str>) -> Response {
    let screen = thread::screen(world, number, hold, wrong);
    shell::render(world, &Page { title: &number.grouped(), refresh: !hold && wrong.is_none(), screen })
}

fn mark_read(world: &World, number: &Number) {
    let mut phones = world.phones();
    let unread: Vec<u64> = phones
        .newest_first(Some(number))
        .take(thread::SHOWN)
        .filter(|message| message.way == Way::ToPhone && message.status == Status::Delivered)
        .map(|message| message.n)
        .collect();
    for n in &unread {
        if let Some(message) = phones.message_mut(*n) {
            message.advance(Status::Read);
        }
    }
    drop(phones);
    for message in unread.into_iter().rev() {
        world
            .queue
            .push(clock::now_ms(), Task::Status { message, becomes: Status::Read, report: Status::Read });
    }
}

#[derive(Deserialize)]
struct ReplyForm {
    text: Option<String>,
    payload: Option<String>,
    label: Option<String>,
    context: Option<String>,
}

/// A person writes or taps.
async fn reply(
    State(world): State<Arc<World>>,
    Path(number): Path<String>,
    Form(form): Form<ReplyForm>,
) -> Response {
    let Some(number) = Number::lenient(&number) else { return not_found() };
    let tap = form.payload.map(|payload| Tap { payload, text: form.label });
    match control::write(&world, &number, form.text.as_deref(), tap.as_ref(), (form.context, None)) {
        Ok(_) => Redirect::to(&format!("/chats/{}", number.as_str())).into_response(),
        Err(why) => (StatusCode::BAD_REQUEST, show_chat(&world, &number, true, Some(why))).into_response(),
    }
}

/// `/misbehave`: the panel as a page of its own, for small screens.
async fn misbehave(State(world): State<Arc<World>>) -> Response {
    misbehave_page(&world, StatusCode::OK, None)
}

fn misbehave_page(world: &World, status: StatusCode, wrong: Option<&str>) -> Response {
    let screen = Html::of("<header class=\"bar\"><a class=\"round\" href=\"/\">")
        .raw(icons::BACK)
        .raw("<span class=\"unseen\">All phones</span></a><h1>Simulate a failure</h1></header><main class=\"card\">")
        .maybe(wrong, |wrong| Html::of("<p class=\"error\" role=\"alert\">").text(wrong).raw("</p>"))
        .and(&faults_panel::panel(world, "/misbehave", "page"))
        .raw("</main>");
    (
        status,
        axum::response::Html(shell::plain(&Page {
            title: "Simulate a failure · Simulator",
            refresh: false,
            screen,
        })),
    )
        .into_response()
}

#[derive(Deserialize)]
struct FaultForm {
    kind: String,
    code: String,
    delay_ms: String,
    to: String,
    times: String,
    back: String,
}

/// Orders the fault of the form. The form always carries a code and a time; the kind decides which counts.
async fn order(State(world): State<Arc<World>>, Form(form): Form<FaultForm>) -> Response {
    let order = Order {
        to: Some(form.to),
        times: form.times.parse().ok(),
        code: form.code.parse().ok().filter(|_| matches!(form.kind.as_str(), "error" | "status_failed")),
        delay_ms: form
            .delay_ms
            .parse()
            .ok()
            .filter(|_| matches!(form.kind.as_str(), "delay" | "slow_answer")),
        kind: form.kind,
        ..Order::default()
    };
    let fits = order.arm().and_then(|armed| {
        let fits = world.faults().arm(vec![armed]);
        fits.then_some(()).ok_or_else(|| "A thousand faults are waiting already.".to_owned())
    });
    world.changed();
    match fits {
        Ok(()) => back_to(&form.back),
        Err(why) => misbehave_page(&world, StatusCode::BAD_REQUEST, Some(&why)),
    }
}

#[derive(Deserialize)]
struct BackForm {
    back: String,
}

/// Takes all faults back.
async fn clear(State(world): State<Arc<World>>, Form(form): Form<BackForm>) -> Response {
    world.faults().disarm(None);
    world.changed();
    back_to(&form.back)
}

/// Only to a page of this simulator, never where a form says.
fn back_to(place: &str) -> Response {
    Redirect::to(if place == "/misbehave" { "/misbehave" } else { "/" }).into_response()
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
