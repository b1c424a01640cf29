//! The refresh grant's own step (RFC 6749, section 6; RFC 9700, section 4.14).
//!
//! A public client's token is exchanged for one successor. The successor lies sealed beside the token it replaces, so that
//! a client whose answer got lost, or who asked twice at once, is given the same one again: for a minute, and only while
//! the successor itself was not used. After that the old token has no honest owner, and its family ends. A confidential
//! client proves itself at every use; its token stays.

use std::time::Duration;

use watchword_domain::Secret;
use watchword_domain::client::Client;
use watchword_domain::ids::{PoolId, opaque_token};
use watchword_domain::pool::Pool;
use watchword_domain::refresh::{RefreshFacts, RefreshStanding};
use watchword_domain::scope::Scopes;
use watchword_store::{GrantRow, PoolRows, RefreshTokenRow};

use super::claims::live_user;
use super::mint::Issue;
use crate::Watchword;
use crate::crypto::token_hash;
use crate::error::{Error, Fault, Outcome};

/// What a client hands in for new tokens.
pub struct RefreshGrant {
    /// The refresh token.
    pub token: Secret<String>,
    /// The scopes the new access token shall have, separated by spaces; all that were granted when none are named.
    pub scope: Option<String>,
}

/// Why a refresh token is not honoured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefreshRefusal {
    /// Unknown, over, revoked, used before, another client's, or its user disabled: which is told to nobody.
    #[error("the refresh token is unknown, expired, revoked, used before or was issued to another client")]
    Unusable,
    /// More scopes were asked for than the grant has, or none of them.
    #[error("the scope goes beyond what was granted")]
    Scope,
}

/// A refresh token that was presented: its row, its family, and what may be done with it.
pub(crate) struct Presented {
    pub(crate) token: RefreshTokenRow,
    pub(crate) grant: GrantRow,
    pub(crate) standing: RefreshStanding,
}

/// How old the note of a token's last use may be before it is written anew: idle time is counted in days.
const USE_PRECISION: Duration = Duration::from_secs(60);

/// What a successor is sealed for: it opens beside the token it replaces and nowhere else.
fn successor_purpose(pool: &PoolId, token_hash: &str) -> String {
    format!("successor of refresh token {token_hash} of {pool}")
}

/// The scopes of the new access token: all that were granted, or fewer (RFC 6749, section 6).
fn narrowed(granted: &Scopes, asked: Option<&str>) -> Result<Scopes, RefreshRefusal> {
    let Some(asked) = asked.map(Scopes::parse) else { return Ok(granted.clone()) };
    if asked.is_empty() || !asked.within(granted) { Err(RefreshRefusal::Scope) } else { Ok(asked) }
}

impl Watchword {
    /// The refresh token with this hash, as the rows now stand.
    pub(crate) async fn presented(
        &self,
        rows: &PoolRows,
        token_hash: &str,
    ) -> Result<Option<Presented>, Fault> {
        let Some(token) = rows.find_refresh_token(token_hash).await? else { return Ok(None) };
        let Some(grant) = rows.find_grant(&token.grant_id).await? else { return Ok(None) };
        let successor = match &token.successor_hash {
            Some(hash) => rows.find_refresh_token(hash).await?,
            None => None,
        };
        let facts = RefreshFacts {
            issued_at: token.issued_at,
            family_since: grant.created_at,
            family_revoked_at: grant.revoked_at,
            superseded_at: token.superseded_at,
            successor_used: successor.is_some_and(|successor| successor.superseded_at.is_some()),
        };
        let standing = facts.standing(&self.settings.lifetimes, self.clock.now());
        Ok(Some(Presented { token, grant, standing }))
    }

    /// Honours a refresh token: decides what is issued, and spends the token where its client's kind asks for that.
    pub(crate) async fn refresh(
        &self,
        pool: &Pool,
        client: &Client,
        given: &RefreshGrant,
    ) -> Outcome<Issue, RefreshRefusal> {
        let unusable = Error::Refused(RefreshRefusal::Unusable);
        let rows = self.store.read(&pool.id);
        let presented = self.presented(&rows, &token_hash(given.token.expose())).await?;
        let Some(presented) = presented.filter(|presented| presented.grant.client_id == client.id) else {
            return Err(unusable);
        };
        if presented.standing == RefreshStanding::Reused {
            return Err(self.end_family(&pool.id, &presented.grant).await?);
        }
        let scopes = narrowed(&presented.grant.scopes, given.scope.as_deref()).map_err(Error::Refused)?;
        if live_user(&rows, &presented.grant.user_id).await?.is_none() {
            return Err(unusable);
        }
        let refresh_token = if client.rotates_refresh_tokens() {
            Some(self.rotate(&pool.id, &presented).await?)
        } else {
            self.note_use(&pool.id, &presented).await?;
            None
        };
        Ok(Issue { grant: presented.grant, scopes, nonce: None, refresh_token })
    }

