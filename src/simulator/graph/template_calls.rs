//! The template calls of the account that change something: create, create in all languages at once, delete.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::HeaderMap,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

use super::{Answer, GraphError, enter_account, fields::Fields, json_body, template_rules as rules};
use crate::{
    clock, phone::Category, queue::Task, sender::is_template_name, senders::Account, templates::Stored,
    world::World,
};

type Place = Path<(String, String)>;

/// The most templates an account may hold; Meta's limit for a verified business.
const ROOM: usize = 6_000;

/// `POST …/message_templates`: one template in one language. Approved a moment later, with a webhook.
pub(super) async fn create(
    State(world): State<Arc<World>>,
    Path(path): Place,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let account = enter_account(&world, &path, &headers, "post")?;
    let request = json_body(&headers, &body)?;
    let fields = Fields::of(&request, "")?;
    fields.only(&[
        "name",
        "language",
        "category",
        "components",
        "message_send_ttl_seconds",
        "allow_category_change",
        "parameter_format",
    ])?;
    let name = template_name(&fields)?;
    let language = fields.text("language")?;
    if !rules::is_language(language) {
        return Err(fields.invalid("language", "must be a language code such as en_US"));
    }
    let known = |account: &Account| account.templates.find(name, language).is_some();
    if world.senders().account(&account).is_some_and(known) {
        return Err(GraphError::parameter("There is already content in this language for this template.")
            .with_subcode(2_388_024));
    }
    let template = stored(&fields, name, language, false)?;
    let category = template.category;
    let (id, status) = keep(&world, &account, template)?;
    Ok(Json(json!({ "id": id, "status": status, "category": category })))
}

/// `POST …/upsert_message_templates`: an authentication template in several languages; repeating it changes nothing.
pub(super) async fn upsert(
    State(world): State<Arc<World>>,
    Path(path): Place,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let account = enter_account(&world, &path, &headers, "post")?;
    let request = json_body(&headers, &body)?;
    let fields = Fields::of(&request, "")?;
    fields.only(&["name", "languages", "category", "components", "message_send_ttl_seconds"])?;
    let name = template_name(&fields)?;
    if rules::category(&fields)? != Category::Authentication {
        return Err(fields.invalid("category", "must be AUTHENTICATION here"));
    }
    let languages =
        fields.value("languages").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let languages: Vec<&str> =
        languages.iter().filter_map(Value::as_str).filter(|it| rules::is_language(it)).collect();
    if languages.is_empty()
        || Some(languages.len()) != fields.value("languages").and_then(Value::as_array).map(Vec::len)
    {
        return Err(fields.invalid("languages", "must be a list of language codes such as en_US"));
    }
    let mut data = Vec::new();
    for language in languages {
        let template = stored(&fields, name, language, true)?;
        let (id, status) = keep(&world, &account, template)?;
        data.push(json!({ "id": id, "status": status, "language": language }));
    }
    Ok(Json(json!({ "data": data })))
}

fn template_name<'a>(fields: &Fields<'a>) -> Result<&'a str, GraphError> {
    let name = fields.text("name")?;
    if is_template_name(name) {
        return Ok(name);
    }
    Err(fields.invalid("name", "must be up to 512 lowercase letters, digits and underscores"))
}

fn stored(fields: &Fields<'_>, name: &str, language: &str, several: bool) -> Result<Stored, GraphError> {
    let category = rules::category(fields)?;
    let shape = rules::shape(fields, category, several)?;
    Ok(Stored::new(name, language, category, shape, rules::ttl(fields)?))
}

/// Stores a template and has it reviewed. Returns its id and status.
pub(super) fn keep(
    world: &World,
    account: &str,
    template: Stored,
) -> Result<(String, &'static str), GraphError> {
    let mut senders = world.senders();
    let Some(owner) = senders.account_mut(account) else {
        return Err(GraphError::no_such_object("post", account));
    };
    if owner.templates.all().len() >= ROOM {
        let full = GraphError::parameter("The account holds as many templates as it may.");
        return Err(full.with_subcode(2_388_019));
    }
    let (id, status, needs_review) = owner.templates.put(template);
    let decision = owner.review.decision(world.delivery.sent_ms).filter(|_| needs_review);
    drop(senders);
    if let Some((after, event)) = decision {
        let task = Task::Decide { account: account.to_owned(), template: id.clone(), event };
        world.queue.push(clock::now_ms().saturating_add(after), task);
    }
    world.changed();
    Ok((id, status))
}

/// What a deletion names.
#[derive(Deserialize)]
pub(super) struct Deletion {
    name: Option<String>,
    hsm_id: Option<String>,
}

/// `DELETE …/message_templates?name=…[&hsm_id=…]`.
pub(super) async fn delete(
    State(world): State<Arc<World>>,
    Path(path): Place,
    Query(deletion): Query<Deletion>,
    headers: HeaderMap,
) -> Answer {
    let account = enter_account(&world, &path, &headers, "delete")?;
    let name = deletion.name.ok_or_else(|| GraphError::parameter("The parameter name is required."))?;
    let mut senders = world.senders();
    let goes = |template: &Stored| deletion.hsm_id.as_deref().is_none_or(|id| template.id == id);
    let gone = senders.account_mut(&account).map_or(0, |account| account.templates.remove(&name, goes));
    drop(senders);
    world.changed();
    if gone == 0 {
        return Err(GraphError::parameter("The message template does not exist.").with_subcode(2_593_002));
    }
    Ok(Json(json!({ "success": true })))
}
