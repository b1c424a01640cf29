//! `GET /v{N}/{id}`: the fields of the business number, the account or a template, as a health check reads them.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::HeaderMap,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

use super::{Answer, GraphError, Node, check_token, enter, enter_as};
use crate::world::World;

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
    let refused = match enter(&world, &path, &headers, "get") {
        Ok(Node::Phone) => return select(phone(&world), &wanted, "WhatsAppBusinessPhoneNumber"),
        Ok(Node::Account) => return select(account(&world), &wanted, "WhatsAppBusinessAccount"),
        Err(refused) => refused,
    };
    check_token(&world, &headers)?;
    let template = world.templates().by_id(&path.1).map(crate::templates::Stored::view);
    template.map_or(Err(refused), |template| select(template, &wanted, "WhatsAppMessageTemplate"))
}

/// `GET /v{N}/{waba}/phone_numbers`: the account has one.
pub(super) async fn phone_numbers(
    State(world): State<Arc<World>>,
    Path(path): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Answer {
    enter_as(&world, &path, &headers, "get", Node::Account)?;
    let Json(phone) = select(phone(&world), &wanted, "WhatsAppBusinessPhoneNumber")?;
    Ok(Json(json!({ "data": [phone] })))
}

fn phone(world: &World) -> Value {
    json!({
        "id": world.settings.phone_number_id,
        "verified_name": world.settings.verified_name,
        "display_phone_number": world.settings.display_phone_number,
        "code_verification_status": "VERIFIED",
        "name_status": "APPROVED",
        "status": "CONNECTED",
        "account_mode": "LIVE",
        "quality_rating": "GREEN",
        "platform_type": "CLOUD_API",
        "throughput": {"level": "STANDARD"},
        "whatsapp_business_manager_messaging_limit": "TIER_2K",
        "webhook_configuration": {"application": world.webhook_target()},
    })
}

fn account(world: &World) -> Value {
    json!({
        "id": world.settings.waba_id,
        "name": world.settings.verified_name,
        "account_review_status": "APPROVED",
        "business_verification_status": "verified",
        "whatsapp_business_manager_messaging_limit": "TIER_2K",
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
