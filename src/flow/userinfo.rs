//! The claims of the person an access token stands for (OpenID Connect Core 1.0, section 5.3).

use serde_json::{Map, Value};
use watchword_domain::Secret;
use watchword_domain::pool::Pool;
use watchword_domain::scope::Scope;

use crate::Watchword;
use crate::error::{Error, Outcome};

/// Why nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UserinfoRefusal {
    /// The token is none of this pool's access tokens, is over or was revoked, or its user was disabled.
    #[error("the access token is unknown, expired or revoked")]
    InvalidToken,
    /// The token was not issued for `openid`.
    #[error("the access token does not have the scope openid")]
    InsufficientScope,
}

impl Watchword {
    /// The claims an access token opens: always `sub`, the rest by the token's own scope.
    ///
    /// # Errors
    /// When the token does not hold or is not for this; when the database fails.
    pub async fn userinfo(
        &self,
        pool: &Pool,
        token: &Secret<String>,
    ) -> Outcome<Map<String, Value>, UserinfoRefusal> {
        let live = self.live_access_token(pool, token.expose()).await?;
        let live = live.ok_or(Error::Refused(UserinfoRefusal::InvalidToken))?;
        let scopes = live.claims.scopes();
        if !scopes.has(Scope::Openid) {
            return Err(Error::Refused(UserinfoRefusal::InsufficientScope));
        }
        let mut claims = live.person.claims(&scopes);
        claims.insert("sub".to_owned(), live.person.user.id.as_str().into());
        Ok(claims)
    }
}
