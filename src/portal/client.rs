//! The protocol: authorization code with PKCE, refresh, `/userinfo`, sign-out. Start reading here.
//!
//! Owns every conversation with the provider. Knows nothing of cookies, forms or pages: it is handed what the
//! browser brought and returns what to keep or where to go.

use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim, CoreRequestTokenError, CoreTokenResponse,
};
use openidconnect::http::header::{AUTHORIZATION, CONTENT_TYPE};
use openidconnect::{
    AdditionalClaims, AuthorizationCode, ClaimsVerificationError, CsrfToken, HttpRequest, LogoutRequest,
    Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl, Scope,
    UserInfoClaims, UserInfoError, http,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::{Url, form_urlencoded};

use crate::clock::now;
use crate::failure::Failure;
use crate::provider::{Provider, Registration};
use crate::tokens::{IdTokenRefusal, Object, SCOPES, Tokens};
use crate::transport::{Transport, TransportFault};

/// A sign-in that has begun: what the answer has to fit. Kept on the server, spent by the first answer.
pub struct Pending {
    /// Ties the answer to this browser (RFC 6749 §10.12).
    pub state: CsrfToken,
    /// Ties the ID token to this sign-in (OpenID Connect Core §3.1.2.1).
    pub nonce: Nonce,
    /// Proves that who redeems the code began the sign-in (RFC 7636).
    pub pkce: PkceCodeVerifier,
}

/// Speaks to one provider on behalf of one registered client.
pub struct Client {
    http: Transport,
    registration: Registration,
    post_logout_redirect_uri: PostLogoutRedirectUrl,
    provider: RwLock<Option<Arc<Provider>>>,
}

impl Client {
    /// A client that has not spoken to its provider yet: discovery happens when it is first needed.
    pub fn new(
        http: Transport,
        registration: Registration,
        post_logout_redirect_uri: PostLogoutRedirectUrl,
    ) -> Self {
        Self { http, registration, post_logout_redirect_uri, provider: RwLock::new(None) }
    }

    /// Step 1: where to send the browser, and what to remember until it returns.
    pub async fn begin(&self) -> Result<(Url, Pending), Failure> {
        let provider = self.provider().await?;
        let (challenge, pkce) = PkceCodeChallenge::new_random_sha256();
        let (address, state, nonce) = provider
            .relying_party
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                || CsrfToken::new_random_len(32),
                || Nonce::new_random_len(32),
            )
            // The crate asks for `openid` by itself.
            .add_scopes(SCOPES.into_iter().skip(1).map(|scope| Scope::new(scope.into())))
            .set_pkce_challenge(challenge)
            .url();
        Ok((address, Pending { state, nonce, pkce }))
    }

    /// Step 2: whether an answer, good or bad, comes from our provider (RFC 9207 §2.4): another one could
    /// send its own code here and wait for us to bring it ours.
    pub async fn check_issuer(&self, iss: Option<&str>) -> Result<(), Failure> {
        let provider = self.provider().await?;
        match iss {
            Some(iss) if iss == self.registration.issuer.as_str() => Ok(()),
            None if !provider.more.authorization_response_iss_parameter_supported => Ok(()),
            _ => Err(Failure::ForeignIssuer),
        }
    }

    /// Step 3: changes the code for tokens and checks the ID token.
    pub async fn finish(&self, code: String, pending: Pending) -> Result<Tokens, Failure> {
        let provider = self.provider().await?;
        let response = provider
            .relying_party
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|_| Failure::ProviderUnusable("token"))?
            .set_pkce_verifier(pending.pkce)
            .request_async(&self.http)
            .await
            .map_err(|error| refuse_token(&error, Failure::CodeRefused))?;
        check_bearer(&response)?;
        self.with_current_keys(provider, |provider| {
            Tokens::from_sign_in(&response, provider.relying_party.id_token_verifier(), &pending.nonce, now())
        })
        .await
    }

    /// New tokens for the old ones (RFC 6749 §6).
    pub async fn refresh(&self, tokens: &Tokens) -> Result<Tokens, Failure> {
        let refresh_token = tokens.refresh_token.as_ref().ok_or(Failure::NothingToRefresh)?;
        let provider = self.provider().await?;
        let response = provider
            .relying_party
            .exchange_refresh_token(refresh_token)
            .map_err(|_| Failure::ProviderUnusable("token"))?
            .request_async(&self.http)
            .await
            .map_err(|error| refuse_token(&error, Failure::RefreshRefused))?;
        check_bearer(&response)?;
        self.with_current_keys(provider, |provider| {
            tokens.refreshed(&response, provider.relying_party.id_token_verifier(), now())
        })
        .await
    }

    /// What the provider tells about the person now (OpenID Connect Core §5.3). An answer about anybody but
    /// the subject of the ID token is refused.
    pub async fn userinfo(&self, tokens: &Tokens) -> Result<Object, Failure> {
        let provider = self.provider().await?;
        let answer: UserInfoClaims<OtherClaims, CoreGenderClaim> = provider
            .relying_party
            .user_info(tokens.access_token.clone(), Some(tokens.subject.clone()))
            .map_err(|_| Failure::ProviderUnusable("userinfo"))?
            .request_async(&self.http)
            .await
            .map_err(|error| refuse_userinfo(&error))?;
        match serde_json::to_value(&answer) {
            Ok(Value::Object(claims)) => Ok(claims),
            _ => Err(Failure::ProviderUnusable("userinfo")),
        }
    }

    /// Where the browser signs out of the provider too (RP-Initiated Logout 1.0 §2), if the provider has such
    /// a place.
    pub async fn sign_out_address(&self, tokens: &Tokens, state: CsrfToken) -> Option<Url> {
        let endpoint = self.provider().await.ok()?.more.end_session_endpoint.clone()?;
        let request = LogoutRequest::from(endpoint)
            .set_id_token_hint(&tokens.id_token)
            .set_client_id(self.registration.client_id.clone())
            .set_post_logout_redirect_uri(self.post_logout_redirect_uri.clone())
            .set_state(state);
        Some(request.http_get_url())
    }

    /// Gives the refresh token back (RFC 7009), which ends everything that came from it. A token that could
    /// not be given back ends by itself; the person is signed out here either way, so nothing is refused.
    pub async fn revoke(&self, tokens: &Tokens) {
        let Ok(provider) = self.provider().await else { return };
        let (Some(endpoint), Some(token)) = (&provider.more.revocation_endpoint, &tokens.refresh_token)
        else {
            return;
        };
        // By hand: the crate revokes over https only, and a provider on one's own machine speaks http.
        let request = self.revocation_request(endpoint.url(), token.secret());
        let answer = match request {
            Ok(request) => openidconnect::AsyncHttpClient::call(&self.http, request).await,
            Err(error) => Err(error.into()),
        };
        match answer {
            Ok(answer) if answer.status().is_success() => {}
            Ok(answer) => tracing::warn!(status = %answer.status(), "the refresh token was not revoked"),
            Err(error) => tracing::warn!(%error, "the refresh token was not revoked"),
        }
    }

    fn revocation_request(&self, endpoint: &Url, token: &str) -> Result<HttpRequest, http::Error> {
        let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let client_id = encode(&self.registration.client_id);
        let mut body = format!("token={}&token_type_hint=refresh_token", encode(token));
        let mut request =
            http::Request::post(endpoint.as_str()).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        match &self.registration.client_secret {
            Some(secret) => {
                // Each half is form-encoded before the colon joins them (RFC 6749 §2.3.1).
                let credentials = STANDARD.encode(format!("{client_id}:{}", encode(secret.secret())));
                request = request.header(AUTHORIZATION, format!("Basic {credentials}"));
            }
            None => body.push_str(&format!("&client_id={client_id}")),
        }
        request.body(body.into_bytes())
    }

    /// The provider, discovered at the first call and kept. A failed discovery is not kept.
    async fn provider(&self) -> Result<Arc<Provider>, Failure> {
        let known = self.provider.read().unwrap_or_else(PoisonError::into_inner).clone();
        match known {
            Some(provider) => Ok(provider),
            None => self.rediscover().await,
        }
    }

    async fn rediscover(&self) -> Result<Arc<Provider>, Failure> {
        let provider = Arc::new(Provider::discover(&self.registration, &self.http).await?);
        *self.provider.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&provider));
        Ok(provider)
    }

    /// Runs a check with the keys at hand, and once more with fresh ones when the token names a key we have
    /// not seen: providers rotate their keys (OpenID Connect Core §10.1.1).
    async fn with_current_keys(
        &self,
        provider: Arc<Provider>,
        check: impl Fn(&Provider) -> Result<Tokens, IdTokenRefusal>,
    ) -> Result<Tokens, Failure> {
        match check(&provider) {
            Err(IdTokenRefusal::UnknownKey) => Ok(check(&*self.rediscover().await?)?),
            settled => Ok(settled?),
        }
    }
}

