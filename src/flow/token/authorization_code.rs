//! The authorization code grant's own step (RFC 6749, section 4.1.3; RFC 7636, section 4.6).
//!
//! The claim comes first and its transaction decides: whatever is wrong with a redemption, the code is spent by it, and
//! of any number of redemptions at once one finds it unspent. The grant and its first refresh token are written with the
//! claim, so that no crash leaves a spent code with half a grant.

use watchword_domain::client::Client;
use watchword_domain::pool::Pool;
use watchword_domain::request::{AuthorizationRequest, is_pkce_value};
use watchword_domain::scope::Scope;
use watchword_domain::{Secret, Timestamp};
use watchword_store::{CodeRow, GrantRow, PoolTx};

use super::claims::live_user;
use super::mint::Issue;
use crate::Watchword;
use crate::crypto::{equal, pkce_challenge, token_hash};
use crate::error::{Error, Fault, Outcome};

/// What a client hands in for a code.
pub struct CodeGrant {
    /// The code.
    pub code: Secret<String>,
    /// Where the client says the code was sent.
    pub redirect_uri: Option<String>,
    /// The verifier of the challenge it sent with its authorization request.
    pub code_verifier: Option<Secret<String>>,
}

/// Why a code is not redeemed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeRefusal {
    /// Unknown, over, spent, another client's, or its session was signed out: which of these is told to nobody.
    #[error(
        "the code is unknown, expired, used before, was issued to another client, or its user signed out"
    )]
    Unusable,
    /// The redirect URI is missing or not the one the code was sent to (RFC 6749, section 4.1.3).
    #[error("redirect_uri is not the one of the authorization request")]
    RedirectUri,
    /// There was a challenge, and no verifier came, or one that does not fit (RFC 7636, section 4.6).
    #[error("code_verifier does not fit the code_challenge of the authorization request")]
    Verifier,
    /// There was no challenge, yet a verifier came: somebody took the challenge away (RFC 9700, section 4.8.2).
    #[error("a code_verifier was sent, but the authorization request had no code_challenge")]
    UnexpectedVerifier,
    /// The user was disabled in between.
    #[error("the user cannot sign in")]
    User,
}

impl CodeGrant {
    /// Whether this is the client's other half of the authorization request.
    fn completes(&self, client: &Client, request: &AuthorizationRequest) -> Result<(), CodeRefusal> {
        if self.redirect_uri.as_deref() != Some(request.redirect_uri.as_str()) {
            return Err(CodeRefusal::RedirectUri);
        }
        let verifier = self.code_verifier.as_ref().map(|verifier| verifier.expose().as_str());
        match (&request.code_challenge, verifier) {
            // Asked for at the authorization endpoint already; a public client has nothing else to show for itself.
            (None, None) if client.is_confidential() => Ok(()),
            (None, None) => Err(CodeRefusal::Verifier),
            (None, Some(_)) => Err(CodeRefusal::UnexpectedVerifier),
            (Some(challenge), Some(verifier))
                if is_pkce_value(verifier) && equal(&pkce_challenge(verifier), challenge) =>
            {
                Ok(())
            }
            (Some(_), _) => Err(CodeRefusal::Verifier),
        }
    }
}

impl Watchword {
    /// Redeems a code: spends it, and makes the grant it stands for.
    pub(crate) async fn redeem_code(
        &self,
        pool: &Pool,
        client: &Client,
        given: &CodeGrant,
    ) -> Outcome<Issue, CodeRefusal> {
        let (now, hash) = (self.clock.now(), token_hash(given.code.expose()));
        // Looked up before the transaction, so that a text which is no code costs no turn of the writer.
        let rows = self.store.read(&pool.id);
        let known = rows.find_authorization_code(&hash).await?.filter(|code| code.client_id == client.id);
        let known = known.ok_or(Error::Refused(CodeRefusal::Unusable))?;
        let user = live_user(&rows, &known.user_id).await?.ok_or(CodeRefusal::User);
        // Whoever signed out in between has taken it back.
        let session = rows.find_session(&known.session_id).await?;
        let alive = session.filter(|session| session.ended_at.is_none()).ok_or(CodeRefusal::Unusable);
        let checked = given.completes(client, &known.request).and(user).and(alive);

        let tx = self.store.begin(&pool.id).await?;
        let Some(code) = tx.claim_authorization_code(&hash, &client.id, now).await? else {
            end_what_it_began(tx, &hash, now).await?;
            return Err(Error::Refused(CodeRefusal::Unusable));
        };
        match checked {
            Ok(_) => self.make_grant(tx, code, now).await.map_err(Error::Fault),
            Err(refusal) => {
                tx.commit().await?;
                Err(Error::Refused(refusal))
            }
        }
    }

