//! `/authorize` (RFC 6749, section 3.1; OpenID Connect Core 1.0, section 3.1.2): shows the number page, or sends the
//! browser back to the client.

use axum::extract::{RawQuery, Request, State};
use axum::response::Response;
use watchword_flow::authorize::{Decision, PageRefusal};
use watchword_flow::error::Error;
use watchword_flow::onward::Onward;

use crate::Doors;
use crate::extract::form;
use crate::extract::onward;
use crate::extract::visitor::Visitor;
use crate::respond::number_page::first_page;
use crate::respond::page::{Shown, dead_end, failed, registered_by};
use crate::respond::redirect::to_client;
use crate::view::{ErrorKind, ErrorView};

/// An authorization request by query.
pub async fn get(State(doors): State<Doors>, visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let params = match onward::read(&doors, &visitor.pool, Onward::Authorize, &query) {
        Ok(params) => params,
        Err(refusal) => return onward::unread(&doors, &visitor, refusal),
    };
    match doors.flow.authorize(&visitor.pool, &params, visitor.session.as_deref()).await {
        Ok(Decision::Respond(response)) => {
            let shown = Shown::new(visitor.language(None));
            to_client(&doors, &visitor, shown, &response)
        }
        Ok(Decision::Ask(request)) => {
            let language = visitor.language(params.one("ui_locales").ok().flatten());
            match onward::link_to(&doors, &visitor.pool, Onward::Authorize, &query, &params) {
                Ok(here) => first_page(&doors, &visitor, language, here.as_deref(), &request).await,
                Err(fault) => failed(&doors, &visitor, language, &fault),
            }
        }
        Err(Error::Refused(refusal)) => {
            let (kind, technical) = told(refusal);
            let view =
                ErrorView { kind, technical: Some(technical.to_owned()), restart_url: None, again: false };
            let back = registered_by(&doors, &visitor, params.one("client_id").ok().flatten()).await;
            dead_end(&doors, &visitor, visitor.language(None), &view, back.as_deref())
        }
        Err(Error::Fault(fault)) => failed(&doors, &visitor, visitor.language(None), &fault),
    }
}

/// An authorization request by form. A form that another site posted comes without our cookies, so that nobody would
/// seem to be signed in; the browser is asked to come again by query, which brings them. What the form held travels sealed.
pub async fn post(State(doors): State<Doors>, visitor: Visitor, request: Request) -> Response {
    match form::read(request).await {
        Ok(params) => onward::again(&doors, &visitor, Onward::Authorize, &params),
        Err(refusal) => onward::unread_form(&doors, &visitor, refusal),
    }
}

fn told(refusal: PageRefusal) -> (ErrorKind, &'static str) {
    match refusal {
        PageRefusal::UnknownClient => {
            (ErrorKind::UnknownClient, "client_id is missing or names no client of this pool")
        }
        PageRefusal::Repeated => {
            (ErrorKind::InvalidRequest, "client_id or redirect_uri is given more than once")
        }
        PageRefusal::RedirectUri => (
            ErrorKind::RedirectUri,
            "redirect_uri is missing or not registered for this client, to the letter",
        ),
    }
}
