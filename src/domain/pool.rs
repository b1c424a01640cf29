//! A user pool: one tenant, its name, its issuer and its settings.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::channel::DeliveryPolicy;
use crate::country::Country;
use crate::identity::IdentityCheck;
use crate::ids::PoolId;
use crate::language::Language;
use crate::lifetimes::Lifetimes;
use crate::limits::Limits;
use crate::money::Money;
use crate::monitor::Monitor;
use crate::phone::Phone;
use crate::time::Timestamp;

/// A tenant. Everything it owns is reached through its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// The pool's id.
    pub id: PoolId,
    /// The project's name, shown to the people who sign in.
    pub name: String,
    /// The DNS label that names the pool in URLs.
    pub domain: String,
    /// The issuer: fixed when the pool was made, never derived from a request (OpenID Connect Discovery 1.0, section 3).
    pub issuer: String,
    /// What its project decided.
    pub settings: PoolSettings,
    /// When its project was made.
    pub created_at: Timestamp,
}

/// What a project decides for its pool.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PoolSettings {
    /// The countries whose numbers may sign in.
    pub countries: Vec<Country>,
    /// The language for people who state none that we speak.
    pub language: Option<Language>,
    /// Where people find help.
    pub support_email: Option<String>,
    /// The project's privacy notice.
    pub privacy_url: Option<String>,
    /// The project's terms.
    pub terms_url: Option<String>,
    /// Messages within a UTC hour, where the installation's default does not fit.
    pub messages_per_hour: Option<u32>,
    /// Messages within a UTC day, where the installation's default does not fit.
    pub messages_per_day: Option<u32>,
    /// SMS within a UTC day, where the installation's default does not fit.
    pub sms_per_day: Option<u32>,
    /// Which channels codes take, and when another steps in.
    pub delivery: DeliveryPolicy,
    /// What messages may cost within a UTC hour, where the installation's default does not fit.
    pub money_per_hour: Option<Money>,
    /// What messages may cost within a UTC day, where the installation's default does not fit.
    pub money_per_day: Option<Money>,
    /// What is done about ranges whose codes do not come back, where the installation's default does not fit.
    pub monitor: Option<Monitor>,
    /// What is done when another account of WhatsApp is behind a number than before.
    pub identity_check: IdentityCheck,
    /// Whether an operator ended the probation of a new project.
    pub released: bool,
    /// Digits of a code, where the installation's default does not fit.
    pub code_digits: Option<u8>,
    /// Seconds a browser's session lives at most, where the installation's time is too long.
    pub session_seconds: Option<u64>,
    /// Seconds a browser's session lives unused, where the installation's time is too long.
    pub session_idle_seconds: Option<u64>,
}

impl Pool {
    /// Whether this number may be sent a code: a country on the list, and a kind of number that people carry. Premium
    /// and shared-cost ranges are where fraud pays.
    pub fn serves(&self, phone: &Phone) -> bool {
        let served = phone.country().is_some_and(|country| self.settings.countries.contains(&country));
        served && phone.kind().receives_messages()
    }

    /// The host of its pages, without a port: what a phone that offers an SMS code compares with the page's.
    pub fn host(&self) -> Option<String> {
        Url::parse(&self.issuer).ok()?.host_str().map(str::to_owned)
    }

    /// The language for people who state none that we speak.
    pub fn fallback_language(&self) -> Language {
        self.settings.language.unwrap_or(Language::En)
    }

    /// The installation's lifetimes as this pool narrows them.
    pub fn lifetimes(&self, installation: &Lifetimes) -> Lifetimes {
        let least = |own: Option<u64>, most: u64| own.map_or(most, |own| own.min(most));
        Lifetimes {
            session_seconds: least(self.settings.session_seconds, installation.session_seconds),
            session_idle_seconds: least(
                self.settings.session_idle_seconds,
                installation.session_idle_seconds,
            ),
            ..installation.clone()
        }
    }

    /// The installation's limits as this pool narrows them.
    pub fn limits(&self, installation: &Limits) -> Limits {
        let code_digits = self.settings.code_digits.unwrap_or(installation.code_digits).clamp(6, 8);
        let own = &self.settings;
        Limits {
            code_digits,
            messages_per_pool_hour: own.messages_per_hour.unwrap_or(installation.messages_per_pool_hour),
            messages_per_pool_day: own.messages_per_day.unwrap_or(installation.messages_per_pool_day),
            sms_per_pool_day: own.sms_per_day.unwrap_or(installation.sms_per_pool_day),
            money_per_pool_hour: own.money_per_hour.or(installation.money_per_pool_hour),
            money_per_pool_day: own.money_per_day.or(installation.money_per_pool_day),
            monitor: own.monitor.unwrap_or(installation.monitor),
            ..installation.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_makes_sessions_shorter_and_never_longer() {
        let pool = |session_seconds, session_idle_seconds| Pool {
            id: "p".into(),
            name: "Acme".into(),
            domain: "acme".into(),
            issuer: "https://acme.example".into(),
            settings: PoolSettings { session_seconds, session_idle_seconds, ..PoolSettings::default() },
            created_at: Timestamp::from_seconds(0),
        };
        let installation = Lifetimes::default();
        let times = |pool: Pool| {
            let own = pool.lifetimes(&installation);
            (own.session_seconds, own.session_idle_seconds)
        };
        let (longest, idle) = (installation.session_seconds, installation.session_idle_seconds);
        assert_eq!(times(pool(None, None)), (longest, idle));
        assert_eq!(times(pool(Some(600), Some(300))), (600, 300));
        assert_eq!(times(pool(Some(longest + 1), Some(u64::MAX))), (longest, idle));
    }
}
