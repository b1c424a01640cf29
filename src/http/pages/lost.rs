//! Addresses and methods that lead nowhere: a page for people, a problem document for programs.

use axum::extract::{Request, State};
use axum::response::Response;

use crate::Doors;
use crate::extract::outsider::Outsider;
use crate::respond::outside::outside;
use crate::respond::problem;
use crate::view::{ErrorKind, ErrorView};

/// Nothing is at this address.
pub async fn not_found(State(doors): State<Doors>, request: Request) -> Response {
    lost(&doors, request, ErrorKind::NotFound, problem::not_found)
}

/// The address does not answer this method.
pub async fn method_not_allowed(State(doors): State<Doors>, request: Request) -> Response {
    lost(&doors, request, ErrorKind::MethodNotAllowed, problem::method_not_allowed)
}

fn lost(doors: &Doors, request: Request, kind: ErrorKind, otherwise: fn() -> Response) -> Response {
    let (parts, _) = request.into_parts();
    if !problem::wants_page(&parts.headers) {
        return otherwise();
    }
    outside(
        doors,
        &Outsider::of(&parts),
        &ErrorView { kind, technical: None, restart_url: None, again: false },
    )
}
