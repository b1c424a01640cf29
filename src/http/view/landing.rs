//! Owns the page at the root of an installation.

use serde::Serialize;

use super::fault::RenderError;
use super::locale::Locale;
use super::pages::{Head, View};
use super::text::Text;

/// Says what this address is to somebody who came here by accident or to look.
#[derive(Clone, Debug)]
pub struct LandingView {
    /// The documentation.
    pub docs_url: String,
}

#[derive(Serialize)]
struct Context<'a> {
    docs_url: &'a str,
}

impl View for LandingView {
    const TEMPLATE: &'static str = "pages/landing";

    fn head(&self) -> Head {
        Head::new(Text::new("landing-title"))
    }

    fn context<'a>(&'a self, _: &'a Locale) -> Result<impl Serialize + 'a, RenderError> {
        Ok(Context { docs_url: &self.docs_url })
    }
}
