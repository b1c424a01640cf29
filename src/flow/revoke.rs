//! Token revocation (RFC 7009): a client gives a token back.
//!
//! Access and refresh tokens of one grant stand and fall together: whichever is given back, the grant ends. An access
//! token that a resource server checks by its signature alone lives on there until it expires; at the provider it is
//! dead at once.

use watchword_domain::Secret;
use watchword_domain::ids::{ClientId, GrantId};
use watchword_domain::pool::Pool;

use crate::Watchword;
use crate::client_auth::{ClientRefusal, Credentials};
use crate::error::{Error, Fault, Outcome};

/// Why a token is not revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RevocationRefusal {
    /// The client did not prove itself.
    #[error(transparent)]
    Client(#[from] ClientRefusal),
    /// The token was issued to another client (RFC 7009, section 2.1).
    #[error("the token was issued to another client")]
    AnotherClient,
}

impl Watchword {
    /// Ends the grant a token follows from. A text that is no token, or none any more, is a success: it does not work
    /// afterwards, which is what was asked (RFC 7009, section 2.2).
    ///
    /// # Errors
    /// When the client does not prove itself, or the token is another client's; when the database fails.
    pub async fn revoke(
        &self,
        pool: &Pool,
        credentials: &Credentials,
        token: &Secret<String>,
    ) -> Outcome<(), RevocationRefusal> {
        let entry = self.authenticate_client(&pool.id, credentials).await.map_err(Error::lift)?;
        let Some((grant, owner)) = self.grant_behind(pool, token).await? else { return Ok(()) };
        if owner != entry.client.id {
            return Err(Error::Refused(RevocationRefusal::AnotherClient));
        }
        let tx = self.store.begin(&pool.id).await?;
        tx.claim_grant(&grant, self.clock.now()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The grant behind a token of either kind, and the client it was issued to.
    async fn grant_behind(
        &self,
        pool: &Pool,
        token: &Secret<String>,
    ) -> Result<Option<(GrantId, ClientId)>, Fault> {
        if let Some(claims) = self.access_claims(pool, token.expose()).await? {
            return Ok(claims.grant_id().map(|grant| (grant, claims.client_id)));
        }
        let rows = self.store.read(&pool.id);
        // Where the token stands does not matter: an old one that comes back still names its family.
        let presented = self.presented((&rows, &pool.id), token).await?;
        Ok(presented.map(|presented| (presented.grant.id, presented.grant.client_id)))
    }
}
