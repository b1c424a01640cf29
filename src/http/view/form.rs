//! Owns what every form of the hosted pages carries back besides the person's answer.

use serde::Serialize;

/// The token that proves a form was served to the browser that sends it back; field `csrf`.
///
/// A view with a form cannot be built without one. The page shows it as it is: making and checking it is the
/// endpoint's work.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Csrf(String);

impl Csrf {
    /// Wraps a token, in characters that need no escaping in HTML (base64url or hex).
    #[must_use]
    pub fn new(token: impl Into<String>) -> Self {
        Self(token.into())
    }
}

/// What ties the number page to its sign-in: one hidden field.
#[derive(Clone, Debug)]
pub enum Carried {
    /// The authorization request itself, sealed; field `sealed`. Nothing is stored for it yet.
    Sealed(String),
    /// The id of a sign-in that is already stored; field `sign_in`.
    SignIn(String),
}

/// One hidden field as templates see it.
#[derive(Serialize)]
pub(super) struct HiddenField<'a> {
    name: &'static str,
    value: &'a str,
}

impl Carried {
    pub(super) fn field(&self) -> HiddenField<'_> {
        match self {
            Self::Sealed(value) => HiddenField { name: "sealed", value },
            Self::SignIn(value) => HiddenField { name: "sign_in", value },
        }
    }
}
