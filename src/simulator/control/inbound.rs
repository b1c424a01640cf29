//! `POST /simulator/inbound`: a person writes, or taps a button. The page's reply box comes through here too.

use axum::{
    Json,
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

use super::refuse;
use crate::{
    clock, ids,
    ids::Way,
    number::Number,
    phone::{Button, Channel, Content, Draft, Phones},
    queue::Task,
    world::World,
};

/// Longest text a person can send.
const LONGEST_TEXT: usize = 4_096;

/// A button that is tapped: its payload or id, and what stands on it if that is not known from the message.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tap {
    pub(crate) payload: String,
    pub(crate) text: Option<String>,
}

/// What a person does.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    from: String,
    text: Option<String>,
    button: Option<Tap>,
    /// Id of the message that is quoted or whose button is tapped.
    context: Option<String>,
    name: Option<String>,
}

/// Takes it and answers with the message's id.
pub(super) async fn post(State(world): State<Arc<World>>, body: Bytes) -> Response {
    let request: Request = match serde_json::from_slice(&body) {
        Ok(request) => request,
        Err(_) => {
            return refuse(
                "the body must be JSON with from, and text or button; context and name are optional",
            );
        }
    };
    let Some(number) = Number::lenient(&request.from) else { return refuse("from must be +E.164") };
    match write(
        &world,
        &number,
        request.text.as_deref(),
        request.button.as_ref(),
        (request.context, request.name),
    ) {
        Ok(wamid) => Json(json!({ "wamid": wamid })).into_response(),
        Err(why) => refuse(why),
    }
}

/// Stores what a person wrote or tapped and queues its webhook.
///
/// # Errors
/// A sentence about what is wrong: neither or both of text and button, a text that is too long, an unknown context.
pub(crate) fn write(
    world: &World,
    number: &Number,
    text: Option<&str>,
    tap: Option<&Tap>,
    (context, name): (Option<String>, Option<String>),
) -> Result<String, &'static str> {
    let mut phones = world.phones();
    if let Some(id) = &context
        && phones.find(id).is_none_or(|message| message.phone != *number)
    {
        return Err("context is not the id of a message on this phone");
    }
    let content = match (text, tap) {
        (Some(text), None) if (1..=LONGEST_TEXT).contains(&text.chars().count()) => Content::text(text),
        (Some(_), None) => return Err("text must have 1 to 4096 characters"),
        (None, Some(tap)) => tapped(&phones, tap, context.as_deref())?,
        _ => return Err("exactly one of text and button is needed"),
    };
    let now = clock::now_ms();
    let wamid = ids::wamid(number, Way::FromPhone);
    let draft = Draft {
        context,
        ..Draft::new(number.clone(), Way::FromPhone, Channel::Whatsapp, wamid.clone(), content)
    };
    let n = phones.add(draft, now);
    if let Some(name) = name.filter(|name| !name.is_empty()) {
        phones.chat_mut(number).name = Some(name.chars().take(64).collect());
    }
    drop(phones);
    world.queue.push(now, Task::Inbound { message: n });
    world.changed();
    Ok(wamid)
}

/// The button as the message it belongs to has it; a payload the message does not have is a template's quick reply, such
/// as the one by which a person says that no code was asked for.
fn tapped(phones: &Phones, tap: &Tap, context: Option<&str>) -> Result<Content, &'static str> {
    if tap.payload.is_empty() || tap.payload.chars().count() > 256 {
        return Err("button.payload must have 1 to 256 characters");
    }
    let shown = context.and_then(|id| phones.find(id)).map(|message| message.content.buttons.as_slice());
    let known = shown.unwrap_or_default().iter().find(|button| match button {
        Button::QuickReply { payload, .. } => *payload == tap.payload,
        Button::Reply { id, .. } | Button::Row { id, .. } => *id == tap.payload,
        Button::CopyCode { .. } | Button::Url { .. } => false,
    });
    let button = known.cloned().unwrap_or_else(|| Button::QuickReply {
        title: tap.text.clone().unwrap_or_else(|| tap.payload.clone()),
        payload: tap.payload.clone(),
    });
    let title = match &button {
        Button::CopyCode { title, .. }
        | Button::QuickReply { title, .. }
        | Button::Reply { title, .. }
        | Button::Row { title, .. }
        | Button::Url { title, .. } => title.clone(),
    };
    Ok(Content { buttons: vec![button], ..Content::text(title) })
}
