//! The Graph API: one file per endpoint, one table of paths. What all endpoints share is checked here first: the
//! version, the token and the object in the path. Knows how to refuse as Meta does, not how messages travel.

mod error;
mod fields;
mod messages;
mod nodes;
mod send;
mod subscribed_apps;
mod template_calls;
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

use crate::world::World;

/// Every path of the Graph API this simulator plays.
pub(crate) fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/{version}/{id}", get(nodes::get))
        .route("/{version}/{id}/phone_numbers", get(nodes::phone_numbers))
        .route("/{version}/{id}/messages", post(messages::post))
        .route(
            "/{version}/{id}/message_templates",
            get(template_calls::list).post(template_calls::create).delete(template_calls::delete),
        )
        .route("/{version}/{id}/upsert_message_templates", post(template_calls::upsert))
        .route("/{version}/{id}/message_template_previews", get(template_calls::previews))
        .route(
            "/{version}/{id}/subscribed_apps",
            get(subscribed_apps::get).post(subscribed_apps::post).delete(subscribed_apps::delete),
        )
}

/// What an endpoint answers.
type Answer = Result<Json<Value>, GraphError>;

/// Which of the account's objects a path names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Node {
    Phone,
    Account,
}

/// Version, token and object, in the order in which Graph looks at them.
fn enter(
    world: &World,
    path: &(String, String),
    headers: &HeaderMap,
    method: &str,
) -> Result<Node, GraphError> {
    let (version, id) = path;
    if !is_version(version) {
        return Err(GraphError::new(2500, "The path must start with a version such as v25.0"));
    }
    check_token(world, headers)?;
    match id {
        id if *id == world.settings.phone_number_id => Ok(Node::Phone),
        id if *id == world.settings.waba_id => Ok(Node::Account),
        id => Err(GraphError::no_such_object(method, &id.chars().take(32).collect::<String>())),
    }
}

/// As [`enter`], for an edge that only one kind of object has.
fn enter_as(
    world: &World,
    path: &(String, String),
    headers: &HeaderMap,
    method: &str,
    node: Node,
) -> Result<(), GraphError> {
    if enter(world, path, headers, method)? == node {
        return Ok(());
    }
    Err(GraphError::no_such_object(method, &path.1))
}

/// The bearer token of the account, and nothing else.
pub(crate) fn check_token(world: &World, headers: &HeaderMap) -> Result<(), GraphError> {
    let given = headers
        .get(header::AUTHORIZATION)
        .ok_or_else(|| GraphError::token("An access token is required to request this resource."))?;
    let token = given.to_str().ok().and_then(|value| value.strip_prefix("Bearer "));
    match token {
        Some(token) if world.knows_token(token) => Ok(()),
        Some(_) => Err(GraphError::token("Invalid OAuth access token - Cannot parse access token")),
        None => Err(GraphError::token("The Authorization header must be: Bearer, one space, the token.")),
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
