//! The pool a request is for.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use watchword_domain::pool::Pool;
use watchword_flow::error::Fault;

use crate::Doors;
use crate::extract::outsider::Outsider;
use crate::respond::oauth::OauthError;
use crate::respond::outside::{fault_page, outside};
use crate::respond::problem::{self, wants_page};
use crate::view::{ErrorKind, ErrorView};

/// The pool whose domain is in the path, for an endpoint of OAuth. Its clients read a fault in OAuth's own words, also
/// those that are pages of other origins.
pub struct Tenant(pub Arc<Pool>);

impl FromRequestParts<Doors> for Tenant {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, doors: &Doors) -> Result<Self, Response> {
        match find(parts, doors).await {
            Ok(Some(pool)) => Ok(Self(pool)),
            Ok(None) => Err(unknown(parts, doors)),
            Err(fault) => Err(OauthError::fault(&fault).into_response()),
        }
    }
}

/// The pool whose domain is in the path, for what people and their browsers ask for.
///
/// # Errors
/// When there is none, or the database fails.
pub(super) async fn of_page(parts: &mut Parts, doors: &Doors) -> Result<Arc<Pool>, Response> {
    match find(parts, doors).await {
        Ok(Some(pool)) => Ok(pool),
        Ok(None) => Err(unknown(parts, doors)),
        Err(fault) if wants_page(&parts.headers) => Err(fault_page(doors, &Outsider::of(parts), &fault)),
        Err(fault) => Err(problem::fault(&fault)),
    }
}

async fn find(parts: &mut Parts, doors: &Doors) -> Result<Option<Arc<Pool>>, Fault> {
    let params = RawPathParams::from_request_parts(parts, doors).await.ok();
    let domain = params.as_ref().and_then(|params| {
        params.iter().find(|(name, _)| *name == "domain").map(|(_, domain)| domain.to_owned())
    });
    doors.flow.pool(domain.as_deref().unwrap_or_default()).await
}

fn unknown(parts: &Parts, doors: &Doors) -> Response {
    if wants_page(&parts.headers) {
        let view =
            ErrorView { kind: ErrorKind::UnknownPool, technical: None, restart_url: None, again: false };
        return outside(doors, &Outsider::of(parts), &view);
    }
    problem::unknown_pool()
}
