//! The template calls of the account: list, create, create in all languages at once, preview and delete.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::HeaderMap,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

use super::{Answer, GraphError, Node, enter_as, fields::Fields, json_body, template_rules as rules};
use crate::{
    clock, ids,
    phone::{Button, Category},
    queue::Task,
    settings::is_template_name,
    templates::{Shape, Stored, code_content},
    world::World,
};

type Place = Path<(String, String)>;
type Account = State<Arc<World>>;

/// The most templates an account may hold; Meta's limit for a verified business.
const ROOM: usize = 6_000;
/// Page size when none is asked for, as with Graph.
const PAGE: usize = 25;

/// What a list of templates can be narrowed by.
#[derive(Deserialize)]
pub(super) struct Filter {
    name: Option<String>,
    language: Option<String>,
    status: Option<String>,
    category: Option<String>,
    fields: Option<String>,
    limit: Option<usize>,
    after: Option<String>,
}

/// `GET …/message_templates`, paged by cursor.
pub(super) async fn list(
    State(world): Account,
    Path(path): Place,
    Query(filter): Query<Filter>,
    headers: HeaderMap,
) -> Answer {
    enter_as(&world, &path, &headers, "get", Node::Account)?;
    let limit = filter.limit.unwrap_or(PAGE).clamp(1, 1_000);
    let templates = world.templates();
    let views = templates.all().iter().map(Stored::view).filter(|view| filter.fits(view));
    let mut rest = views.skip_while(|view| {
        filter.after.as_deref().is_some_and(|after| view.get("id").and_then(Value::as_str) != Some(after))
    });
    if filter.after.is_some() {
        rest.next();
    }
    let mut found: Vec<Value> = rest.take(limit + 1).collect();
    let more = found.len() > limit;
    found.truncate(limit);
    let cursor = |view: Option<&Value>| view.and_then(|view| view.get("id")).cloned().unwrap_or_default();
    let mut paging = json!({"cursors": {"before": cursor(found.first()), "after": cursor(found.last())}});
    if let (true, Some(paging), Some(last)) = (more, paging.as_object_mut(), found.last()) {
        let after = last.get("id").and_then(Value::as_str).unwrap_or_default();
        let next = format!("/{}/{}/message_templates?limit={limit}&after={after}", path.0, path.1);
        paging.insert("next".into(), next.into());
    }
    let data: Vec<Value> = found.into_iter().map(|view| filter.only_fields(view)).collect();
    if data.is_empty() {
        return Ok(Json(json!({ "data": [] })));
    }
    Ok(Json(json!({ "data": data, "paging": paging })))
}

impl Filter {
    fn fits(&self, view: &Value) -> bool {
        let is = |field: &str, wanted: &Option<String>| {
            let value = view.get(field).and_then(Value::as_str).unwrap_or_default();
            wanted.as_deref().is_none_or(|wanted| value.eq_ignore_ascii_case(wanted))
        };
        is("name", &self.name)
            && is("language", &self.language)
            && is("status", &self.status)
            && is("category", &self.category)
    }

    fn only_fields(&self, view: Value) -> Value {
        let Some(fields) = self.fields.as_deref().filter(|fields| !fields.is_empty()) else { return view };
        let wanted = fields.split(',').map(str::trim).chain(["id"]);
        let kept = wanted.filter_map(|name| view.get(name).map(|value| (name.to_owned(), value.clone())));
        Value::Object(kept.collect::<Map<_, _>>())
    }
}

/// `POST …/message_templates`: one template in one language. Approved a moment later, with a webhook.
pub(super) async fn create(
    State(world): Account,
    Path(path): Place,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    enter_as(&world, &path, &headers, "post", Node::Account)?;
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
    if world.templates().find(name, language).is_some() {
        return Err(GraphError::parameter("There is already content in this language for this template.")
            .with_subcode(2_388_024));
    }
    let template = stored(&fields, name, language, false)?;
    let category = template.category;
    let (id, status) = keep(&world, template)?;
    Ok(Json(json!({ "id": id, "status": status, "category": category })))
}

