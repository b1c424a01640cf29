//! What a person typed on the number page, and why no code may be sent for it.

use watchword_domain::pool::Pool;
use watchword_domain::sends::{self, SendLimit};
use watchword_domain::sign_in::EndReason;
use watchword_domain::{Country, Language, Phone, PhoneRefusal, Timestamp};

use crate::error::Error;

/// What a person typed on the number page.
pub struct Typed<'a> {
    /// The number, however written.
    pub phone: &'a str,
    /// The country beside it.
    pub country: Option<Country>,
    /// The language of the page.
    pub language: Language,
}

/// Why no code is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendRefusal {
    /// What was typed is no number.
    #[error("not a number: {0}")]
    Phone(PhoneRefusal),
    /// A number whose country or kind this pool does not serve.
    #[error("the number is not served here")]
    NotServed(Option<Country>),
    /// One was sent a moment ago.
    #[error("a code was sent a moment ago")]
    Wait(Timestamp),
    /// The number has had all it may get for now.
    #[error("the number's allowance is used up")]
    Allowance(Timestamp),
    /// Too many sign-ins were started from this address.
    #[error("too many starts from this address")]
    Address(Timestamp),
    /// The pool's budget of the day is used up.
    #[error("the pool's budget is used up")]
    Budget(Timestamp),
    /// The sign-in cannot go on.
    #[error("the sign-in is over: {0}")]
    Ended(EndReason),
}

impl From<sends::SendRefusal> for SendRefusal {
    fn from(refusal: sends::SendRefusal) -> Self {
        match refusal.reason {
            SendLimit::ResendWait => Self::Wait(refusal.until),
            SendLimit::Allowance => Self::Allowance(refusal.until),
        }
    }
}

/// The number typed, if this pool serves it.
pub(super) fn read_phone(pool: &Pool, typed: &Typed<'_>) -> Result<Phone, Error<SendRefusal>> {
    let phone = Phone::parse(typed.phone, typed.country);
    let phone = phone.map_err(|refusal| Error::Refused(SendRefusal::Phone(refusal)))?;
    if pool.serves(&phone) { Ok(phone) } else { Err(Error::Refused(SendRefusal::NotServed(phone.country()))) }
}
