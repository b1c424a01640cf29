//! Writing tokens: what an ID token and an access token say, and their signatures. Nothing is stored here; by the time a
//! token is signed, all that justifies it is committed.

use serde::Serialize;
use serde_json::Value;
use watchword_domain::ids::{ClientId, Random, SessionId, UserId};
use watchword_domain::lifetimes::Lifetimes;
use watchword_domain::pool::Pool;
use watchword_domain::scope::{Scope, Scopes};
use watchword_domain::{Secret, Timestamp};
use watchword_store::GrantRow;

use super::access::{AccessClaims, jti};
use crate::Watchword;
use crate::crypto::left_half_hash;
use crate::error::Fault;
use crate::keys::TokenKind;

/// What a grant's own step decided: enough to write the tokens without asking anybody again.
pub(crate) struct Issue {
    /// The grant the tokens follow from.
    pub(crate) grant: GrantRow,
    /// What the access token may be used for; never more than the grant.
    pub(crate) scopes: Scopes,
    /// The client's value for this ID token; none when the token comes from a refresh.
    pub(crate) nonce: Option<String>,
    /// The refresh token to hand out, if a new one is.
    pub(crate) refresh_token: Option<Secret<String>>,
}

/// A token response's content (RFC 6749, section 5.1; OpenID Connect Core 1.0, section 3.1.3.3).
pub struct IssuedTokens {
    /// The access token (RFC 9068), to be used as a bearer token.
    pub access_token: Secret<String>,
    /// How long it lives, in seconds.
    pub expires_in: u64,
    /// What it may be used for.
    pub scopes: Scopes,
    /// The ID token, when `openid` is among the scopes.
    pub id_token: Option<Secret<String>>,
    /// The refresh token, when there is one and the client has not got it yet.
    pub refresh_token: Option<Secret<String>>,
}

/// The claims of an ID token (OpenID Connect Core 1.0, sections 2, 3.1.3.6 and 12.2): who signed in to what and how, and
/// nothing else about the person. What scopes open is told by `/userinfo` alone.
#[derive(Serialize)]
struct IdClaims<'a> {
    iss: &'a str,
    sub: &'a UserId,
    aud: &'a ClientId,
    iat: i64,
    exp: i64,
    auth_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    acr: &'a str,
    amr: &'a [String],
    sid: &'a SessionId,
    at_hash: String,
}

/// When a token issued now ends, in Unix seconds.
fn end(now: Timestamp, seconds: u64) -> i64 {
    now.seconds().saturating_add_unsigned(seconds)
}

impl Issue {
    /// The claims of the access token (RFC 9068, section 2.2). Its audience is the issuer: the provider's own resources.
    fn access_claims(
        &self,
        issuer: &str,
        lifetimes: &Lifetimes,
        random: &dyn Random,
        now: Timestamp,
    ) -> AccessClaims {
        let assurance = &self.grant.assurance;
        AccessClaims {
            iss: issuer.to_owned(),
            aud: issuer.to_owned(),
            sub: self.grant.user_id.clone(),
            client_id: self.grant.client_id.clone(),
            jti: jti(&self.grant.id, random),
            iat: now.seconds(),
            exp: end(now, lifetimes.access_token_seconds),
            scope: self.scopes.to_string(),
            auth_time: assurance.auth_time.seconds(),
            acr: assurance.acr.clone(),
            amr: assurance.amr.clone(),
        }
    }

    /// The claims of the ID token that goes out with this access token.
    fn id_claims<'a>(
        &'a self,
        issuer: &'a str,
        lifetimes: &Lifetimes,
        access: &str,
        now: Timestamp,
    ) -> IdClaims<'a> {
        let assurance = &self.grant.assurance;
        IdClaims {
            iss: issuer,
            sub: &self.grant.user_id,
            aud: &self.grant.client_id,
            iat: now.seconds(),
            exp: end(now, lifetimes.id_token_seconds),
            auth_time: assurance.auth_time.seconds(),
            nonce: self.nonce.as_deref(),
            acr: &assurance.acr,
            amr: &assurance.amr,
            sid: &self.grant.session_id,
            at_hash: left_half_hash(access),
        }
    }
}

