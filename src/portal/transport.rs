//! The HTTP client the protocol speaks through: `reqwest`, made to fit the `openidconnect` crate.
//!
//! Owns time-outs, the limit on an answer's size and the rule that redirects are never followed (a provider
//! that could redirect us could send us anywhere). Knows nothing of OpenID Connect.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use openidconnect::http;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use url::Url;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(10);
const LARGEST_ANSWER: usize = 1024 * 1024;

/// Why no usable answer came. Only ever about the way there and back, never about what was said.
#[derive(Debug, thiserror::Error)]
pub enum TransportFault {
    /// No connection, a time-out, a broken answer.
    #[error("the request did not get through")]
    Unreachable(#[from] reqwest::Error),
    /// The provider says itself that it is unwell; whatever the body holds is not an answer to our question.
    #[error("the provider answered {0}")]
    Unwell(http::StatusCode),
    /// More than [`LARGEST_ANSWER`] bytes.
    #[error("the answer is larger than anything we asked for")]
    TooLarge,
    /// The request or the answer could not be put together.
    #[error("not a valid HTTP message")]
    Malformed(#[from] http::Error),
}

/// A `reqwest` client with the portal's rules.
#[derive(Clone)]
pub struct Transport(reqwest::Client);

impl Transport {
    /// A client for requests to `issuer` and what its discovery document names.
    #[expect(
        clippy::disallowed_methods,
        reason = "the portal's one HTTP client: with time-outs, without redirects"
    )]
    pub fn new(issuer: &Url) -> Result<Self, reqwest::Error> {
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TOTAL_TIMEOUT);
        if is_this_machine(issuer) {
            // A proxy set for the outside world would look for the provider on itself.
            builder = builder.no_proxy();
        }
        Ok(Self(builder.build()?))
    }

    async fn send(self, request: HttpRequest) -> Result<HttpResponse, TransportFault> {
        let mut answer = self.0.execute(request.try_into()?).await?;
        if answer.status().is_server_error() {
            return Err(TransportFault::Unwell(answer.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > LARGEST_ANSWER {
                return Err(TransportFault::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = http::Response::builder().status(answer.status()).body(body)?;
        *response.headers_mut() = answer.headers().clone();
        Ok(response)
    }
}

impl<'c> AsyncHttpClient<'c> for Transport {
    type Error = TransportFault;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, TransportFault>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.clone().send(request))
    }
}

/// Whether an address names the machine it is used on.
pub fn is_this_machine(address: &Url) -> bool {
    match address.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}
