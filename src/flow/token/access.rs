//! Access tokens that come back: what they say, and whether it still holds (RFC 9068, section 4).
//!
//! A resource server can check one by its signature alone; at the provider itself the grant and the user are asked as
//! well, so that what was taken back stops working here at once.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use watchword_domain::Timestamp;
use watchword_domain::ids::{ClientId, GrantId, Random, UserId, opaque_token};
use watchword_domain::pool::Pool;
use watchword_domain::scope::Scopes;
use watchword_store::GrantRow;

use super::claims::Person;
use crate::Watchword;
use crate::error::Fault;
use crate::keys::{PoolKeys, TokenKind};

/// The claims of an access token (RFC 9068, section 2.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    /// The pool's issuer.
    pub iss: String,
    /// Who accepts the token: the provider's own resources, named by the issuer.
    pub aud: String,
    /// The user.
    pub sub: UserId,
    /// Whom the token was issued to.
    pub client_id: ClientId,
    /// The token's own name: its grant's id, a dot, and something random.
    pub jti: String,
    /// When it was issued, in Unix seconds.
    pub iat: i64,
    /// When it ends, in Unix seconds.
    pub exp: i64,
    /// What it may be used for, separated by spaces.
    pub scope: String,
    /// When the person last proved themselves, in Unix seconds.
    pub auth_time: i64,
    /// How well.
    pub acr: String,
    /// By which methods (RFC 8176).
    pub amr: Vec<String>,
}

/// An access token that holds at this moment.
pub(crate) struct LiveAccess {
    pub(crate) claims: AccessClaims,
    pub(crate) person: Person,
}

/// A new `jti` of a grant.
pub(crate) fn jti(grant: &GrantId, random: &dyn Random) -> String {
    format!("{grant}.{}", opaque_token(random))
}

impl AccessClaims {
    /// The grant the token follows from.
    pub(crate) fn grant_id(&self) -> Option<GrantId> {
        self.jti.split_once('.').map(|(grant, _)| grant.into())
    }

    /// What the token may be used for.
    pub(crate) fn scopes(&self) -> Scopes {
        Scopes::parse(&self.scope)
    }

    /// Reads a token: one of this pool's access tokens, for this pool, not over. Nothing for any other text.
    fn read(keys: &PoolKeys, issuer: &str, token: &str, now: Timestamp) -> Option<Self> {
        let claims = keys.verify(TokenKind::Access, token)?;
        let claims: Self = serde_json::from_value(Value::Object(claims)).ok()?;
        let ours = claims.iss == issuer && claims.aud == issuer;
        (ours && now < Timestamp::from_seconds(claims.exp)).then_some(claims)
    }

    fn follow_from(&self, grant: &GrantRow) -> bool {
        grant.revoked_at.is_none() && grant.client_id == self.client_id && grant.user_id == self.sub
    }
}

impl Watchword {
    /// The claims of a text that is an access token of this pool and not over. Whether its grant still holds is
    /// [`live_access_token`](Self::live_access_token)'s question.
    pub(crate) async fn access_claims(
        &self,
        pool: &Pool,
        token: &str,
    ) -> Result<Option<AccessClaims>, Fault> {
        let keys = self.keys(&pool.id).await?;
        Ok(AccessClaims::read(&keys, &pool.issuer, token, self.clock.now()))
    }

    /// What an access token stands for at this moment: signed here, not over, its grant not taken back, its client not
    /// taken out, its user not disabled.
    pub(crate) async fn live_access_token(
        &self,
        pool: &Pool,
        token: &str,
    ) -> Result<Option<LiveAccess>, Fault> {
        let Some(claims) = self.access_claims(pool, token).await? else { return Ok(None) };
        let Some(grant_id) = claims.grant_id() else { return Ok(None) };
        let rows = self.store.read(&pool.id);
        let grant = rows.find_grant(&grant_id).await?;
        if !grant.is_some_and(|grant| claims.follow_from(&grant)) {
            return Ok(None);
        }
        if self.client(&pool.id, &claims.client_id).await?.is_none() {
            return Ok(None);
        }
        let person = Person::find(&rows, &claims.sub, &claims.scopes()).await?;
        Ok(person.map(|person| LiveAccess { claims, person }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::tests::keys;
    use crate::seams::SystemRandom;

    const ISSUER: &str = "https://id.example.com/acme";

    const NOW: Timestamp = Timestamp::from_seconds(0);

    fn claims() -> AccessClaims {
        AccessClaims {
            iss: ISSUER.into(),
            aud: ISSUER.into(),
            sub: "user".into(),
            client_id: "client".into(),
            jti: jti(&"grant".into(), &SystemRandom),
            iat: 1000,
            exp: 4600,
            scope: "openid phone".into(),
            auth_time: 990,
            acr: "urn:watchword:acr:1".into(),
            amr: vec!["otp".into()],
        }
    }

    #[test]
    fn an_access_token_reads_back_until_it_ends() {
        let keys = keys();
        let token = keys.sign(TokenKind::Access, &serde_json::to_value(claims()).unwrap(), NOW).unwrap();
        let read = |at| AccessClaims::read(&keys, ISSUER, &token, Timestamp::from_seconds(at));
        assert_eq!(read(4599).unwrap().grant_id(), Some("grant".into()));
        assert_eq!(read(4600), None);
    }

    #[test]
    fn only_an_access_token_of_this_issuer_for_this_issuer_is_one() {
        let keys = keys();
        let read = |kind, claims: &AccessClaims| {
            let token = keys.sign(kind, &serde_json::to_value(claims).unwrap(), NOW).unwrap();
            AccessClaims::read(&keys, ISSUER, &token, Timestamp::from_seconds(2000))
        };
        assert!(read(TokenKind::Access, &claims()).is_some());
        assert_eq!(read(TokenKind::Id, &claims()), None);
        assert_eq!(
            read(TokenKind::Access, &AccessClaims { iss: "https://id.example.com/b".into(), ..claims() }),
            None
        );
        assert_eq!(read(TokenKind::Access, &AccessClaims { aud: "client".into(), ..claims() }), None);
        let incomplete =
            keys.sign(TokenKind::Access, &serde_json::json!({ "iss": ISSUER, "aud": ISSUER }), NOW).unwrap();
        assert_eq!(AccessClaims::read(&keys, ISSUER, &incomplete, Timestamp::from_seconds(0)), None);
    }
}
