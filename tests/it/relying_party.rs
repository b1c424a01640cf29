//! The `openidconnect` crate as a client that knows nothing of us: discovery, sign-in, tokens, `/userinfo`, refresh and
//! sign-out as any relying party would do them.

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreIdTokenClaims, CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::{
    AccessToken, AccessTokenHash, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret,
    CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl,
    LogoutRequest, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl,
    ProviderMetadataWithLogout, RedirectUrl, Scope, TokenResponse, http,
};

use crate::on_each_database;
use crate::support::{Browser, CALLBACK, House, SIGNED_OUT, query_of, random_phone};

type Party = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A relying party that found its provider.
struct RelyingParty {
    client: Party,
    metadata: ProviderMetadataWithLogout,
    http: reqwest::Client,
}

/// Carries a request of the crate; the harness's client follows no redirect, as the crate asks.
async fn carry(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let answer = http.execute(request.try_into()?).await?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut response = http::Response::new(answer.bytes().await?.to_vec());
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

impl RelyingParty {
    async fn discover(house: &House) -> Self {
        let http = house.http.clone();
        let issuer = IssuerUrl::new(house.pool.issuer.clone()).unwrap();
        let carrier = |request| carry(http.clone(), request);
        let metadata = ProviderMetadataWithLogout::discover_async(issuer, &carrier).await.unwrap();
        let client = CoreClient::from_provider_metadata(
            metadata.clone(),
            ClientId::new(house.client_id.clone()),
            Some(ClientSecret::new(house.client_secret.clone())),
        );
        let client = client.set_redirect_uri(RedirectUrl::new(CALLBACK.to_owned()).unwrap());
        Self { client, metadata, http }
    }

    /// Sends a browser to sign in; the tokens, after every check the crate makes.
    async fn sign_in(&self, house: &House, browser: &Browser) -> (CoreTokenResponse, Nonce) {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = self
            .client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scopes(["profile", "phone", "offline_access"].map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(challenge)
            .url();
        let page = browser.get(url.as_str()).await;
        let phone = random_phone();
        let location = browser.type_phone(house, &page, &phone).await.location();
        let page = browser.page(house, &location).await;
        let code = house.code_to(&phone, 0).await;
        let answer = query_of(&browser.type_code(house, &page, &code).await.location());
        assert_eq!(&answer["state"], state.secret());
        assert_eq!(answer["iss"], self.metadata.issuer().as_str());
        (self.redeem(answer["code"].clone(), verifier).await, nonce)
    }

    async fn redeem(&self, code: String, verifier: PkceCodeVerifier) -> CoreTokenResponse {
        let carrier = |request| carry(self.http.clone(), request);
        let request = self.client.exchange_code(AuthorizationCode::new(code)).unwrap();
        request.set_pkce_verifier(verifier).request_async(&carrier).await.unwrap()
    }

    fn claims<'a>(
        &self,
        token: &'a CoreIdToken,
        nonce: &Nonce,
    ) -> Result<&'a CoreIdTokenClaims, ClaimsVerificationError> {
        token.claims(&self.client.id_token_verifier(), nonce)
    }

    async fn userinfo(&self, token: &AccessToken, claims: &CoreIdTokenClaims) -> CoreUserInfoClaims {
        let carrier = |request| carry(self.http.clone(), request);
        let request = self.client.user_info(token.clone(), Some(claims.subject().clone())).unwrap();
        request.request_async(&carrier).await.unwrap()
    }
}

/// Whether the ID token names this access token (OpenID Connect Core 1.0, section 3.1.3.8), as the crate computes it.
fn names(
    rp: &RelyingParty,
    id_token: &CoreIdToken,
    claims: &CoreIdTokenClaims,
    access: &AccessToken,
) -> bool {
    let verifier = rp.client.id_token_verifier();
    let hash = AccessTokenHash::from_token(
        access,
        id_token.signing_alg().unwrap(),
        id_token.signing_key(&verifier).unwrap(),
    );
    claims.access_token_hash() == Some(&hash.unwrap())
}

on_each_database! {
    fn an_unmodified_client_signs_somebody_in_from_discovery_to_userinfo(house) {
        let rp = RelyingParty::discover(&house).await;
        let (tokens, nonce) = rp.sign_in(&house, &house.browser()).await;
        let id_token = tokens.id_token().unwrap();
        let claims = rp.claims(id_token, &nonce).unwrap();
        assert!(names(&rp, id_token, claims, tokens.access_token()));
        assert!(claims.auth_time().is_some());
        assert_eq!(claims.phone_number(), None);
        let told = rp.userinfo(tokens.access_token(), claims).await;
        assert!(told.phone_number().unwrap().starts_with("+1415"));
        assert_eq!(told.phone_number_verified(), Some(true));
        assert_eq!(told.locale().map(|locale| locale.as_str()), Some("en"));
    }

    fn an_id_token_for_another_nonce_is_refused_by_the_client(house) {
        let rp = RelyingParty::discover(&house).await;
        let (tokens, _) = rp.sign_in(&house, &house.browser()).await;
        let refusal = rp.claims(tokens.id_token().unwrap(), &Nonce::new_random()).unwrap_err();
        assert!(matches!(refusal, ClaimsVerificationError::InvalidNonce(_)), "{refusal}");
    }

    fn an_unmodified_client_refreshes_its_tokens(house) {
        let rp = RelyingParty::discover(&house).await;
        let (tokens, nonce) = rp.sign_in(&house, &house.browser()).await;
        let carrier = |request| carry(rp.http.clone(), request);
        let request = rp.client.exchange_refresh_token(tokens.refresh_token().unwrap()).unwrap();
        let fresh = request.request_async(&carrier).await.unwrap();
        assert_ne!(fresh.access_token().secret(), tokens.access_token().secret());
        let old = rp.claims(tokens.id_token().unwrap(), &nonce).unwrap();
        // A refreshed ID token has no nonce, and need not have one (OpenID Connect Core 1.0, section 12.2).
        let verifier = rp.client.id_token_verifier();
        let new = fresh.id_token().unwrap().claims(&verifier, |_: Option<&Nonce>| Ok(())).unwrap();
        assert_eq!((new.subject(), new.auth_time()), (old.subject(), old.auth_time()));
        assert!(names(&rp, fresh.id_token().unwrap(), new, fresh.access_token()));
        rp.userinfo(fresh.access_token(), new).await;
    }

    fn an_unmodified_client_signs_somebody_out(house) {
        let rp = RelyingParty::discover(&house).await;
        let browser = house.browser();
        let (tokens, _) = rp.sign_in(&house, &browser).await;
        let endpoint = rp.metadata.additional_metadata().end_session_endpoint.clone().unwrap();
        let url = LogoutRequest::from(endpoint)
            .set_id_token_hint(tokens.id_token().unwrap())
            .set_client_id(ClientId::new(house.client_id.clone()))
            .set_post_logout_redirect_uri(PostLogoutRedirectUrl::new(SIGNED_OUT.to_owned()).unwrap())
            .set_state(CsrfToken::new("out".to_owned()))
            .http_get_url();
        let location = browser.get(url.as_str()).await.location();
        assert!(location.starts_with(SIGNED_OUT), "{location}");
        assert_eq!(query_of(&location)["state"], "out");
        assert_eq!(browser.open(&house).await.status, 200, "the sign-in page asks again");
    }
}
