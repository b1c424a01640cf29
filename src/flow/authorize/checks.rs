//! The checks of an authorization request, in the one order they are made.

use serde_json::Value;
use std::sync::Arc;

use watchword_domain::client::Client;
use watchword_domain::ids::ClientId;
use watchword_domain::pool::Pool;
use watchword_domain::request::{AuthorizationRequest, LoginHint, Prompt, ResponseMode, is_pkce_value};
use watchword_domain::scope::{Scope, Scopes};

use super::PageRefusal;
use super::answer::{AuthorizationError, ErrorCode, Target};
use super::params::{ParamRefusal, Params};
use crate::Watchword;
use crate::directory::ClientEntry;
use crate::error::{Error, Outcome};
use crate::keys::{PoolKeys, TokenKind};

impl Watchword {
    /// The client that asks. Errors before this point, and before its redirect URI is proven, stay on our page.
    pub(super) async fn identify_client(
        &self,
        pool: &Pool,
        params: &Params,
    ) -> Outcome<Arc<ClientEntry>, PageRefusal> {
        let id = params.one("client_id").map_err(|_| Error::Refused(PageRefusal::Repeated))?;
        let id = id.ok_or(Error::Refused(PageRefusal::UnknownClient))?;
        let entry = self.client(&pool.id, &ClientId::from(id)).await?;
        entry.ok_or(Error::Refused(PageRefusal::UnknownClient))
    }
}

/// Where answers go: a redirect URI registered for this client, to the letter.
pub(super) fn target(
    pool: &Pool,
    entry: &ClientEntry,
    params: &Params,
) -> Result<Target, Error<PageRefusal>> {
    let uri = params.one("redirect_uri").map_err(|_| Error::Refused(PageRefusal::Repeated))?;
    let uri = uri.filter(|uri| entry.client.allows_redirect(uri));
    let redirect_uri = uri.ok_or(Error::Refused(PageRefusal::RedirectUri))?.to_owned();
    // What cannot be read is reported by the checks below; until then the answer travels the default way.
    let mode = params.one("response_mode").ok().flatten().and_then(response_mode);
    let state = params.one("state").ok().flatten().map(str::to_owned);
    let mode = mode.unwrap_or(ResponseMode::Query);
    Ok(Target { issuer: pool.issuer.clone(), redirect_uri, mode, state })
}

fn response_mode(name: &str) -> Option<ResponseMode> {
    match name {
        "query" => Some(ResponseMode::Query),
        "form_post" => Some(ResponseMode::FormPost),
        _ => None,
    }
}

/// What a check looks at.
struct Case<'a> {
    pool: &'a Pool,
    client: &'a Client,
    keys: &'a PoolKeys,
    params: &'a Params,
}

type Check = fn(&Case<'_>, &mut AuthorizationRequest) -> Result<(), AuthorizationError>;

/// The order, on one screen.
const CHECKS: [Check; 10] = [
    nothing_unsupported,
    people_sign_in_here,
    response_type,
    response_mode_known,
    scope,
    pkce,
    prompt,
    max_age,
    values_for_the_client,
    expected_subject,
];

/// Checks a request of a proven client.
pub(super) fn check(
    pool: &Pool,
    entry: &ClientEntry,
    keys: &PoolKeys,
    params: &Params,
    target: &Target,
) -> Result<AuthorizationRequest, AuthorizationError> {
    let case = Case { pool, client: &entry.client, keys, params };
    let mut request = AuthorizationRequest {
        client_id: entry.client.id.clone(),
        redirect_uri: target.redirect_uri.clone(),
        response_mode: target.mode,
        scopes: Scopes::default(),
        state: target.state.clone(),
        nonce: None,
        code_challenge: None,
        prompt: Prompt::Auto,
        max_age: None,
        login_hint: None,
        ui_locales: None,
        expected_sub: None,
    };
    CHECKS.iter().try_for_each(|check| check(&case, &mut request))?;
    Ok(request)
}

fn invalid(description: impl Into<String>) -> AuthorizationError {
    AuthorizationError::new(ErrorCode::InvalidRequest, description)
}

impl Case<'_> {
    fn one(&self, name: &'static str) -> Result<Option<&str>, AuthorizationError> {
        self.params.one(name).map_err(|refusal| match refusal {
            ParamRefusal::Repeated(name) => invalid(format!("{name} is given more than once")),
            ParamRefusal::TooLong(name) => invalid(format!("{name} is too long")),
        })
    }

    fn owned(&self, name: &'static str) -> Result<Option<String>, AuthorizationError> {
        Ok(self.one(name)?.map(str::to_owned))
    }
}

fn nothing_unsupported(case: &Case<'_>, _: &mut AuthorizationRequest) -> Result<(), AuthorizationError> {
    for (name, code) in [
        ("request", ErrorCode::RequestNotSupported),
        ("request_uri", ErrorCode::RequestUriNotSupported),
        ("registration", ErrorCode::RegistrationNotSupported),
    ] {
        if case.one(name)?.is_some() {
            return Err(AuthorizationError::new(
                code,
                format!("{name} is not supported; send plain parameters"),
            ));
        }
    }
    Ok(())
}

fn people_sign_in_here(case: &Case<'_>, _: &mut AuthorizationRequest) -> Result<(), AuthorizationError> {
    if case.client.signs_people_in() {
        return Ok(());
    }
    Err(AuthorizationError::new(ErrorCode::UnauthorizedClient, "a machine client has nobody to sign in"))
}

