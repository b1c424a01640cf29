//! Why no code is sent.

use watchword_domain::budgets::Budget;
use watchword_domain::pool::Pool;
use watchword_domain::proof::Puzzle;
use watchword_domain::sends::{self, SendLimit};
use watchword_domain::sign_in::EndReason;
use watchword_domain::{Country, PhoneRefusal, Timestamp};

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
    /// A proof of work is asked for.
    #[error("a proof of work is asked for")]
    Proof {
        /// What has to be worked out.
        puzzle: Puzzle,
        /// When none will be asked for any more.
        until: Timestamp,
    },
    /// Nothing is sent: hardly a code to this range of numbers or country, or from this network, came back.
    #[error("nothing is sent there for now")]
    Stopped {
        /// Until when.
        until: Timestamp,
        /// Whether it is for the network's sake, and another number would fare the same.
        is_network: bool,
    },
    /// A budget of the pool is used up.
    #[error("the pool's budget is used up")]
    Budget {
        /// Which one.
        budget: Budget,
        /// When it is whole again.
        until: Timestamp,
    },
    /// The sign-in cannot go on.
    #[error("the sign-in is over: {0}")]
    Ended(EndReason),
}

impl SendRefusal {
    /// The limit that bit, as it is counted for the developer; none for what is no limit.
    pub(super) fn reason(&self, pool: &Pool) -> Option<&'static str> {
        let serves = |country: &Country| pool.settings.countries.contains(country);
        Some(match self {
            Self::Phone(_) => return None,
            Self::NotServed(Some(country)) if serves(country) => "number_kind",
            Self::NotServed(_) => "country",
            Self::Wait(_) => "resend_wait",
            Self::Allowance(_) => "number_allowance",
            Self::Address(_) => "starts",
            Self::Proof { .. } => "proof_of_work",
            Self::Stopped { .. } => "no_conversion",
            Self::Budget { budget, .. } if budget.is_probation => "probation",
            Self::Budget { budget, .. } => budget.name(),
            Self::Ended(EndReason::TooManyTries) => "wrong_codes",
            Self::Ended(_) => return None,
        })
    }
}

impl From<sends::SendRefusal> for SendRefusal {
    fn from(refusal: sends::SendRefusal) -> Self {
        match refusal.reason {
            SendLimit::ResendWait => Self::Wait(refusal.until),
            SendLimit::Allowance => Self::Allowance(refusal.until),
        }
    }
}
