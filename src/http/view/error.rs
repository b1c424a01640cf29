//! Owns the error page: what happened, what to do, and a number to quote.

use serde::Serialize;

use super::fault::RenderError;
use super::locale::Locale;
use super::pages::{Head, View};
use super::text::Text;

/// A request that could not be answered with the page it asked for.
#[derive(Clone, Debug)]
pub struct ErrorView {
    /// What happened.
    pub kind: ErrorKind,
    /// One sentence in English for the developer of the application, e.g. which parameter is missing. Never a
    /// number, code, token or anything a person typed.
    pub technical: Option<String>,
    /// Where to start again (GET), if that helps.
    pub restart_url: Option<String>,
    /// Whether the same address, asked for again, may well answer.
    pub again: bool,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// No pool has this domain.
    UnknownPool,
    /// The pool has no such client.
    UnknownClient,
    /// The redirect URI is not one the client registered.
    RedirectUri,
    /// The application's request has a mistake in it.
    InvalidRequest,
    /// The form was not served to this browser, or too long ago (cookie or CSRF token missing or foreign).
    StaleForm,
    /// Nothing is at this address.
    NotFound,
    /// The address exists, the method does not.
    MethodNotAllowed,
    /// The body is larger than any form of ours.
    TooLarge,
    /// The body is not a form.
    WrongContentType,
    /// Too many requests from this network.
    TooManyRequests,
    /// Something we depend on is away; try again soon.
    Unavailable,
    /// A fault of ours.
    Internal,
}

#[derive(Serialize)]
struct Context<'a> {
    text: Text,
    technical: Option<&'a str>,
    restart_url: Option<&'a str>,
    again: bool,
    status: u16,
}

impl View for ErrorView {
    const TEMPLATE: &'static str = "pages/error";

    fn head(&self) -> Head {
        Head::new(self.kind.texts().0)
    }

    fn context<'a>(&'a self, _: &'a Locale) -> Result<impl Serialize + 'a, RenderError> {
        Ok(Context {
            text: self.kind.texts().1,
            technical: self.technical.as_deref(),
            restart_url: self.restart_url.as_deref(),
            again: self.again,
            status: self.kind.status(),
        })
    }
}

impl ErrorKind {
    /// The HTTP status the page is to be served with.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::UnknownPool | Self::NotFound => 404,
            Self::UnknownClient | Self::RedirectUri | Self::InvalidRequest => 400,
            Self::StaleForm => 403,
            Self::MethodNotAllowed => 405,
            Self::TooLarge => 413,
            Self::WrongContentType => 415,
            Self::TooManyRequests => 429,
            Self::Unavailable => 503,
            Self::Internal => 500,
        }
    }

    fn texts(self) -> (Text, Text) {
        let (title, text) = match self {
            Self::UnknownPool => ("error-unknown-pool-title", "error-unknown-pool"),
            Self::UnknownClient => ("error-request-title", "error-unknown-client"),
            Self::RedirectUri => ("error-request-title", "error-redirect-uri"),
            Self::InvalidRequest => ("error-request-title", "error-invalid-request"),
            Self::StaleForm => ("error-stale-form-title", "error-stale-form"),
            Self::NotFound => ("error-not-found-title", "error-not-found"),
            Self::MethodNotAllowed | Self::WrongContentType => ("error-form-title", "error-form"),
            Self::TooLarge => ("error-form-title", "error-too-large"),
            Self::TooManyRequests => ("error-too-many-requests-title", "error-too-many-requests"),
            Self::Unavailable => ("error-unavailable-title", "error-unavailable"),
            Self::Internal => ("error-internal-title", "error-internal"),
        };
        (Text::new(title), Text::new(text))
    }
}
