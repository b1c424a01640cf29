//! The way back to the beginning of a sign-in.

use watchword_domain::pool::Pool;
use watchword_domain::request::{AuthorizationRequest, Prompt, ResponseMode};

use crate::paths;

/// The address that asks for the same again, without the number the client hinted at: none stands in an address of ours.
/// None when the client named whom it expects: that came by a token, and without it somebody else could answer.
pub fn restart_url(pool: &Pool, request: &AuthorizationRequest) -> Option<String> {
    if request.expected_sub.is_some() {
        return None;
    }
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("response_type", "code")
        .append_pair("client_id", request.client_id.as_str())
        .append_pair("redirect_uri", &request.redirect_uri)
        .append_pair("scope", &request.scopes.to_string());
    let optional =
        [("state", &request.state), ("nonce", &request.nonce), ("ui_locales", &request.ui_locales)];
    for (name, value) in optional {
        query.extend_pairs(value.iter().map(|value| (name, value)));
    }
    if let Some(challenge) = &request.code_challenge {
        query.append_pair("code_challenge", challenge).append_pair("code_challenge_method", "S256");
    }
    if request.response_mode == ResponseMode::FormPost {
        query.append_pair("response_mode", "form_post");
    }
    if request.prompt == Prompt::SignIn {
        query.append_pair("prompt", "login");
    }
    query.extend_pairs(request.max_age.iter().map(|age| ("max_age", age.to_string())));
    Some(format!("{}?{}", paths::within(pool, paths::AUTHORIZE), query.finish()))
}