/// `POST …/upsert_message_templates`: an authentication template in several languages; repeating it changes nothing.
pub(super) async fn upsert(
    State(world): Account,
    Path(path): Place,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    enter_as(&world, &path, &headers, "post", Node::Account)?;
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
        let (id, status) = keep(&world, template)?;
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
    Ok(Stored {
        id: ids::template(),
        name: name.to_owned(),
        language: language.to_owned(),
        category,
        approved: false,
        shape: rules::shape(fields, category, several)?,
        components: fields.value("components").cloned().unwrap_or_default(),
        ttl_seconds: rules::ttl(fields)?,
    })
}

/// Stores a template and lets the review pass as soon as a message would be sent. Returns its id and status.
fn keep(world: &World, template: Stored) -> Result<(String, &'static str), GraphError> {
    let mut templates = world.templates();
    if templates.all().len() >= ROOM {
        return Err(
            GraphError::parameter("The account holds as many templates as it may.").with_subcode(2_388_019)
        );
    }
    let (id, needs_review) = templates.put(template);
    drop(templates);
    if !needs_review {
        return Ok((id, "APPROVED"));
    }
    world
        .queue
        .push(clock::now_ms() + world.settings.delivery.sent_ms, Task::Approve { template: id.clone() });
    Ok((id, "PENDING"))
}

/// What a deletion names.
#[derive(Deserialize)]
pub(super) struct Deletion {
    name: Option<String>,
    hsm_id: Option<String>,
}

/// `DELETE …/message_templates?name=…[&hsm_id=…]`.
pub(super) async fn delete(
    State(world): Account,
    Path(path): Place,
    Query(deletion): Query<Deletion>,
    headers: HeaderMap,
) -> Answer {
    enter_as(&world, &path, &headers, "delete", Node::Account)?;
    let name = deletion.name.ok_or_else(|| GraphError::parameter("The parameter name is required."))?;
    if world.templates().remove(&name, deletion.hsm_id.as_deref()) == 0 {
        return Err(GraphError::parameter("The message template does not exist.").with_subcode(2_593_002));
    }
    Ok(Json(json!({ "success": true })))
}

/// What a preview is asked with.
#[derive(Deserialize)]
pub(super) struct Preview {
    category: Option<String>,
    languages: Option<String>,
    add_security_recommendation: Option<bool>,
    code_expiration_minutes: Option<u64>,
    button_types: Option<String>,
}

/// `GET …/message_template_previews`: Meta's wording of an authentication template.
pub(super) async fn previews(
    State(world): Account,
    Path(path): Place,
    Query(preview): Query<Preview>,
    headers: HeaderMap,
) -> Answer {
    enter_as(&world, &path, &headers, "get", Node::Account)?;
    if !preview.category.as_deref().is_some_and(|category| category.eq_ignore_ascii_case("authentication")) {
        return Err(GraphError::parameter("Param category must be AUTHENTICATION."));
    }
    if preview.code_expiration_minutes.is_some_and(|minutes| !(1..=90).contains(&minutes)) {
        return Err(GraphError::new(131_009, "code_expiration_minutes must be 1 to 90"));
    }
    let shape = Shape::Code {
        security: preview.add_security_recommendation.unwrap_or(false),
        expires: preview.code_expiration_minutes,
        label: None,
    };
    let languages = preview.languages.as_deref().unwrap_or("en_US").split(',').map(str::trim);
    let with_button = preview.button_types.is_some();
    let data: Result<Vec<Value>, GraphError> = languages
        .map(|language| {
            if rules::is_language(language) {
                return Ok(preview_in(language, &shape, with_button));
            }
            Err(GraphError::new(131_009, "languages must be language codes such as en_US"))
        })
        .collect();
    Ok(Json(json!({ "data": data? })))
}

fn preview_in(language: &str, shape: &Shape, with_button: bool) -> Value {
    let Shape::Code { security, expires, .. } = shape else { return Value::Null };
    let content = code_content(language, "*{{1}}*", (*security, *expires, None));
    let mut view = json!({ "language": language, "body": content.body });
    if let Some(fields) = view.as_object_mut() {
        if let Some(footer) = content.footer {
            fields.insert("footer".into(), footer.into());
        }
        if let (true, Some(Button::CopyCode { title, .. })) = (with_button, content.buttons.first()) {
            fields.insert("buttons".into(), json!([{ "text": title }]));
        }
    }
    view
}