fn response_type(case: &Case<'_>, _: &mut AuthorizationRequest) -> Result<(), AuthorizationError> {
    match case.one("response_type")? {
        Some("code") => Ok(()),
        Some(_) => {
            Err(AuthorizationError::new(ErrorCode::UnsupportedResponseType, "the only response_type is code"))
        }
        None => Err(invalid("response_type is missing; use code")),
    }
}

fn response_mode_known(case: &Case<'_>, _: &mut AuthorizationRequest) -> Result<(), AuthorizationError> {
    match case.one("response_mode")? {
        Some(name) if response_mode(name).is_none() => Err(invalid("response_mode is query or form_post")),
        _ => Ok(()),
    }
}

fn scope(case: &Case<'_>, request: &mut AuthorizationRequest) -> Result<(), AuthorizationError> {
    request.scopes = Scopes::parse(case.one("scope")?.unwrap_or_default());
    if request.scopes.has(Scope::Openid) {
        return Ok(());
    }
    Err(AuthorizationError::new(ErrorCode::InvalidScope, "scope must contain openid"))
}

/// RFC 7636, sections 4.3 and 4.4.1, and RFC 9700, section 2.1.1: S256 only, and no public client without it.
fn pkce(case: &Case<'_>, request: &mut AuthorizationRequest) -> Result<(), AuthorizationError> {
    let challenge = case.owned("code_challenge")?;
    let method = case.one("code_challenge_method")?;
    match (&challenge, method) {
        (None, None) if case.client.is_confidential() => {}
        (None, None) => {
            return Err(invalid("code_challenge is missing; a public client must use PKCE with S256"));
        }
        (None, Some(_)) => return Err(invalid("code_challenge_method is given without code_challenge")),
        (Some(_), Some("S256")) => {}
        (Some(_), _) => return Err(invalid("code_challenge_method must be S256")),
    }
    if challenge.as_deref().is_some_and(|value| !is_pkce_value(value) || value.len() != 43) {
        return Err(invalid("code_challenge must be the base64url of a SHA-256 hash, 43 characters"));
    }
    request.code_challenge = challenge;
    Ok(())
}

fn prompt(case: &Case<'_>, request: &mut AuthorizationRequest) -> Result<(), AuthorizationError> {
    request.prompt = match case.one("prompt")? {
        Some(text) => text.parse().map_err(|error| invalid(format!("{error}")))?,
        None => Prompt::Auto,
    };
    Ok(())
}

fn max_age(case: &Case<'_>, request: &mut AuthorizationRequest) -> Result<(), AuthorizationError> {
    let seconds = case.one("max_age")?.map(str::parse::<u64>).transpose();
    request.max_age = seconds.map_err(|_| invalid("max_age must be a whole number of seconds"))?;
    Ok(())
}

fn values_for_the_client(
    case: &Case<'_>,
    request: &mut AuthorizationRequest,
) -> Result<(), AuthorizationError> {
    case.one("state")?;
    request.nonce = case.owned("nonce")?;
    request.login_hint = case.one("login_hint")?.map(LoginHint::from);
    request.ui_locales = case.owned("ui_locales")?;
    // Accepted without effect here; a repeated one is an error all the same (Core, section 3.1.2.1).
    for name in ["display", "claims_locales", "acr_values"] {
        case.one(name)?;
    }
    Ok(())
}

/// A subject the client expects: nobody else may be answered with (Core, sections 3.1.2.1 and 5.5.1).
fn expected_subject(case: &Case<'_>, request: &mut AuthorizationRequest) -> Result<(), AuthorizationError> {
    let hinted = match case.one("id_token_hint")? {
        Some(token) => Some(hinted_subject(case, token)?),
        None => None,
    };
    let claimed = match case.one("claims")? {
        Some(text) => claimed_subject(text)?,
        None => None,
    };
    if hinted.is_some() && claimed.is_some() && hinted != claimed {
        return Err(invalid("id_token_hint and claims name different subjects"));
    }
    request.expected_sub = hinted.or(claimed);
    Ok(())
}

/// The subject of an ID token of ours. It may have expired; it may have been issued to another client of the pool.
fn hinted_subject(case: &Case<'_>, token: &str) -> Result<String, AuthorizationError> {
    let claims = case.keys.verify(TokenKind::Id, token);
    let ours = claims.filter(|claims| claims.get("iss").and_then(Value::as_str) == Some(&case.pool.issuer));
    let subject = ours.and_then(|claims| claims.get("sub").and_then(Value::as_str).map(str::to_owned));
    subject.ok_or_else(|| invalid("id_token_hint is no ID token of this issuer"))
}

fn claimed_subject(text: &str) -> Result<Option<String>, AuthorizationError> {
    let claims: Value = serde_json::from_str(text).map_err(|_| invalid("claims is not JSON"))?;
    if !claims.is_object() {
        return Err(invalid("claims must be a JSON object"));
    }
    let mut named: Option<String> = None;
    for place in ["/id_token/sub", "/userinfo/sub"] {
        let value = match claims.pointer(place) {
            None | Some(Value::Null) => continue,
            Some(Value::Object(sub)) if sub.contains_key("value") || sub.contains_key("values") => sub
                .get("value")
                .and_then(Value::as_str)
                .ok_or_else(|| invalid("claims may ask for one sub, by value"))?,
            Some(_) => continue,
        };
        if named.as_deref().is_some_and(|known| known != value) {
            return Err(invalid("claims names different subjects"));
        }
        named = Some(value.to_owned());
    }
    Ok(named)
}
