//! A validated authorization request: what a client asked for, after every check has passed.

use serde::{Deserialize, Serialize};

use crate::ids::ClientId;
use crate::scope::Scopes;

/// An authorization request that may be answered (RFC 6749, section 4.1.1; OpenID Connect Core 1.0, section 3.1.2.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// Who asks.
    pub client_id: ClientId,
    /// Where the answer goes: registered for the client.
    pub redirect_uri: String,
    /// How the answer travels.
    pub response_mode: ResponseMode,
    /// What is asked for.
    pub scopes: Scopes,
    /// The client's own value, given back untouched.
    pub state: Option<String>,
    /// The client's own value for the ID token.
    pub nonce: Option<String>,
    /// The S256 challenge (RFC 7636, section 4.2).
    pub code_challenge: Option<String>,
    /// Whether the person must, or must not, be asked.
    pub prompt: Prompt,
    /// How old, in seconds, a proof may be at most.
    pub max_age: Option<u64>,
    /// The number the client believes the person has; only fills the field in.
    pub login_hint: Option<LoginHint>,
    /// The languages the client believes the person reads, as it wrote them.
    #[serde(default)]
    pub ui_locales: Option<String>,
    /// The subject that an `id_token_hint` or a `claims` request named: nobody else may be answered with.
    pub expected_sub: Option<String>,
}

/// What a client says of who is going to sign in, mostly a number: it is not printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LoginHint(String);

impl From<&str> for LoginHint {
    fn from(hint: &str) -> Self {
        Self(hint.to_owned())
    }
}

impl std::ops::Deref for LoginHint {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for LoginHint {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("LoginHint(…)")
    }
}

/// How an authorization response travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// In the redirect's query: the default for `code` (OAuth 2.0 Multiple Response Types, section 2.1).
    Query,
    /// As a form that posts itself (OAuth 2.0 Form Post Response Mode).
    FormPost,
}

/// The `prompt` parameter, as far as it changes what happens (OpenID Connect Core 1.0, section 3.1.2.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// Nothing was asked: a live session is enough.
    #[default]
    Auto,
    /// `none`: no page may be shown.
    Nothing,
    /// `login` or `select_account`: the person proves themselves again.
    SignIn,
}

/// A `prompt` that contradicts itself or names an unknown value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("prompt must be none alone, or some of login, consent and select_account")]
pub struct PromptRefusal;

impl std::str::FromStr for Prompt {
    type Err = PromptRefusal;

    fn from_str(text: &str) -> Result<Self, PromptRefusal> {
        let mut prompt = Self::Auto;
        let values: Vec<&str> = text.split(' ').filter(|value| !value.is_empty()).collect();
        for value in &values {
            prompt = match *value {
                "none" if values.len() == 1 => Self::Nothing,
                "login" | "select_account" => Self::SignIn,
                // A project's own clients ask for no consent page; there is nothing to show again.
                "consent" => prompt,
                _ => return Err(PromptRefusal),
            };
        }
        Ok(prompt)
    }
}

/// Whether `text` is a PKCE challenge or verifier: 43 to 128 characters of the unreserved set (RFC 7636, section 4.1).
pub fn is_pkce_value(text: &str) -> bool {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&text.len()) && text.bytes().all(unreserved)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompt_none_stands_alone() {
        assert_eq!("none".parse(), Ok(Prompt::Nothing));
        assert_eq!("none login".parse::<Prompt>(), Err(PromptRefusal));
        assert_eq!("login consent".parse(), Ok(Prompt::SignIn));
        assert_eq!("consent".parse(), Ok(Prompt::Auto));
        assert_eq!("create".parse::<Prompt>(), Err(PromptRefusal));
    }

    #[test]
    fn a_hint_is_kept_and_not_printed() {
        let hint = LoginHint::from("+5511961234567");
        let kept = serde_json::to_string(&hint).unwrap();
        assert_eq!(kept, "\"+5511961234567\"");
        assert_eq!(serde_json::from_str::<LoginHint>(&kept).unwrap(), hint);
        assert_eq!(format!("{:?}", Some(hint)), "Some(LoginHint(…))");
    }

    #[test]
    fn pkce_values_have_43_to_128_unreserved_characters() {
        assert!(is_pkce_value("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert!(!is_pkce_value(&"a".repeat(42)) && !is_pkce_value(&"a".repeat(129)));
        assert!(!is_pkce_value(&"=".repeat(43)) && !is_pkce_value(&"é".repeat(43)));
    }
}
