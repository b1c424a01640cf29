//! The pages of a sign-in that cannot go on, whichever of its pages was asked for.

use axum::response::Response;
use http::StatusCode;
use watchword_domain::Language;
use watchword_domain::request::AuthorizationRequest;
use watchword_domain::sign_in::EndReason;

use crate::Doors;
use crate::extract::visitor::Visitor;
use crate::respond::page::{Shown, error_page, page};
use crate::respond::restart::restart_url;
use crate::view::{EndedReason, EndedView, ErrorKind, ErrorView};

/// The page of a sign-in that cannot go on.
pub fn ended(
    doors: &Doors,
    visitor: &Visitor,
    language: Language,
    reason: EndReason,
    request: &AuthorizationRequest,
) -> Response {
    let restart = || restart_url(&visitor.pool, request);
    let (reason, restart_url, status) = match reason {
        EndReason::Expired => (EndedReason::Expired, restart(), StatusCode::GONE),
        EndReason::AlreadyUsed => (EndedReason::AlreadyUsed, None, StatusCode::CONFLICT),
        EndReason::Disowned => (EndedReason::Disowned, restart(), StatusCode::FORBIDDEN),
        EndReason::Unconfirmed => (EndedReason::Unconfirmed, restart(), StatusCode::FORBIDDEN),
        EndReason::TooManyTries => (EndedReason::Blocked, restart(), StatusCode::FORBIDDEN),
    };
    let shown = Shown { here: visitor.here.as_deref(), ..Shown::new(language).status(status) };
    page(doors, visitor, &shown.back(Some(&request.redirect_uri)), &EndedView { reason, restart_url })
}

/// No such sign-in in this browser: another browser's, another day's, or cookies are off.
pub fn unknown(doors: &Doors, visitor: &Visitor) -> Response {
    let view = ErrorView { kind: ErrorKind::StaleForm, technical: None, restart_url: None, again: false };
    error_page(doors, visitor, visitor.language(None), &view)
}
