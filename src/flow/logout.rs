//! Sign-out at a client's wish (OpenID Connect RP-Initiated Logout 1.0).

use watchword_domain::client::Client;
use watchword_domain::ids::{ClientId, PoolId, SessionId};
use watchword_domain::pool::Pool;
use watchword_domain::session::Session;

use crate::Watchword;
use crate::authorize::Params;
use crate::error::{Error, Fault, Outcome};
use crate::keys::{PoolKeys, TokenKind};

/// What a sign-out request leads to.
pub enum LogoutDecision {
    /// Nobody is signed in here any more. With an address, the browser goes there.
    SignedOut(Option<String>),
    /// The person must be asked first: nothing shows that the client speaks for them.
    Ask,
}

/// Why a sign-out request is refused, before anything is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LogoutRefusal {
    /// A parameter is repeated or too long.
    #[error("a parameter cannot be read")]
    Malformed,
    /// The hint names another client than `client_id`.
    #[error("the id_token_hint is of another client")]
    Hint,
    /// `post_logout_redirect_uri` is not registered for the client, or no client is named.
    #[error("the sign-out address is not registered")]
    RedirectUri,
}

/// What an ID token tells of whom to sign out.
struct Hint {
    client: ClientId,
    subject: String,
}

impl Watchword {
    /// Decides a sign-out request of a browser with this session cookie. `confirmed` when the person said yes on our page.
    ///
    /// # Errors
    /// When the request cannot be used; when the database fails.
    pub async fn end_session(
        &self,
        pool: &Pool,
        params: &Params,
        session_cookie: Option<&str>,
        confirmed: bool,
    ) -> Outcome<LogoutDecision, LogoutRefusal> {
        let one = |name| params.one(name).map_err(|_| Error::Refused(LogoutRefusal::Malformed));
        let keys = self.keys(&pool.id).await?;
        // One that cannot be read is none: then the person is asked, and is led nowhere that only the hint vouches for.
        let given = one("id_token_hint")?;
        let hint = given.and_then(|token| read_hint(pool, &keys, token));
        let named = one("client_id")?.map(ClientId::from);
        if hint.as_ref().zip(named.as_ref()).is_some_and(|(hint, named)| hint.client != *named) {
            return Err(Error::Refused(LogoutRefusal::Hint));
        }
        let hint = self.hint_of_a_client(&pool.id, hint).await?;
        let client = named.or_else(|| hint.as_ref().map(|hint| hint.client.clone()));
        let asked_back = one("post_logout_redirect_uri")?.filter(|_| given.is_none() || client.is_some());
        let back = self.way_back(pool, client, asked_back, one("state")?).await?;
        match self.session(pool, session_cookie).await? {
            Some(session) if confirmed || hint.as_ref().is_some_and(|hint| hint.speaks_for(&session)) => {
                self.close_session(&pool.id, &session.id).await?;
            }
            Some(_) => return Ok(LogoutDecision::Ask),
            // A hint is no proof of who sends it: clients keep ID tokens in logs. Without the session's own cookie it ends nothing.
            None => {}
        }
        Ok(LogoutDecision::SignedOut(back))
    }

    /// The hint, while its client exists: the tokens of one that was taken out speak for nobody.
    async fn hint_of_a_client(&self, pool: &PoolId, hint: Option<Hint>) -> Result<Option<Hint>, Fault> {
        let Some(hint) = hint else { return Ok(None) };
        Ok(self.client(pool, &hint.client).await?.map(|_| hint))
    }

    async fn close_session(&self, pool: &PoolId, session: &SessionId) -> Result<(), Fault> {
        let tx = self.store.begin(pool).await?;
        tx.claim_session(session, self.clock.now()).await?;
        Ok(tx.commit().await?)
    }

    async fn way_back(
        &self,
        pool: &Pool,
        client: Option<ClientId>,
        uri: Option<&str>,
        state: Option<&str>,
    ) -> Outcome<Option<String>, LogoutRefusal> {
        let Some(uri) = uri else { return Ok(None) };
        let refused = || Error::Refused(LogoutRefusal::RedirectUri);
        let entry = self.client(&pool.id, &client.ok_or_else(refused)?).await?.ok_or_else(refused)?;
        let registered = |client: &Client| client.allows_post_logout_redirect(uri);
        if !registered(&entry.client) {
            return Err(refused());
        }
        let mut url = url::Url::parse(uri).map_err(|_| refused())?;
        if let Some(state) = state {
            url.query_pairs_mut().append_pair("state", state);
        }
        Ok(Some(url.into()))
    }
}

impl Hint {
    fn speaks_for(&self, session: &Session) -> bool {
        self.subject == session.user_id.as_str()
    }
}

/// An ID token of this issuer, expired or not.
fn read_hint(pool: &Pool, keys: &PoolKeys, token: &str) -> Option<Hint> {
    let claims = keys.verify(TokenKind::Id, token)?;
    let text = |name: &str| claims.get(name)?.as_str().map(str::to_owned);
    (text("iss")? == pool.issuer).then_some(())?;
    Some(Hint { client: text("aud")?.into(), subject: text("sub")? })
}
