//! What discovery tells about the provider: its endpoints, its keys and what it promises.
//!
//! Owns the shape of the discovery document. Knows nothing of browsers, sessions or pages.

use std::time::Duration;

use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClient, CoreClientAuthMethod, CoreGrantType,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode,
    CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{
    AdditionalProviderMetadata, ClientId, ClientSecret, DiscoveryError, EndSessionUrl, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IssuerUrl, ProviderMetadata, RedirectUrl, RevocationUrl,
};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::transport::{Transport, TransportFault};

/// Pauses before discovery is tried again: a provider that is just starting answers within a moment.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(600)];

/// What the crate does not read from the discovery document by itself.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct MoreMetadata {
    /// Where a browser goes to sign out (RP-Initiated Logout 1.0 §2.1).
    pub end_session_endpoint: Option<EndSessionUrl>,
    /// Where a token is given back (RFC 7009).
    pub revocation_endpoint: Option<RevocationUrl>,
    /// Whether every authorization response names its issuer (RFC 9207 §3).
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for MoreMetadata {}

type Metadata = ProviderMetadata<
    MoreMetadata,
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

/// The crate's client once discovery has filled it: the authorization endpoint is known, the token and
/// userinfo endpoints may be.
type RelyingParty = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// How this portal is registered with the provider.
#[derive(Clone)]
pub struct Registration {
    /// The provider, exactly as its tokens write it.
    pub issuer: IssuerUrl,
    /// The client ID.
    pub client_id: ClientId,
    /// The client secret; none for a public client.
    pub client_secret: Option<ClientSecret>,
    /// Where the browser comes back to.
    pub redirect_uri: RedirectUrl,
}

/// A discovered provider.
pub struct Provider {
    /// Makes the requests and checks the tokens.
    pub relying_party: RelyingParty,
    /// Endpoints and promises beyond the core.
    pub more: MoreMetadata,
}

impl Provider {
    /// Reads the discovery document and the keys (OpenID Connect Discovery 1.0 §4), trying again when the
    /// provider does not answer.
    pub async fn discover(registration: &Registration, http: &Transport) -> Result<Self, Failure> {
        for pause in PAUSES {
            match Self::discover_once(registration, http).await {
                Err(Failure::ProviderAway) => tokio::time::sleep(pause).await,
                settled => return settled,
            }
        }
        Self::discover_once(registration, http).await
    }

    async fn discover_once(registration: &Registration, http: &Transport) -> Result<Self, Failure> {
        let metadata = Metadata::discover_async(registration.issuer.clone(), http)
            .await
            .map_err(|error| refuse_discovery(&error))?;
        let more = metadata.additional_metadata().clone();
        let relying_party = CoreClient::from_provider_metadata(
            metadata,
            registration.client_id.clone(),
            registration.client_secret.clone(),
        )
        .set_redirect_uri(registration.redirect_uri.clone());
        Ok(Self { relying_party, more })
    }
}

fn refuse_discovery(error: &DiscoveryError<TransportFault>) -> Failure {
    tracing::warn!(%error, "discovery failed");
    match error {
        DiscoveryError::Request(_) => Failure::ProviderAway,
        _ => Failure::ProviderUnusable("discovery"),
    }
}
