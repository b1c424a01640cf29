//! Reading a webhook body.
//!
//! Owns the shape of Meta's envelope. Lenient: unknown fields do not matter, and an item that cannot be read
//! becomes [`Event::Other`] with everything it said, so that one odd item neither hides its neighbours nor is
//! lost.

use serde_json::{Value, json};

use crate::whatsapp::graph::is_id;

use super::event::{Event, GraphError, Inbound, Kind, Pricing, State, Status, UNKNOWN_ERROR};
use crate::json::{self, integer, take_list, text};

/// The body is not a webhook of Meta's at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a webhook body: {why}")]
pub struct Malformed {
    why: &'static str,
}

/// Reads a webhook body whose signature was checked into what it says, in its own order. One body can carry
/// hundreds of events about several accounts. U+0000 is taken out of every text.
///
/// # Errors
/// [`Malformed`] when it is not JSON or has no entries.
pub fn parse(raw: &[u8]) -> Result<Vec<Event>, Malformed> {
    let mut root = json::parse(raw).map_err(|_| Malformed { why: "it is not JSON" })?;
    if !root.get("entry").is_some_and(Value::is_array) {
        return Err(Malformed { why: "it has no entries" });
    }
    let object = text(&root, "/object").unwrap_or_default();
    if object != "whatsapp_business_account" {
        return Ok(vec![Event::Other { account_id: None, at: None, field: object, raw: root }]);
    }
    Ok(take_list(&mut root, "entry").into_iter().flat_map(entry_events).collect())
}

/// What an event inherits from the entry it stands in.
struct Entry {
    account_id: Option<String>,
    at: Option<i64>,
}

impl Malformed {
    pub(super) const NOT_A_WEBHOOK: Self = Self { why: "it does not say whom it is about" };
}

impl Entry {
    fn other(&self, field: String, raw: Value) -> Event {
        Event::Other { account_id: self.account_id.clone(), at: self.at, field, raw }
    }
}

fn entry_events(mut raw: Value) -> Vec<Event> {
    // What is no id is no account's: an event keeps a copy.
    let account_id = text(&raw, "/id").filter(|id| is_id(id));
    let entry = Entry { account_id, at: integer(&raw, "/time") };
    if !raw.get("changes").is_some_and(Value::is_array) {
        return vec![entry.other("entry".to_owned(), raw)];
    }
    take_list(&mut raw, "changes").into_iter().flat_map(|change| change_events(&entry, change)).collect()
}

fn change_events(entry: &Entry, mut change: Value) -> Vec<Event> {
    match (text(&change, "/field"), change.get_mut("value").map(Value::take)) {
        (Some(field), Some(value)) if field == "messages" => message_events(entry, value),
        (Some(field), Some(value)) => vec![entry.other(field, value)],
        (field, _) => vec![entry.other(field.unwrap_or_else(|| "change".to_owned()), change)],
    }
}

fn message_events(entry: &Entry, mut value: Value) -> Vec<Event> {
    let unreadable = |raw| entry.other("messages".to_owned(), raw);
    let lists = ["statuses", "messages", "errors"].map(|key| value.get(key));
    let readable = lists.iter().flatten().all(|list| list.is_array());
    let says_something =
        lists.iter().flatten().any(|list| list.as_array().is_some_and(|list| !list.is_empty()));
    let sender = text(&value, "/metadata/phone_number_id").filter(|id| is_id(id));
    let Some(sender) = sender.filter(|_| readable && says_something) else {
        return vec![unreadable(value)];
    };
    let contacts = Contacts(take_list(&mut value, "contacts"));
    let statuses = take_list(&mut value, "statuses").into_iter();
    let messages = take_list(&mut value, "messages").into_iter();
    let errors = take_list(&mut value, "errors").into_iter();
    statuses
        .map(|raw| status(&sender, &contacts, &raw).map_or_else(|| unreadable(raw), Event::Status))
        .chain(
            messages
                .map(|raw| inbound(&sender, &contacts, &raw).map_or_else(|| unreadable(raw), Event::Inbound)),
        )
        .chain(errors.map(|raw| unreadable(json!({ "phone_number_id": sender, "error": raw }))))
        .collect()
}

