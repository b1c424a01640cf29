//! The pool a request is for.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::response::Response;
use http::request::Parts;
use watchword_domain::pool::Pool;

use crate::Doors;
use crate::extract::outsider::Outsider;
use crate::respond::outside::{fault_page, outside};
use crate::respond::problem::{self, wants_page};
use crate::view::{ErrorKind, ErrorView};

/// The pool whose domain is in the path.
pub struct Tenant(pub Arc<Pool>);

impl FromRequestParts<Doors> for Tenant {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, doors: &Doors) -> Result<Self, Response> {
        let params = RawPathParams::from_request_parts(parts, doors).await.ok();
        let domain = params.as_ref().and_then(|params| {
            params.iter().find(|(name, _)| *name == "domain").map(|(_, domain)| domain.to_owned())
        });
        match doors.flow.pool(domain.as_deref().unwrap_or_default()).await {
            Ok(Some(pool)) => Ok(Self(pool)),
            Ok(None) if wants_page(&parts.headers) => {
                let view = ErrorView { kind: ErrorKind::UnknownPool, technical: None, restart_url: None };
                Err(outside(doors, &Outsider::of(parts), &view))
            }
            Ok(None) => Err(problem::unknown_pool()),
            Err(fault) if wants_page(&parts.headers) => Err(fault_page(doors, &Outsider::of(parts), &fault)),
            Err(fault) => Err(problem::fault(&fault)),
        }
    }
}
