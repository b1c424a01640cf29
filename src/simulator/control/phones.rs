//! `/simulator/phones`: what a phone is like. Whether it has WhatsApp, and that somebody else has it now.

use axum::{
    Json,
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

use super::refuse;
use crate::{
    number::Number,
    people::{Nature, People},
    world::World,
};

/// What becomes of a phone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    number: String,
    whatsapp: Option<bool>,
    /// `changed`: the number belongs to somebody else from now on.
    owner: Option<String>,
    /// `changed`: the same person set WhatsApp up anew.
    device: Option<String>,
}

/// The phones that differ from the usual.
pub(super) async fn get(State(world): State<Arc<World>>) -> Response {
    let people = world.people();
    let views: Vec<Value> = people.all().iter().map(|(phone, _)| view(&people, phone)).collect();
    Json(views).into_response()
}

/// Changes a phone, and answers with what it is like now. With nothing to change it only answers.
pub(super) async fn post(State(world): State<Arc<World>>, body: Bytes) -> Response {
    let request: Request = match serde_json::from_slice(&body) {
        Ok(request) => request,
        Err(error) => {
            return refuse(&format!(
                "the body must be JSON with number, and whatsapp, owner or device: {error}"
            ));
        }
    };
    let Some(phone) = Number::lenient(&request.number) else { return refuse("number must be +E.164") };
    if [&request.owner, &request.device].into_iter().flatten().any(|word| word != "changed") {
        return refuse("owner and device can only be \"changed\"");
    }
    let changed = change(&world, &phone, request.owner.is_some(), |nature| {
        nature.whatsapp = request.whatsapp.unwrap_or(nature.whatsapp);
        nature.device += u32::from(request.device.is_some());
    });
    match changed {
        Ok(()) => Json(view(&world.people(), &phone)).into_response(),
        Err(why) => refuse(why),
    }
}

/// Changes a phone; with `new_owner`, somebody who has never written has it from now on.
///
/// # Errors
/// A sentence when no more phones can be remembered.
pub(crate) fn change(
    world: &World,
    phone: &Number,
    new_owner: bool,
    change: impl FnOnce(&mut Nature),
) -> Result<(), &'static str> {
    let fits = world.people().change(phone, |nature| {
        nature.owner += u32::from(new_owner);
        change(nature);
    });
    if !fits {
        return Err("too many phones are out of the ordinary already");
    }
    if new_owner {
        world.phones().forget_person(phone);
    }
    world.changed();
    Ok(())
}

fn view(people: &People, phone: &Number) -> Value {
    let nature = people.nature(phone);
    json!({
        "number": phone.as_str(),
        "whatsapp": nature.whatsapp,
        "owner_changes": nature.owner,
        "device_changes": nature.device,
        "identity_key_hash": people.identity(phone),
    })
}
