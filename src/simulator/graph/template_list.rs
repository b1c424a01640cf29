//! `GET …/message_templates`: the account's templates, narrowed, reduced to some fields, and paged by cursor.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::{HeaderMap, header::HOST},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as CURSOR};
use reqwest::Url;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

use super::{Answer, GraphError, enter_account};
use crate::{templates::Stored, world::World};

/// Page size when none is asked for, as with Graph.
const PAGE: usize = 25;

/// What a list of templates can be narrowed by.
#[derive(Deserialize)]
pub(super) struct Filter {
    name: Option<String>,
    language: Option<String>,
    status: Option<String>,
    category: Option<String>,
    quality_score: Option<String>,
    fields: Option<String>,
    limit: Option<usize>,
    after: Option<String>,
    before: Option<String>,
}

/// One page.
pub(super) async fn get(
    State(world): State<Arc<World>>,
    Path(path): Path<(String, String)>,
    Query(filter): Query<Filter>,
    headers: HeaderMap,
) -> Answer {
    let account = enter_account(&world, &path, &headers, "get")?;
    let limit = filter.limit.unwrap_or(PAGE).clamp(1, 1_000);
    let senders = world.senders();
    let templates = senders.account(&account).map(|account| account.templates.all()).unwrap_or_default();
    let fitting: Vec<Value> = templates.iter().map(Stored::view).filter(|view| filter.fits(view)).collect();
    drop(senders);
    if fitting.is_empty() {
        return Ok(Json(json!({ "data": [] })));
    }
    let (from, to) = filter.span(&fitting, limit)?;
    let page = fitting.get(from..to).unwrap_or_default();
    let mut paging = Map::new();
    let cursors = json!({ "before": cursor(page.first()), "after": cursor(page.last()) });
    paging.insert("cursors".into(), cursors);
    let place = |side, end| filter.address(&headers, &path, limit, (side, cursor(end)));
    if to < fitting.len() {
        paging.insert("next".into(), place("after", page.last()).into());
    }
    if from > 0 {
        paging.insert("previous".into(), place("before", page.first()).into());
    }
    let data: Vec<Value> = page.iter().map(|view| filter.only_fields(view)).collect();
    Ok(Json(json!({ "data": data, "paging": paging })))
}

/// Opaque, as Graph's: nobody shall count with it.
fn cursor(view: Option<&Value>) -> String {
    let id = view.and_then(|view| view.get("id")).and_then(Value::as_str).unwrap_or_default();
    CURSOR.encode(id)
}

impl Filter {
    fn fits(&self, view: &Value) -> bool {
        let is = |pointer: &str, wanted: &Option<String>| {
            let value = view.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
            wanted.as_deref().is_none_or(|wanted| value.eq_ignore_ascii_case(wanted))
        };
        is("/name", &self.name)
            && is("/language", &self.language)
            && is("/status", &self.status)
            && is("/category", &self.category)
            && is("/quality_score/score", &self.quality_score)
    }

    /// Which of the fitting templates the page shows.
    fn span(&self, fitting: &[Value], limit: usize) -> Result<(usize, usize), GraphError> {
        let at = |wanted: &str| {
            let found = fitting.iter().position(|view| cursor(Some(view)) == wanted);
            found.ok_or_else(|| GraphError::parameter("The cursor is none of this list.").with_subcode(33))
        };
        if let Some(before) = self.before.as_deref() {
            let end = at(before)?;
            return Ok((end.saturating_sub(limit), end));
        }
        let from = match self.after.as_deref() {
            Some(after) => at(after)? + 1,
            None => 0,
        };
        Ok((from, fitting.len().min(from + limit)))
    }

    /// The address of a neighbouring page, with everything that was asked for.
    fn address(
        &self,
        headers: &HeaderMap,
        path: &(String, String),
        limit: usize,
        (side, cursor): (&str, String),
    ) -> String {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
        let Ok(mut url) = Url::parse(&format!("http://{host}/{}/{}/message_templates", path.0, path.1))
        else {
            return String::new();
        };
        let asked = [
            ("name", &self.name),
            ("language", &self.language),
            ("status", &self.status),
            ("category", &self.category),
            ("quality_score", &self.quality_score),
            ("fields", &self.fields),
        ];
        let mut query = url.query_pairs_mut();
        for (name, value) in asked {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        query.append_pair("limit", &limit.to_string()).append_pair(side, &cursor);
        drop(query);
        url.into()
    }

    fn only_fields(&self, view: &Value) -> Value {
        let Some(fields) = self.fields.as_deref().filter(|fields| !fields.is_empty()) else {
            return view.clone();
        };
        let wanted = fields.split(',').map(str::trim).chain(["id"]);
        let kept = wanted.filter_map(|name| view.get(name).map(|value| (name.to_owned(), value.clone())));
        Value::Object(kept.collect::<Map<_, _>>())
    }
}
