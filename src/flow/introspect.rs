//! Token introspection (RFC 7662): a resource server asks whether a token still holds.
//!
//! Every confidential client of a pool may ask about the pool's access tokens: whoever is shown one must be able to. A
//! refresh token is nobody's business but its owner's; to others it is as good as unknown, so that a resource server
//! never takes one for an access token.

use serde::Serialize;
use watchword_domain::Secret;
use watchword_domain::client::Client;
use watchword_domain::ids::{ClientId, UserId};
use watchword_domain::pool::Pool;
use watchword_domain::refresh::RefreshStanding;

use crate::Watchword;
use crate::client_auth::{ClientRefusal, Credentials};
use crate::error::{Error, Fault, Outcome};
use crate::token::AccessClaims;
use crate::token::claims::live_user;
use crate::token::refresh::Presented;

/// What is said of a token (RFC 7662, section 2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Introspection {
    /// It does not hold, or is none of this pool's. Why is not said.
    Inactive,
    /// It is an access token that holds.
    Access(Box<AccessClaims>),
    /// It is a refresh token of the asking client that can be used.
    Refresh(RefreshClaims),
}

/// What is said of a refresh token that can be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefreshClaims {
    /// The pool's issuer.
    pub iss: String,
    /// The user.
    pub sub: UserId,
    /// Whose it is.
    pub client_id: ClientId,
    /// All that was granted, separated by spaces.
    pub scope: String,
    /// When it was issued, in Unix seconds.
    pub iat: i64,
    /// When it ends if nobody uses it, in Unix seconds.
    pub exp: i64,
}

/// Why a question is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IntrospectionRefusal {
    /// The client did not prove itself.
    #[error(transparent)]
    Client(#[from] ClientRefusal),
    /// A public client cannot prove itself, so it could be anybody (RFC 7662, section 2.1).
    #[error("only a client with a secret may introspect tokens")]
    PublicClient,
}

impl Watchword {
    /// Says whether a token holds, to a confidential client of the pool.
    ///
    /// # Errors
    /// When the client does not prove itself or is a public one; when the database fails.
    pub async fn introspect(
        &self,
        pool: &Pool,
        credentials: &Credentials,
        token: &Secret<String>,
    ) -> Outcome<Introspection, IntrospectionRefusal> {
        let entry = self.authenticate_client(&pool.id, credentials).await.map_err(Error::lift)?;
        if !entry.client.is_confidential() {
            return Err(Error::Refused(IntrospectionRefusal::PublicClient));
        }
        if let Some(live) = self.live_access_token(pool, token.expose()).await? {
            return Ok(Introspection::Access(Box::new(live.claims)));
        }
        let refresh = self.usable_refresh_token(pool, &entry.client, token).await?;
        Ok(refresh.map_or(Introspection::Inactive, Introspection::Refresh))
    }

    async fn usable_refresh_token(
        &self,
        pool: &Pool,
        owner: &Client,
        token: &Secret<String>,
    ) -> Result<Option<RefreshClaims>, Fault> {
        let rows = self.store.read(&pool.id);
        let presented = self.presented((&rows, &pool.id), token).await?;
        let Some(Presented { token: Some(token), grant, standing }) = presented else { return Ok(None) };
        let usable = matches!(standing, RefreshStanding::Current | RefreshStanding::Retried);
        let issued_at = token.issued_at;
        if !usable || grant.client_id != owner.id {
            return Ok(None);
        }
        let lifetimes = &self.settings.lifetimes;
        let idle = issued_at + lifetimes.refresh_token_idle();
        let absolute = grant.created_at + lifetimes.refresh_token();
        let user = live_user(&rows, &grant.user_id).await?;
        Ok(user.map(|user| RefreshClaims {
            iss: pool.issuer.clone(),
            sub: user.id,
            client_id: grant.client_id,
            scope: grant.scopes.to_string(),
            iat: issued_at.seconds(),
            exp: idle.min(absolute).seconds(),
        }))
    }
}