impl Watchword {
    /// Writes the tokens of an issue that is committed. Should this fail, nothing is lost: a refresh may be tried again,
    /// and a sign-in is answered from the session.
    pub(crate) async fn mint(&self, pool: &Pool, issue: Issue) -> Result<IssuedTokens, Fault> {
        let (now, lifetimes) = (self.clock.now(), &self.settings.lifetimes);
        let keys = self.keys(&pool.id).await?;
        let sign = |kind, claims: Result<Value, serde_json::Error>| {
            keys.sign(kind, &claims.map_err(|_| Fault::Crypto("writing a token"))?, now)
        };
        let access = issue.access_claims(&pool.issuer, lifetimes, &*self.random, now);
        let access = sign(TokenKind::Access, serde_json::to_value(access))?;
        let id_token = if issue.scopes.has(Scope::Openid) {
            let claims = issue.id_claims(&pool.issuer, lifetimes, &access, now);
            Some(Secret::new(sign(TokenKind::Id, serde_json::to_value(claims))?))
        } else {
            None
        };
        Ok(IssuedTokens {
            access_token: Secret::new(access),
            expires_in: lifetimes.access_token_seconds,
            scopes: issue.scopes,
            id_token,
            refresh_token: issue.refresh_token,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seams::SystemRandom;
    use serde_json::json;
    use watchword_domain::session::Assurance;

    const ISSUER: &str = "https://id.example.com/acme";

    fn now() -> Timestamp {
        Timestamp::from_millis(1_700_000_100_999)
    }

    fn issue(scopes: &str, nonce: Option<&str>) -> Issue {
        let auth_time = Timestamp::from_millis(1_700_000_000_500);
        let assurance = Assurance { acr: "urn:watchword:acr:1".into(), amr: vec!["otp".into()], auth_time };
        let grant = GrantRow {
            id: "grant".into(),
            client_id: "client".into(),
            user_id: "5TvT2rG1yE9xZ0aBcDeFgH".into(),
            session_id: "session".into(),
            scopes: Scopes::parse("openid profile phone offline_access"),
            nonce: None,
            assurance,
            created_at: now(),
            expires_at: now(),
            revoked_at: None,
        };
        let (scopes, nonce) = (Scopes::parse(scopes), nonce.map(str::to_owned));
        Issue { grant, scopes, nonce, refresh_token: None }
    }

    fn id_claims(issue: &Issue) -> Value {
        let claims = issue.id_claims(ISSUER, &Lifetimes::default(), "an access token", now());
        serde_json::to_value(claims).unwrap()
    }

    #[test]
    fn an_id_token_says_who_signed_in_to_what_and_how() {
        let expected = json!({
            "iss": ISSUER,
            "sub": "5TvT2rG1yE9xZ0aBcDeFgH",
            "aud": "client",
            "iat": 1_700_000_100,
            "exp": 1_700_003_700,
            "auth_time": 1_700_000_000,
            "nonce": "n-0S6",
            "acr": "urn:watchword:acr:1",
            "amr": ["otp"],
            "sid": "session",
            "at_hash": left_half_hash("an access token"),
        });
        assert_eq!(id_claims(&issue("openid", Some("n-0S6"))), expected);
    }

    #[test]
    fn an_id_token_without_a_nonce_does_not_name_one() {
        assert_eq!(id_claims(&issue("openid", None)).get("nonce"), None);
    }

    /// It comes back in an address, as the `id_token_hint` of a sign-out; no address may hold a number.
    #[test]
    fn an_id_token_says_the_same_whatever_the_scopes_open() {
        assert_eq!(id_claims(&issue("openid profile phone", None)), id_claims(&issue("openid", None)));
    }

    #[test]
    fn an_access_token_is_for_the_provider_and_names_its_grant() {
        let issue = issue("openid phone", Some("n"));
        let claims = issue.access_claims(ISSUER, &Lifetimes::default(), &SystemRandom, now());
        assert_eq!(claims.grant_id(), Some("grant".into()));
        let mut written = serde_json::to_value(&claims).unwrap();
        assert!(written["jti"].take().as_str().unwrap().len() > 32);
        let expected = json!({
            "iss": ISSUER,
            "aud": ISSUER,
            "sub": "5TvT2rG1yE9xZ0aBcDeFgH",
            "client_id": "client",
            "jti": null,
            "iat": 1_700_000_100,
            "exp": 1_700_003_700,
            "scope": "openid phone",
            "auth_time": 1_700_000_000,
            "acr": "urn:watchword:acr:1",
            "amr": ["otp"],
        });
        assert_eq!(written, expected);
    }

    #[test]
    fn two_access_tokens_of_a_grant_have_different_names() {
        let issue = issue("openid", None);
        let name = || issue.access_claims(ISSUER, &Lifetimes::default(), &SystemRandom, now()).jti;
        assert_ne!(name(), name());
    }
}
