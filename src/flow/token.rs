//! The token endpoint's decision, in fixed phases: who is the client, may it use this grant, the grant's own step, write
//! the tokens, count (RFC 6749, sections 3.2 and 5).
//!
//! Each grant fills in its own step and nothing else. A step ends with everything committed; only then is a token signed.

pub(crate) mod access;
mod authorization_code;
pub(crate) mod claims;
mod mint;
pub(crate) mod refresh;

use watchword_domain::client::Client;
use watchword_domain::pool::Pool;

use crate::Watchword;
use crate::client_auth::{ClientRefusal, Credentials};
use crate::error::{Error, Outcome};

pub use access::AccessClaims;
pub use authorization_code::{CodeGrant, CodeRefusal};
pub use mint::IssuedTokens;
pub use refresh::{RefreshGrant, RefreshRefusal};

/// What a client asks tokens for.
pub enum Grant {
    /// A person signed in and a code came back (RFC 6749, section 4.1.3).
    AuthorizationCode(CodeGrant),
    /// The tokens it has are ending (RFC 6749, section 6).
    Refresh(RefreshGrant),
}

/// Why no tokens are issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefusal {
    /// The client did not prove itself.
    #[error(transparent)]
    Client(#[from] ClientRefusal),
    /// This kind of client has no use for this grant.
    #[error("this client may not use this grant")]
    GrantNotAllowed,
    /// The code is not redeemed.
    #[error(transparent)]
    Code(#[from] CodeRefusal),
    /// The refresh token is not honoured.
    #[error(transparent)]
    Refresh(#[from] RefreshRefusal),
}

impl Grant {
    /// The grant's name on the wire and in metrics.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::AuthorizationCode(_) => "authorization_code",
            Self::Refresh(_) => "refresh_token",
        }
    }

    /// Whether a client of this kind may use it: both stand for a person who signed in.
    fn is_open_to(&self, client: &Client) -> bool {
        match self {
            Self::AuthorizationCode(_) | Self::Refresh(_) => client.signs_people_in(),
        }
    }
}

impl Watchword {
    /// Issues tokens to a client for a grant.
    ///
    /// # Errors
    /// When the client does not prove itself, may not use the grant, or what it hands in is not honoured; when the
    /// database fails or a token cannot be signed.
    pub async fn redeem(
        &self,
        pool: &Pool,
        credentials: &Credentials,
        grant: &Grant,
    ) -> Outcome<IssuedTokens, TokenRefusal> {
        let entry = self.authenticate_client(&pool.id, credentials).await.map_err(Error::lift)?;
        let client = &entry.client;
        if !grant.is_open_to(client) {
            return Err(Error::Refused(TokenRefusal::GrantNotAllowed));
        }
        let issue = match grant {
            Grant::AuthorizationCode(given) => {
                self.redeem_code(pool, client, given).await.map_err(Error::lift)?
            }
            Grant::Refresh(given) => self.refresh(pool, client, given).await.map_err(Error::lift)?,
        };
        let tokens = self.mint(pool, issue).await?;
        metrics::counter!("watchword_tokens_issued_total", "grant" => grant.name()).increment(1);
        Ok(tokens)
    }
}
