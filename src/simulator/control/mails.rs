//! `GET /simulator/mails`: the mails that were taken, newest first.

use axum::{
    Json,
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use std::sync::Arc;

use crate::{mail::Mail, world::World};

/// Mails answered when no limit is given, and at most.
const USUAL: usize = 50;
const MOST: usize = 1_000;

/// What is asked for.
#[derive(Deserialize)]
pub(super) struct Question {
    to: Option<String>,
    limit: Option<usize>,
}

pub(super) async fn get(State(world): State<Arc<World>>, Query(question): Query<Question>) -> Response {
    let to = question.to.as_deref().map(str::trim).filter(|to| !to.is_empty());
    let limit = question.limit.unwrap_or(USUAL).clamp(1, MOST);
    let inbox = world.inbox();
    Json(inbox.newest_first(to).take(limit).collect::<Vec<&Mail>>()).into_response()
}
