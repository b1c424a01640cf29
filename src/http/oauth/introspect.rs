//! `/introspect`: does this token hold? For confidential clients (RFC 7662).

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use watchword_domain::Secret;
use watchword_flow::authorize::ParamRefusal;
use watchword_flow::client_auth::{ClientProof, Credentials};
use watchword_flow::error::Error;
use watchword_flow::introspect::{Introspection, IntrospectionRefusal};

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
        Ok(introspection) => private_json(&body(introspection, &pool.issuer)),
        Err(error) => error.face(&credentials).into_response(),
    }
}

/// RFC 7662, section 2.2. A token that does not hold is that and nothing else.
fn body(introspection: Introspection, issuer: &str) -> Value {
    match introspection {
        Introspection::Inactive => json!({ "active": false }),
        Introspection::Access(claims) => {
            let mut body = json!(claims);
            body["active"] = true.into();
            body["token_type"] = "Bearer".into();
            body
        }
        Introspection::Refresh(claims) => json!({
            "active": true,
            "iss": issuer,
            "sub": claims.sub,
            "client_id": claims.client_id,
            "scope": claims.scopes.to_string(),
            "iat": claims.iat,
            "exp": claims.exp,
        }),
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
    use watchword_domain::scope::Scopes;
    use watchword_flow::introspect::RefreshClaims;

    #[test]
    fn a_token_that_does_not_hold_is_inactive_and_nothing_else() {
        assert_eq!(body(Introspection::Inactive, "https://id.example.com/acme"), json!({ "active": false }));
    }

    #[test]
    fn a_refresh_token_is_not_called_a_bearer_token() {
        let claims = RefreshClaims {
            client_id: "shop".into(),
            sub: "user".into(),
            scopes: Scopes::parse("openid offline_access"),
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
        assert_eq!(body(Introspection::Refresh(claims), "https://id.example.com/acme"), expected);
    }
}
