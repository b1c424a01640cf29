//! The code page as several rooms answer with it: looked at, shown again with what was wrong, or with something to work out
//! before the code goes out again.

use axum::response::Response;
use http::StatusCode;
use watchword_domain::ids::ChallengeId;
use watchword_domain::proof::Puzzle;
use watchword_domain::sign_in::{Challenge, EndReason, SignIn, Step};
use watchword_domain::{Language, Timestamp};
use watchword_flow::error::Fault;

use crate::extract::visitor::Visitor;
use crate::respond::delivery::delivery_of;
use crate::respond::ended::ended;
use crate::respond::page::{Shown, failed, page, seconds_until};
use crate::respond::proof::proof_part;
use crate::respond::redirect::see_other;
use crate::view::{CodeError, CodeProof, CodeView, Csrf, Further};
use crate::{Doors, paths};

/// What the code page says besides its question.
pub enum Said {
    /// The code before was wrong; the rows know how many tries are left.
    Wrong,
    /// It was nothing that could be compared.
    Refused(CodeError),
    /// The browser has something to work out before the code goes out again.
    Proof(CodeProof),
}

impl Said {
    fn error(&self, challenge: &Challenge) -> Option<CodeError> {
        match self {
            // A newer code has nothing wrong about it yet.
            Self::Wrong if challenge.tries == 0 => None,
            Self::Wrong => Some(CodeError::Wrong { left: challenge.tries_left() }),
            Self::Refused(error) => Some(*error),
            Self::Proof(_) => None,
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Wrong => StatusCode::OK,
            Self::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Proof(_) => StatusCode::TOO_MANY_REQUESTS,
        }
    }

    fn proof(self) -> Option<CodeProof> {
        if let Self::Proof(proof) = self { Some(proof) } else { None }
    }
}

/// A proof of work that is asked for until a moment, before a code goes out again in this way.
///
/// # Errors
/// When no challenge can be made.
pub fn proof_of(
    doors: &Doors,
    visitor: &Visitor,
    (puzzle, until): (Puzzle, Timestamp),
    of: Further,
) -> Result<CodeProof, Fault> {
    let part = proof_part(doors, visitor, puzzle, seconds_until(until, doors.flow.now()))?;
    Ok(CodeProof { part, of })
}

/// The page of a sign-in's next step: the code page, while there is a code.
pub async fn code_page(
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
    retry_after: Option<u64>,
}

impl Served {
    fn shown<'a>(&'a self, language: Language, sign_in: &'a SignIn) -> Shown<'a> {
        let shown = Shown::new(language).status(self.status).here(&self.here);
        let shown = shown.retry_after(self.retry_after);
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
    let (status, proof) = (said.as_ref().map_or(StatusCode::OK, Said::status), said.and_then(Said::proof));
    let served = Served {
        client_name: client.map_or_else(|| pool.name.clone(), |entry| entry.client.name.clone()),
        status,
        retry_after: proof.as_ref().map(|proof| proof.part.wait.into()),
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
        proof,
    };
    Ok((served, view))
}