/// Claims of `/userinfo` that the crate has no field for.
#[derive(Debug, Deserialize, Serialize)]
struct OtherClaims {
    #[serde(flatten)]
    all: Object,
}

impl AdditionalClaims for OtherClaims {}

/// A token goes into a header, so it must be of the characters RFC 6750 §2.1 allows there.
fn check_bearer(response: &CoreTokenResponse) -> Result<(), Failure> {
    let usable = response.access_token().secret().bytes().all(|byte| byte.is_ascii_graphic());
    if usable { Ok(()) } else { Err(Failure::ProviderUnusable("token")) }
}

/// `spent` is what `invalid_grant` means here: the code or the refresh token is no longer good.
fn refuse_token(error: &CoreRequestTokenError<TransportFault>, spent: Failure) -> Failure {
    match error {
        CoreRequestTokenError::ServerResponse(answer)
            if *answer.error() == CoreErrorResponseType::InvalidGrant =>
        {
            spent
        }
        CoreRequestTokenError::ServerResponse(answer) => {
            tracing::warn!(error = %answer.error(), "the token endpoint refused this client");
            Failure::ProviderUnusable("token")
        }
        CoreRequestTokenError::Request(fault) => unreachable_provider(fault),
        _ => Failure::ProviderUnusable("token"),
    }
}

fn refuse_userinfo(error: &UserInfoError<TransportFault>) -> Failure {
    match error {
        UserInfoError::Request(fault) => unreachable_provider(fault),
        UserInfoError::Response(http::StatusCode::UNAUTHORIZED, ..) => Failure::AccessTokenRefused,
        UserInfoError::ClaimsVerification(ClaimsVerificationError::InvalidSubject(_)) => {
            Failure::OtherSubject
        }
        _ => Failure::ProviderUnusable("userinfo"),
    }
}

fn unreachable_provider(fault: &TransportFault) -> Failure {
    tracing::warn!(error = %fault, "the provider did not answer");
    Failure::ProviderAway
}
