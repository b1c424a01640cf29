//! `/sign-in/code`: the code, and how its message fares.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::StatusCode;
use watchword_domain::Language;
use watchword_domain::ids::{ChallengeId, SignInId};
use watchword_domain::sign_in::{Challenge, ChallengeRefusal, EndReason, SignIn, Step};
use watchword_flow::error::{Error, Fault};
use watchword_flow::sign_in::{Current, Finished, GuessRefusal};

use crate::extract::cookies::{self, CookieKind};
use crate::extract::of_sign_in::OfSignIn;
use crate::extract::posted::Posted;
use crate::extract::visitor::Visitor;
use crate::respond::delivery::delivery_of;
use crate::respond::ended::{ended, unknown};
use crate::respond::html::set_cookie;
use crate::respond::page::{Shown, failed, page};
use crate::respond::redirect::{see_other, to_client};
use crate::view::{CodeError, CodeView, Csrf};
use crate::{Doors, paths};

/// What the code page's address says besides the sign-in after a wrong code. The answer to a wrong code is this address
/// and not a page, so that looking at it again types nothing again.
const WRONG: &str = "wrong";

/// What the code page says of the code before.
enum Said {
    /// It was wrong; the rows know how many tries are left.
    Wrong,
    /// It was nothing that could be compared.
    Refused(CodeError),
}

impl Said {
    fn error(&self, challenge: &Challenge) -> Option<CodeError> {
        match self {
            // A newer code has nothing wrong about it yet.
            Self::Wrong if challenge.tries == 0 => None,
            Self::Wrong => Some(CodeError::Wrong { left: challenge.tries_left() }),
            Self::Refused(error) => Some(*error),
        }
    }
}

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
            step(&doors, &visitor, (sign_in, next), after_wrong.then_some(Said::Wrong)).await
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
            step(&doors, visitor, (sign_in, again), told(refusal).map(Said::Refused)).await
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

/// The page of a sign-in's next step.
async fn step(
    doors: &Doors,
    visitor: &Visitor,
    (sign_in, step): (SignIn, Result<Step, EndReason>),
    said: Option<Said>,
) -> Response {
    let language = visitor.chosen.unwrap_or(sign_in.language);
    match step {
        Ok(Step::EnterCode(challenge)) => match view(doors, visitor, &sign_in, &challenge, said).await {
            Ok((shown, view)) => page(doors, visitor, &shown.shown(language, &sign_in), &view),
            Err(fault) => failed(doors, visitor, language, &fault),
        },
        Ok(_) => see_other(&paths::of_sign_in(&visitor.pool, paths::PHONE, sign_in.id.as_str())),
        Err(reason) => ended(doors, visitor, language, reason, &sign_in.request),
    }
}

/// What the code page is served with.
struct Served {
    here: String,
    client_name: String,
    status: StatusCode,
}

impl Served {
    fn shown<'a>(&'a self, language: Language, sign_in: &'a SignIn) -> Shown<'a> {
        let shown = Shown::new(language).status(self.status).here(&self.here);
        let shown = shown.back(Some(&sign_in.request.redirect_uri));
        shown.leading_to(&sign_in.request.redirect_uri, &self.client_name)
    }
}

async fn view(
    doors: &Doors,
    visitor: &Visitor,
    sign_in: &SignIn,
    challenge: &ChallengeId,
    said: Option<Said>,
) -> Result<(Served, CodeView), Fault> {
    let pool = &visitor.pool;
    let progress = doors.flow.progress(pool, &visitor.browser, sign_in, challenge).await?;
    let error = said.as_ref().and_then(|said| said.error(&progress.challenge));
    let client = doors.flow.client(&pool.id, &sign_in.request.client_id).await?;
    let id = sign_in.id.as_str();
    let here = paths::of_sign_in(pool, paths::CODE, id);
    let served = Served {
        client_name: client.map_or_else(|| pool.name.clone(), |entry| entry.client.name.clone()),
        status: match said {
            Some(Said::Refused(_)) => StatusCode::UNPROCESSABLE_ENTITY,
            Some(Said::Wrong) | None => StatusCode::OK,
        },
        here: here.clone(),
    };
    let view = CodeView {
        csrf: Csrf::new(doors.flow.form_token(&pool.id, &visitor.browser)?),
        action: paths::within(pool, paths::CODE),
        resend_action: paths::within(pool, paths::NEW_CODE),
        other_action: paths::within(pool, paths::OTHER_CHANNEL),
        change_url: paths::of_sign_in(pool, paths::PHONE, id),
        events_url: paths::of_sign_in(pool, paths::EVENTS, id),
        refresh_url: here,
        sign_in: id.to_owned(),
        number: progress.phone.masked(),
        code_length: progress.code_digits.into(),
        delivery: delivery_of(&progress, doors.flow.now()),
        tries_left: progress.challenge.tries_left(),
        renewed: progress.challenge.created_at > sign_in.created_at,
        error,
    };
    Ok((served, view))
}
