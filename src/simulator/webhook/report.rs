//! From a task that is due to the event a webhook tells: the phones change first, then it is written down what to say.

use serde_json::{Value, json};

use crate::{
    clock,
    graph::title,
    number::Number,
    phone::{Button, Category, Channel, Message, Phones, Status},
    queue::Task,
    templates::Stored,
    world::World,
};

/// One event of a webhook.
pub(super) enum Report {
    /// `contact` is absent when a message failed.
    Status {
        contact: Option<Value>,
        status: Value,
    },
    Inbound {
        contact: Value,
        message: Value,
    },
    Template {
        value: Value,
    },
}

/// Does what is due, and says what is to be told. Nothing for an SMS, a silenced message, or one already forgotten.
pub(super) fn settle(world: &World, task: &Task) -> Option<Report> {
    match task {
        Task::Status { message, becomes, report } => {
            let mut phones = world.phones();
            let entry = phones.message_mut(*message)?;
            entry.advance(*becomes);
            if entry.channel == Channel::Sms || entry.quirks.silent {
                return None;
            }
            let (twice, told) = (entry.quirks.twice, status(world, &phones, *message, *report));
            drop(phones);
            if twice {
                // Later than this batch, so that the copy comes in a request of its own.
                world.queue.push(clock::now_ms() + 1, Task::Copy { message: *message, report: *report });
            }
            told
        }
        Task::Copy { message, report } => status(world, &world.phones(), *message, *report),
        Task::Inbound { message } => inbound(world, &world.phones(), *message),
        Task::Approve { template } => {
            let mut templates = world.templates();
            let template = templates.approve(template)?;
            Some(Report::Template { value: approval(template) })
        }
        Task::Again(_) => None,
    }
}

fn status(world: &World, phones: &Phones, n: u64, status: Status) -> Option<Report> {
    let message = phones.message(n)?;
    let mut told = json!({
        "id": message.id,
        "status": status.word(),
        "timestamp": (clock::now_ms() / 1_000).to_string(),
        "recipient_id": message.phone.digits(),
    });
    let fields = told.as_object_mut()?;
    if let Some(correlation) = &message.correlation {
        fields.insert("biz_opaque_callback_data".into(), correlation.as_str().into());
    }
    if status == Status::Failed {
        fields.insert("errors".into(), json!([failure(message.failure.unwrap_or(131_000))]));
        return Some(Report::Status { contact: None, status: told });
    }
    fields.insert("recipient_user_id".into(), world.user_id(&message.phone).into());
    if matches!(status, Status::Sent | Status::Delivered) {
        fields.insert("pricing".into(), pricing(message));
    }
    Some(Report::Status { contact: Some(contact(world, phones, &message.phone)), status: told })
}

fn pricing(message: &Message) -> Value {
    let billable = message.category != Category::Service;
    json!({
        "billable": billable,
        "pricing_model": "PMP",
        "type": if billable { "regular" } else { "free_customer_service" },
        "category": message.category.word(),
    })
}

fn failure(code: u32) -> Value {
    json!({
        "code": code,
        "title": title(code),
        "message": title(code),
        "error_data": {"details": "Ordered by a fault of the simulator"},
        "href": "https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes",
    })
}

fn contact(world: &World, phones: &Phones, phone: &Number) -> Value {
    let name = phones.chat(phone).and_then(|chat| chat.name.as_deref()).unwrap_or("Simulated phone");
    json!({ "profile": {"name": name}, "wa_id": phone.digits(), "user_id": world.user_id(phone) })
}

fn inbound(world: &World, phones: &Phones, n: u64) -> Option<Report> {
    let message = phones.message(n)?;
    let mut told = json!({
        "from": message.phone.digits(),
        "from_user_id": world.user_id(&message.phone),
        "id": message.id,
        "timestamp": (message.at / 1_000).to_string(),
    });
    let fields = told.as_object_mut()?;
    if let Some(context) = &message.context {
        let context = json!({ "from": world.settings.display_digits(), "id": context });
        fields.insert("context".into(), context);
    }
    let (kind, content) = said(message);
    fields.insert("type".into(), kind.into());
    fields.insert(kind.into(), content);
    Some(Report::Inbound { contact: contact(world, phones, &message.phone), message: told })
}

/// A tap is stored as the button that was tapped; anything else is text.
fn said(message: &Message) -> (&'static str, Value) {
    match message.content.buttons.first() {
        Some(Button::QuickReply { title, payload }) => {
            ("button", json!({ "payload": payload, "text": title }))
        }
        Some(Button::Reply { id, title }) => {
            ("interactive", json!({ "type": "button_reply", "button_reply": {"id": id, "title": title} }))
        }
        Some(Button::Row { id, title, description }) => {
            let mut row = json!({ "id": id, "title": title });
            if let (Some(fields), Some(description)) = (row.as_object_mut(), description) {
                fields.insert("description".into(), description.as_str().into());
            }
            ("interactive", json!({ "type": "list_reply", "list_reply": row }))
        }
        _ => ("text", json!({ "body": message.content.body })),
    }
}

/// What the review of a template tells. The language has a hyphen here, unlike everywhere else.
fn approval(template: &Stored) -> Value {
    json!({
        "event": template.status(),
        "message_template_id": template.id.parse::<u64>().unwrap_or_default(),
        "message_template_name": template.name,
        "message_template_language": template.language.replace('_', "-"),
        "message_template_category": template.category,
        "reason": "NONE",
    })
}
