//! `GET …/message_template_previews`: how Meta words an authentication template in each language.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::HeaderMap,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

use super::{Answer, GraphError, enter_account, template_rules as rules};
use crate::{
    phone::Button,
    templates::{Otp, Shape, code_content},
    world::World,
};

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
pub(super) async fn get(
    State(world): State<Arc<World>>,
    Path(path): Path<(String, String)>,
    Query(preview): Query<Preview>,
    headers: HeaderMap,
) -> Answer {
    enter_account(&world, &path, &headers, "get")?;
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
        otp: Otp::CopyCode,
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
