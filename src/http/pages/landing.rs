//! `/`: what this address is.

use axum::extract::{Request, State};
use axum::response::Response;

use crate::Doors;
use crate::extract::outsider::Outsider;
use crate::respond::outside::outside;
use crate::view::LandingView;

/// The landing page.
pub async fn get(State(doors): State<Doors>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    outside(&doors, &Outsider::of(&parts), &LandingView { docs_url: doors.settings.docs_url.clone() })
}
