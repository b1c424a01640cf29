//! The access token of a request: in the `Authorization` header or a form body (RFC 6750, section 2). Never in the address.

use axum::extract::Request;
use http::header::AUTHORIZATION;
use http::{HeaderMap, Method};
use watchword_domain::Secret;

use crate::extract::form::{self, FormRefusal};

/// Why no access token could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BearerRefusal {
    /// There is none.
    #[error("no access token was sent")]
    Missing,
    /// It came twice.
    #[error("send the access token once, in one way")]
    Twice,
    /// It came in the address.
    #[error("send the access token in the Authorization header, never in the address")]
    InAddress,
    /// The header is not a bearer token's.
    #[error("the Authorization header must be Bearer, a space and the access token")]
    Header,
    /// The body is not the form it says it is.
    #[error(transparent)]
    Form(#[from] FormRefusal),
}

/// Reads the access token of a request.
///
/// # Errors
/// When there is none, more than one, or one where none may be.
pub async fn read(request: Request) -> Result<Secret<String>, BearerRefusal> {
    if form::has_secret(request.uri()) {
        return Err(BearerRefusal::InAddress);
    }
    let in_header = in_header(request.headers())?;
    let in_body = if request.method() == Method::POST && form::is_form(request.headers()) {
        let params = form::read(request).await?;
        params
            .one("access_token")
            .map_err(|_| BearerRefusal::Twice)?
            .map(|token| Secret::new(token.to_owned()))
    } else {
        None
    };
    match (in_header, in_body) {
        (Some(token), None) | (None, Some(token)) => Ok(token),
        (None, None) => Err(BearerRefusal::Missing),
        (Some(_), Some(_)) => Err(BearerRefusal::Twice),
    }
}

/// The token of the `Authorization` header. Another scheme is no bearer token; whoever uses it is told how to.
fn in_header(headers: &HeaderMap) -> Result<Option<Secret<String>>, BearerRefusal> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(BearerRefusal::Twice);
    }
    let (scheme, token) = value.to_str().ok().and_then(|text| text.split_once(' ')).unwrap_or_default();
    if scheme.eq_ignore_ascii_case("Bearer") && !token.trim().is_empty() {
        return Ok(Some(Secret::new(token.trim().to_owned())));
    }
    Err(BearerRefusal::Header)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use http::header::CONTENT_TYPE;

    async fn read_from(
        method: &str,
        uri: &str,
        headers: &[&str],
        body: Option<&str>,
    ) -> Result<String, BearerRefusal> {
        let mut request = http::Request::builder().method(method).uri(uri);
        for header in headers {
            request = request.header(AUTHORIZATION, *header);
        }
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let request = request.body(Body::from(body.unwrap_or_default().to_owned())).unwrap();
        read(request).await.map(|token| token.expose().clone())
    }

    #[tokio::test]
    async fn a_token_comes_in_the_header_or_the_body() {
        assert_eq!(read_from("GET", "/userinfo", &["Bearer abc"], None).await, Ok("abc".into()));
        assert_eq!(read_from("POST", "/userinfo", &["bearer abc"], None).await, Ok("abc".into()));
        assert_eq!(read_from("POST", "/userinfo", &[], Some("access_token=abc")).await, Ok("abc".into()));
        assert_eq!(read_from("GET", "/userinfo?lang=en", &["Bearer abc"], None).await, Ok("abc".into()));
    }

    #[tokio::test]
    async fn a_token_comes_once_and_never_in_the_address() {
        let twice = Err(BearerRefusal::Twice);
        assert_eq!(read_from("POST", "/userinfo", &["Bearer a"], Some("access_token=a")).await, twice);
        assert_eq!(read_from("POST", "/userinfo", &[], Some("access_token=a&access_token=a")).await, twice);
        assert_eq!(read_from("GET", "/userinfo", &["Bearer a", "Bearer a"], None).await, twice);
        let address = Err(BearerRefusal::InAddress);
        assert_eq!(read_from("GET", "/userinfo?access_token=a", &[], None).await, address);
        assert_eq!(read_from("GET", "/userinfo?access_token=a", &["Bearer a"], None).await, address);
    }

    #[tokio::test]
    async fn no_token_is_told_from_a_broken_header() {
        assert_eq!(read_from("GET", "/userinfo", &[], None).await, Err(BearerRefusal::Missing));
        assert_eq!(read_from("POST", "/userinfo", &[], Some("")).await, Err(BearerRefusal::Missing));
        assert_eq!(
            read_from("GET", "/userinfo", &[], Some("access_token=a")).await,
            Err(BearerRefusal::Missing)
        );
        for bad in ["Bearer", "Bearer ", "Basic abc", "abc", ""] {
            assert_eq!(
                read_from("GET", "/userinfo", &[bad], None).await,
                Err(BearerRefusal::Header),
                "{bad}"
            );
        }
        let malformed = Err(BearerRefusal::Form(FormRefusal::Malformed));
        assert_eq!(read_from("POST", "/userinfo", &[], Some("access_token=%")).await, malformed);
    }
}
