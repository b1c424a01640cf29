//! `/simulator/faults`: order misbehaviour, see what is ordered, take it back.

use axum::{
    Json,
    body::Bytes,
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use std::sync::Arc;

use super::refuse;
use crate::{
    faults::{Armed, Order},
    number::Number,
    world::World,
};

/// The faults that wait, oldest first.
pub(super) async fn get(State(world): State<Arc<World>>) -> Response {
    Json(world.faults().all()).into_response()
}

/// Adds an array of faults, all of them or none.
pub(super) async fn post(State(world): State<Arc<World>>, body: Bytes) -> Response {
    let orders: Vec<Order> = match serde_json::from_slice(&body) {
        Ok(orders) => orders,
        Err(error) => return refuse(&format!("the body must be an array of faults: {error}")),
    };
    let armed: Result<Vec<Armed>, String> = orders.iter().map(Order::arm).collect();
    let armed = match armed {
        Ok(armed) => armed,
        Err(why) => return refuse(&why),
    };
    let mut faults = world.faults();
    if !faults.arm(armed) {
        return refuse("a thousand faults are waiting already");
    }
    let answer = Json(faults.all()).into_response();
    drop(faults);
    world.changed();
    answer
}

/// Whose faults are taken back.
#[derive(Deserialize)]
pub(super) struct Whose {
    to: Option<String>,
}

/// Takes back all faults, or with `?to=` those of one phone. Answers with what is left.
pub(super) async fn delete(State(world): State<Arc<World>>, Query(whose): Query<Whose>) -> Response {
    let to = match whose.to.as_deref().map(Number::lenient) {
        None => None,
        Some(Some(number)) => Some(number),
        Some(None) => return refuse("to must be +E.164"),
    };
    let mut faults = world.faults();
    faults.disarm(to.as_ref());
    let answer = Json(faults.all()).into_response();
    drop(faults);
    world.changed();
    answer
}
