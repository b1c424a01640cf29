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
    GraphError, enter_sending,
    fields::Fields,
    json_body,
    send::{self, Recipient, Request},
};
use crate::{
    clock,
    delivery::{self, Answer, Orders},
    ids::{self, Way},
    line::Line,
    number::Number,
    phone::{Category, Channel, Draft},
    senders::CONNECTED,
    world::World,
};

/// Takes a message, unless it is wrong or a fault says otherwise.
pub(super) async fn post(
    State(world): State<Arc<World>>,
    Path(path): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let outcome = enter_sending(&world, &path, &headers)
        .and_then(|line| json_body(&headers, &body).map(|request| (line, request)))
        .and_then(|(line, request)| handle(&world, &line, &request));
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

fn handle(world: &World, line: &Arc<Line>, request: &Value) -> Result<Outcome, GraphError> {
    let fields = Fields::of(request, "")?;
    if let Some(id) = send::receipt(&fields)? {
        let known = world.phones().find(id).is_some_and(|message| {
            message.way == Way::FromPhone && message.line.phone_number_id == line.phone_number_id
        });
        return match known {
            true => Ok(Outcome::Done(json!({ "success": true }))),
            false => Err(GraphError::parameter("Param message_id is not the id of a message from a person.")),
        };
    }
    let request = read(world, line, &fields)?;
    let number = number_of(world, line, &request.recipient)?;
    if number.digits() == line.digits {
        return Err(GraphError::new(131_021, "The business number cannot write to itself"));
    }
    check_context(world, line, &request, &number)?;
    let now = clock::now_ms();
    if request.said.category == Category::Service
        && world
            .phones()
            .chat(&number, &line.phone_number_id)
            .and_then(|chat| chat.window_left(now))
            .is_none()
    {
        let sentence =
            "More than 24 hours have passed since the person last wrote; only a template can be sent";
        return Err(GraphError::new(131_047, sentence));
    }
    let mut orders = delivery::orders(world, &number, Channel::Whatsapp);
    let answer =
        if orders.accepts() { take(world, line, request, (&number, &mut orders)) } else { Ok(Value::Null) };
    Ok(Outcome::Ordered(orders, answer))
}

/// Reads the message against the account's templates. An account that is restricted sends nothing.
fn read<'a>(world: &World, line: &Line, fields: &Fields<'a>) -> Result<Request<'a>, GraphError> {
    let senders = world.senders();
    let account = senders
        .account(&line.waba_id)
        .ok_or_else(|| GraphError::no_such_object("post", &line.phone_number_id))?;
    let request = send::read(fields, &account.templates)?;
    let status = senders.number(&line.phone_number_id).map(|number| number.status.as_str());
    if status.is_some_and(|status| status != CONNECTED) {
        return Err(GraphError::new(133_010, "The number is not connected"));
    }
    match account.restriction {
        Some(code) => Err(GraphError::new(code, "The account is restricted and sends nothing")),
        None => Ok(request),
    }
}

fn number_of(world: &World, line: &Line, recipient: &Recipient<'_>) -> Result<Number, GraphError> {
    match recipient {
        Recipient::Phone { number, .. } => Ok(number.clone()),
        Recipient::User(user_id) => world
            .phones()
            .phone_of_user(user_id, |phone| world.user_id(line, phone))
            .ok_or_else(|| GraphError::new(131_026, "No simulated phone has this business-scoped user id")),
    }
}

fn check_context(
    world: &World,
    line: &Line,
    request: &Request<'_>,
    number: &Number,
) -> Result<(), GraphError> {
    let fits = request.context.is_none_or(|id| {
        world.phones().find(id).is_some_and(|message| {
            message.phone == *number && message.line.phone_number_id == line.phone_number_id
        })
    });
    if fits {
        Ok(())
    } else {
        Err(GraphError::new(131_009, "context.message_id is not a message of this chat"))
    }
}

/// Charges both rates.
fn charge(world: &World, line: &Line, number: &Number) -> Result<(), GraphError> {
    let now = clock::now_ms();
    let mut senders = world.senders();
    let sender = senders.number_mut(&line.phone_number_id);
    let (may_send, pair_rate) = sender.map_or((true, false), |it| (it.may_send(now), it.pair_rate));
    drop(senders);
    if !may_send {
        return Err(GraphError::new(130_429, "This number sends more in a second than it may"));
    }
    if pair_rate && !world.phones().chat_mut(number, line).may_write(now) {
        let sentence =
            "Too many messages to this person in a short time: one in 6 seconds, with bursts of 45";
        return Err(GraphError::new(131_056, sentence));
    }
    Ok(())
}

/// What Meta finds out only after it has taken a message: the number has no WhatsApp, or another identity than the one
/// the sender knows.
fn doom(world: &World, line: &Line, number: &Number, expected: Option<&str>) -> Option<u32> {
    if !world.people().nature(number).whatsapp {
        return Some(131_026);
    }
    let identity = world.identity(line, number)?;
    expected.is_some_and(|expected| expected != identity).then_some(137_000)
}

/// Stores the message and lets it travel.
fn take(
    world: &World,
    line: &Arc<Line>,
    request: Request<'_>,
    (number, orders): (&Number, &mut Orders),
) -> Result<Value, GraphError> {
    charge(world, line, number)?;
    if let Some(code) = doom(world, line, number, request.identity) {
        orders.fail(code);
    }
    let wamid = ids::wamid(number, Way::ToPhone);
    let (template, language) = request.said.template.unzip();
    let draft = Draft {
        category: request.said.category,
        code: request.said.code,
        template,
        language,
        correlation: request.correlation.map(str::to_owned),
        context: request.context.map(str::to_owned),
        quirks: orders.quirks,
        ..Draft::new(
            (Arc::clone(line), number.clone()),
            Way::ToPhone,
            Channel::Whatsapp,
            wamid.clone(),
            request.said.content,
        )
    };
    let n = world.phones().add(draft, clock::now_ms());
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
