//! `/sign-in/new-code`: a new code, please; the old one is dead from then on.

use axum::extract::State;
use axum::response::Response;
use watchword_domain::ids::SignInId;
use watchword_flow::error::Error;
use watchword_flow::sign_in::SendRefusal;

use crate::extract::posted::Posted;
use crate::respond::code_page::{Said, code_page, proof_of};
use crate::respond::ended::{ended, unknown};
use crate::respond::number_page::refused;
use crate::respond::page::failed;
use crate::respond::redirect::see_other;
use crate::view::{Carried, Further};
use crate::{Doors, paths};

/// A new code was asked for. The code page shows what comes of it: the new message's way, the wait, or a proof of work that
/// is asked for first. Where nobody is sent anything for now, the number page says so.
pub async fn post(State(doors): State<Doors>, posted: Posted) -> Response {
    let visitor = &posted.visitor;
    let id = SignInId::from(posted.field("sign_in"));
    let current = match doors.flow.sign_in(&visitor.pool, &visitor.browser, &id).await {
        Ok(current) => current,
        Err(Error::Refused(_)) => return unknown(&doors, visitor),
        Err(Error::Fault(fault)) => return failed(&doors, visitor, visitor.language(None), &fault),
    };
    let language = visitor.chosen.unwrap_or(current.sign_in.language);
    let (sign_in, step) = (current.sign_in.clone(), current.step.clone());
    match doors.flow.resend_code(&visitor.pool, &posted.asker(), current, language).await {
        Ok(()) | Err(Error::Refused(SendRefusal::Wait(_) | SendRefusal::Allowance(_))) => {
            see_other(&paths::of_sign_in(&visitor.pool, paths::CODE, id.as_str()))
        }
        Err(Error::Refused(SendRefusal::Ended(reason))) => {
            ended(&doors, visitor, language, reason, &sign_in.request)
        }
        Err(Error::Refused(SendRefusal::Proof { puzzle, until })) => {
            match proof_of(&doors, visitor, (puzzle, until), Further::NewCode) {
                Ok(proof) => code_page(&doors, visitor, (sign_in, step), Some(Said::Proof(proof))).await,
                Err(fault) => failed(&doors, visitor, language, &fault),
            }
        }
        Err(Error::Refused(refusal)) => {
            refused(&doors, &posted, refusal, Carried::SignIn(id.into()), &sign_in.request, language).await
        }
        Err(Error::Fault(fault)) => failed(&doors, visitor, language, &fault),
    }
}