    /// The one successor of a public client's token: made now, or as it was made before.
    async fn rotate(&self, pool: &PoolId, presented: &Presented) -> Outcome<Secret<String>, RefreshRefusal> {
        if presented.standing != RefreshStanding::Current {
            return self.successor(pool, presented).await;
        }
        if let Some(successor) = self.exchange(pool, &presented.token).await? {
            return Ok(successor);
        }
        // Somebody was faster; what they did is committed by now and can be read.
        let again = self.presented(&self.store.read(pool), &presented.token.token_hash).await?;
        let again = again.ok_or(Error::Refused(RefreshRefusal::Unusable))?;
        self.successor(pool, &again).await
    }

    /// Exchanges the newest token of a family; nothing when it is not the newest any more.
    async fn exchange(
        &self,
        pool: &PoolId,
        token: &RefreshTokenRow,
    ) -> Result<Option<Secret<String>>, Fault> {
        let now = self.clock.now();
        let successor = Secret::new(opaque_token(&*self.random));
        let successor_hash = token_hash(successor.expose());
        let purpose = successor_purpose(pool, &token.token_hash);
        let sealed = self.master.seal(&*self.random, &purpose, successor.expose())?;
        let tx = self.store.begin(pool).await?;
        let first = tx.claim_refresh_token(&token.token_hash, successor_hash.clone(), sealed, now).await?;
        if first {
            tx.insert_refresh_token(successor_hash, &token.grant_id, now).await?;
        }
        // Also when nothing was written: on SQLite the faster one may share this commit, and is not durable before it.
        tx.commit().await?;
        Ok(first.then_some(successor))
    }

    /// The successor of a token that was exchanged, as long as it may be given once more.
    async fn successor(
        &self,
        pool: &PoolId,
        presented: &Presented,
    ) -> Outcome<Secret<String>, RefreshRefusal> {
        let Presented { token, grant, standing } = presented;
        match (standing, &token.successor_sealed) {
            (RefreshStanding::Retried, Some(sealed)) => {
                Ok(self.master.open(&successor_purpose(pool, &token.token_hash), sealed)?)
            }
            (RefreshStanding::Reused, _) => Err(self.end_family(pool, grant).await?),
            _ => Err(Error::Refused(RefreshRefusal::Unusable)),
        }
    }

    /// Revokes the family of a token that came back after its successor was in use, and says what the caller is told.
    async fn end_family(&self, pool: &PoolId, grant: &GrantRow) -> Result<Error<RefreshRefusal>, Fault> {
        let tx = self.store.begin(pool).await?;
        if tx.claim_grant(&grant.id, self.clock.now()).await? {
            tx.commit().await?;
            let (client, grant) = (&grant.client_id, &grant.id);
            tracing::warn!(%pool, %client, %grant, "a superseded refresh token was presented; its family is revoked");
        }
        Ok(Error::Refused(RefreshRefusal::Unusable))
    }

    /// Refuses a token that is over; otherwise notes its use, so that its idle time starts anew.
    async fn note_use(&self, pool: &PoolId, presented: &Presented) -> Outcome<(), RefreshRefusal> {
        if presented.standing != RefreshStanding::Current {
            return Err(Error::Refused(RefreshRefusal::Unusable));
        }
        let now = self.clock.now();
        if now.since(presented.token.issued_at) > USE_PRECISION {
            let tx = self.store.begin(pool).await?;
            tx.save_refresh_token_use(&presented.token.token_hash, now).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refresh_narrows_and_never_widens() {
        let granted = Scopes::parse("openid phone offline_access");
        assert_eq!(narrowed(&granted, None), Ok(granted.clone()));
        assert_eq!(narrowed(&granted, Some("phone")), Ok(Scopes::parse("phone")));
        assert_eq!(narrowed(&granted, Some("phone openid offline_access")), Ok(granted.clone()));
        assert_eq!(narrowed(&granted, Some("openid profile")), Err(RefreshRefusal::Scope));
    }

    #[test]
    fn a_refresh_for_nothing_we_know_is_refused() {
        let granted = Scopes::parse("openid phone");
        for nothing in ["", " ", "email"] {
            assert_eq!(narrowed(&granted, Some(nothing)), Err(RefreshRefusal::Scope), "{nothing:?}");
        }
        assert_eq!(narrowed(&granted, Some("openid email")), Ok(Scopes::parse("openid")));
    }
}
