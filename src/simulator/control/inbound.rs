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
    /// The business number written to.
    phone_number_id: Option<String>,
}

/// What a person writes or taps, and to whom.
#[derive(Default)]
pub(crate) struct Written<'a> {
    pub(crate) text: Option<&'a str>,
    pub(crate) tap: Option<&'a Tap>,
    /// Id of the message that is quoted or whose button is tapped.
    pub(crate) context: Option<String>,
    /// What the person is called from now on.
    pub(crate) name: Option<String>,
    /// The business number; that of the quoted message, or the first, when none is named.
    pub(crate) business: Option<&'a str>,
}

/// Takes it and answers with the message's id.
pub(super) async fn post(State(world): State<Arc<World>>, body: Bytes) -> Response {
    let request: Request = match serde_json::from_slice(&body) {
        Ok(request) => request,
        Err(_) => {
            return refuse(
                "the body must be JSON with from, and text or button; context, name and phone_number_id are optional",
            );
        }
    };
    let Some(number) = Number::lenient(&request.from) else { return refuse("from must be +E.164") };
    let written = Written {
        text: request.text.as_deref(),
        tap: request.button.as_ref(),
        context: request.context,
        name: request.name,
        business: request.phone_number_id.as_deref(),
    };
    match write(&world, &number, written) {
        Ok(wamid) => Json(json!({ "wamid": wamid })).into_response(),
        Err(why) => refuse(why),
    }
}

/// Stores what a person wrote or tapped and queues its webhook.
///
/// # Errors
/// A sentence about what is wrong: neither or both of text and button, a text that is too long, an unknown context or
/// business number, a phone without WhatsApp.
pub(crate) fn write(world: &World, number: &Number, written: Written<'_>) -> Result<String, &'static str> {
    if !world.people().nature(number).whatsapp {
        return Err("this phone has no WhatsApp");
    }
    let named = written.business.map(|business| world.senders().line(Some(business))).transpose()?;
    let first = world.senders().line(None)?;
    let mut phones = world.phones();
    let quoted = match &written.context {
        None => None,
        Some(id) => {
            let quoted = phones.find(id).filter(|message| message.phone == *number);
            Some(quoted.ok_or("context is not the id of a message on this phone")?)
        }
    };
    let theirs = quoted.map(|message| Arc::clone(&message.line));
    if let (Some(named), Some(theirs)) = (&named, &theirs)
        && named.phone_number_id != theirs.phone_number_id
    {
        return Err("context is a message of another business number");
    }
    let line = named.or(theirs).unwrap_or(first);
    let content = match (written.text, written.tap) {
        (Some(text), None) if (1..=LONGEST_TEXT).contains(&text.chars().count()) => Content::text(text),
        (Some(_), None) => return Err("text must have 1 to 4096 characters"),
        (None, Some(tap)) => tapped(&phones, tap, written.context.as_deref())?,
        _ => return Err("exactly one of text and button is needed"),
    };
    let now = clock::now_ms();
    let wamid = ids::wamid(number, Way::FromPhone);
    let draft = Draft {
        context: written.context,
        ..Draft::new((line, number.clone()), Way::FromPhone, Channel::Whatsapp, wamid.clone(), content)
    };
    let n = phones.add(draft, now);
    if let Some(name) = written.name.filter(|name| !name.is_empty()) {
        phones.call(number, &name);
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
