//! How a client's credentials travel: in the `Authorization` header, in the body, or not at all (RFC 6749, section 2.3).
//! Whether they are right is not known here.

use axum::extract::{FromRequest, Request};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use watchword_domain::Secret;
use watchword_flow::authorize::Params;
use watchword_flow::client_auth::{ClientProof, Credentials};

use crate::Doors;
use crate::extract::form;
use crate::respond::oauth::OauthError;

/// A form that a client sent to an endpoint of its own.
pub struct ClientForm {
    /// Who it says it is.
    pub credentials: Credentials,
    /// Its parameters.
    pub params: Params,
}

/// Why no credentials could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CredentialsRefusal {
    /// Neither header nor body names a client.
    #[error("the client is not named; send client_id or an Authorization header")]
    Missing,
    /// Header and body both prove it, or the header came twice (RFC 6749, section 2.3).
    #[error("use one way of client authentication, not two")]
    TwoMethods,
    /// The header and the body name different clients.
    #[error("client_id is not the client of the Authorization header")]
    DifferentClients,
    /// The header is not Basic, or not well formed.
    #[error("the Authorization header must be Basic, with form-urlencoded id and secret in base64")]
    Header,
    /// A parameter came twice, or is far too long.
    #[error("client_id or client_secret is repeated or too long")]
    Parameter,
}

impl From<CredentialsRefusal> for OauthError {
    fn from(refusal: CredentialsRefusal) -> Self {
        let description = refusal.to_string();
        match refusal {
            CredentialsRefusal::Missing => Self::invalid_client(false).describe(description),
            CredentialsRefusal::Header => Self::invalid_client(true).describe(description),
            CredentialsRefusal::TwoMethods
            | CredentialsRefusal::DifferentClients
            | CredentialsRefusal::Parameter => Self::invalid_request(description),
        }
    }
}

/// Reads the credentials of a request.
///
/// # Errors
/// When there are none, two kinds, or malformed ones.
pub fn credentials(headers: &HeaderMap, params: &Params) -> Result<Credentials, CredentialsRefusal> {
    let param = |name| params.one(name).map_err(|_| CredentialsRefusal::Parameter);
    let (id, secret) = (param("client_id")?, param("client_secret")?);
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(header) = values.next() else {
        let client_id = id.ok_or(CredentialsRefusal::Missing)?.into();
        let posted = secret.map(|secret| ClientProof::Post(Secret::new(secret.to_owned())));
        return Ok(Credentials { client_id, proof: posted.unwrap_or(ClientProof::None) });
    };
    if secret.is_some() || values.next().is_some() {
        return Err(CredentialsRefusal::TwoMethods);
    }
    let (named, secret) = basic(header.as_bytes()).ok_or(CredentialsRefusal::Header)?;
    if id.is_some_and(|id| id != named) {
        return Err(CredentialsRefusal::DifferentClients);
    }
    Ok(Credentials { client_id: named.into(), proof: ClientProof::Basic(secret) })
}

/// The id and secret of a Basic header, both form-urlencoded before base64 (RFC 6749, section 2.3.1).
fn basic(header: &[u8]) -> Option<(String, Secret<String>)> {
    let (scheme, encoded) = header.split_at_checked(6)?;
    if !scheme.eq_ignore_ascii_case(b"Basic ") {
        return None;
    }
    let decoded = Secret::new(STANDARD.decode(encoded.trim_ascii()).ok()?);
    let mut halves = decoded.expose().splitn(2, |byte| *byte == b':');
    let (id, secret) = (form::decode_part(halves.next()?)?, form::decode_part(halves.next()?)?);
    (!id.is_empty()).then(|| (id, Secret::new(secret)))
}

impl FromRequest<Doors> for ClientForm {
    type Rejection = OauthError;

