//! What a person typed on the number page, and what is noted when no code may be sent for it.

use watchword_domain::pool::Pool;
use watchword_domain::{Country, Language, Phone};

use super::budget::used_up;
use super::refusal::SendRefusal;
use crate::Watchword;
use crate::error::{Error, Fault, Outcome};
use crate::proof_of_work::ProofAnswer;

/// What a person typed on the number page.
pub struct Typed<'a> {
    /// The number, however written.
    pub phone: &'a str,
    /// The country beside it.
    pub country: Option<Country>,
    /// The language of the page.
    pub language: Language,
    /// What their browser worked out, where it was asked to.
    pub proof: Option<ProofAnswer<'a>>,
}

impl Watchword {
    /// The number typed, if this pool serves it.
    pub(super) fn read_phone(&self, pool: &Pool, typed: &Typed<'_>) -> Result<Phone, Error<SendRefusal>> {
        let phone = Phone::parse(typed.phone, typed.country);
        let phone = phone.map_err(|refusal| Error::Refused(SendRefusal::Phone(refusal)))?;
        if pool.serves(&phone) {
            return Ok(phone);
        }
        let refusal = SendRefusal::NotServed(phone.country());
        if let Some(reason) = refusal.reason(pool) {
            self.count_refusal(&pool.id, reason, phone.country());
        }
        Err(Error::Refused(refusal))
    }

    /// Notes why somebody was refused, for the developer. A budget that turns people away is told as used up even where
    /// it was made smaller and never filled by a message.
    pub(super) async fn note<T>(
        &self,
        pool: &Pool,
        phone: &Phone,
        outcome: &Outcome<T, SendRefusal>,
    ) -> Result<(), Fault> {
        let Err(Error::Refused(refusal)) = outcome else { return Ok(()) };
        if let Some(reason) = refusal.reason(pool) {
            self.count_refusal(&pool.id, reason, phone.country());
        }
        match refusal {
            SendRefusal::Budget { budget, .. } => self.raise(pool, &used_up(budget, self.clock.now())).await,
            _ => Ok(()),
        }
    }
}