    async fn make_grant(&self, tx: PoolTx, code: CodeRow, now: Timestamp) -> Result<Issue, Fault> {
        let offline = code.request.scopes.has(Scope::OfflineAccess);
        let lifetimes = &self.settings.lifetimes;
        let last_token = lifetimes.access_token().max(lifetimes.id_token());
        let ends = if offline { now + lifetimes.refresh_token() + last_token } else { now + last_token };
        let grant = GrantRow {
            id: code.grant_id,
            client_id: code.client_id,
            user_id: code.user_id,
            session_id: code.session_id,
            scopes: code.request.scopes,
            nonce: code.request.nonce,
            assurance: code.assurance,
            created_at: now,
            expires_at: ends,
            revoked_at: None,
        };
        let refresh_token = offline.then(|| self.new_refresh_token(tx.pool(), &grant.id)).transpose()?;
        tx.insert_grant(&grant).await?;
        if let Some(token) = &refresh_token {
            tx.insert_refresh_token(token_hash(token.expose()), &grant.id, now).await?;
        }
        tx.commit().await?;
        let (scopes, nonce) = (grant.scopes.clone(), grant.nonce.clone());
        Ok(Issue { grant, scopes, nonce, refresh_token })
    }
}

/// A code that was spent before came back: somebody else has it too, so what the first redemption began ends (RFC 6749,
/// section 4.1.2).
async fn end_what_it_began(tx: PoolTx, code_hash: &str, now: Timestamp) -> Result<(), Fault> {
    let spent = tx.find_authorization_code(code_hash).await?.filter(|code| code.claimed_at.is_some());
    let Some(code) = spent else { return Ok(()) };
    if tx.claim_grant(&code.grant_id, now).await? {
        tx.commit().await?;
        let (client, grant) = (code.client_id, code.grant_id);
        tracing::warn!(%client, %grant, "an authorization code was presented again; its tokens are revoked");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use watchword_domain::client::ClientKind;
    use watchword_domain::request::{Prompt, ResponseMode};
    use watchword_domain::scope::Scopes;

    /// RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    const CALLBACK: &str = "https://shop.example/cb";

    fn redeemed_by(
        kind: ClientKind,
        challenge: Option<&str>,
        redirect_uri: Option<&str>,
        verifier: Option<&str>,
    ) -> Result<(), CodeRefusal> {
        let client = Client {
            pool_id: "local_000000000".into(),
            id: "c".into(),
            name: "Shop".into(),
            kind,
            redirect_uris: vec![],
            post_logout_redirect_uris: vec![],
        };
        let request = AuthorizationRequest {
            client_id: "c".into(),
            redirect_uri: CALLBACK.into(),
            response_mode: ResponseMode::Query,
            scopes: Scopes::parse("openid"),
            state: None,
            nonce: None,
            code_challenge: challenge.map(str::to_owned),
            prompt: Prompt::Auto,
            max_age: None,
            login_hint: None,
            ui_locales: None,
            expected_sub: None,
        };
        let given = CodeGrant {
            code: Secret::new("code".into()),
            redirect_uri: redirect_uri.map(str::to_owned),
            code_verifier: verifier.map(|verifier| Secret::new(verifier.to_owned())),
        };
        given.completes(&client, &request)
    }

    fn completes(
        challenge: Option<&str>,
        redirect_uri: Option<&str>,
        verifier: Option<&str>,
    ) -> Result<(), CodeRefusal> {
        redeemed_by(ClientKind::Web, challenge, redirect_uri, verifier)
    }

    #[test]
    fn the_right_verifier_and_redirect_uri_complete_a_request() {
        assert_eq!(completes(Some(CHALLENGE), Some(CALLBACK), Some(VERIFIER)), Ok(()));
        assert_eq!(completes(None, Some(CALLBACK), None), Ok(()));
    }

    #[test]
    fn the_redirect_uri_must_be_the_same_to_the_letter() {
        for other in [None, Some(""), Some("https://shop.example/cb/"), Some("https://SHOP.example/cb")] {
            assert_eq!(completes(Some(CHALLENGE), other, Some(VERIFIER)), Err(CodeRefusal::RedirectUri));
        }
    }

    #[test]
    fn a_challenge_wants_its_verifier() {
        let short = VERIFIER.get(..42);
        let long = "a".repeat(129);
        for wrong in [None, Some(""), Some(CHALLENGE), short, Some(long.as_str())] {
            assert_eq!(
                completes(Some(CHALLENGE), Some(CALLBACK), wrong),
                Err(CodeRefusal::Verifier),
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn a_public_client_redeems_nothing_without_pkce() {
        assert_eq!(redeemed_by(ClientKind::Spa, None, Some(CALLBACK), None), Err(CodeRefusal::Verifier));
        assert_eq!(redeemed_by(ClientKind::Spa, Some(CHALLENGE), Some(CALLBACK), Some(VERIFIER)), Ok(()));
    }

    #[test]
    fn a_verifier_without_a_challenge_is_refused() {
        assert_eq!(completes(None, Some(CALLBACK), Some(VERIFIER)), Err(CodeRefusal::UnexpectedVerifier));
    }
}
