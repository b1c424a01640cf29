//! Pages outside any pool.

use axum::response::Response;
use watchword_domain::ids::opaque_token;
use watchword_flow::error::Fault;
use watchword_flow::seams::SystemRandom;

use crate::Doors;
use crate::extract::outsider::Outsider;
use crate::respond::html::{StatusOf, language_links, render, view_of, with_retry};
use crate::view::{Chrome, View};

/// A page outside any pool.
pub fn outside<V: View + StatusOf>(doors: &Doors, outsider: &Outsider, view: &V) -> Response {
    let chrome = Chrome {
        brand: None,
        language: outsider.language,
        back_url: None,
        languages: outsider.here.as_deref().map(language_links).unwrap_or_default(),
        csp_nonce: opaque_token(&SystemRandom),
        request_id: outsider.request_id.clone(),
    };
    render(doors, view.status(), &chrome, None, view)
}

/// An error page outside any pool for a fault of ours.
pub fn fault_page(doors: &Doors, outsider: &Outsider, fault: &Fault) -> Response {
    with_retry(fault, outside(doors, outsider, &view_of(fault, outsider.may_reload)))
}
