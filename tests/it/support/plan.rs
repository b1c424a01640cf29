//! What a house is like, when it is not the usual one.

use watchword_domain::lifetimes::Lifetimes;
use watchword_domain::limits::Limits;
use watchword_messaging::sms::Provider;

/// What an installation is like, beside its database.
pub struct Plan {
    /// The address people reach it at; none for where its doors are.
    pub(super) public_url: Option<&'static str>,
    pub(super) limits: Limits,
    pub(super) lifetimes: Lifetimes,
    pub(super) sms: Provider,
}

impl Plan {
    /// The usual one: limits generous to tests, SMS by the plain gateway.
    pub fn usual() -> Self {
        Self {
            public_url: None,
            limits: usual_limits(),
            lifetimes: Lifetimes::default(),
            sms: Provider::Gateway,
        }
    }

    /// People reach it at this address.
    pub fn at(self, public_url: &'static str) -> Self {
        Self { public_url: Some(public_url), ..self }
    }

    /// Its SMS go by this provider.
    pub fn by(self, sms: Provider) -> Self {
        Self { sms, ..self }
    }

    /// Its codes live for so many seconds.
    pub fn codes_live(self, code_seconds: u64) -> Self {
        Self { lifetimes: Lifetimes { code_seconds, ..self.lifetimes }, ..self }
    }

    /// Its limits are what this makes of them.
    pub fn with(self, limits: impl FnOnce(Limits) -> Limits) -> Self {
        Self { limits: limits(self.limits), ..self }
    }
}

/// The defaults, but generous to addresses (tests all come from one) and to projects (theirs are all new).
pub(super) fn usual_limits() -> Limits {
    Limits {
        starts_per_address: 100_000,
        starts_before_proof: 100_000,
        messages_per_pool_hour: 1_000_000,
        messages_per_pool_day: 1_000_000,
        probation_days: 0,
        ..Limits::default()
    }
}
