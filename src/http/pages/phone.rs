//! `/sign-in/phone`: the number. The first showing of this page is `/authorize`'s own.

use axum::extract::State;
use axum::response::Response;
use watchword_domain::Language;
use watchword_domain::ids::SignInId;
use watchword_domain::sign_in::EndReason;
use watchword_flow::error::Error;
use watchword_flow::sign_in::{Current, Start, Typed};

use crate::extract::cookies::{self, CookieKind};
use crate::extract::of_sign_in::OfSignIn;
use crate::extract::posted::Posted;
use crate::extract::visitor::Visitor;
use crate::respond::ended::{ended, unknown};
use crate::respond::html::set_cookie;
use crate::respond::number_page::{another_number, refused};
use crate::respond::page::failed;
use crate::respond::redirect::see_other;
use crate::view::Carried;
use crate::{Doors, paths};

/// The number page of a sign-in under way: another number may be tried.
pub async fn get(State(doors): State<Doors>, visitor: Visitor, OfSignIn(id): OfSignIn) -> Response {
    match doors.flow.sign_in(&visitor.pool, &visitor.browser, &id).await {
        Ok(Current { sign_in, step, .. }) => {
            let language = visitor.chosen.unwrap_or(sign_in.language);
            if let Err(reason) = step.as_ref().map_err(|reason| *reason).map(|_| ()).or_else(may_change) {
                return ended(&doors, &visitor, language, reason, &sign_in.request);
            }
            another_number(&doors, &visitor, language, &sign_in).await
        }
        Err(Error::Refused(_)) => unknown(&doors, &visitor),
        Err(Error::Fault(fault)) => failed(&doors, &visitor, visitor.language(None), &fault),
    }
}

/// Whether another number may still be tried although the step is refused.
fn may_change(reason: EndReason) -> Result<(), EndReason> {
    if reason == EndReason::TooManyTries { Ok(()) } else { Err(reason) }
}

/// A number was typed.
pub async fn post(State(doors): State<Doors>, posted: Posted) -> Response {
    if posted.field("sign_in").is_empty() {
        start(&doors, &posted).await
    } else {
        change(&doors, &posted).await
    }
}

async fn start(doors: &Doors, posted: &Posted) -> Response {
    let visitor = &posted.visitor;
    let sealed = posted.sealed();
    let carried = match doors.flow.open_request(&visitor.pool, &visitor.browser, sealed).await {
        Ok(Some(carried)) => carried,
        Ok(None) => return unknown(doors, visitor),
        Err(fault) => return failed(doors, visitor, visitor.language(None), &fault),
    };
    let (request, language) = (carried.request, visitor.chosen.unwrap_or(carried.language));
    let start =
        Start { request: request.clone(), address: visitor.address, pending: visitor.pending.clone() };
    let typed = typed(posted, language);
    match doors.flow.start_sign_in(&visitor.pool, &visitor.browser, start, &typed).await {
        Ok(id) => {
            let mut response = see_other(&paths::of_sign_in(&visitor.pool, paths::CODE, id.as_str()));
            let cookie = cookies::write(&visitor.pool, CookieKind::Pending, id.as_str());
            set_cookie(response.headers_mut(), &cookie);
            response
        }
        Err(Error::Refused(refusal)) => {
            refused(doors, posted, refusal, Carried::Sealed(sealed.to_owned()), &request, language).await
        }
        Err(Error::Fault(fault)) => failed(doors, visitor, language, &fault),
    }
}

async fn change(doors: &Doors, posted: &Posted) -> Response {
    let visitor = &posted.visitor;
    let id = SignInId::from(posted.field("sign_in"));
    let current = match doors.flow.sign_in(&visitor.pool, &visitor.browser, &id).await {
        Ok(current) => current,
        Err(Error::Refused(_)) => return unknown(doors, visitor),
        Err(Error::Fault(fault)) => return failed(doors, visitor, visitor.language(None), &fault),
    };
    let (request, language) =
        (current.sign_in.request.clone(), visitor.chosen.unwrap_or(current.sign_in.language));
    let typed = typed(posted, language);
    let (flow, pool, browser) = (&doors.flow, &visitor.pool, &visitor.browser);
    match flow.change_number(pool, browser, current, visitor.address, &typed).await {
        Ok(()) => see_other(&paths::of_sign_in(&visitor.pool, paths::CODE, id.as_str())),
        Err(Error::Refused(refusal)) => {
            refused(doors, posted, refusal, Carried::SignIn(id.into()), &request, language).await
        }
        Err(Error::Fault(fault)) => failed(doors, visitor, language, &fault),
    }
}

fn typed(posted: &Posted, language: Language) -> Typed<'_> {
    let (phone, country) = (posted.field("phone"), posted.field("country").parse().ok());
    Typed { phone, country, language, proof: posted.proof() }
}
