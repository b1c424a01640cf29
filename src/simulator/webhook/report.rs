//! From a task that is due to the event a webhook tells: the phones change first, then it is written down what to say.

use serde_json::{Value, json};
use std::sync::Arc;

use crate::{
    clock,
    graph::title,
    line::Line,
    number::Number,
    phone::{Button, Category, Channel, Message, Phones, Status},
    queue::{Addressee, Post, Receiver, Task, Way},
    sms,
    templates::STATUS_FIELD,
    world::World,
};

/// One event, and who hears of it.
pub(super) struct Report {
    pub(super) to: Addressee,
    pub(super) event: Event,
}

impl Report {
    fn new(account: String, event: Event) -> Self {
        let way = if matches!(event, Event::Account { .. }) { Way::App } else { Way::Subscription };
        Self { to: Addressee { account, way }, event }
    }
}

/// What a webhook tells.
pub(super) enum Event {
    /// `contact` is absent when a message failed.
    Status { line: Arc<Line>, contact: Option<Value>, status: Value },
    /// A person wrote.
    Inbound { line: Arc<Line>, contact: Value, message: Value },
    /// Something about the account itself.
    Account { field: &'static str, value: Value },
}

/// Does what is due, and says what is to be told. Nothing for an SMS, which is reported by itself, a silenced message, or
/// one already forgotten.
pub(super) fn settle(world: &World, task: Task) -> Option<Report> {
    match task {
        Task::Status { message, becomes, report } => advance(world, message, becomes, report),
        Task::Report { message, report, at } => status(world, &world.phones(), message, (report, at)),
        Task::Inbound { message } => inbound(world, &world.phones(), message),
        Task::Decide { account, template, event } => {
            let mut senders = world.senders();
            let owner = senders.account_mut(&account)?;
            let value = owner.templates.decide(&template, &event, clock::now_ms() / 1_000)?;
            Some(Report::new(account, Event::Account { field: STATUS_FIELD, value }))
        }
        Task::Tell { account, field, value } => Some(Report::new(account, Event::Account { field, value })),
        Task::Again(_) => None,
    }
}

/// The message gets further. What is told of it may come late, and twice: the copy in a request of its own.
fn advance(world: &World, n: u64, becomes: Status, report: Status) -> Option<Report> {
    let now = clock::now_ms();
    let mut phones = world.phones();
    let entry = phones.message_mut(n)?;
    entry.advance(becomes);
    if entry.quirks.silent {
        return None;
    }
    if entry.channel == Channel::Sms {
        report_sms(world, entry, (report, now));
        return None;
    }
    let quirks = entry.quirks;
    let told = (quirks.late_ms == 0).then(|| status(world, &phones, n, (report, now))).flatten();
    drop(phones);
    let later = |after| world.queue.push(now + after, Task::Report { message: n, report, at: now });
    if quirks.late_ms > 0 {
        later(quirks.late_ms);
    }
    if quirks.twice {
        later(quirks.late_ms + 1);
    }
    told
}

/// SMS are reported one by one, each to where its sender said.
fn report_sms(world: &World, message: &Message, (status, now): (Status, u64)) {
    let (Some(body), Some(carried)) = (sms::report::of(world, message, status), &message.carried) else {
        return;
    };
    for _ in 0..if message.quirks.twice { 2 } else { 1 } {
        let post = Post { to: Receiver::Sms(Arc::clone(carried)), body: body.clone(), tries: 0 };
        world.queue.push(now + message.quirks.late_ms, Task::Again(post));
    }
}

/// What is told of a message that was so at this time.
fn status(world: &World, phones: &Phones, n: u64, (status, at): (Status, u64)) -> Option<Report> {
    let message = phones.message(n)?;
    let mut told = json!({
        "id": message.id,
        "status": status.word(),
        "timestamp": (at / 1_000).to_string(),
        "recipient_id": message.phone.digits(),
    });
    let fields = told.as_object_mut()?;
    if let Some(correlation) = &message.correlation {
        fields.insert("biz_opaque_callback_data".into(), correlation.as_str().into());
    }
    if let Some(identity) = world.identity(&message.line, &message.phone) {
        fields.insert("recipient_identity_key_hash".into(), identity.into());
    }
    let contact = if status == Status::Failed {
        fields.insert("errors".into(), json!([failure(message.failure.unwrap_or(131_000))]));
        None
    } else {
        let user_id = world.user_id(&message.line, &message.phone);
        fields.insert("recipient_user_id".into(), user_id.into());
        if matches!(status, Status::Sent | Status::Delivered) {
            fields.insert("pricing".into(), pricing(message));
        }
        Some(contact(world, phones, message))
    };
    let event = Event::Status { line: Arc::clone(&message.line), contact, status: told };
    Some(Report::new(message.line.waba_id.clone(), event))
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
        "error_data": {"details": details(code)},
        "href": "https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes",
    })
}

/// Meta keeps the cause of 131026 vague on purpose.
const fn details(code: u32) -> &'static str {
    match code {
        131_026 => "Message Undeliverable.",
        137_000 => "The identity of the person with this number has changed.",
        _ => "Ordered by a fault of the simulator",
    }
}

fn contact(world: &World, phones: &Phones, message: &Message) -> Value {
    let phone: &Number = &message.phone;
    let name = phones.name(phone).unwrap_or("Simulated phone");
    let user_id = world.user_id(&message.line, phone);
    let mut contact = json!({ "profile": {"name": name}, "wa_id": phone.digits(), "user_id": user_id });
    if let (Some(identity), Some(fields)) = (world.identity(&message.line, phone), contact.as_object_mut()) {
        fields.insert("identity_key_hash".into(), identity.into());
    }
    contact
}

fn inbound(world: &World, phones: &Phones, n: u64) -> Option<Report> {
    let message = phones.message(n)?;
    let mut told = json!({
        "from": message.phone.digits(),
        "from_user_id": world.user_id(&message.line, &message.phone),
        "id": message.id,
        "timestamp": (message.at / 1_000).to_string(),
    });
    let fields = told.as_object_mut()?;
    if let Some(context) = &message.context {
        let context = json!({ "from": message.line.digits, "id": context });
        fields.insert("context".into(), context);
    }
    let (kind, content) = said(message);
    fields.insert("type".into(), kind.into());
    fields.insert(kind.into(), content);
    let contact = contact(world, phones, message);
    let event = Event::Inbound { line: Arc::clone(&message.line), contact, message: told };
    Some(Report::new(message.line.waba_id.clone(), event))
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
