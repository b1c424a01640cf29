//! `/.well-known/openid-configuration` and `/.well-known/oauth-authorization-server`: what a client needs to know of a
//! pool (OpenID Connect Discovery 1.0, section 3; RFC 8414, section 2). One document serves both.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm,
    CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{
    AdditionalProviderMetadata, AuthUrl, AuthenticationContextClass, IssuerUrl, JsonWebKeySetUrl,
    LanguageTag, ProviderMetadata, ResponseTypes, Scope as ScopeName, TokenUrl, UserInfoUrl,
};
use serde::{Deserialize, Serialize};
use watchword_domain::Language;
use watchword_domain::pool::Pool;
use watchword_domain::scope::Scope;
use watchword_flow::keys::PoolKeys;

use crate::Doors;
use crate::extract::tenant::Tenant;
use crate::paths;
use crate::respond::cors::preflight;
use crate::respond::document::Shelf;
use crate::respond::oauth::OauthError;

/// The public documents of the pools.
#[derive(Default)]
pub struct Documents {
    /// Their metadata.
    pub metadata: Shelf<Pool>,
    /// Their keys.
    pub keys: Shelf<PoolKeys>,
}

/// Shows the metadata.
pub async fn get(State(doors): State<Doors>, Tenant(pool): Tenant, headers: HeaderMap) -> Response {
    match doors.documents.metadata.document(&pool.id, &pool, write) {
        Ok(document) => document.respond(&headers),
        Err(error) => {
            tracing::error!(%error, "the metadata cannot be written");
            OauthError::internal().into_response()
        }
    }
}

/// May a page call this?
pub async fn options() -> Response {
    preflight("GET")
}

type Metadata = ProviderMetadata<
    Beyond,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// What is registered for metadata beyond OpenID Connect Discovery.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Beyond {
    /// RFC 7009, by way of RFC 8414.
    revocation_endpoint: String,
    revocation_endpoint_auth_methods_supported: Vec<CoreClientAuthMethod>,
    /// RFC 7662, by way of RFC 8414.
    introspection_endpoint: String,
    introspection_endpoint_auth_methods_supported: Vec<CoreClientAuthMethod>,
    /// RP-Initiated Logout 1.0, section 2.1.
    end_session_endpoint: String,
    /// RFC 7636, by way of RFC 8414.
    code_challenge_methods_supported: Vec<String>,
    /// RFC 9207, section 3.
    authorization_response_iss_parameter_supported: bool,
    /// Initiating User Registration via OpenID Connect 1.0, section 3.
    prompt_values_supported: Vec<String>,
}

impl AdditionalProviderMetadata for Beyond {}

/// Every claim that ID tokens or `/userinfo` may carry.
const CLAIMS: [&str; 16] = [
    "sub",
    "iss",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "sid",
    "at_hash",
    "name",
    "locale",
    "updated_at",
    "phone_number",
    "phone_number_verified",
];

/// The one level there is today; `domain/session.rs` gives it.
const ONE_FACTOR: &str = "urn:watchword:acr:1";

const PROMPTS: [&str; 4] = ["none", "login", "consent", "select_account"];

