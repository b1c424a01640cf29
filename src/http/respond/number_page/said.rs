//! What the number page says of a refusal: what was wrong, how long to wait, what to work out first.

use http::StatusCode;
use watchword_domain::proof::Puzzle;
use watchword_domain::sign_in::EndReason;
use watchword_domain::{Country, PhoneRefusal, Timestamp};
use watchword_flow::error::Fault;
use watchword_flow::sign_in::SendRefusal;

use crate::Doors;
use crate::extract::visitor::Visitor;
use crate::respond::page::seconds_until;
use crate::respond::proof::proof_part;
use crate::view::{PhoneError, ProofPart};

/// What the number page says besides its question.
pub(super) enum Said {
    /// Nothing: it is looked at.
    Nothing,
    /// What was wrong.
    Error(PhoneError),
    /// That the browser has something to work out.
    Proof(ProofPart),
}

/// The same, before anything is made for it.
enum Told {
    Error(PhoneError),
    Proof { puzzle: Puzzle, wait: u32 },
}

impl Said {
    pub(super) fn error(&self) -> Option<PhoneError> {
        if let Self::Error(error) = self { Some(*error) } else { None }
    }

    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Nothing => StatusCode::OK,
            Self::Error(error) if error.wait().is_none() => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Error(_) | Self::Proof(_) => StatusCode::TOO_MANY_REQUESTS,
        }
    }

    /// Seconds after which another try makes sense, or one without a proof of work.
    pub(super) fn wait(&self) -> Option<u64> {
        match self {
            Self::Nothing => None,
            Self::Error(error) => error.wait().map(u64::from),
            Self::Proof(proof) => Some(proof.wait.into()),
        }
    }

    pub(super) fn proof(self) -> Option<ProofPart> {
        if let Self::Proof(proof) = self { Some(proof) } else { None }
    }
}

/// What the page says of a refusal, or why there is no such page any more.
pub(super) fn said_of(
    doors: &Doors,
    visitor: &Visitor,
    refusal: SendRefusal,
) -> Result<Result<Said, EndReason>, Fault> {
    Ok(match told(&visitor.pool.settings.countries, refusal, doors.flow.now()) {
        Ok(Told::Error(error)) => Ok(Said::Error(error)),
        Ok(Told::Proof { puzzle, wait }) => Ok(Said::Proof(proof_part(doors, visitor, puzzle, wait)?)),
        Err(reason) => Err(reason),
    })
}

fn told(served: &[Country], refusal: SendRefusal, now: Timestamp) -> Result<Told, EndReason> {
    let seconds = |until| seconds_until(until, now);
    Ok(Told::Error(match refusal {
        SendRefusal::Proof { puzzle, until } => return Ok(Told::Proof { puzzle, wait: seconds(until) }),
        SendRefusal::Phone(PhoneRefusal::Empty) => PhoneError::Missing,
        SendRefusal::Phone(PhoneRefusal::TooShort) => PhoneError::TooShort,
        SendRefusal::Phone(PhoneRefusal::TooLong) => PhoneError::TooLong,
        SendRefusal::Phone(PhoneRefusal::NotValid(Some(country))) => PhoneError::NotValid(country),
        SendRefusal::Phone(_) => PhoneError::NotANumber,
        SendRefusal::NotServed(Some(country)) if !served.contains(&country) => {
            let sibling = served.iter().find(|served| served.calling_code() == country.calling_code());
            match sibling {
                Some(&served) => PhoneError::SharedCode { country, served },
                None => PhoneError::WrongCountry(country),
            }
        }
        SendRefusal::NotServed(_) => PhoneError::NotAllowedHere,
        SendRefusal::Wait(until) => PhoneError::Wait { seconds: seconds(until) },
        SendRefusal::Allowance(until) => PhoneError::TooManyToday { seconds: seconds(until) },
        SendRefusal::Address(until) => PhoneError::TooManyFromHere { seconds: seconds(until) },
        SendRefusal::Budget { until, .. } => PhoneError::PoolBusy { seconds: seconds(until) },
        SendRefusal::Stopped { until, is_network: true } => {
            PhoneError::TooManyFromHere { seconds: seconds(until) }
        }
        SendRefusal::Stopped { until, .. } => PhoneError::Stopped { seconds: seconds(until) },
        SendRefusal::Ended(EndReason::TooManyTries) => PhoneError::Blocked,
        SendRefusal::Ended(reason) => return Err(reason),
    }))
}
