//! Owns the page that carries an authorization response back as a form (OAuth 2.0 Form Post Response Mode, section 2).

use serde::Serialize;

use super::fault::RenderError;
use super::locale::Locale;
use super::pages::{Head, View};
use super::text::Text;

/// A form that sends itself where scripts run, and is one button where they do not.
///
/// Its action is the client's registered redirect URI; it carries no token of ours, since it does not come back to us.
#[derive(Clone, Debug)]
pub struct FormPostView {
    /// The client's redirect URI.
    pub action: String,
    /// The response's parameters.
    pub fields: Vec<(String, String)>,
    /// Where the person is going.
    pub client_name: String,
}

#[derive(Serialize)]
struct Context<'a> {
    action: &'a str,
    fields: Vec<Field<'a>>,
}

#[derive(Serialize)]
struct Field<'a> {
    name: &'a str,
    value: &'a str,
}

impl View for FormPostView {
    const TEMPLATE: &'static str = "pages/form-post";

    fn head(&self) -> Head {
        Head::new(Text::new("form-post-title").with("client", self.client_name.as_str()))
    }

    fn context<'a>(&'a self, _: &'a Locale) -> Result<impl Serialize + 'a, RenderError> {
        let fields = self.fields.iter().map(|(name, value)| Field { name, value }).collect();
        Ok(Context { action: &self.action, fields })
    }
}
