//! The handlers of the phone: its chats, and what the person who holds it does.

use axum::{
    Form,
    extract::{Path, Query, State},
    http::{Method, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use std::sync::Arc;

use super::{
    list,
    misbehave::back_to,
    not_found, senders_panel,
    shell::{self, Page},
    thread::{self, Look},
};
use crate::{
    clock,
    control::{self, Tap, Written},
    ids::Way,
    line::Line,
    number::Number,
    phone::Status,
    queue::Task,
    world::World,
};

#[derive(Deserialize)]
pub(super) struct Opening {
    to: Option<String>,
}

/// `/`: the list of chats; `/?to=+…` opens one.
pub(super) async fn all(State(world): State<Arc<World>>, Query(opening): Query<Opening>) -> Response {
    show_list(&world, &opening, None)
}

/// `/senders/{business}`: the chats with one business number.
pub(super) async fn of_sender(
    State(world): State<Arc<World>>,
    Path(business): Path<String>,
    Query(opening): Query<Opening>,
) -> Response {
    let line = world.senders().line(Some(&business));
    line.map_or_else(|_| not_found(), |line| show_list(&world, &opening, Some(&line)))
}

fn show_list(world: &World, opening: &Opening, line: Option<&Line>) -> Response {
    let typed = opening.to.as_deref().map(str::trim).filter(|typed| !typed.is_empty());
    let wrong = match typed.map(|typed| (typed, Number::lenient(typed))) {
        Some((_, Some(number))) => {
            let address = match line {
                Some(line) => senders_panel::chat_address(world, &number, line),
                None => format!("/chats/{}", number.as_str()),
            };
            return Redirect::to(&address).into_response();
        }
        Some((typed, None)) => Some(typed),
        None => None,
    };
    let screen = list::screen(world, line, wrong);
    let page = Page { title: "Phones · Simulator", refresh: wrong.is_none(), screen };
    shell::render(world, &page, (line, None))
}

#[derive(Deserialize)]
pub(super) struct Holding {
    hold: Option<String>,
}

/// `/chats/{number}`: the chat with the business that wrote last. Opening a chat is what makes its messages read; HEAD
/// only looks.
pub(super) async fn chat(
    method: Method,
    State(world): State<Arc<World>>,
    Path(number): Path<String>,
    Query(holding): Query<Holding>,
) -> Response {
    let Some(number) = Number::lenient(&number) else { return not_found() };
    let latest = world.phones().latest_line(&number);
    let known = latest.filter(|line| world.senders().number(&line.phone_number_id).is_some());
    let Some(line) = known.or_else(|| world.senders().line(None).ok()) else { return not_found() };
    open_chat(&world, &method, (&number, &line), holding.hold.is_some())
}

/// `/chats/{number}/{business}`: the chat with this business number.
pub(super) async fn chat_with(
    method: Method,
    State(world): State<Arc<World>>,
    Path((number, business)): Path<(String, String)>,
    Query(holding): Query<Holding>,
) -> Response {
    let Some(number) = Number::lenient(&number) else { return not_found() };
    let line = world.senders().line(Some(&business));
    let Ok(line) = line else { return not_found() };
    open_chat(&world, &method, (&number, &line), holding.hold.is_some())
}

fn open_chat(world: &World, method: &Method, between: (&Number, &Line), hold: bool) -> Response {
    if *method == Method::GET {
        mark_read(world, between);
    }
    show_chat(world, between, Look { hold, wrong: None })
}

fn show_chat(world: &World, (number, line): (&Number, &Line), look: Look) -> Response {
    let screen = thread::screen(world, (number, line), look);
    let page = Page { title: &number.grouped(), refresh: !look.hold && look.wrong.is_none(), screen };
    shell::render(world, &page, (Some(line), Some(number)))
}

fn mark_read(world: &World, (number, line): (&Number, &Line)) {
    let mut phones = world.phones();
    let unread: Vec<u64> = phones
        .newest_first(Some(number), Some(&line.phone_number_id))
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
pub(super) struct ReplyForm {
    text: Option<String>,
    payload: Option<String>,
    label: Option<String>,
    context: Option<String>,
    business: Option<String>,
}

/// A person writes or taps.
pub(super) async fn reply(
    State(world): State<Arc<World>>,
    Path(number): Path<String>,
    Form(form): Form<ReplyForm>,
) -> Response {
    let Some(number) = Number::lenient(&number) else { return not_found() };
    let line = world.senders().line(form.business.as_deref());
    let Ok(line) = line else { return not_found() };
    let tap = form.payload.map(|payload| Tap { payload, text: form.label });
    let written = Written {
        text: form.text.as_deref(),
        tap: tap.as_ref(),
        context: form.context,
        name: None,
        business: form.business.as_deref(),
    };
    match control::write(&world, &number, written) {
        Ok(_) => Redirect::to(&senders_panel::chat_address(&world, &number, &line)).into_response(),
        Err(why) => {
            let look = Look { hold: true, wrong: Some(why) };
            (StatusCode::BAD_REQUEST, show_chat(&world, (&number, &line), look)).into_response()
        }
    }
}

#[derive(Deserialize)]
pub(super) struct PhoneForm {
    change: String,
    business: Option<String>,
    back: String,
}

/// What becomes of the phone itself.
pub(super) async fn phone(
    State(world): State<Arc<World>>,
    Path(number): Path<String>,
    Form(form): Form<PhoneForm>,
) -> Response {
    let Some(number) = Number::lenient(&number) else { return not_found() };
    let line = world.senders().line(form.business.as_deref());
    let Ok(line) = line else { return not_found() };
    let changed =
        control::change_phone(&world, &number, form.change == "owner", |nature| match form.change.as_str() {
            "with_whatsapp" => nature.whatsapp = true,
            "without_whatsapp" => nature.whatsapp = false,
            "device" => nature.device += 1,
            _ => {}
        });
    if let Err(why) = changed {
        let look = Look { hold: true, wrong: Some(why) };
        return (StatusCode::BAD_REQUEST, show_chat(&world, (&number, &line), look)).into_response();
    }
    if form.back.starts_with("/misbehave") {
        return back_to("/misbehave", Some(&number));
    }
    Redirect::to(&senders_panel::chat_address(&world, &number, &line)).into_response()
}
