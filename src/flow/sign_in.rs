//! A person signing in: the number, the code, the session. Doors call these four and render what they say.

mod budget;
mod finish;
mod guess;
mod progress;
mod refusal;
mod route;
mod send;
mod start;
mod starts;
mod suspicion;
mod typed;

pub(crate) use budget::counter_of;
pub use finish::Finished;
pub use guess::GuessRefusal;
pub use progress::{NewCode, Progress};
pub use refusal::SendRefusal;
pub(crate) use route::message_purpose;
pub use start::Start;
pub use typed::Typed;

use std::net::IpAddr;

use watchword_domain::Phone;
use watchword_domain::failures::{Device, Guessers};
use watchword_domain::ids::SignInId;
use watchword_domain::pool::Pool;
use watchword_domain::session::Method;
use watchword_domain::sign_in::{EndReason, Policy, SignIn, Step, next_step};
use watchword_store::PoolRows;

use crate::Watchword;
use crate::browser::Browser;
use crate::error::{Error, Fault, Outcome};
use crate::proof_of_work::ProofAnswer;

/// What the hash of a code is made for.
const CODE: &str = "one-time code";

/// Who asks for a message.
#[derive(Clone, Copy)]
pub struct Asker<'a> {
    /// In which browser.
    pub browser: &'a Browser,
    /// From where. Counted; of it the wide network is kept with the code.
    pub address: IpAddr,
    /// What the browser worked out, where it was asked to.
    pub proof: Option<ProofAnswer<'a>>,
}

/// A sign-in that this browser began, and what it owes next.
pub struct Current {
    /// The sign-in.
    pub sign_in: SignIn,
    /// The next step, or why there is none.
    pub step: Result<Step, EndReason>,
    /// What the number typed is to this browser.
    device: Device,
}

/// No such sign-in for this browser: never begun, long gone, somebody else's, or to a client that was taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownSignIn;

impl Watchword {
    /// The sign-in with this id, if this browser began it.
    ///
    /// # Errors
    /// When it did not, or the database fails.
    pub async fn sign_in(
        &self,
        pool: &Pool,
        browser: &Browser,
        id: &SignInId,
    ) -> Outcome<Current, UnknownSignIn> {
        let rows = self.store.read(&pool.id);
        let found = rows.find_sign_in(id).await?.filter(|found| found.browser == browser.hash());
        let sign_in = found.ok_or(Error::Refused(UnknownSignIn))?;
        if self.client(&pool.id, &sign_in.client_id).await?.is_none() {
            return Err(Error::Refused(UnknownSignIn));
        }
        let (device, method_off) = match &sign_in.phone {
            Some(phone) => {
                let device = self.device(&rows, browser, phone).await?;
                (device, self.is_method_off(&rows, phone, device).await?)
            }
            None => (Device::Unknown, false),
        };
        let step = next_step(Policy { method_off }, &sign_in, self.clock.now());
        Ok(Current { sign_in, step, device })
    }

    /// Whether wrong codes in a row switched this number's method off for such a device. It is known for as long only as
    /// it is on.
    async fn is_method_off(&self, rows: &PoolRows, phone: &Phone, device: Device) -> Result<bool, Fault> {
        Ok(device == Device::Unknown && !self.may_guess(rows, phone, Guessers::Strangers).await?)
    }

    /// Whether these may guess once more at this number's codes.
    pub(crate) async fn may_guess(
        &self,
        rows: &PoolRows,
        phone: &Phone,
        guessers: Guessers<'_>,
    ) -> Result<bool, Fault> {
        let failures = rows.find_failures(Method::WhatsappCode, phone, guessers).await?;
        let rule = self.settings.limits.failure_rule(guessers, self.clock.now());
        Ok(failures.is_none_or(|failures| rule.admits(failures)))
    }

    /// The keyed hash by which a code is recognised: bound to its pool and challenge, so that it is no code anywhere else.
    pub(crate) fn code_hash(&self, pool: &Pool, challenge: &str, code: &str) -> Result<String, Fault> {
        self.master.keyed_hash(CODE, &[pool.id.as_str(), challenge, code])
    }

    /// Whether this is the code that the hash was made of.
    fn is_code(&self, pool: &Pool, challenge: &str, code: &str, hash: &str) -> Result<bool, Fault> {
        self.master.recognises(CODE, &[pool.id.as_str(), challenge, code], hash)
    }
}
