//! The provider of the tests: discovery, keys, token, userinfo, revocation. It checks what a portal owes a
//! provider (client authentication, PKCE, redirect URI) and lies only where a test tells it to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sha::sha256;
use openssl::sign::Signer;
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use super::{CLIENT_ID, CLIENT_SECRET, PUBLIC_URL};

type Fields = HashMap<String, String>;

/// What the provider does, and what it has seen.
pub struct Script {
    /// Answers 503 to everything.
    pub away: bool,
    /// Last change to the claims of every ID token.
    pub twist: fn(&mut Value),
    /// Signs with a key that is not published.
    pub forge: bool,
    /// What `/userinfo` says.
    pub userinfo: Value,
    /// Whether refresh tokens are taken.
    pub refreshes: bool,
    /// Refresh tokens that were given back.
    pub revoked: Vec<String>,
    /// How many tokens were given out; each answer's tokens carry their number.
    pub issued: u32,
    key: SigningKey,
    codes: HashMap<String, Fields>,
    nonce: Option<String>,
}

#[derive(Clone)]
struct SigningKey {
    id: String,
    key: PKey<Private>,
}

pub struct Provider {
    pub issuer: String,
    script: Arc<Mutex<Script>>,
}

#[derive(Clone)]
struct Served {
    issuer: String,
    script: Arc<Mutex<Script>>,
}

impl Served {
    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap()
    }
}

impl Provider {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}/acme", listener.local_addr().unwrap());
        let script = Arc::new(Mutex::new(Script {
            away: false,
            twist: |_| {},
            forge: false,
            userinfo: json!({ "sub": "user-1", "phone_number": "+919876543210", "favourite_stall": "bread" }),
            refreshes: true,
            revoked: vec![],
            issued: 0,
            key: new_key("first"),
            codes: HashMap::new(),
            nonce: None,
        }));
        let served = Served { issuer: issuer.clone(), script: Arc::clone(&script) };
        tokio::spawn(async move { axum::serve(listener, router(served)).await });
        Self { issuer, script }
    }

    pub fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap()
    }

    /// Signs with a new key from now on.
    pub fn rotate_key(&self) {
        self.script().key = new_key("second");
    }

    /// The person signs in: the answer to an authorization request, as a path of the portal.
    pub fn approve(&self, request: &Url) -> String {
        let fields: Fields = request.query_pairs().into_owned().collect();
        assert_eq!(fields["response_type"], "code");
        assert_eq!(fields["client_id"], CLIENT_ID);
        assert_eq!(fields["redirect_uri"], format!("{PUBLIC_URL}/callback"));
        assert_eq!(fields["code_challenge_method"], "S256");
        assert_eq!(fields["scope"], "openid profile phone offline_access");
        let mut answer = Url::parse(&fields["redirect_uri"]).unwrap();
        answer
            .query_pairs_mut()
            .append_pair("code", "code-1")
            .append_pair("state", &fields["state"])
            .append_pair("iss", &self.issuer);
        self.script().codes.insert("code-1".into(), fields);
        format!("{}?{}", answer.path(), answer.query().unwrap())
    }
}

fn router(served: Served) -> Router {
    Router::new()
        .route("/acme/.well-known/openid-configuration", get(discovery))
        .route("/acme/jwks", get(jwks))
        .route("/acme/token", post(token))
        .route("/acme/userinfo", get(userinfo))
        .route("/acme/revoke", post(revoke))
        .with_state(served)
}

async fn discovery(State(served): State<Served>) -> Response {
    if served.script().away {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let issuer = &served.issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/jwks"),
        "end_session_endpoint": format!("{issuer}/end-session"),
        "revocation_endpoint": format!("{issuer}/revoke"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "authorization_response_iss_parameter_supported": true,
    }))
    .into_response()
}

async fn jwks(State(served): State<Served>) -> Json<Value> {
    let SigningKey { id, key } = served.script().key.clone();
    let rsa = key.rsa().unwrap();
    let number = |number: &openssl::bn::BigNumRef| URL_SAFE_NO_PAD.encode(number.to_vec());
    Json(json!({ "keys": [{
        "kty": "RSA", "use": "sig", "alg": "RS256", "kid": id, "n": number(rsa.n()), "e": number(rsa.e()),
    }] }))
}

async fn token(State(served): State<Served>, headers: HeaderMap, Form(form): Form<Fields>) -> Response {
    if !knows_client(&headers) {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "error": "invalid_client" }))).into_response();
    }
    let mut script = served.script();
    let granted = match form["grant_type"].as_str() {
        "authorization_code" => script.codes.remove(&form["code"]).is_some_and(|request| {
            script.nonce = Some(request["nonce"].clone());
            URL_SAFE_NO_PAD.encode(sha256(form["code_verifier"].as_bytes())) == request["code_challenge"]
                && form["redirect_uri"] == request["redirect_uri"]
        }),
        "refresh_token" => script.refreshes && form["refresh_token"] == format!("refresh-{}", script.issued),
        _ => false,
    };
    if !granted {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
    }
    script.issued += 1;
    let issued = script.issued;
    let access_token = format!("access-{issued}");
    Json(json!({
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": 3600,
        "refresh_token": format!("refresh-{issued}"),
        "scope": "openid profile phone offline_access",
        "id_token": id_token(&served.issuer, &script, &access_token),
    }))
    .into_response()
}

async fn userinfo(State(served): State<Served>, headers: HeaderMap) -> Response {
    let script = served.script();
    match headers.get(header::AUTHORIZATION) {
        Some(token) if token == &format!("Bearer access-{}", script.issued) => {
            Json(script.userinfo.clone()).into_response()
        }
        _ => StatusCode::UNAUTHORIZED.into_response(),
    }
}

async fn revoke(State(served): State<Served>, headers: HeaderMap, Form(form): Form<Fields>) -> StatusCode {
    assert!(knows_client(&headers));
    served.script().revoked.push(form["token"].clone());
    StatusCode::OK
}

/// `client_secret_basic` as RFC 6749 §2.3.1 wants it: each half form-encoded, then joined, then Base64.
fn knows_client(headers: &HeaderMap) -> bool {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let expected = STANDARD.encode(format!("{}:{}", encode(CLIENT_ID), encode(CLIENT_SECRET)));
    headers.get(header::AUTHORIZATION).is_some_and(|sent| sent == &format!("Basic {expected}"))
}

#[expect(clippy::disallowed_methods, reason = "the portal reads the real clock, so its tokens must too")]
fn id_token(issuer: &str, script: &Script, access_token: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let mut claims = json!({
        "iss": issuer, "sub": "user-1", "aud": CLIENT_ID, "iat": now, "exp": now + 3600,
        "auth_time": 1_700_000_000,
        "nonce": script.nonce, "acr": "urn:watchword:acr:1", "amr": ["otp", "whatsapp"], "sid": "session-1",
        "at_hash": URL_SAFE_NO_PAD.encode(&sha256(access_token.as_bytes())[..16]),
        "phone_number": "+919876543210", "phone_number_verified": true, "generation": script.issued,
    });
    (script.twist)(&mut claims);
    let key = if script.forge { new_key(&script.key.id) } else { script.key.clone() };
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let input =
        format!("{}.{}", encode(&json!({ "alg": "RS256", "kid": key.id, "typ": "JWT" })), encode(&claims));
    let mut signer = Signer::new(MessageDigest::sha256(), &key.key).unwrap();
    let signature = signer.sign_oneshot_to_vec(input.as_bytes()).unwrap();
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn new_key(id: &str) -> SigningKey {
    SigningKey { id: id.into(), key: PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap() }
}
