//! `/sign-in/code`: the code, and how its message fares.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use watchword_domain::Language;
use watchword_domain::ids::SignInId;
use watchword_domain::sign_in::ChallengeRefusal;
use watchword_flow::error::Error;
use watchword_flow::sign_in::{Current, Finished, GuessRefusal};

use crate::extract::cookies::{self, CookieKind};
use crate::extract::of_sign_in::OfSignIn;
use crate::extract::posted::Posted;
use crate::extract::visitor::Visitor;
use crate::respond::code_page::{Said, code_page};
use crate::respond::ended::{ended, unknown};
use crate::respond::html::set_cookie;
use crate::respond::page::{Shown, failed};
use crate::respond::redirect::{see_other, to_client};
use crate::view::CodeError;
use crate::{Doors, paths};

/// What the code page's address says besides the sign-in after a wrong code. The answer to a wrong code is this address
/// and not a page, so that looking at it again types nothing again.
const WRONG: &str = "wrong";

/// The code page.
pub async fn get(
    State(doors): State<Doors>,
    visitor: Visitor,
    OfSignIn(id): OfSignIn,
    RawQuery(query): RawQuery,
) -> Response {
    let after_wrong = query.is_some_and(|query| query.split('&').any(|part| part == WRONG));
    match doors.flow.sign_in(&visitor.pool, &visitor.browser, &id).await {
        Ok(Current { sign_in, step: next, .. }) => {
            code_page(&doors, &visitor, (sign_in, next), after_wrong.then_some(Said::Wrong)).await
        }
        Err(Error::Refused(_)) => unknown(&doors, &visitor),
        Err(Error::Fault(fault)) => failed(&doors, &visitor, visitor.language(None), &fault),
    }
}

/// A code was typed.
pub async fn post(State(doors): State<Doors>, posted: Posted) -> Response {
    let visitor = &posted.visitor;
    let id = SignInId::from(posted.field("sign_in"));
    let current = match doors.flow.sign_in(&visitor.pool, &visitor.browser, &id).await {
        Ok(current) => current,
        Err(Error::Refused(_)) => return unknown(&doors, visitor),
        Err(Error::Fault(fault)) => return failed(&doors, visitor, visitor.language(None), &fault),
    };
    let language = visitor.chosen.unwrap_or(current.sign_in.language);
    let (sign_in, again) = (current.sign_in.clone(), current.step.clone());
    let (pool, browser, old_session) = (&visitor.pool, &visitor.browser, visitor.session.as_deref());
    match doors.flow.answer_code(pool, browser, current, posted.field("code"), old_session).await {
        Ok(finished) => finish(&doors, visitor, language, &finished),
        Err(Error::Refused(GuessRefusal::Ended(reason))) => {
            ended(&doors, visitor, language, reason, &sign_in.request)
        }
        Err(Error::Refused(GuessRefusal::Dead(ChallengeRefusal::Replaced))) => {
            see_other(&paths::of_sign_in(&visitor.pool, paths::CODE, id.as_str()))
        }
        Err(Error::Refused(GuessRefusal::Wrong { .. })) => {
            let here = paths::of_sign_in(&visitor.pool, paths::CODE, id.as_str());
            see_other(&format!("{here}&{WRONG}"))
        }
        Err(Error::Refused(refusal)) => {
            code_page(&doors, visitor, (sign_in, again), told(refusal).map(Said::Refused)).await
        }
        Err(Error::Fault(fault)) => failed(&doors, visitor, language, &fault),
    }
}

fn told(refusal: GuessRefusal) -> Option<CodeError> {
    match refusal {
        GuessRefusal::Missing => Some(CodeError::Missing),
        GuessRefusal::NotACode => Some(CodeError::NotACode),
        GuessRefusal::WrongLength { .. } => Some(CodeError::WrongLength),
        GuessRefusal::Dead(ChallengeRefusal::Expired) => Some(CodeError::Expired),
        GuessRefusal::Wrong { .. } | GuessRefusal::Dead(_) | GuessRefusal::Ended(_) => None,
    }
}

/// Back to the client, with the cookies of somebody who is signed in.
fn finish(doors: &Doors, visitor: &Visitor, language: Language, finished: &Finished) -> Response {
    let mut response = to_client(doors, visitor, Shown::new(language), &finished.response);
    if let Some(given) = &finished.cookies {
        let (pool, headers) = (&visitor.pool, response.headers_mut());
        set_cookie(headers, &cookies::write(pool, CookieKind::Session, given.session.expose()));
        set_cookie(headers, &cookies::write(pool, CookieKind::Known, &given.marks));
        set_cookie(headers, &cookies::remove(pool, CookieKind::Pending));
    }
    response
}
