//! `/sign-in/channel`: the same code by another channel, please.

use axum::extract::State;
use axum::response::Response;
use watchword_domain::Channel;
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

/// Another channel was asked for. The code page shows what comes of it; a channel that is none, or may not carry the code,
/// leaves everything as it is.
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
    let here = paths::of_sign_in(&visitor.pool, paths::CODE, id.as_str());
    let Ok(channel) = posted.field("channel").parse::<Channel>() else { return see_other(&here) };
    match doors.flow.send_by(&visitor.pool, &visitor.browser, current, channel).await {
        Ok(()) | Err(Error::Refused(SendRefusal::Wait(_) | SendRefusal::Allowance(_))) => see_other(&here),
        Err(Error::Refused(SendRefusal::Ended(reason))) => ended(&doors, visitor, language, reason, &request),
        Err(Error::Refused(refusal)) => {
            refused(&doors, &posted, refusal, Carried::SignIn(id.into()), &request, language).await
        }
        Err(Error::Fault(fault)) => failed(&doors, visitor, language, &fault),
    }
}
