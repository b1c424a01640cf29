//! `/introspect`: does this token hold? For confidential clients (RFC 7662).

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use watchword_domain::Secret;
use watchword_flow::authorize::ParamRefusal;
use watchword_flow::client_auth::{ClientProof, Credentials};
use watchword_flow::error::Error;
use watchword_flow::introspect::{Introspection, IntrospectionRefusal, RefreshClaims};
use watchword_flow::token::AccessClaims;

use crate::Doors;
use crate::extract::client_credentials::ClientForm;
use crate::extract::tenant::Tenant;
use crate::respond::oauth::{OauthError, private_json};

/// Why there is no answer.
enum IntrospectError {
    /// `token` is repeated or too long.
    Param(ParamRefusal),
    /// `token` is missing.
    Missing,
    /// The use case did not succeed.
    Flow(Error<IntrospectionRefusal>),
}

/// Says whether a token holds. `token_type_hint` is not needed to tell the kinds apart, and ignored.
pub async fn post(
    State(doors): State<Doors>,
    Tenant(pool): Tenant,
    form: Result<ClientForm, OauthError>,
) -> Response {
    let ClientForm { credentials, params } = match form {
        Ok(form) => form,
        Err(error) => return error.into_response(),
    };
    let said = async {
        let token = params.one("token").map_err(IntrospectError::Param)?.ok_or(IntrospectError::Missing)?;
        let token = Secret::new(token.to_owned());
        doors.flow.introspect(&pool, &credentials, &token).await.map_err(IntrospectError::Flow)
    };
    match said.await {
        Ok(introspection) => private_json(&IntrospectBody::from(introspection)),
        Err(error) => error.face(&credentials).into_response(),
    }
}

/// An answer (RFC 7662, section 2.2). A token that does not hold is that and nothing else.
#[derive(Serialize)]
#[serde(untagged)]
enum IntrospectBody {
    Inactive {
        active: bool,
    },
    Access {
        active: bool,
        token_type: &'static str,
        #[serde(flatten)]
        claims: Box<AccessClaims>,
    },
    Refresh {
        active: bool,
        #[serde(flatten)]
        claims: RefreshClaims,
    },
}

impl From<Introspection> for IntrospectBody {
    fn from(introspection: Introspection) -> Self {
        match introspection {
            Introspection::Inactive => Self::Inactive { active: false },
            Introspection::Access(claims) => Self::Access { active: true, token_type: "Bearer", claims },
            Introspection::Refresh(claims) => Self::Refresh { active: true, claims },
        }
    }
}

impl IntrospectError {
    fn face(self, credentials: &Credentials) -> OauthError {
        match self {
            Self::Param(refusal) => refusal.into(),
            Self::Missing => OauthError::missing("token"),
            Self::Flow(Error::Fault(fault)) => OauthError::fault(&fault),
            Self::Flow(Error::Refused(IntrospectionRefusal::Client(_))) => {
                OauthError::invalid_client(matches!(credentials.proof, ClientProof::Basic(_)))
            }
            Self::Flow(Error::Refused(refusal @ IntrospectionRefusal::PublicClient)) => {
                OauthError::new("unauthorized_client", refusal.to_string())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn body(introspection: Introspection) -> Value {
        serde_json::to_value(IntrospectBody::from(introspection)).unwrap()
    }

    #[test]
    fn a_token_that_does_not_hold_is_inactive_and_nothing_else() {
        assert_eq!(body(Introspection::Inactive), json!({ "active": false }));
    }

    #[test]
    fn an_access_token_is_told_with_all_it_says() {
        let claims = AccessClaims {
            iss: "https://id.example.com/acme".into(),
            aud: "https://id.example.com/acme".into(),
            sub: "user".into(),
            client_id: "shop".into(),
            jti: "grant.random".into(),
            iat: 1,
            exp: 2,
            scope: "openid".into(),
            auth_time: 0,
            acr: "urn:watchword:acr:1".into(),
            amr: vec!["otp".into()],
        };
        let expected = json!({
            "active": true,
            "token_type": "Bearer",
            "iss": "https://id.example.com/acme",
            "aud": "https://id.example.com/acme",
            "sub": "user",
            "client_id": "shop",
            "jti": "grant.random",
            "iat": 1,
            "exp": 2,
            "scope": "openid",
            "auth_time": 0,
            "acr": "urn:watchword:acr:1",
            "amr": ["otp"],
        });
        assert_eq!(body(Introspection::Access(Box::new(claims))), expected);
    }

    #[test]
    fn a_refresh_token_is_not_called_a_bearer_token() {
        let claims = RefreshClaims {
            iss: "https://id.example.com/acme".into(),
            sub: "user".into(),
            client_id: "shop".into(),
            scope: "openid offline_access".into(),
            iat: 1,
            exp: 2,
        };
        let expected = json!({
            "active": true,
            "iss": "https://id.example.com/acme",
            "sub": "user",
            "client_id": "shop",
            "scope": "openid offline_access",
            "iat": 1,
            "exp": 2,
        });
        assert_eq!(body(Introspection::Refresh(claims)), expected);
    }
}
