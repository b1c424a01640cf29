//! The Graph API: one file per endpoint, one table of paths. What all endpoints share is checked here first: the
//! version, the token and the object in the path. Knows how to refuse as Meta does, not how messages travel.

mod debug_token;
mod error;
mod fields;
mod messages;
mod nodes;
mod number_settings;
mod send;
mod subscribed_apps;
mod template_calls;
mod template_edit;
mod template_list;
mod template_previews;
mod template_rules;

use axum::{
    Json, Router,
    body::Bytes,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::Value;
use std::sync::Arc;

pub(crate) use error::{GraphError, title};

use crate::{
    line::Line,
    senders::{Denied, MANAGEMENT, MESSAGING, Object},
    world::World,
};

/// Every path of the Graph API this simulator plays.
pub(crate) fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/{version}/debug_token", get(debug_token::get))
        .route("/{version}/{id}", get(nodes::get).post(template_edit::post))
        .route("/{version}/{id}/phone_numbers", get(nodes::phone_numbers))
        .route("/{version}/{id}/messages", post(messages::post))
        .route("/{version}/{id}/settings", get(number_settings::get).post(number_settings::post))
        .route("/{version}/{id}/unpause", post(template_edit::unpause))
        .route(
            "/{version}/{id}/message_templates",
            get(template_list::get).post(template_calls::create).delete(template_calls::delete),
        )
        .route("/{version}/{id}/upsert_message_templates", post(template_calls::upsert))
        .route("/{version}/{id}/message_template_previews", get(template_previews::get))
        .route(
            "/{version}/{id}/subscribed_apps",
            get(subscribed_apps::get).post(subscribed_apps::post).delete(subscribed_apps::delete),
        )
}

/// What an endpoint answers.
type Answer = Result<Json<Value>, GraphError>;

/// Version, token and object, in the order in which Graph looks at them. An object that the token may not see is none.
fn enter(
    world: &World,
    path: &(String, String),
    headers: &HeaderMap,
    method: &str,
) -> Result<Object, GraphError> {
    let (version, id) = path;
    if !is_version(version) {
        return Err(GraphError::new(2500, "The path must start with a version such as v25.0"));
    }
    let object = world.senders().object(bearer(headers)?, id).map_err(denied)?;
    let object = object.ok_or_else(|| no_such_object(method, id))?;
    if !matches!(object, Object::Number(_)) {
        permitted(world, headers, MANAGEMENT)?;
    }
    Ok(object)
}

/// Refuses a token that was not made for this.
fn permitted(world: &World, headers: &HeaderMap, permission: &str) -> Result<(), GraphError> {
    let senders = world.senders();
    let granted = senders.permissions(bearer(headers)?).map_err(denied)?;
    match granted.iter().any(|granted| granted == permission) {
        true => Ok(()),
        false => Err(GraphError::new(200, format!("The token lacks the permission {permission}"))),
    }
}

/// As [`enter_number`], for the edge that sends.
fn enter_sending(
    world: &World,
    path: &(String, String),
    headers: &HeaderMap,
) -> Result<Arc<Line>, GraphError> {
    let line = enter_number(world, path, headers, "post")?;
    permitted(world, headers, MESSAGING).map(|()| line)
}

/// As [`enter`], for an edge that only business numbers have.
fn enter_number(
    world: &World,
    path: &(String, String),
    headers: &HeaderMap,
    method: &str,
) -> Result<Arc<Line>, GraphError> {
    match enter(world, path, headers, method)? {
        Object::Number(line) => Ok(line),
        _ => Err(no_such_object(method, &path.1)),
    }
}

/// As [`enter`], for an edge that only accounts have. Returns the account's id.
fn enter_account(
    world: &World,
    path: &(String, String),
    headers: &HeaderMap,
    method: &str,
) -> Result<String, GraphError> {
    match enter(world, path, headers, method)? {
        Object::Account(id) => Ok(id),
        _ => Err(no_such_object(method, &path.1)),
    }
}

/// As [`enter`], for an edge that only templates have. Returns the ids of its account and of itself.
fn enter_template(
    world: &World,
    path: &(String, String),
    headers: &HeaderMap,
    method: &str,
) -> Result<(String, String), GraphError> {
    match enter(world, path, headers, method)? {
        Object::Template(account, id) => Ok((account, id)),
        _ => Err(no_such_object(method, &path.1)),
    }
}

fn no_such_object(method: &str, id: &str) -> GraphError {
    GraphError::no_such_object(method, &id.chars().take(32).collect::<String>())
}

/// The first sender that the bearer token speaks for.
pub(crate) fn check_token(world: &World, headers: &HeaderMap) -> Result<Arc<Line>, GraphError> {
    world.senders().bearer(bearer(headers)?).map_err(denied)
}

fn bearer(headers: &HeaderMap) -> Result<&str, GraphError> {
    let given = headers
        .get(header::AUTHORIZATION)
        .ok_or_else(|| GraphError::token("An access token is required to request this resource."))?;
    let token = given.to_str().ok().and_then(|value| value.strip_prefix("Bearer "));
    token.ok_or_else(|| GraphError::token("The Authorization header must be: Bearer, one space, the token."))
}

fn denied(why: Denied) -> GraphError {
    match why {
        Denied::Unknown => GraphError::token("Invalid OAuth access token - Cannot parse access token"),
        Denied::Expired => {
            GraphError::token("Error validating access token: Session has expired.").with_subcode(463)
        }
    }
}

/// The JSON of a request body that says it is JSON.
fn json_body(headers: &HeaderMap, body: &Bytes) -> Result<Value, GraphError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        return Err(GraphError::parameter("The Content-Type must be application/json."));
    }
    serde_json::from_slice(body).map_err(|_| GraphError::parameter("The body is not valid JSON."))
}

fn is_version(version: &str) -> bool {
    let number = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    version
        .strip_prefix('v')
        .and_then(|numbers| numbers.split_once('.'))
        .is_some_and(|(major, minor)| number(major) && number(minor))
}

/// For a path under a version that no endpoint answers.
pub(crate) fn unknown_path() -> Response {
    GraphError::new(2500, "No such path in this simulator").with_status(Some(404)).into_response()
}
