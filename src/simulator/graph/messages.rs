//! `POST /v{N}/{phone-number-id}/messages`: takes a message for a phone, or a read receipt, and answers as Meta does.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::sync::Arc;

use super::{
    GraphError, Node, enter_as,
    fields::Fields,
    json_body,
    send::{self, Recipient, Request},
};
use crate::{
    clock,
    delivery::{self, Answer, Orders},
    ids::{self, Way},
    number::Number,
    phone::{Category, Channel, Draft},
    world::World,
};

/// Takes a message, unless it is wrong or a fault says otherwise.
pub(super) async fn post(
    State(world): State<Arc<World>>,
    Path(path): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let outcome = enter_as(&world, &path, &headers, "post", Node::Phone)
        .and_then(|()| json_body(&headers, &body))
        .and_then(|request| handle(&world, &request));
    match outcome {
        Ok(Outcome::Done(answer)) => Json(answer).into_response(),
        Ok(Outcome::Ordered(orders, answer)) => act(&world, &orders, answer).await,
        Err(refused) => refused.into_response(),
    }
}

enum Outcome {
    Done(Value),
    Ordered(Orders, Result<Value, GraphError>),
}

fn handle(world: &World, request: &Value) -> Result<Outcome, GraphError> {
    let fields = Fields::of(request, "")?;
    if let Some(id) = send::receipt(&fields)? {
        let known = world.phones().find(id).is_some_and(|message| message.way == Way::FromPhone);
        return match known {
            true => Ok(Outcome::Done(json!({ "success": true }))),
            false => Err(GraphError::parameter("Param message_id is not the id of a message from a person.")),
        };
    }
    let request = send::read(&fields, &world.templates())?;
    let number = number_of(world, &request.recipient)?;
    if number.digits() == world.settings.display_digits() {
        return Err(GraphError::new(131_021, "The business number cannot write to itself"));
    }
    check_context(world, &request, &number)?;
    let now = clock::now_ms();
    if request.said.category == Category::Service
        && world.phones().chat(&number).and_then(|chat| chat.window_left(now)).is_none()
    {
        let sentence =
            "More than 24 hours have passed since the person last wrote; only a template can be sent";
        return Err(GraphError::new(131_047, sentence));
    }
    let orders = delivery::orders(world, &number, Channel::Whatsapp);
    let answer = if orders.accepts() { take(world, request, &number, &orders) } else { Ok(Value::Null) };
    Ok(Outcome::Ordered(orders, answer))
}

fn number_of(world: &World, recipient: &Recipient<'_>) -> Result<Number, GraphError> {
    match recipient {
        Recipient::Phone { number, .. } => Ok(number.clone()),
        Recipient::User(user_id) => world
            .phones()
            .phone_of_user(user_id, |phone| world.user_id(phone))
            .ok_or_else(|| GraphError::new(131_026, "No simulated phone has this business-scoped user id")),
    }
}

fn check_context(world: &World, request: &Request<'_>, number: &Number) -> Result<(), GraphError> {
    let fits = request
        .context
        .is_none_or(|id| world.phones().find(id).is_some_and(|message| message.phone == *number));
    if fits {
        Ok(())
    } else {
        Err(GraphError::new(131_009, "context.message_id is not a message of this chat"))
    }
}

/// Charges the pair rate, stores the message and lets it travel.
fn take(world: &World, request: Request<'_>, number: &Number, orders: &Orders) -> Result<Value, GraphError> {
    let now = clock::now_ms();
    let wamid = ids::wamid(number, Way::ToPhone);
    let mut phones = world.phones();
    if !phones.chat_mut(number).may_write(now) {
        let sentence =
            "Too many messages to this person in a short time: one in 6 seconds, with bursts of 45";
        return Err(GraphError::new(131_056, sentence));
    }
    let (template, language) = request.said.template.unzip();
    let draft = Draft {
        category: request.said.category,
        code: request.said.code,
        template,
        language,
        correlation: request.correlation.map(str::to_owned),
        context: request.context.map(str::to_owned),
        quirks: orders.quirks,
        ..Draft::new(number.clone(), Way::ToPhone, Channel::Whatsapp, wamid.clone(), request.said.content)
    };
    let n = phones.add(draft, now);
    drop(phones);
    delivery::travel(world, n, orders);
    let contact = match request.recipient {
        Recipient::Phone { input, .. } => json!({ "input": input, "wa_id": number.digits() }),
        Recipient::User(user_id) => json!({ "input": user_id, "user_id": user_id }),
    };
    Ok(json!({
        "messaging_product": "whatsapp",
        "contacts": [contact],
        "messages": [{ "id": wamid, "message_status": "accepted" }],
    }))
}

/// Gives the answer the faults ask for.
async fn act(world: &World, orders: &Orders, answer: Result<Value, GraphError>) -> Response {
    delivery::linger(world, orders.slow_ms).await;
    match (orders.answer, answer) {
        (Answer::Error { code, http_status }, _) => {
            GraphError::new(code, "Ordered by a fault of the simulator")
                .with_status(http_status)
                .into_response()
        }
        (Answer::Usual, Ok(answer)) => Json(answer).into_response(),
        (Answer::Usual, Err(refused)) => refused.into_response(),
        (other, _) => delivery::misbehave(world, other).await,
    }
}
