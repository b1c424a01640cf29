//! `GET /v{N}/{id}`: the fields of the business number, the account or a template, as a health check reads them.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::HeaderMap,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

use super::{Answer, GraphError, enter, enter_account};
use crate::{
    senders::{Account, BusinessNumber, Object, Senders},
    templates::Stored,
    world::World,
};

/// Which fields are wanted.
#[derive(Deserialize)]
pub(super) struct Wanted {
    fields: Option<String>,
}

/// The object in the path, reduced to the fields asked for.
pub(super) async fn get(
    State(world): State<Arc<World>>,
    Path(path): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Answer {
    let object = enter(&world, &path, &headers, "get")?;
    let senders = world.senders();
    let (found, kind) = match &object {
        Object::Number(line) => (
            senders.number(&line.phone_number_id).map(|it| phone(&senders, it)),
            "WhatsAppBusinessPhoneNumber",
        ),
        Object::Account(id) => (senders.account(id).map(account), "WhatsAppBusinessAccount"),
        Object::Template(owner, id) => {
            let template = senders.account(owner).and_then(|owner| owner.templates.by_id(id));
            (template.map(Stored::view), "WhatsAppMessageTemplate")
        }
    };
    let found = found.ok_or_else(|| GraphError::no_such_object("get", &path.1))?;
    select(found, &wanted, kind)
}

/// `GET /v{N}/{waba}/phone_numbers`: the numbers of the account.
pub(super) async fn phone_numbers(
    State(world): State<Arc<World>>,
    Path(path): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Answer {
    let account = enter_account(&world, &path, &headers, "get")?;
    let senders = world.senders();
    let numbers = senders.numbers().iter().filter(|number| number.line.waba_id == account);
    let views = numbers.map(|number| {
        let view = select(phone(&senders, number), &wanted, "WhatsAppBusinessPhoneNumber");
        view.map(|Json(view)| view)
    });
    let data: Vec<Value> = views.collect::<Result<_, GraphError>>()?;
    Ok(Json(json!({ "data": data })))
}

fn phone(senders: &Senders, number: &BusinessNumber) -> Value {
    let account = senders.account(&number.line.waba_id);
    json!({
        "id": number.line.phone_number_id,
        "verified_name": number.line.name,
        "display_phone_number": number.line.display,
        "code_verification_status": "VERIFIED",
        "name_status": "APPROVED",
        "status": number.status,
        "account_mode": "LIVE",
        "quality_rating": number.quality,
        "platform_type": "CLOUD_API",
        "throughput": {"level": "STANDARD"},
        "whatsapp_business_manager_messaging_limit": account.map(|account| account.messaging_limit.as_str()),
        "webhook_configuration": {"application": account.and_then(Account::webhook_target)},
    })
}

fn account(account: &Account) -> Value {
    json!({
        "id": account.id,
        "name": account.name,
        "account_review_status": "APPROVED",
        "business_verification_status": "verified",
        "whatsapp_business_manager_messaging_limit": account.messaging_limit,
        "timezone_id": "1",
    })
}

/// Only the fields asked for, and always the id. A field the object does not have is refused, as Graph does.
fn select(object: Value, wanted: &Wanted, kind: &str) -> Answer {
    let Some(names) = wanted.fields.as_deref().filter(|names| !names.is_empty()) else {
        return Ok(Json(object));
    };
    let mut selected = Map::new();
    for name in names.split(',').map(str::trim).chain(["id"]) {
        let Some(value) = object.get(name) else {
            let name: String = name.chars().take(64).collect();
            let sentence = format!("Tried accessing nonexisting field ({name}) on node type ({kind})");
            return Err(GraphError::parameter(&sentence));
        };
        selected.insert(name.to_owned(), value.clone());
    }
    Ok(Json(Value::Object(selected)))
}
