//! `/authorize` (RFC 6749, section 3.1; OpenID Connect Core 1.0, section 3.1.2): shows the number page, or sends the
//! browser back to the client.

use axum::extract::{RawQuery, Request, State};
use axum::response::Response;
use watchword_domain::pool::Pool;
use watchword_domain::request::{AuthorizationRequest, Prompt, ResponseMode};
use watchword_flow::authorize::{Decision, PageRefusal};
use watchword_flow::error::Error;
use watchword_flow::onward::Onward;

use crate::extract::form::{self, FormRefusal};
use crate::extract::onward;
use crate::extract::visitor::Visitor;
use crate::pages::phone::first_page;
use crate::respond::page::{Shown, dead_end, error_page, failed, registered_by};
use crate::respond::redirect::to_client;
use crate::view::{ErrorKind, ErrorView};
use crate::{Doors, paths};

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
                Ok(here) => first_page(&doors, &visitor, language, &here, &request).await,
                Err(fault) => failed(&doors, &visitor, language, &fault),
            }
        }
        Err(Error::Refused(refusal)) => {
            let (kind, technical) = told(refusal);
            let view = ErrorView { kind, technical: Some(technical.to_owned()), restart_url: None };
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
        Err(FormRefusal::TooLarge) => refuse(&doors, &visitor, ErrorKind::TooLarge, "the body is over 64 KB"),
        Err(FormRefusal::ContentType) => {
            let technical = "the body must be application/x-www-form-urlencoded";
            refuse(&doors, &visitor, ErrorKind::WrongContentType, technical)
        }
        Err(_) => refuse(&doors, &visitor, ErrorKind::InvalidRequest, "the body is not form-encoded UTF-8"),
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

fn refuse(doors: &Doors, visitor: &Visitor, kind: ErrorKind, technical: &str) -> Response {
    let view = ErrorView { kind, technical: Some(technical.to_owned()), restart_url: None };
    error_page(doors, visitor, visitor.language(None), &view)
}

/// The address that asks for the same again, without the number the client hinted at: none stands in an address of ours.
/// None when the client named whom it expects: that came by a token, and without it somebody else could answer.
pub fn address_of(pool: &Pool, request: &AuthorizationRequest) -> Option<String> {
    if request.expected_sub.is_some() {
        return None;
    }
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("response_type", "code")
        .append_pair("client_id", request.client_id.as_str())
        .append_pair("redirect_uri", &request.redirect_uri)
        .append_pair("scope", &request.scopes.to_string());
    let optional =
        [("state", &request.state), ("nonce", &request.nonce), ("ui_locales", &request.ui_locales)];
    for (name, value) in optional {
        query.extend_pairs(value.iter().map(|value| (name, value)));
    }
    if let Some(challenge) = &request.code_challenge {
        query.append_pair("code_challenge", challenge).append_pair("code_challenge_method", "S256");
    }
    if request.response_mode == ResponseMode::FormPost {
        query.append_pair("response_mode", "form_post");
    }
    if request.prompt == Prompt::SignIn {
        query.append_pair("prompt", "login");
    }
    query.extend_pairs(request.max_age.iter().map(|age| ("max_age", age.to_string())));
    Some(format!("{}?{}", paths::within(pool, paths::AUTHORIZE), query.finish()))
}
