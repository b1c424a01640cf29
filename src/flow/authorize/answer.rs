//! What goes back to the client: a code, or an error, always with `state` and `iss` (RFC 9207, section 2).

use watchword_domain::Secret;
use watchword_domain::pool::Pool;
use watchword_domain::request::{AuthorizationRequest, ResponseMode};

/// An authorization response, success or error. It exists only once client and redirect URI are proven.
#[derive(Clone)]
pub struct AuthorizationResponse {
    /// Where it goes.
    pub redirect_uri: String,
    /// How it travels.
    pub mode: ResponseMode,
    /// The parameters; `code` among them is a secret.
    pub params: Vec<(&'static str, String)>,
}

/// The error codes of an authorization response (RFC 6749, section 4.1.2.1; OpenID Connect Core 1.0, section 3.1.2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    /// Malformed.
    InvalidRequest,
    /// This client may not do that.
    UnauthorizedClient,
    /// Not `code`.
    UnsupportedResponseType,
    /// No `openid` among the scopes.
    InvalidScope,
    /// `prompt=none`, and nobody is signed in well enough.
    LoginRequired,
    /// `prompt=none` from an application that a session alone does not answer.
    InteractionRequired,
    /// The browser was answered too often.
    TemporarilyUnavailable,
    /// Request objects are not read.
    RequestNotSupported,
    /// Request objects by reference are not read.
    RequestUriNotSupported,
    /// Registration inside a request is not read.
    RegistrationNotSupported,
}

impl ErrorCode {
    /// The code on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::LoginRequired => "login_required",
            Self::InteractionRequired => "interaction_required",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::RegistrationNotSupported => "registration_not_supported",
        }
    }
}

/// An error the client may know of, with a sentence for its developer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationError {
    /// The code.
    pub code: ErrorCode,
    /// What is wrong and what to do, in the characters RFC 6749 allows.
    pub description: String,
}

impl AuthorizationError {
    pub(crate) fn new(code: ErrorCode, description: impl Into<String>) -> Self {
        Self { code, description: description.into() }
    }
}

/// Where answers to a request go, once client and redirect URI are proven.
pub(crate) struct Target {
    pub issuer: String,
    pub redirect_uri: String,
    pub mode: ResponseMode,
    pub state: Option<String>,
}

impl Target {
    /// Where answers to a checked request go.
    pub(crate) fn of(pool: &Pool, request: &AuthorizationRequest) -> Self {
        Self {
            issuer: pool.issuer.clone(),
            redirect_uri: request.redirect_uri.clone(),
            mode: request.response_mode,
            state: request.state.clone(),
        }
    }

    /// An error response.
    pub(crate) fn refuse(&self, error: AuthorizationError) -> AuthorizationResponse {
        let code = error.code.name().to_owned();
        self.respond(vec![("error", code), ("error_description", error.description)])
    }

    fn respond(&self, mut params: Vec<(&'static str, String)>) -> AuthorizationResponse {
        params.extend(self.state.clone().map(|state| ("state", state)));
        params.push(("iss", self.issuer.clone()));
        AuthorizationResponse { redirect_uri: self.redirect_uri.clone(), mode: self.mode, params }
    }
}

impl AuthorizationResponse {
    pub(crate) fn code(pool: &Pool, request: &AuthorizationRequest, code: &Secret<String>) -> Self {
        Target::of(pool, request).respond(vec![("code", code.expose().clone())])
    }

    /// An error response to a checked request.
    pub(crate) fn error(pool: &Pool, request: &AuthorizationRequest, error: AuthorizationError) -> Self {
        Target::of(pool, request).refuse(error)
    }
}
