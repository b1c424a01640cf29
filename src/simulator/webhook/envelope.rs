//! Meta's envelope around events: one entry for the account, one change per kind of event, signed over its exact bytes.

use axum::body::Bytes;
use serde_json::{Value, json};

use super::{report::Report, signature};
use crate::{clock, graph::templates::Stored, settings::Settings};

/// Puts events into one request body. Failures form a change of their own, because they come without contacts.
pub(super) fn seal(settings: &Settings, reports: Vec<Report>) -> Bytes {
    let mut changes: Vec<Value> = Vec::new();
    let (mut known, mut statuses, mut failures) = (Vec::new(), Vec::new(), Vec::new());
    let (mut writers, mut messages) = (Vec::new(), Vec::new());
    for report in reports {
        match report {
            Report::Status { contact: Some(contact), status } => {
                add_once(&mut known, contact);
                statuses.push(status);
            }
            Report::Status { contact: None, status } => failures.push(status),
            Report::Inbound { contact, message } => {
                add_once(&mut writers, contact);
                messages.push(message);
            }
            Report::Template { value } => {
                changes.push(json!({ "field": "message_template_status_update", "value": value }));
            }
        }
    }
    changes.extend(change(settings, "messages", messages, writers));
    changes.extend(change(settings, "statuses", statuses, known));
    changes.extend(change(settings, "statuses", failures, Vec::new()));
    let envelope = json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": settings.waba_id, "time": clock::now_ms() / 1_000, "changes": changes }],
    });
    signature::ascii_json(&envelope).unwrap_or_default().into()
}

/// What the review of a template tells. The language has a hyphen here, unlike everywhere else.
pub(super) fn approval(template: &Stored) -> Value {
    json!({
        "event": template.status(),
        "message_template_id": template.id.parse::<u64>().unwrap_or_default(),
        "message_template_name": template.name,
        "message_template_language": template.language.replace('_', "-"),
        "message_template_category": template.category,
        "reason": "NONE",
    })
}

fn add_once(contacts: &mut Vec<Value>, contact: Value) {
    if !contacts.contains(&contact) {
        contacts.push(contact);
    }
}

fn change(settings: &Settings, kind: &str, events: Vec<Value>, contacts: Vec<Value>) -> Option<Value> {
    if events.is_empty() {
        return None;
    }
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": settings.display_digits(),
            "phone_number_id": settings.phone_number_id,
        },
    });
    let fields = value.as_object_mut()?;
    if !contacts.is_empty() {
        fields.insert("contacts".into(), contacts.into());
    }
    fields.insert(kind.to_owned(), events.into());
    Some(json!({ "field": "messages", "value": value }))
}
