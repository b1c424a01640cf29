//! `/simulator/chaos`: misbehaviour by chance, for tests under load.

use axum::{
    Json,
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use std::sync::Arc;

use super::refuse;
use crate::{
    chaos::{Chaos, Order},
    world::World,
};

/// What is ordered, and how many messages it met and struck.
pub(super) async fn get(State(world): State<Arc<World>>) -> Response {
    Json(&*world.chaos()).into_response()
}

/// Orders it anew, and counts from here. `one_in: 0` ends it.
pub(super) async fn post(State(world): State<Arc<World>>, body: Bytes) -> Response {
    let order: Order = match serde_json::from_slice(&body) {
        Ok(order) => order,
        Err(error) => {
            return refuse(&format!(
                "the body must be JSON with one_in; seed, kinds, codes and channel are optional: {error}"
            ));
        }
    };
    match Chaos::of(&order) {
        Ok(chaos) => {
            let mut current = world.chaos();
            *current = chaos;
            Json(&*current).into_response()
        }
        Err(why) => refuse(&why),
    }
}
