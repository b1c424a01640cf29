//! Requests by query: as they stand there, or sealed because a form brought them or because they hold what no address of
//! ours repeats, a number or a token; and what is said when neither can be read.

use axum::response::Response;
use watchword_domain::pool::Pool;
use watchword_flow::authorize::Params;
use watchword_flow::error::Fault;
use watchword_flow::onward::Onward;

use crate::extract::form::{self, FormRefusal};
use crate::extract::outsider::{HINTS, LONGEST_HERE};
use crate::extract::visitor::Visitor;
use crate::respond::page::{error_page, failed};
use crate::respond::redirect::see_other;
use crate::view::{ErrorKind, ErrorView};
use crate::{Doors, paths};

/// The parameter that holds a sealed request.
const SEALED: &str = "sealed_request";

/// Longest value that travels: with cookies and the rest it has to fit into a request's head.
const LONGEST: usize = 32 * 1024;

/// Longest address that a page repeats, once for each language: what a sealed request with the usual parameters comes to.
const LONGEST_LINK: usize = 2 * LONGEST_HERE;

/// Why a query cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueryRefusal {
    /// It is no form-encoded UTF-8.
    Malformed,
    /// What is sealed in it is over, altered, or was going elsewhere.
    Sealed,
}

/// The parameters of a request by query.
///
/// # Errors
/// When they cannot be read.
pub fn read(doors: &Doors, pool: &Pool, onward: Onward, query: &str) -> Result<Params, QueryRefusal> {
    let params = Params::new(form::decode(query.as_bytes()).ok_or(QueryRefusal::Malformed)?);
    match params.whole(SEALED) {
        Some(sealed) => doors.flow.open_params(&pool.id, onward, sealed).ok_or(QueryRefusal::Sealed),
        None => Ok(params),
    }
}

/// The page for a query that cannot be read.
pub fn unread(doors: &Doors, visitor: &Visitor, refusal: QueryRefusal) -> Response {
    let (kind, technical) = match refusal {
        QueryRefusal::Malformed => (ErrorKind::InvalidRequest, "the query is not form-encoded UTF-8"),
        QueryRefusal::Sealed => (
            ErrorKind::StaleForm,
            "sealed_request is over, altered or of another place; the application has to ask again",
        ),
    };
    refuse(doors, visitor, kind, technical)
}

/// The page for a form that cannot be read.
pub fn unread_form(doors: &Doors, visitor: &Visitor, refusal: FormRefusal) -> Response {
    let (kind, technical) = match refusal {
        FormRefusal::TooLarge => (ErrorKind::TooLarge, "the body is over 64 KB"),
        FormRefusal::ContentType => {
            (ErrorKind::WrongContentType, "the body must be application/x-www-form-urlencoded")
        }
        FormRefusal::Incomplete | FormRefusal::Malformed => {
            (ErrorKind::InvalidRequest, "the body is not form-encoded UTF-8")
        }
    };
    refuse(doors, visitor, kind, technical)
}

/// Sends the browser to where it posted these parameters, by query.
pub fn again(doors: &Doors, visitor: &Visitor, onward: Onward, params: &Params) -> Response {
    match doors.flow.seal_params(&visitor.pool.id, onward, params) {
        Ok(sealed) if sealed.len() > LONGEST => {
            refuse(doors, visitor, ErrorKind::TooLarge, "the parameters are too long for an address")
        }
        Ok(sealed) => see_other(&address(&visitor.pool, onward, &sealed)),
        Err(fault) => failed(doors, visitor, visitor.language(None), &fault),
    }
}

/// The address of what was asked by this query, fit for a link; none when it is too long to be repeated in several.
///
/// # Errors
/// When OpenSSL fails.
pub fn link_to(
    doors: &Doors,
    pool: &Pool,
    onward: Onward,
    query: &str,
    params: &Params,
) -> Result<Option<String>, Fault> {
    if form::names(query).any(|name| HINTS.contains(&&*name)) {
        let sealed = doors.flow.seal_params(&pool.id, onward, params)?;
        return Ok(fit(address(pool, onward, &sealed)));
    }
    Ok(fit(format!("{}?{query}", path(pool, onward))))
}

fn fit(address: String) -> Option<String> {
    (address.len() <= LONGEST_LINK).then_some(address)
}

fn address(pool: &Pool, onward: Onward, sealed: &str) -> String {
    format!("{}?{SEALED}={sealed}", path(pool, onward))
}

fn path(pool: &Pool, onward: Onward) -> String {
    paths::within(
        pool,
        match onward {
            Onward::Authorize => paths::AUTHORIZE,
            Onward::EndSession => paths::END_SESSION,
        },
    )
}

fn refuse(doors: &Doors, visitor: &Visitor, kind: ErrorKind, technical: &str) -> Response {
    let view = ErrorView { kind, technical: Some(technical.to_owned()), restart_url: None, again: false };
    error_page(doors, visitor, visitor.language(None), &view)
}