fn status(sender: &str, contacts: &Contacts, raw: &Value) -> Option<Status> {
    let named = Person {
        number: text(raw, "/recipient_id"),
        user_id: text(raw, "/recipient_user_id"),
        ..Person::default()
    };
    let person = contacts.complete(named);
    let errors = raw.get("errors").and_then(Value::as_array);
    Some(Status {
        phone_number_id: sender.to_owned(),
        provider_message_id: text(raw, "/id")?,
        state: State::named(text(raw, "/status")?),
        at: integer(raw, "/timestamp")?,
        correlation: text(raw, "/biz_opaque_callback_data"),
        recipient_id: person.number,
        recipient_user_id: person.user_id,
        identity_key_hash: text(raw, "/recipient_identity_key_hash").or(person.identity_key_hash),
        errors: errors.map(|errors| errors.iter().map(graph_error).collect()).unwrap_or_default(),
        pricing: raw.get("pricing").filter(|pricing| pricing.is_object()).map(pricing),
    })
}

fn graph_error(raw: &Value) -> GraphError {
    GraphError {
        code: integer(raw, "/code").unwrap_or(UNKNOWN_ERROR),
        title: text(raw, "/title").or_else(|| text(raw, "/message")),
        details: text(raw, "/error_data/details"),
    }
}

fn pricing(raw: &Value) -> Pricing {
    Pricing {
        billable: raw.get("billable").and_then(Value::as_bool),
        model: text(raw, "/pricing_model"),
        kind: text(raw, "/type"),
        // Meta spells this one in two ways.
        category: text(raw, "/category").map(|category| match category.as_str() {
            "authentication_international" => "authentication-international".to_owned(),
            _ => category,
        }),
    }
}

fn inbound(sender: &str, contacts: &Contacts, raw: &Value) -> Option<Inbound> {
    let kind = text(raw, "/type")?;
    let named =
        Person { number: text(raw, "/from"), user_id: text(raw, "/from_user_id"), ..Person::default() };
    let person = contacts.complete(named);
    Some(Inbound {
        phone_number_id: sender.to_owned(),
        provider_message_id: text(raw, "/id")?,
        from: person.number,
        from_user_id: person.user_id,
        username: person.username,
        identity_key_hash: person.identity_key_hash,
        at: integer(raw, "/timestamp")?,
        context_id: text(raw, "/context/id"),
        group_id: text(raw, "/group_id"),
        body: raw.get(&kind).unwrap_or(raw).clone(),
        kind: Kind::named(kind),
    })
}

/// Longest text about a person that is believed; a user id has some 130 characters.
const LONGEST_OF_PERSON: usize = 512;

/// What a webhook says about the person at the other end.
#[derive(Default)]
struct Person {
    number: Option<String>,
    user_id: Option<String>,
    username: Option<String>,
    identity_key_hash: Option<String>,
}

impl Person {
    /// Some senders of webhooks put the user id where the number belongs; a number is digits.
    fn sorted(mut self) -> Self {
        let fields = [&mut self.number, &mut self.user_id, &mut self.username, &mut self.identity_key_hash];
        for field in fields {
            field.take_if(|text| text.len() > LONGEST_OF_PERSON);
        }
        if let Some(misplaced) = self.number.take_if(|number| !is_number(number)) {
            self.user_id.get_or_insert(misplaced);
        }
        self
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The people a change speaks of, listed beside the messages and statuses.
struct Contacts(Vec<Value>);

impl Contacts {
    /// Adds to what an item says itself what the list says about the same person. An item that names nobody
    /// means the only person on the list.
    fn complete(&self, named: Person) -> Person {
        let named = named.sorted();
        let same = |contact: &&Value| {
            let is = |pointer, known: &Option<String>| known.is_some() && text(contact, pointer) == *known;
            is("/user_id", &named.user_id) || is("/wa_id", &named.number)
        };
        let contact = match (self.0.as_slice(), &named) {
            ([only], Person { number: None, user_id: None, .. }) => Some(only),
            (contacts, _) => contacts.iter().find(same),
        };
        let Some(contact) = contact else { return named };
        Person {
            number: named.number.or_else(|| text(contact, "/wa_id")),
            user_id: named.user_id.or_else(|| text(contact, "/user_id")),
            username: text(contact, "/profile/username"),
            identity_key_hash: text(contact, "/identity_key_hash"),
        }
        .sorted()
    }
}
