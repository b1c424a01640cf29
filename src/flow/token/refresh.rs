//! The refresh grant's own step (RFC 6749, section 6; RFC 9700, section 4.14).
//!
//! A public client's token is exchanged for one successor. The successor lies sealed beside the token it replaces, so that
//! a client whose answer got lost, or who asked twice at once, is given the same one again: for a minute, and only while
//! the successor itself was not used. After that the old token has no honest owner, and its family ends. A token names its
//! family, under a keyed hash, so that this holds for as long as the family lives without a row for each old token. A
//! confidential client proves itself at every use; its token stays.

use std::time::Duration;

use watchword_domain::Secret;
use watchword_domain::client::Client;
use watchword_domain::ids::{GrantId, PoolId, opaque_token};
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
    /// None of one that was exchanged long ago.
    pub(crate) token: Option<RefreshTokenRow>,
    pub(crate) grant: GrantRow,
    pub(crate) standing: RefreshStanding,
}

/// How old the note of a token's last use may be before it is written anew: idle time is counted in days.
const USE_PRECISION: Duration = Duration::from_secs(60);

/// What the hash in a token is for.
fn token_purpose(pool: &PoolId) -> String {
    format!("refresh token of {pool}")
}

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
    /// A new refresh token of a family.
    pub(crate) fn new_refresh_token(&self, pool: &PoolId, family: &GrantId) -> Result<Secret<String>, Fault> {
        let random = opaque_token(&*self.random);
        let of = self.master.keyed_hash(&token_purpose(pool), &[family.as_str(), &random])?;
        Ok(Secret::new(format!("{family}.{random}.{of}")))
    }

    /// The family a refresh token names, if it is one of ours.
    fn family_of(&self, pool: &PoolId, token: &str) -> Result<Option<GrantId>, Fault> {
        let mut parts = token.splitn(3, '.');
        let (Some(family), Some(random), Some(of)) = (parts.next(), parts.next(), parts.next()) else {
            return Ok(None);
        };
        let is_ours = self.master.recognises(&token_purpose(pool), &[family, random], of)?;
        Ok(is_ours.then(|| GrantId::from(family)))
    }

    /// A refresh token and its family, as the rows now stand; nothing when it is none of ours.
    pub(crate) async fn presented(
        &self,
        (rows, pool): (&PoolRows, &PoolId),
        token: &Secret<String>,
    ) -> Result<Option<Presented>, Fault> {
        if let Some(presented) = self.presented_row(rows, &token_hash(token.expose())).await? {
            return Ok(Some(presented));
        }
        let Some(family) = self.family_of(pool, token.expose())? else { return Ok(None) };
        let Some(grant) = rows.find_grant(&family).await? else { return Ok(None) };
        let now = self.clock.now();
        let facts = RefreshFacts {
            issued_at: now,
            family_since: grant.created_at,
            family_revoked_at: grant.revoked_at,
            superseded_at: Some(grant.created_at),
            successor_used: true,
        };
        let standing = facts.standing(&self.settings.lifetimes, now);
        Ok(Some(Presented { token: None, grant, standing }))
    }

    /// The refresh token with this hash, if its row is still there.
    async fn presented_row(&self, rows: &PoolRows, token_hash: &str) -> Result<Option<Presented>, Fault> {
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
        Ok(Some(Presented { token: Some(token), grant, standing }))
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
        let presented = self.presented((&rows, &pool.id), &given.token).await?;
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
        let Presented { token: Some(token), grant, standing } = presented else { return Err(unusable) };
        let refresh_token = if client.rotates_refresh_tokens() {
            Some(self.rotate(&pool.id, (&token, &grant, standing)).await?)
        } else if standing == RefreshStanding::Current {
            self.note_use(&pool.id, &token).await?;
            None
        } else {
            return Err(unusable);
        };
        Ok(Issue { grant, scopes, nonce: None, refresh_token })
    }

    /// The one successor of a public client's token: made now, or as it was made before.
    async fn rotate(
        &self,
        pool: &PoolId,
        (token, grant, standing): (&RefreshTokenRow, &GrantRow, RefreshStanding),
    ) -> Outcome<Secret<String>, RefreshRefusal> {
        if standing != RefreshStanding::Current {
            return self.successor(pool, (token, grant, standing)).await;
        }
        if let Some(successor) = self.exchange(pool, token).await? {
            return Ok(successor);
        }
        // Somebody was faster; what they did is committed by now and can be read.
        match self.presented_row(&self.store.read(pool), &token.token_hash).await? {
            Some(Presented { token: Some(token), grant, standing }) => {
                self.successor(pool, (&token, &grant, standing)).await
            }
            // So fast that the successor was exchanged as well.
            _ => Err(self.end_family(pool, grant).await?),
        }
    }

    /// Exchanges the newest token of a family; nothing when it is not the newest any more.
    async fn exchange(
        &self,
        pool: &PoolId,
        token: &RefreshTokenRow,
    ) -> Result<Option<Secret<String>>, Fault> {
        let now = self.clock.now();
        let successor = self.new_refresh_token(pool, &token.grant_id)?;
        let successor_hash = token_hash(successor.expose());
        let purpose = successor_purpose(pool, &token.token_hash);
        let sealed = self.master.seal(&*self.random, &purpose, successor.expose())?;
        let tx = self.store.begin(pool).await?;
        let first = tx.claim_refresh_token(&token.token_hash, successor_hash.clone(), sealed, now).await?;
        if first {
            tx.insert_refresh_token(successor_hash, &token.grant_id, now).await?;
            tx.sweep_exchanged_tokens(&token.grant_id, &token.token_hash).await?;
        }
        // Also when nothing was written: on SQLite the faster one may share this commit, and is not durable before it.
        tx.commit().await?;
        Ok(first.then_some(successor))
    }

    /// The successor of a token that was exchanged, as long as it may be given once more.
    async fn successor(
        &self,
        pool: &PoolId,
        (token, grant, standing): (&RefreshTokenRow, &GrantRow, RefreshStanding),
    ) -> Outcome<Secret<String>, RefreshRefusal> {
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

    /// Notes the use of a token, so that its idle time starts anew.
    async fn note_use(&self, pool: &PoolId, token: &RefreshTokenRow) -> Result<(), Fault> {
        let now = self.clock.now();
        if now.since(token.issued_at) > USE_PRECISION {
            let tx = self.store.begin(pool).await?;
            tx.save_refresh_token_use(&token.token_hash, now).await?;
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