/// Why metadata cannot be written: an issuer that is no URL, which no pool has.
#[derive(Debug, thiserror::Error)]
enum MetadataFault {
    #[error(transparent)]
    Url(#[from] url::ParseError),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

fn write(pool: &Pool) -> Result<String, MetadataFault> {
    Ok(serde_json::to_string(&metadata(pool)?)?)
}

fn metadata(pool: &Pool) -> Result<Metadata, url::ParseError> {
    let at = |path: &str| format!("{}{path}", pool.issuer);
    let tags = Language::ALL.map(|language| LanguageTag::new(language.tag().to_owned()));
    let metadata = Metadata::new(
        IssuerUrl::new(pool.issuer.clone())?,
        AuthUrl::new(at(paths::AUTHORIZE))?,
        JsonWebKeySetUrl::new(at(paths::JWKS))?,
        vec![ResponseTypes::new(vec![CoreResponseType::Code])],
        vec![CoreSubjectIdentifierType::Public],
        vec![CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256],
        beyond(pool),
    );
    Ok(metadata
        .set_token_endpoint(Some(TokenUrl::new(at(paths::TOKEN))?))
        .set_userinfo_endpoint(Some(UserInfoUrl::new(at(paths::USERINFO))?))
        .set_scopes_supported(Some(Scope::ALL.map(|scope| ScopeName::new(scope.name().to_owned())).into()))
        .set_response_modes_supported(Some(vec![CoreResponseMode::Query, CoreResponseMode::FormPost]))
        .set_grant_types_supported(Some(vec![CoreGrantType::AuthorizationCode, CoreGrantType::RefreshToken]))
        .set_token_endpoint_auth_methods_supported(Some(every_method()))
        .set_acr_values_supported(Some(vec![AuthenticationContextClass::new(ONE_FACTOR.to_owned())]))
        .set_display_values_supported(Some(vec![CoreAuthDisplay::Page]))
        .set_claim_types_supported(Some(vec![CoreClaimType::Normal]))
        .set_claims_supported(Some(CLAIMS.map(|claim| CoreClaimName::new(claim.to_owned())).into()))
        .set_ui_locales_supported(Some(tags.into()))
        .set_claims_parameter_supported(Some(false))
        .set_request_parameter_supported(Some(false))
        .set_request_uri_parameter_supported(Some(false)))
}

fn beyond(pool: &Pool) -> Beyond {
    let at = |path: &str| format!("{}{path}", pool.issuer);
    let with_secret = vec![CoreClientAuthMethod::ClientSecretBasic, CoreClientAuthMethod::ClientSecretPost];
    Beyond {
        revocation_endpoint: at(paths::REVOKE),
        revocation_endpoint_auth_methods_supported: every_method(),
        introspection_endpoint: at(paths::INTROSPECT),
        introspection_endpoint_auth_methods_supported: with_secret,
        end_session_endpoint: at(paths::END_SESSION),
        code_challenge_methods_supported: vec!["S256".to_owned()],
        authorization_response_iss_parameter_supported: true,
        prompt_values_supported: PROMPTS.map(str::to_owned).into(),
    }
}

fn every_method() -> Vec<CoreClientAuthMethod> {
    vec![
        CoreClientAuthMethod::ClientSecretBasic,
        CoreClientAuthMethod::ClientSecretPost,
        CoreClientAuthMethod::None,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use openidconnect::core::CoreProviderMetadata;
    use serde_json::{Value, json};
    use watchword_domain::pool::PoolSettings;

    const ISSUER: &str = "https://id.example.com/acme";

    fn pool() -> Pool {
        Pool {
            id: "local_000000000".into(),
            name: "Acme".into(),
            domain: "acme".into(),
            issuer: ISSUER.into(),
            settings: PoolSettings::default(),
            created_at: watchword_domain::Timestamp::from_seconds(0),
        }
    }

    fn written() -> Value {
        serde_json::from_str(&write(&pool()).unwrap()).unwrap()
    }

    #[test]
    fn metadata_names_the_issuer_to_the_letter_and_every_endpoint_below_it() {
        let metadata = written();
        assert_eq!(metadata["issuer"], ISSUER);
        for (name, path) in [
            ("authorization_endpoint", "/authorize"),
            ("token_endpoint", "/token"),
            ("userinfo_endpoint", "/userinfo"),
            ("jwks_uri", "/jwks"),
            ("revocation_endpoint", "/revoke"),
            ("introspection_endpoint", "/introspect"),
            ("end_session_endpoint", "/end-session"),
        ] {
            assert_eq!(metadata[name], format!("{ISSUER}{path}"), "{name}");
        }
    }

    #[test]
    fn metadata_promises_what_is_kept_and_no_more() {
        let metadata = written();
        for (name, expected) in [
            ("response_types_supported", json!(["code"])),
            ("response_modes_supported", json!(["query", "form_post"])),
            ("grant_types_supported", json!(["authorization_code", "refresh_token"])),
            ("subject_types_supported", json!(["public"])),
            ("id_token_signing_alg_values_supported", json!(["RS256"])),
            ("code_challenge_methods_supported", json!(["S256"])),
            (
                "token_endpoint_auth_methods_supported",
                json!(["client_secret_basic", "client_secret_post", "none"]),
            ),
            (
                "introspection_endpoint_auth_methods_supported",
                json!(["client_secret_basic", "client_secret_post"]),
            ),
            ("scopes_supported", json!(["openid", "profile", "phone", "offline_access"])),
            ("acr_values_supported", json!(["urn:watchword:acr:1"])),
            ("ui_locales_supported", json!(["en", "es", "pt", "id", "hi", "ar"])),
            ("prompt_values_supported", json!(["none", "login", "consent", "select_account"])),
            ("authorization_response_iss_parameter_supported", json!(true)),
            ("request_parameter_supported", json!(false)),
            ("request_uri_parameter_supported", json!(false)),
            ("claims_parameter_supported", json!(false)),
        ] {
            assert_eq!(metadata[name], expected, "{name}");
        }
        assert_eq!(metadata.get("registration_endpoint"), None);
    }

    #[test]
    fn a_relying_party_reads_the_metadata() {
        let read: CoreProviderMetadata = serde_json::from_value(written()).unwrap();
        assert_eq!(read.issuer().as_str(), ISSUER);
        assert_eq!(read.token_endpoint().unwrap().as_str(), "https://id.example.com/acme/token");
    }
}
