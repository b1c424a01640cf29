//! Meta's envelope around events: one entry for the account, one change per kind of event, signed over its exact bytes.

use axum::body::Bytes;
use serde_json::{Value, json};

use super::report::Report;
use crate::{clock, settings::Settings, signature};

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

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings {
            phone_number_id: "1".into(),
            waba_id: "2".into(),
            display_phone_number: "+1 555 078 3881".into(),
            verified_name: "Acme Market".into(),
            host: None,
            access_token: "t".into(),
            app_secret: "s".into(),
            verify_token: "v".into(),
            webhook_url: None,
            templates: Vec::new(),
            delivery: crate::DeliveryPace::default(),
        }
    }

    #[test]
    fn events_that_are_due_together_share_one_webhook_and_failures_keep_apart() {
        let status = |id: &str, contact| Report::Status { contact, status: json!({ "id": id }) };
        let ana = || Some(json!({ "wa_id": "16505551234" }));
        let inbound = Report::Inbound { contact: json!({ "wa_id": "91" }), message: json!({ "id": "m" }) };
        let sealed =
            seal(&settings(), vec![status("a", ana()), status("b", None), inbound, status("c", ana())]);
        let sealed: Value = serde_json::from_slice(&sealed).unwrap();
        let changes = sealed["entry"][0]["changes"].as_array().unwrap();
        assert_eq!(changes.len(), 3);
        assert_eq!(changes[0]["value"]["messages"], json!([{ "id": "m" }]));
        assert_eq!(changes[1]["value"]["statuses"], json!([{ "id": "a" }, { "id": "c" }]));
        assert_eq!(changes[1]["value"]["contacts"], json!([{ "wa_id": "16505551234" }]));
        assert_eq!(changes[2]["value"]["statuses"], json!([{ "id": "b" }]));
        assert!(changes[2]["value"].get("contacts").is_none());
    }
}
