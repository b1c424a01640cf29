//! `/end-session` (OpenID Connect RP-Initiated Logout 1.0): signs this browser out and no other, asking first when nothing
//! shows that the client speaks for whoever is signed in.
//!
//! The query may carry an ID token: it is never logged and never repeated in an address of ours.

use axum::extract::{RawQuery, Request, State};
use axum::response::Response;
use http::StatusCode;
use watchword_domain::Language;
use watchword_flow::authorize::Params;
use watchword_flow::error::Error;
use watchword_flow::logout::{LogoutDecision, LogoutRefusal};
use watchword_flow::onward::Onward;

use crate::extract::cookies::{self, CookieKind};
use crate::extract::form;
use crate::extract::onward;
use crate::extract::visitor::Visitor;
use crate::respond::html::set_cookie;
use crate::respond::page::{Shown, error_page, failed, page, registered_by};
use crate::respond::redirect::see_other;
use crate::view::{Csrf, ErrorKind, ErrorView, SignOutView, SignedOutView};
use crate::{Doors, paths};

/// A sign-out request by query.
pub async fn get(State(doors): State<Doors>, visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    match onward::read(&doors, &visitor.pool, Onward::EndSession, &query.unwrap_or_default()) {
        Ok(params) => answer(&doors, &visitor, params, false).await,
        Err(refusal) => onward::unread(&doors, &visitor, refusal),
    }
}

/// A sign-out request by form, or the person's own yes on our page.
pub async fn post(State(doors): State<Doors>, visitor: Visitor, request: Request) -> Response {
    let params = match form::read(request).await {
        Ok(params) => params,
        Err(refusal) => return onward::unread_form(&doors, &visitor, refusal),
    };
    let confirmed = match params
        .one("csrf")
        .ok()
        .flatten()
        .map(|token| doors.flow.is_form_token(&visitor.pool.id, &visitor.browser, token))
    {
        None => false,
        Some(Ok(true)) => true,
        Some(Ok(false)) => {
            let view =
                ErrorView { kind: ErrorKind::StaleForm, technical: None, restart_url: None, again: false };
            return error_page(&doors, &visitor, visitor.language(None), &view);
        }
        Some(Err(fault)) => return failed(&doors, &visitor, visitor.language(None), &fault),
    };
    // A form that another site posted comes without our cookies, so that nobody would seem to be signed in; by query the
    // browser brings them.
    if !confirmed && visitor.session.is_none() {
        return onward::again(&doors, &visitor, Onward::EndSession, &params);
    }
    answer(&doors, &visitor, params, confirmed).await
}

async fn answer(doors: &Doors, visitor: &Visitor, params: Params, confirmed: bool) -> Response {
    let language = visitor.language(params.one("ui_locales").ok().flatten());
    let session = visitor.session.as_deref();
    let mut response = match doors.flow.end_session(&visitor.pool, &params, session, confirmed).await {
        Ok(LogoutDecision::SignedOut(Some(back))) => see_other(&back),
        Ok(LogoutDecision::SignedOut(None)) => {
            let view = SignedOutView { client_name: visitor.pool.name.clone(), sign_in_url: None };
            let back = registered_by(doors, visitor, params.one("client_id").ok().flatten()).await;
            let shown = Shown { here: visitor.here.as_deref(), ..Shown::new(language) };
            page(doors, visitor, &shown.back(back.as_deref()), &view)
        }
        Ok(LogoutDecision::Ask) => return ask(doors, visitor, language, &params),
        Err(Error::Refused(refusal)) => return refuse(doors, visitor, refusal),
        Err(Error::Fault(fault)) => return failed(doors, visitor, language, &fault),
    };
    // Its session is over, or was before.
    if visitor.session.is_some() {
        set_cookie(response.headers_mut(), &cookies::remove(&visitor.pool, CookieKind::Session));
    }
    response
}

fn ask(doors: &Doors, visitor: &Visitor, language: Language, params: &Params) -> Response {
    let csrf = match doors.flow.form_token(&visitor.pool.id, &visitor.browser) {
        Ok(csrf) => Csrf::new(csrf),
        Err(fault) => return failed(doors, visitor, language, &fault),
    };
    let view = SignOutView {
        csrf,
        action: paths::within(&visitor.pool, paths::END_SESSION),
        carried: params.pairs().iter().filter(|(name, _)| name != "csrf").cloned().collect(),
        client_name: visitor.pool.name.clone(),
        cancel_url: None,
    };
    let shown =
        Shown { form_target: params.one("post_logout_redirect_uri").ok().flatten(), ..Shown::new(language) };
    page(doors, visitor, &shown.status(StatusCode::OK), &view)
}

fn refuse(doors: &Doors, visitor: &Visitor, refusal: LogoutRefusal) -> Response {
    let (kind, technical) = match refusal {
        LogoutRefusal::Malformed => {
            (ErrorKind::InvalidRequest, "a parameter is repeated, too long or not UTF-8")
        }
        LogoutRefusal::Hint => {
            (ErrorKind::InvalidRequest, "id_token_hint is of another client than client_id")
        }
        LogoutRefusal::RedirectUri => (
            ErrorKind::RedirectUri,
            "post_logout_redirect_uri is not registered for this client, or neither id_token_hint nor client_id names one",
        ),
    };
    let view = ErrorView { kind, technical: Some(technical.to_owned()), restart_url: None, again: false };
    error_page(doors, visitor, visitor.language(None), &view)
}
