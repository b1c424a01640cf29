//! What the portal holds after a sign-in: verified tokens, kept on the server and never sent to the browser.
//!
//! Owns the check of an ID token and the reading of its parts. Knows nothing of endpoints, sessions or pages.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{
    CoreIdToken, CoreIdTokenClaims, CoreIdTokenVerifier, CoreJwsSigningAlgorithm, CoreTokenResponse,
};
use openidconnect::{
    AccessToken, AccessTokenHash, ClaimsVerificationError, Nonce, OAuth2TokenResponse, RefreshToken,
    SignatureVerificationError, SubjectIdentifier, TokenResponse,
};
use serde_json::{Map, Value};

use crate::failure::Failure;

/// What the portal asks for. `openid` makes it OpenID Connect, `offline_access` brings the refresh token.
pub const SCOPES: [&str; 4] = ["openid", "profile", "phone", "offline_access"];

/// A JSON object: the header or the claims of a token, or an answer of `/userinfo`.
pub type Object = Map<String, Value>;

/// One verified answer of the token endpoint.
pub struct Tokens {
    /// The ID token as received; the sign-out sends it back as `id_token_hint`.
    pub id_token: CoreIdToken,
    /// Its decoded header.
    pub header: Object,
    /// Its claims, those the crate has no field for included.
    pub claims: Object,
    /// Who it speaks of.
    pub subject: SubjectIdentifier,
    /// What `/userinfo` wants to see.
    pub access_token: AccessToken,
    /// When the access token ends, in seconds since 1970, if the provider said so.
    pub access_ends: Option<i64>,
    /// What gets new tokens; only with the scope `offline_access`.
    pub refresh_token: Option<RefreshToken>,
    /// What was granted, in the provider's order.
    pub scopes: Vec<String>,
    /// The nonce of the sign-in these tokens come from. A refreshed ID token may leave it out but not change
    /// it.
    pub nonce: Nonce,
    /// When they arrived, in seconds since 1970.
    pub received: i64,
}

/// Why an ID token was not taken.
#[derive(Debug)]
pub enum IdTokenRefusal {
    /// Signed with a key we have not seen: the provider may have changed its keys since discovery.
    UnknownKey,
    /// Not to be believed; the claim or part that failed.
    Unacceptable(&'static str),
}

impl From<IdTokenRefusal> for Failure {
    fn from(refusal: IdTokenRefusal) -> Self {
        match refusal {
            IdTokenRefusal::UnknownKey => Self::IdTokenRefused("signature"),
            IdTokenRefusal::Unacceptable(part) => Self::IdTokenRefused(part),
        }
    }
}

impl Tokens {
    /// The tokens of a fresh sign-in: the ID token must carry exactly this `nonce`.
    pub fn from_sign_in(
        response: &CoreTokenResponse,
        verifier: CoreIdTokenVerifier<'_>,
        nonce: &Nonce,
        now: i64,
    ) -> Result<Self, IdTokenRefusal> {
        let id_token = response.id_token().ok_or(IdTokenRefusal::Unacceptable("missing"))?;
        let verifier = only_rs256(verifier);
        let claims = id_token.claims(&verifier, nonce).map_err(|error| refuse(&error))?;
        check_at_hash(id_token, claims, &verifier, response.access_token())?;
        Ok(Self {
            header: part(id_token, 0)?,
            claims: part(id_token, 1)?,
            subject: claims.subject().clone(),
            id_token: id_token.clone(),
            access_token: response.access_token().clone(),
            access_ends: ends(response, now),
            refresh_token: response.refresh_token().cloned(),
            scopes: scopes(response).unwrap_or_else(|| SCOPES.map(String::from).to_vec()),
            nonce: nonce.clone(),
            received: now,
        })
    }

