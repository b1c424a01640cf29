//! Meta's envelope around events: one entry for the account, one change per number and kind of event, signed over its
//! exact bytes.

use axum::body::Bytes;
use serde_json::{Value, json};
use std::sync::Arc;

use super::report::Event;
use crate::{clock, line::Line, signature};

/// What one business number has to tell.
struct Desk {
    line: Arc<Line>,
    known: Vec<Value>,
    statuses: Vec<Value>,
    failures: Vec<Value>,
    writers: Vec<Value>,
    messages: Vec<Value>,
}

/// Puts events of one account into one request body. Failures form a change of their own, because they come without
/// contacts.
pub(super) fn seal(account: &str, events: Vec<Event>) -> Bytes {
    let mut changes: Vec<Value> = Vec::new();
    let mut desks: Vec<Desk> = Vec::new();
    for event in events {
        match event {
            Event::Account { field, value } => changes.push(json!({ "field": field, "value": value })),
            Event::Status { line, contact, status } => {
                let Some(desk) = desk(&mut desks, &line) else { continue };
                match contact {
                    Some(contact) => {
                        add_once(&mut desk.known, contact);
                        desk.statuses.push(status);
                    }
                    None => desk.failures.push(status),
                }
            }
            Event::Inbound { line, contact, message } => {
                let Some(desk) = desk(&mut desks, &line) else { continue };
                add_once(&mut desk.writers, contact);
                desk.messages.push(message);
            }
        }
    }
    for Desk { line, known, statuses, failures, writers, messages } in desks {
        changes.extend(change(&line, "messages", messages, writers));
        changes.extend(change(&line, "statuses", statuses, known));
        changes.extend(change(&line, "statuses", failures, Vec::new()));
    }
    let envelope = json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": account, "time": clock::now_ms() / 1_000, "changes": changes }],
    });
    signature::ascii_json(&envelope).unwrap_or_default().into()
}

/// The number's, made when there is none.
fn desk<'a>(desks: &'a mut Vec<Desk>, line: &Arc<Line>) -> Option<&'a mut Desk> {
    let at = desks.iter().position(|desk| desk.line.phone_number_id == line.phone_number_id);
    if at.is_none() {
        desks.push(Desk {
            line: Arc::clone(line),
            known: Vec::new(),
            statuses: Vec::new(),
            failures: Vec::new(),
            writers: Vec::new(),
            messages: Vec::new(),
        });
    }
    let at = at.unwrap_or(desks.len() - 1);
    desks.get_mut(at)
}

fn add_once(contacts: &mut Vec<Value>, contact: Value) {
    if !contacts.contains(&contact) {
        contacts.push(contact);
    }
}

fn change(line: &Line, kind: &str, events: Vec<Value>, contacts: Vec<Value>) -> Option<Value> {
    if events.is_empty() {
        return None;
    }
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": line.digits, "phone_number_id": line.phone_number_id },
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

    fn line(id: &str) -> Arc<Line> {
        Arc::new(Line {
            phone_number_id: id.into(),
            waba_id: "2".into(),
            display: "+1 555 078 3881".into(),
            digits: "15550783881".into(),
            name: "Acme Market".into(),
        })
    }

    #[test]
    fn events_that_are_due_together_share_one_webhook_and_failures_and_numbers_keep_apart() {
        let status = |id: &str, business: &str, contact| Event::Status {
            line: line(business),
            contact,
            status: json!({ "id": id }),
        };
        let ana = || Some(json!({ "wa_id": "16505551234" }));
        let inbound = Event::Inbound {
            line: line("1"),
            contact: json!({ "wa_id": "91" }),
            message: json!({ "id": "m" }),
        };
        let sealed = seal(
            "2",
            vec![
                status("a", "1", ana()),
                status("b", "1", None),
                inbound,
                status("d", "9", ana()),
                status("c", "1", ana()),
            ],
        );
        let sealed: Value = serde_json::from_slice(&sealed).unwrap();
        assert_eq!(sealed["entry"][0]["id"], "2");
        let changes = sealed["entry"][0]["changes"].as_array().unwrap();
        assert_eq!(changes.len(), 4);
        assert_eq!(changes[0]["value"]["messages"], json!([{ "id": "m" }]));
        assert_eq!(changes[1]["value"]["statuses"], json!([{ "id": "a" }, { "id": "c" }]));
        assert_eq!(changes[1]["value"]["contacts"], json!([{ "wa_id": "16505551234" }]));
        assert_eq!(changes[2]["value"]["statuses"], json!([{ "id": "b" }]));
        assert!(changes[2]["value"].get("contacts").is_none());
        assert_eq!(changes[3]["value"]["metadata"]["phone_number_id"], "9");
        assert_eq!(changes[3]["value"]["statuses"], json!([{ "id": "d" }]));
    }
}
