//! Answers that send the browser on: to a page of ours, or to a client once that is proven.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, LOCATION};
use url::Url;
use watchword_domain::request::ResponseMode;
use watchword_flow::authorize::AuthorizationResponse;

use crate::Doors;
use crate::extract::visitor::Visitor;
use crate::respond::fault::crashed;
use crate::respond::page::{Shown, page};
use crate::view::FormPostView;

/// To a page of ours, or a registered address, with 303: a form's body never travels on (RFC 9700, section 4.12).
pub fn see_other(location: &str) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, location), (CACHE_CONTROL, "no-store")]).into_response()
}

/// An authorization response on its way to the client (RFC 6749, section 4.1.2; Form Post Response Mode, section 2).
pub fn to_client(
    doors: &Doors,
    visitor: &Visitor,
    shown: Shown<'_>,
    response: &AuthorizationResponse,
) -> Response {
    match response.mode {
        ResponseMode::Query => match with_query(response) {
            Some(location) => see_other(&location),
            None => crashed(),
        },
        ResponseMode::FormPost => {
            let shown = Shown { form_target: Some(&response.redirect_uri), ..shown };
            let fields =
                response.params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
            let view = FormPostView {
                action: response.redirect_uri.clone(),
                fields,
                client_name: shown.client_name.to_owned(),
            };
            page(doors, visitor, &shown, &view)
        }
    }
}

/// The redirect URI with the response's parameters added to whatever query it was registered with.
fn with_query(response: &AuthorizationResponse) -> Option<String> {
    let mut url = Url::parse(&response.redirect_uri).ok()?;
    url.query_pairs_mut().extend_pairs(&response.params);
    Some(url.into())
}
