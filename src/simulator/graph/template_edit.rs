//! `POST /v{N}/{template-id}`: a template says something else from now on, and is reviewed again.
//! `POST /v{N}/{template-id}/unpause`: a paused template may be sent again.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::HeaderMap,
};
use serde_json::json;
use std::sync::Arc;

use super::{
    Answer, GraphError, enter_template, fields::Fields, json_body, template_calls::keep,
    template_rules as rules,
};
use crate::{
    clock,
    phone::Category,
    queue::Task,
    templates::{Event, STATUS_FIELD, State as TemplateState, Stored},
    world::World,
};

type Place = Path<(String, String)>;

/// Components, life and category can change; name and language cannot.
pub(super) async fn post(
    State(world): State<Arc<World>>,
    Path(path): Place,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let (account, id) = enter_template(&world, &path, &headers, "post")?;
    let request = json_body(&headers, &body)?;
    let fields = Fields::of(&request, "")?;
    fields.only(&["category", "components", "message_send_ttl_seconds", "parameter_format"])?;
    let old = find(&world, &account, &id)?;
    if old.state == TemplateState::Pending {
        return Err(GraphError::parameter("A template that waits for its review cannot be edited."));
    }
    let category = match fields.value("category") {
        Some(_) => rules::category(&fields)?,
        None => old.category,
    };
    if category != old.category && old.state == TemplateState::Approved {
        return Err(GraphError::parameter("The category of an approved template cannot be changed."));
    }
    let shape = match fields.value("components") {
        Some(_) => rules::shape(&fields, category, false)?,
        None if category == old.category => old.shape,
        None => return Err(GraphError::parameter("The parameter components is required.")),
    };
    let ttl = rules::ttl(&fields)?.or(old.ttl_seconds);
    if category == Category::Authentication && fields.value("components").is_none() && ttl == old.ttl_seconds
    {
        return Err(GraphError::parameter("Nothing to edit: give components or message_send_ttl_seconds."));
    }
    keep(&world, &account, Stored::new(&old.name, &old.language, category, shape, ttl))?;
    Ok(Json(json!({ "success": true })))
}

/// Only a paused template can be unpaused.
pub(super) async fn unpause(
    State(world): State<Arc<World>>,
    Path(path): Place,
    headers: HeaderMap,
) -> Answer {
    let (account, id) = enter_template(&world, &path, &headers, "post")?;
    let now_ms = clock::now_ms();
    let mut senders = world.senders();
    let template = senders.account_mut(&account).and_then(|account| account.templates.by_id_mut(&id));
    let paused = template.filter(|template| template.state == TemplateState::Paused);
    let Some(told) = paused.map(|template| template.happen(&Event::Approved, now_ms / 1_000)) else {
        return Ok(Json(json!({ "success": false, "reason": "The template is not paused." })));
    };
    drop(senders);
    world.queue.push(now_ms, Task::Tell { account, field: STATUS_FIELD, value: told });
    world.changed();
    Ok(Json(json!({ "success": true })))
}

fn find(world: &World, account: &str, id: &str) -> Result<Stored, GraphError> {
    let senders = world.senders();
    let template = senders.account(account).and_then(|account| account.templates.by_id(id)).cloned();
    template.ok_or_else(|| GraphError::no_such_object("post", id))
}
