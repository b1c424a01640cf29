//! Which sign-in a page belongs to.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;
use watchword_domain::ids::SignInId;
use watchword_flow::authorize::Params;

use crate::extract::form;

/// The sign-in that the address names. One that is named twice or cannot be read is a sign-in nobody began.
pub struct OfSignIn(pub SignInId);

impl<S: Sync> FromRequestParts<S> for OfSignIn {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        let params = Params::new(form::decode(query.as_bytes()).unwrap_or_default());
        Ok(Self(SignInId::from(params.one("sign_in").ok().flatten().unwrap_or_default())))
    }
}
