//! A session: the signed-in state of one browser with the provider, and the proofs it rests on.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ids::{AuthenticatorId, SessionId, UserId};
use crate::lifetimes::Lifetimes;
use crate::request::{AuthorizationRequest, Prompt};
use crate::time::Timestamp;

/// How a person proved themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A code sent over WhatsApp and typed back.
    WhatsappCode,
    /// A code that may have come by SMS, typed back.
    SmsCode,
    /// A code that may have come by mail, typed back.
    EmailCode,
}

impl Method {
    /// The method's name in the database and in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WhatsappCode => "whatsapp_code",
            Self::SmsCode => "sms_code",
            Self::EmailCode => "email_code",
        }
    }
}

/// One thing a person proved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// How.
    pub method: Method,
    /// With what.
    pub authenticator: AuthenticatorId,
    /// When.
    pub at: Timestamp,
}

/// What a set of proofs amounts to; what tokens tell about a sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assurance {
    /// The level: `urn:watchword:acr:1` for one factor. No claim of NIST AAL2 is ever made for codes and TOTP.
    pub acr: String,
    /// The methods (RFC 8176, section 2; `whatsapp` and `email`, for which nothing is registered).
    pub amr: Vec<String>,
    /// When the person last proved themselves.
    pub auth_time: Timestamp,
}

impl Assurance {
    /// What these proofs amount to; nothing when there are none.
    pub fn of(proofs: &[Proof]) -> Option<Self> {
        let auth_time = proofs.iter().map(|proof| proof.at).max()?;
        let mut amr: Vec<String> = Vec::new();
        for proof in proofs {
            for name in match proof.method {
                Method::WhatsappCode => ["otp", "whatsapp"],
                Method::SmsCode => ["otp", "sms"],
                Method::EmailCode => ["otp", "email"],
            } {
                if !amr.iter().any(|known| known == name) {
                    amr.push(name.to_owned());
                }
            }
        }
        Some(Self { acr: "urn:watchword:acr:1".to_owned(), amr, auth_time })
    }
}

/// The signed-in state of one browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its public name, the `sid` claim.
    pub id: SessionId,
    /// Who is signed in.
    pub user_id: UserId,
    /// How well that was proved.
    pub assurance: Assurance,
    /// When it began.
    pub created_at: Timestamp,
    /// When a sign-in last rested on it.
    pub used_at: Timestamp,
}

/// How many requests one session answers by itself within [`ANSWERS_WINDOW`]: each leaves a code, and a grant, in the
/// database.
pub const ANSWERS_PER_SESSION: u32 = 120;

/// The window of [`ANSWERS_PER_SESSION`].
pub const ANSWERS_WINDOW: Duration = Duration::from_secs(60 * 60);

impl Session {
    /// Whether it is still alive at `now`.
    pub fn is_alive(&self, lifetimes: &Lifetimes, now: Timestamp) -> bool {
        now < self.created_at + lifetimes.session() && now < self.used_at + lifetimes.session_idle()
    }

    /// Whether it answers this request without asking the person again (OpenID Connect Core 1.0, section 3.1.2.1):
    /// `prompt`, `max_age` and an expected subject are kept.
    pub fn satisfies(&self, request: &AuthorizationRequest, now: Timestamp) -> bool {
        let age = now.since(self.assurance.auth_time).as_secs();
        let fresh = request.max_age.is_none_or(|most| most > 0 && age <= most);
        let expected = request.expected_sub.as_deref().is_none_or(|sub| sub == self.user_id.as_str());
        request.prompt != Prompt::SignIn && fresh && expected
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ClientId;
    use crate::request::ResponseMode;
    use crate::scope::Scopes;

    fn session(auth_time: i64) -> Session {
        let at = Timestamp::from_seconds(auth_time);
        let proof = Proof { method: Method::WhatsappCode, authenticator: "a".into(), at };
        Session {
            id: "s".into(),
            user_id: "u".into(),
            assurance: Assurance::of(&[proof]).unwrap(),
            created_at: at,
            used_at: at,
        }
    }

    fn request(prompt: Prompt, max_age: Option<u64>, expected_sub: Option<&str>) -> AuthorizationRequest {
        AuthorizationRequest {
            client_id: ClientId::from("c"),
            redirect_uri: "https://shop.example/cb".into(),
            response_mode: ResponseMode::Query,
            scopes: Scopes::parse("openid"),
            state: None,
            nonce: None,
            code_challenge: None,
            prompt,
            max_age,
            login_hint: None,
            ui_locales: None,
            expected_sub: expected_sub.map(str::to_owned),
        }
    }

    #[test]
    fn no_proof_is_no_assurance() {
        assert_eq!(Assurance::of(&[]), None);
    }

    #[test]
    fn a_code_over_whatsapp_is_one_factor() {
        let assurance = session(10).assurance;
        assert_eq!(assurance.acr, "urn:watchword:acr:1");
        assert_eq!(assurance.amr, ["otp", "whatsapp"]);
    }

    #[test]
    fn a_session_answers_until_it_is_too_old_for_the_request() {
        let now = Timestamp::from_seconds(110);
        assert!(session(10).satisfies(&request(Prompt::Auto, None, None), now));
        assert!(session(10).satisfies(&request(Prompt::Auto, Some(100), None), now));
        assert!(!session(10).satisfies(&request(Prompt::Auto, Some(99), None), now));
        assert!(!session(110).satisfies(&request(Prompt::Auto, Some(0), None), now));
        assert!(!session(10).satisfies(&request(Prompt::SignIn, None, None), now));
    }

    #[test]
    fn a_session_never_answers_for_somebody_else() {
        let now = Timestamp::from_seconds(11);
        assert!(session(10).satisfies(&request(Prompt::Auto, None, Some("u")), now));
        assert!(!session(10).satisfies(&request(Prompt::Auto, None, Some("v")), now));
    }

    #[test]
    fn a_session_ends_when_it_is_old_or_idle() {
        let lifetimes = Lifetimes::default();
        let start = session(0);
        assert!(start.is_alive(&lifetimes, Timestamp::from_seconds(86_399)));
        assert!(!start.is_alive(&lifetimes, Timestamp::from_seconds(86_400)));
        let used = Session { used_at: Timestamp::from_seconds(604_799), ..start };
        assert!(!used.is_alive(&lifetimes, Timestamp::from_seconds(604_800)));
    }
}