    /// The tokens after a refresh. What the answer leaves out stays as it was; a new ID token must speak of
    /// the same sign-in (OpenID Connect Core §12.2).
    pub fn refreshed(
        &self,
        response: &CoreTokenResponse,
        verifier: CoreIdTokenVerifier<'_>,
        now: i64,
    ) -> Result<Self, IdTokenRefusal> {
        let id_token = response.id_token().unwrap_or(&self.id_token);
        if response.id_token().is_some() {
            let verifier = only_rs256(verifier);
            let same_nonce = |nonce: Option<&Nonce>| match nonce {
                Some(nonce) if *nonce != self.nonce => Err("another sign-in's nonce".into()),
                _ => Ok(()),
            };
            let claims = id_token.claims(&verifier, same_nonce).map_err(|error| refuse(&error))?;
            check_at_hash(id_token, claims, &verifier, response.access_token())?;
            if *claims.subject() != self.subject {
                return Err(IdTokenRefusal::Unacceptable("sub"));
            }
        }
        let claims = part(id_token, 1)?;
        if let (Some(then), Some(now)) = (self.claims.get("auth_time"), claims.get("auth_time"))
            && then != now
        {
            return Err(IdTokenRefusal::Unacceptable("auth_time"));
        }
        Ok(Self {
            header: part(id_token, 0)?,
            claims,
            subject: self.subject.clone(),
            id_token: id_token.clone(),
            access_token: response.access_token().clone(),
            access_ends: ends(response, now),
            refresh_token: response.refresh_token().or(self.refresh_token.as_ref()).cloned(),
            scopes: scopes(response).unwrap_or_else(|| self.scopes.clone()),
            nonce: self.nonce.clone(),
            received: now,
        })
    }

    /// When the ID token ends, in seconds since 1970.
    pub fn id_token_ends(&self) -> Option<i64> {
        self.claims.get("exp").and_then(Value::as_i64)
    }
}

/// The portal registered for RS256; whatever else a provider offers to others is not for us (RFC 8725 §3.1).
fn only_rs256(verifier: CoreIdTokenVerifier<'_>) -> CoreIdTokenVerifier<'_> {
    verifier.set_allowed_algs([CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256])
}

/// The ID token vouches for the access token that came beside it (OpenID Connect Core §3.1.3.8).
fn check_at_hash(
    id_token: &CoreIdToken,
    claims: &CoreIdTokenClaims,
    verifier: &CoreIdTokenVerifier<'_>,
    access_token: &AccessToken,
) -> Result<(), IdTokenRefusal> {
    let Some(expected) = claims.access_token_hash() else { return Ok(()) };
    let unacceptable = IdTokenRefusal::Unacceptable("at_hash");
    let (Ok(algorithm), Ok(key)) = (id_token.signing_alg(), id_token.signing_key(verifier)) else {
        return Err(unacceptable);
    };
    match AccessTokenHash::from_token(access_token, algorithm, key) {
        Ok(actual) if actual == *expected => Ok(()),
        _ => Err(unacceptable),
    }
}

fn refuse(error: &ClaimsVerificationError) -> IdTokenRefusal {
    use ClaimsVerificationError as Error;
    IdTokenRefusal::Unacceptable(match error {
        Error::SignatureVerification(SignatureVerificationError::NoMatchingKey) => {
            return IdTokenRefusal::UnknownKey;
        }
        Error::SignatureVerification(_) => "signature",
        Error::Expired(_) => "exp",
        Error::InvalidAudience(_) => "aud",
        Error::InvalidIssuer(_) => "iss",
        Error::InvalidNonce(_) => "nonce",
        Error::InvalidSubject(_) => "sub",
        _ => "format",
    })
}

/// The header (0) or the claims (1) of a token that was verified before.
fn part(id_token: &CoreIdToken, index: usize) -> Result<Object, IdTokenRefusal> {
    let compact = id_token.to_string();
    let bytes = compact.split('.').nth(index).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).ok_or(IdTokenRefusal::Unacceptable("format"))
}

fn ends(response: &CoreTokenResponse, now: i64) -> Option<i64> {
    let lifetime = i64::try_from(response.expires_in()?.as_secs()).ok()?;
    now.checked_add(lifetime)
}

fn scopes(response: &CoreTokenResponse) -> Option<Vec<String>> {
    response.scopes().map(|scopes| scopes.iter().map(|scope| scope.to_string()).collect())
}
