//! Owns the two pages of signing out: the question and the good-bye.

use serde::Serialize;

use super::fault::RenderError;
use super::form::Csrf;
use super::locale::Locale;
use super::pages::{Head, View};
use super::text::Text;

/// Asks whether to sign out; shown when a request to do so does not prove whose session it means
/// (OpenID Connect RP-Initiated Logout 1.0, section 2).
///
/// The form posts `csrf` and the request's own parameters again.
#[derive(Clone, Debug)]
pub struct SignOutView {
    /// Proof that the form is ours; field `csrf`.
    pub csrf: Csrf,
    /// Where the form is posted to.
    pub action: String,
    /// Parameters of the request to carry along, name and value, as hidden fields.
    pub carried: Vec<(String, String)>,
    /// What one signs out of: the client's name, or the project's.
    pub client_name: String,
    /// Where "stay signed in" leads; `None` shows no such link.
    pub cancel_url: Option<String>,
}

/// Says that one is signed out; shown when there is no registered address to go back to.
#[derive(Clone, Debug)]
pub struct SignedOutView {
    /// What one was signed in to.
    pub client_name: String,
    /// Where to sign in again, if known.
    pub sign_in_url: Option<String>,
}

#[derive(Serialize)]
struct SignOutContext<'a> {
    csrf: &'a Csrf,
    action: &'a str,
    carried: Vec<CarriedParameter<'a>>,
    cancel_url: Option<&'a str>,
}

#[derive(Serialize)]
struct CarriedParameter<'a> {
    name: &'a str,
    value: &'a str,
}

#[derive(Serialize)]
struct SignedOutContext<'a> {
    sign_in_url: Option<&'a str>,
}

impl View for SignOutView {
    const TEMPLATE: &'static str = "pages/sign-out";

    fn head(&self) -> Head {
        Head::new(Text::new("sign-out-title").with("client", self.client_name.as_str()))
    }

    fn context<'a>(&'a self, _: &'a Locale) -> Result<impl Serialize + 'a, RenderError> {
        Ok(SignOutContext {
            csrf: &self.csrf,
            action: &self.action,
            carried: self.carried.iter().map(|(name, value)| CarriedParameter { name, value }).collect(),
            cancel_url: self.cancel_url.as_deref(),
        })
    }
}

impl View for SignedOutView {
    const TEMPLATE: &'static str = "pages/signed-out";

    fn head(&self) -> Head {
        Head::new(Text::new("signed-out-title").with("client", self.client_name.as_str()))
    }

    fn context<'a>(&'a self, _: &'a Locale) -> Result<impl Serialize + 'a, RenderError> {
        Ok(SignedOutContext { sign_in_url: self.sign_in_url.as_deref() })
    }
}
