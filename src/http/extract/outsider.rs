//! Who stands at a page outside any pool; and what every browser says of itself.

use axum::extract::OriginalUri;
use http::Method;
use http::header::ACCEPT_LANGUAGE;
use http::request::Parts;
use watchword_domain::Language;

use crate::observe::RequestId;

/// A browser outside any pool.
pub struct Outsider {
    /// What it chose, else what it accepts.
    pub language: Language,
    /// Where it is, with the query, if that can be asked for again.
    pub here: Option<String>,
    /// Whether the page can be asked for again as it is: a form would be sent twice.
    pub may_reload: bool,
    /// The request's id.
    pub request_id: String,
}

impl Outsider {
    /// Who sent this request.
    pub fn of(parts: &Parts) -> Self {
        let chosen = query_value(parts, "lang").as_deref().and_then(Language::of_tag);
        let language =
            chosen.unwrap_or_else(|| Language::negotiate(None, accept_language(parts), Language::En));
        let may_reload = parts.method == Method::GET;
        Self { language, here: here(parts), may_reload, request_id: request_id(parts) }
    }
}

/// A longer address is not repeated in the links to other languages.
pub(super) const LONGEST_HERE: usize = 2048;

/// Parameters that hold numbers and tokens, which a client may well have put into its own query.
pub(super) const HINTS: [&str; 3] = ["id_token_hint", "login_hint", "logout_hint"];

/// What a client asks to be led to; no page of ours repeats it before it was found registered.
const PLACES: [&str; 2] = ["redirect_uri", "post_logout_redirect_uri"];

/// The address of a page that a browser may ask for again, without the places that it asks to be led to. None when a
/// token or a number is in it, which no page of ours repeats.
pub(super) fn here(parts: &Parts) -> Option<String> {
    let asked = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |asked| &asked.0);
    let here = asked.path_and_query()?.as_str();
    // A path of two slashes would lead to the host that they name.
    let is_ours = here.len() <= LONGEST_HERE && !here.starts_with("//") && !here.contains('\\');
    let hints = HINTS.into_iter().any(|hint| query_value(parts, hint).is_some());
    let repeatable = parts.method == Method::GET && !hints;
    if !is_ours || !repeatable {
        return None;
    }
    let (path, query) = here.split_once('?').unwrap_or((here, ""));
    let kept =
        url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| !PLACES.contains(&name.as_ref()));
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
    Some(if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") })
}

/// The languages a browser asks for.
pub(super) fn accept_language(parts: &Parts) -> Option<&str> {
    parts.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok())
}

/// The id of this request.
pub(super) fn request_id(parts: &Parts) -> String {
    parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
}

/// The first value of a parameter in the address.
pub(super) fn query_value(parts: &Parts, name: &str) -> Option<String> {
    let query = parts.uri.query()?;
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}
