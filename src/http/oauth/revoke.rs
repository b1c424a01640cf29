//! `/revoke`: a client gives a token back (RFC 7009).

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use watchword_domain::Secret;
use watchword_flow::authorize::ParamRefusal;
use watchword_flow::client_auth::{ClientProof, Credentials};
use watchword_flow::error::Error;
use watchword_flow::revoke::RevocationRefusal;

use crate::Doors;
use crate::extract::client_credentials::ClientForm;
use crate::extract::tenant::Tenant;
use crate::respond::cors::{ANY_ORIGIN, preflight};
use crate::respond::oauth::{NEVER_STORED, OauthError};

/// Why nothing was revoked.
enum RevokeError {
    /// `token` is repeated or too long.
    Param(ParamRefusal),
    /// `token` is missing.
    Missing,
    /// The use case did not succeed.
    Flow(Error<RevocationRefusal>),
}

/// Revokes a token. `token_type_hint` is not needed to tell the kinds apart, and ignored.
pub async fn post(
    State(doors): State<Doors>,
    Tenant(pool): Tenant,
    form: Result<ClientForm, OauthError>,
) -> Response {
    let ClientForm { credentials, params } = match form {
        Ok(form) => form,
        Err(error) => return error.into_response(),
    };
    let revoked = async {
        let token = params.one("token").map_err(RevokeError::Param)?.ok_or(RevokeError::Missing)?;
        let token = Secret::new(token.to_owned());
        doors.flow.revoke(&pool, &credentials, &token).await.map_err(RevokeError::Flow)
    };
    match revoked.await {
        Ok(()) => (StatusCode::OK, NEVER_STORED, [ANY_ORIGIN]).into_response(),
        Err(error) => error.face(&credentials).into_response(),
    }
}

/// May a page call this?
pub async fn options() -> Response {
    preflight("POST")
}

impl RevokeError {
    fn face(self, credentials: &Credentials) -> OauthError {
        match self {
            Self::Param(refusal) => refusal.into(),
            Self::Missing => OauthError::missing("token"),
            Self::Flow(Error::Fault(fault)) => OauthError::fault(&fault),
            Self::Flow(Error::Refused(RevocationRefusal::Client(_))) => {
                OauthError::invalid_client(matches!(credentials.proof, ClientProof::Basic(_)))
            }
            Self::Flow(Error::Refused(refusal @ RevocationRefusal::AnotherClient)) => {
                OauthError::new("invalid_grant", refusal.to_string())
            }
        }
    }
}
