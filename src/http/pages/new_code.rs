//! `/sign-in/new-code`: a new code, please; the old one is dead from then on.

use axum::extract::State;
use axum::response::Response;
use watchword_domain::ids::SignInId;
use watchword_flow::error::Error;
use watchword_flow::sign_in::SendRefusal;

use crate::extract::posted::Posted;
use crate::respond::ended::{ended, unknown};
use crate::respond::number_page::refused;
use crate::respond::page::failed;
use crate::respond::redirect::see_other;
use crate::view::Carried;
use crate::{Doors, paths};

/// A new code was asked for. The code page shows what comes of it: the new message's way, or the wait. Where nobody is sent
/// anything for now, the number page says so.
pub async fn post(State(doors): State<Doors>, posted: Posted) -> Response {
    let visitor = &posted.visitor;
    let id = SignInId::from(posted.field("sign_in"));
    let current = match doors.flow.sign_in(&visitor.pool, &visitor.browser, &id).await {
        Ok(current) => current,
        Err(Error::Refused(_)) => return unknown(&doors, visitor),
        Err(Error::Fault(fault)) => return failed(&doors, visitor, visitor.language(None), &fault),
    };
    let language = visitor.chosen.unwrap_or(current.sign_in.language);
    let request = current.sign_in.request.clone();
    match doors.flow.resend_code(&visitor.pool, current, language).await {
        Ok(()) | Err(Error::Refused(SendRefusal::Wait(_) | SendRefusal::Allowance(_))) => {
            see_other(&paths::of_sign_in(&visitor.pool, paths::CODE, id.as_str()))
        }
        Err(Error::Refused(SendRefusal::Ended(reason))) => ended(&doors, visitor, language, reason, &request),
        Err(Error::Refused(refusal)) => {
            refused(&doors, &posted, refusal, Carried::SignIn(id.into()), &request, language).await
        }
        Err(Error::Fault(fault)) => failed(&doors, visitor, language, &fault),
    }
}
