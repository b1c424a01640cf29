//! The sample customer portal: a small shop whose customers sign in through an OpenID Connect provider.
//!
//! A real relying party on the `openidconnect` crate, made to be read and copied: `client` is the protocol,
//! `tokens` what is checked and kept, `session` who sits at which browser, `routes` the addresses, `pages`
//! what people see. It knows nothing of the provider but its issuer address, and shares no code with it.

mod claims;
mod client;
mod clock;
mod failure;
mod moment;
mod pages;
mod provider;
mod routes;
mod session;
mod tokens;
mod transport;

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::http::HeaderValue;
use openidconnect::{ClientId, ClientSecret, IssuerUrl, PostLogoutRedirectUrl, RedirectUrl};
use tokio::net::TcpListener;
use url::Url;

use crate::client::Client;
use crate::pages::{Pages, Site};
use crate::provider::Registration;
use crate::routes::Shared;
use crate::session::Sessions;
use crate::transport::Transport;

/// How the portal is set up. Register `{public_url}/callback` and `{public_url}/signed-out` with the
/// provider.
#[derive(Clone)]
pub struct Settings {
    /// The shop's name.
    pub name: String,
    /// The provider's issuer, exactly as its tokens write it.
    pub issuer: String,
    /// The client ID the provider gave.
    pub client_id: String,
    /// The client secret; none for a public client.
    pub client_secret: Option<String>,
    /// Where browsers reach the portal, without a path: `http://localhost:8082`.
    pub public_url: String,
    /// Where the simulated phone is, shown as a hint in a demo.
    pub simulator_url: Option<String>,
}

/// Why a portal cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A setting is not the web address it should be.
    #[error("{setting} is not a usable http or https address: {value}")]
    Address {
        /// The field of [`Settings`].
        setting: &'static str,
        /// What it holds.
        value: String,
    },
    /// The HTTP client could not be made: no usable TLS on this machine.
    #[error("the HTTP client could not be made")]
    Http(#[from] reqwest::Error),
    /// A template is broken.
    #[error("a template is broken")]
    Template(#[from] Box<handlebars::TemplateError>),
}

/// The portal, ready to serve. It speaks to the provider only when the first person signs in.
#[derive(Clone)]
pub struct Portal {
    shared: Arc<Shared>,
}

impl Portal {
    /// Checks the settings.
    ///
    /// # Errors
    /// An address that is none, or a machine without TLS.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        let issuer = web_address("issuer", &settings.issuer)?;
        let public_url = web_address("public_url", &settings.public_url)?;
        if public_url.path() != "/" {
            return Err(address("public_url", &settings.public_url));
        }
        let simulator_url = match settings.simulator_url {
            Some(address) => Some(web_address("simulator_url", &address)?.to_string()),
            None => None,
        };
        let confidential = settings.client_secret.is_some();
        let registration = Registration {
            issuer: IssuerUrl::new(settings.issuer.clone())
                .map_err(|_| address("issuer", &settings.issuer))?,
            client_id: ClientId::new(settings.client_id),
            client_secret: settings.client_secret.map(ClientSecret::new),
            redirect_uri: RedirectUrl::from_url(below(&public_url, "callback")?),
        };
        let signed_out = PostLogoutRedirectUrl::from_url(below(&public_url, "signed-out")?);
        let client = Client::new(Transport::new(&issuer)?, registration, signed_out);
        let pages = Pages::new(Site { name: settings.name, confidential, simulator_url })?;
        let content_security_policy = content_security_policy(&issuer)?;
        let sessions = Sessions::default();
        Ok(Self { shared: Arc::new(Shared { client, sessions, pages, public_url, content_security_policy }) })
    }

    /// All pages of the portal.
    pub fn router(&self) -> Router {
        routes::router(Arc::clone(&self.shared))
    }

    /// Serves until `shutdown` resolves, then finishes the requests in hand.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn run(
        &self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        axum::serve(listener, self.router()).with_graceful_shutdown(shutdown).await
    }
}

/// Nothing but our own files, and forms that lead to ourselves or, when signing out, on to the provider:
/// browsers apply `form-action` to the redirects after a form, too.
fn content_security_policy(issuer: &Url) -> Result<HeaderValue, Error> {
    let provider = issuer.origin().ascii_serialization();
    let policy = format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
         form-action 'self' {provider}; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).map_err(|_| address("issuer", issuer.as_str()))
}

fn web_address(setting: &'static str, value: &str) -> Result<Url, Error> {
    match Url::parse(value) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(url),
        _ => Err(address(setting, value)),
    }
}

fn below(public_url: &Url, path: &str) -> Result<Url, Error> {
    public_url.join(path).map_err(|_| address("public_url", public_url.as_str()))
}

fn address(setting: &'static str, value: &str) -> Error {
    Error::Address { setting, value: value.into() }
}
