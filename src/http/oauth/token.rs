//! `/token`: a code or a refresh token in, tokens out (RFC 6749, section 3.2; OpenID Connect Core 1.0, section 3.1.3).

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use watchword_domain::Secret;
use watchword_flow::authorize::{ParamRefusal, Params};
use watchword_flow::client_auth::{ClientProof, Credentials};
use watchword_flow::error::Error;
use watchword_flow::token::{CodeGrant, Grant, IssuedTokens, RefreshGrant, RefreshRefusal, TokenRefusal};

use crate::Doors;
use crate::extract::client_credentials::ClientForm;
use crate::extract::tenant::Tenant;
use crate::respond::cors::{ANY_ORIGIN, preflight};
use crate::respond::oauth::{OauthError, private_json};

/// Why there are no tokens.
enum TokenError {
    /// A parameter is repeated or too long.
    Param(ParamRefusal),
    /// A parameter is missing.
    Missing(&'static str),
    /// The grant type is none of ours.
    UnknownGrant,
    /// The use case did not succeed.
    Flow(Error<TokenRefusal>),
}

/// A token response (RFC 6749, section 5.1).
#[derive(Serialize)]
struct TokenBody<'a> {
    access_token: &'a str,
    token_type: &'static str,
    expires_in: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<&'a str>,
    scope: String,
}

/// Issues tokens.
pub async fn post(
    State(doors): State<Doors>,
    Tenant(pool): Tenant,
    form: Result<ClientForm, OauthError>,
) -> Response {
    let ClientForm { credentials, params } = match form {
        Ok(form) => form,
        Err(error) => return error.into_response(),
    };
    let issued = async {
        let grant = grant(&params)?;
        doors.flow.redeem(&pool, &credentials, &grant).await.map_err(TokenError::Flow)
    };
    match issued.await {
        Ok(tokens) => ([ANY_ORIGIN], private_json(&TokenBody::of(&tokens))).into_response(),
        Err(error) => error.face(&credentials).into_response(),
    }
}

/// May a page call this?
pub async fn options() -> Response {
    preflight("POST")
}

fn grant(params: &Params) -> Result<Grant, TokenError> {
    let param = |name| params.one(name).map_err(TokenError::Param);
    let owned = |name| Ok(param(name)?.map(str::to_owned));
    let secret = |name| Ok(param(name)?.map(|value| Secret::new(value.to_owned())));
    match param("grant_type")?.ok_or(TokenError::Missing("grant_type"))? {
        "authorization_code" => Ok(Grant::AuthorizationCode(CodeGrant {
            code: secret("code")?.ok_or(TokenError::Missing("code"))?,
            redirect_uri: owned("redirect_uri")?,
            code_verifier: secret("code_verifier")?,
        })),
        "refresh_token" => Ok(Grant::Refresh(RefreshGrant {
            token: secret("refresh_token")?.ok_or(TokenError::Missing("refresh_token"))?,
            scope: owned("scope")?,
        })),
        _ => Err(TokenError::UnknownGrant),
    }
}

impl<'a> TokenBody<'a> {
    fn of(tokens: &'a IssuedTokens) -> Self {
        let bare = |secret: &'a Secret<String>| secret.expose().as_str();
        Self {
            access_token: bare(&tokens.access_token),
            token_type: "Bearer",
            expires_in: tokens.expires_in,
            refresh_token: tokens.refresh_token.as_ref().map(bare),
            id_token: tokens.id_token.as_ref().map(bare),
            scope: tokens.scopes.to_string(),
        }
    }
}

impl TokenError {
    fn face(self, credentials: &Credentials) -> OauthError {
        match self {
            Self::Param(refusal) => refusal.into(),
            Self::Missing(name) => OauthError::missing(name),
            Self::UnknownGrant => {
                OauthError::new("unsupported_grant_type", "grant_type is authorization_code or refresh_token")
            }
            Self::Flow(Error::Fault(fault)) => OauthError::fault(&fault),
            Self::Flow(Error::Refused(refusal)) => match refusal {
                TokenRefusal::Client(_) => {
                    OauthError::invalid_client(matches!(credentials.proof, ClientProof::Basic(_)))
                }
                TokenRefusal::GrantNotAllowed => OauthError::new("unauthorized_client", refusal.to_string()),
                TokenRefusal::Refresh(RefreshRefusal::Scope) => {
                    OauthError::new("invalid_scope", refusal.to_string())
                }
                TokenRefusal::Code(_) | TokenRefusal::Refresh(RefreshRefusal::Unusable) => {
                    OauthError::new("invalid_grant", refusal.to_string())
                }
            },
        }
    }
}
