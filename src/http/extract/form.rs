//! Forms, read strictly: one content type, nothing malformed, nothing invisible, no secret in the address.

use std::borrow::Cow;

use axum::RequestExt;
use axum::extract::Request;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode, Uri};
use watchword_flow::authorize::Params;

/// What every form of ours is sent as (RFC 6749, appendix B).
const FORM: &str = "application/x-www-form-urlencoded";

/// Parameters that are secrets. Addresses end up in logs, histories and `Referer` headers, so none may stand in one.
const SECRETS: [&str; 7] =
    ["access_token", "client_assertion", "client_secret", "code", "code_verifier", "refresh_token", "token"];

/// Why a body is not a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormRefusal {
    /// Another content type, or none.
    #[error("the body must be application/x-www-form-urlencoded")]
    ContentType,
    /// More than the limit.
    #[error("the body is too large")]
    TooLarge,
    /// The connection broke off.
    #[error("the body is incomplete")]
    Incomplete,
    /// A broken percent escape, text that is not UTF-8, or a control character.
    #[error("the parameters are not valid form-urlencoded UTF-8 text")]
    Malformed,
}

/// Whether the body is said to be a form; parameters such as `charset` do not matter.
pub fn is_form(headers: &HeaderMap) -> bool {
    let stated = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = stated.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case(FORM)
}

/// Whether a secret stands in the address.
pub fn has_secret(uri: &Uri) -> bool {
    names(uri.query().unwrap_or_default()).any(|name| SECRETS.contains(&&*name))
}

/// The names of a query's parameters.
pub fn names(query: &str) -> impl Iterator<Item = Cow<'_, str>> {
    url::form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name)
}

/// Reads a form within the route's limit.
///
/// # Errors
/// When the body is no form, too large, or breaks off.
pub async fn read(request: Request) -> Result<Params, FormRefusal> {
    if !is_form(request.headers()) {
        return Err(FormRefusal::ContentType);
    }
    let body: Bytes = request.extract().await.map_err(
        |rejection: axum::extract::rejection::BytesRejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => FormRefusal::TooLarge,
            _ => FormRefusal::Incomplete,
        },
    )?;
    decode(&body).map(Params::new).ok_or(FormRefusal::Malformed)
}

/// The name-value pairs of a form or a query, in their order; nothing when any of it is malformed.
pub fn decode(encoded: &[u8]) -> Option<Vec<(String, String)>> {
    let pairs = encoded.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = decode_part(halves.next().unwrap_or_default())?;
            Some((name, decode_part(halves.next().unwrap_or_default())?))
        })
        .collect()
}

/// One name or value (RFC 6749, appendix B); nothing when it is malformed or holds a control character. A tab is let
/// through: a number copied from a table brings one.
pub fn decode_part(encoded: &[u8]) -> Option<String> {
    let mut bytes = encoded.iter().copied();
    let mut decoded = Vec::with_capacity(encoded.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => hex(bytes.next()?)? << 4 | hex(bytes.next()?)?,
            byte => byte,
        });
    }
    String::from_utf8(decoded)
        .ok()
        .filter(|text| !text.contains(|letter: char| letter.is_control() && letter != '\t'))
}

fn hex(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::extract::DefaultBodyLimit;
    use http::HeaderValue;

    fn pairs(encoded: &str) -> Option<Vec<(String, String)>> {
        decode(encoded.as_bytes())
    }

    fn own(pairs: &[(&str, &str)]) -> Option<Vec<(String, String)>> {
        Some(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_form_is_read_as_it_was_written() {
        assert_eq!(pairs("a=1&b=x+y%20%26&c"), own(&[("a", "1"), ("b", "x y &"), ("c", "")]));
        assert_eq!(pairs("n=Z%C3%BCrich&n=%e0%a4%95"), own(&[("n", "Zürich"), ("n", "क")]));
        assert_eq!(pairs("&&a=1=2&"), own(&[("a", "1=2")]));
        assert_eq!(pairs("n=%09%2B62"), own(&[("n", "\t+62")]));
        assert_eq!(pairs(""), own(&[]));
    }

    #[test]
    fn what_is_malformed_is_not_guessed_at() {
        for bad in
            ["a=%", "a=%4", "a=%zz", "a=%+1", "%=1", "a=%ff", "a=%c3", "a=%00", "a=%0d%0aSet-Cookie", "a=%7f"]
        {
            assert_eq!(pairs(bad), None, "{bad}");
        }
        assert_eq!(decode(b"a=\xff"), None);
        assert_eq!(decode(b"a=\x00"), None);
    }

    #[test]
    fn a_secret_in_the_address_is_seen() {
        let seen = |uri: &str| has_secret(&uri.parse().unwrap());
        assert!(seen("/token?client_secret=x") && seen("/userinfo?a=b&%61ccess_token=x"));
        assert!(!seen("/token") && !seen("/token?tracking=1"));
    }

    async fn read_as(content_type: Option<&str>, body: &[u8]) -> Result<Option<String>, FormRefusal> {
        let mut request = Request::new(Body::from(body.to_vec()));
        DefaultBodyLimit::max(100).apply(&mut request);
        if let Some(content_type) = content_type {
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_str(content_type).unwrap());
        }
        read(request).await.map(|params| params.one("a").unwrap().map(str::to_owned))
    }

    #[tokio::test]
    async fn a_body_says_that_it_is_a_form() {
        for stated in [FORM, "Application/X-WWW-Form-Urlencoded; charset=UTF-8"] {
            assert_eq!(read_as(Some(stated), b"a=1").await, Ok(Some("1".to_owned())));
        }
        for other in [None, Some("application/json"), Some("multipart/form-data"), Some("")] {
            assert_eq!(read_as(other, b"a=1").await, Err(FormRefusal::ContentType), "{other:?}");
        }
    }

    #[tokio::test]
    async fn a_body_has_a_limit() {
        assert_eq!(read_as(Some(FORM), &[b'a'; 101]).await, Err(FormRefusal::TooLarge));
        assert_eq!(read_as(Some(FORM), &[b'a'; 100]).await, Ok(None));
    }
}