    async fn from_request(request: Request, _: &Doors) -> Result<Self, OauthError> {
        if form::has_secret(request.uri()) {
            return Err(OauthError::invalid_request(
                "credentials and tokens belong in the body, never in the address",
            ));
        }
        let headers = request.headers().clone();
        let params = form::read(request).await?;
        Ok(Self { credentials: credentials(&headers, &params)?, params })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    /// What was read, in a form that can be compared: method, id, secret.
    fn read(headers: &[&str], body: &str) -> Result<(&'static str, String, String), CredentialsRefusal> {
        let mut map = HeaderMap::new();
        for header in headers {
            map.append(AUTHORIZATION, HeaderValue::from_str(header).unwrap());
        }
        let params = Params::new(form::decode(body.as_bytes()).unwrap());
        credentials(&map, &params).map(|read| match read.proof {
            ClientProof::None => ("none", read.client_id.into(), String::new()),
            ClientProof::Basic(secret) => ("basic", read.client_id.into(), secret.expose().clone()),
            ClientProof::Post(secret) => ("post", read.client_id.into(), secret.expose().clone()),
        })
    }

    fn header(id: &str, secret: &str) -> String {
        format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
    }

    fn found(
        method: &'static str,
        id: &str,
        secret: &str,
    ) -> Result<(&'static str, String, String), CredentialsRefusal> {
        Ok((method, id.to_owned(), secret.to_owned()))
    }

    #[test]
    fn credentials_are_read_where_they_are() {
        assert_eq!(read(&[], "client_id=shop"), found("none", "shop", ""));
        assert_eq!(read(&[], "client_id=shop&client_secret=s"), found("post", "shop", "s"));
        assert_eq!(read(&[&header("shop", "s")], ""), found("basic", "shop", "s"));
        assert_eq!(read(&[&header("shop", "s")], "client_id=shop"), found("basic", "shop", "s"));
    }

    /// The example of RFC 6749, section 2.3.1.
    #[test]
    fn the_basic_example_of_the_rfc_holds() {
        let header = "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW";
        assert_eq!(read(&[header], ""), found("basic", "s6BhdRkqt3", "gX1fBat3bV"));
        assert_eq!(
            read(&[&header.replace("Basic", "bASIC")], ""),
            found("basic", "s6BhdRkqt3", "gX1fBat3bV")
        );
    }

    #[test]
    fn basic_credentials_are_form_urlencoded() {
        assert_eq!(read(&[&header("my%3Ashop", "a+b%2Bc:d")], ""), found("basic", "my:shop", "a b+c:d"));
    }

    #[test]
    fn an_empty_secret_in_the_header_is_one_all_the_same() {
        assert_eq!(read(&[&header("shop", "")], ""), found("basic", "shop", ""));
    }

    #[test]
    fn two_methods_at_once_are_refused() {
        let basic = header("shop", "s");
        assert_eq!(read(&[&basic], "client_secret=s"), Err(CredentialsRefusal::TwoMethods));
        assert_eq!(read(&[&basic, &basic], ""), Err(CredentialsRefusal::TwoMethods));
        assert_eq!(read(&[&basic], "client_id=other"), Err(CredentialsRefusal::DifferentClients));
    }

    #[test]
    fn what_names_no_client_is_refused() {
        assert_eq!(read(&[], ""), Err(CredentialsRefusal::Missing));
        assert_eq!(read(&[], "client_id=&client_secret=s"), Err(CredentialsRefusal::Missing));
        assert_eq!(read(&[], "client_id=a&client_id=a"), Err(CredentialsRefusal::Parameter));
        let colonless = format!("Basic {}", STANDARD.encode("shop"));
        let latin1 = format!("Basic {}", STANDARD.encode(b"shop:\xff"));
        let nul = header("shop", "%00");
        for bad in
            ["Basic", "Basic ", "Basic ???", "Bearer x", "", &colonless, &latin1, &nul, &header("", "s")]
        {
            assert_eq!(read(&[bad], "client_id=shop"), Err(CredentialsRefusal::Header), "{bad}");
        }
    }
    #[test]
    fn refusals_are_told_in_the_characters_of_the_rfc() {
        let refusals = [
            CredentialsRefusal::Missing,
            CredentialsRefusal::TwoMethods,
            CredentialsRefusal::DifferentClients,
            CredentialsRefusal::Header,
            CredentialsRefusal::Parameter,
        ];
        for refusal in refusals {
            assert!(OauthError::from(refusal).keeps_to_the_rfc(), "{refusal:?}");
        }
    }
}
