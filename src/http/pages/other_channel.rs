//! `/sign-in/channel`: the same code by another channel, please.

use axum::extract::State;
use axum::response::Response;
use watchword_domain::Channel;
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

/// Another channel was asked for. The code page shows what comes of it, or asks for a proof of work first; a channel that
/// is none, or may not carry the code, leaves everything as it is.
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
    let here = paths::of_sign_in(&visitor.pool, paths::CODE, id.as_str());
    let Ok(channel) = posted.field("channel").parse::<Channel>() else { return see_other(&here) };
    match doors.flow.send_by(&visitor.pool, &posted.asker(), current, channel).await {
        Ok(()) | Err(Error::Refused(SendRefusal::Wait(_) | SendRefusal::Allowance(_))) => see_other(&here),
        Err(Error::Refused(SendRefusal::Ended(reason))) => {
            ended(&doors, visitor, language, reason, &sign_in.request)
        }
        Err(Error::Refused(SendRefusal::Proof { puzzle, until })) => {
            match proof_of(&doors, visitor, (puzzle, until), Further::OtherChannel) {
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
