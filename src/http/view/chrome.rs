//! Owns what every page has around its one question: whose page it is, in which language, and where else to go.

use serde::Serialize;
use watchword_domain::Language;

use super::colour::Colours;

/// What every page is shown with.
#[derive(Clone, Debug)]
pub struct Chrome {
    /// Whose page it is; `None` where no pool is known (landing page, errors outside any pool).
    pub brand: Option<Brand>,
    /// The language to speak.
    pub language: Language,
    /// The front page of the application, for pages on which nothing else can be done. Only of a site that the
    /// application registered.
    pub back_url: Option<String>,
    /// The languages one may switch to, each with the address (GET) that shows this page in it. Fewer than two:
    /// no switch is shown.
    pub languages: Vec<LanguageLink>,
    /// The nonce of the response's `Content-Security-Policy`, for the one `<style>` with the pool's colours.
    pub csp_nonce: String,
    /// The request's id, shown on error pages so that it can be quoted to support.
    pub request_id: String,
}

/// The project a page belongs to, as its owner set it up.
#[derive(Clone, Debug)]
pub struct Brand {
    /// The project's name, plain text.
    pub name: String,
    /// A square picture, shown at 40 by 40 pixels. Pages load nothing from third parties: the address must be of
    /// the provider's own origin. Without one, the name's first letter stands in its place.
    pub logo_url: Option<String>,
    /// The project's colours; `None` for the house's own.
    pub colours: Option<Colours>,
    /// Where a person may ask for help; plain address without `mailto:`.
    pub support_email: Option<String>,
    /// The project's privacy notice (`https`).
    pub privacy_url: Option<String>,
    /// The project's terms (`https`).
    pub terms_url: Option<String>,
}

/// One choice of the language switch.
#[derive(Clone, Debug)]
pub struct LanguageLink {
    /// The language to switch to.
    pub language: Language,
    /// The address of this page in it.
    pub url: String,
}

/// The chrome as the layout sees it.
#[derive(Serialize)]
pub(super) struct ChromeContext<'a> {
    lang: &'static str,
    dir: &'static str,
    brand: Option<BrandContext<'a>>,
    /// What the sentences call the project.
    name: &'a str,
    back_url: Option<&'a str>,
    style: Option<String>,
    csp_nonce: &'a str,
    request_id: &'a str,
    languages: Vec<LanguageContext<'a>>,
}

#[derive(Serialize)]
struct BrandContext<'a> {
    name: &'a str,
    initial: String,
    logo_url: Option<&'a str>,
    support_email: Option<&'a str>,
    privacy_url: Option<&'a str>,
    terms_url: Option<&'a str>,
}

#[derive(Serialize)]
struct LanguageContext<'a> {
    tag: &'static str,
    dir: &'static str,
    /// The language's name in itself.
    name: &'static str,
    url: &'a str,
    current: bool,
}

impl Chrome {
    /// The context of the layout.
    pub(super) fn context(&self) -> ChromeContext<'_> {
        let languages = if self.languages.len() < 2 { &[] } else { self.languages.as_slice() };
        ChromeContext {
            lang: self.language.tag(),
            dir: direction(self.language),
            brand: self.brand.as_ref().map(Brand::context),
            name: self.brand.as_ref().map_or("", |brand| &brand.name),
            back_url: self.back_url.as_deref(),
            style: self.brand.as_ref().and_then(|brand| brand.colours).map(|colours| style(&colours)),
            csp_nonce: &self.csp_nonce,
            request_id: &self.request_id,
            languages: languages
                .iter()
                .map(|link| LanguageContext {
                    tag: link.language.tag(),
                    dir: direction(link.language),
                    name: link.language.own_name(),
                    url: &link.url,
                    current: link.language == self.language,
                })
                .collect(),
        }
    }
}

impl Brand {
    fn context(&self) -> BrandContext<'_> {
        BrandContext {
            name: &self.name,
            initial: self
                .name
                .trim()
                .chars()
                .next()
                .map(|first| first.to_uppercase().collect())
                .unwrap_or_default(),
            logo_url: self.logo_url.as_deref(),
            support_email: self.support_email.as_deref(),
            privacy_url: self.privacy_url.as_deref(),
            terms_url: self.terms_url.as_deref(),
        }
    }
}

fn direction(language: Language) -> &'static str {
    if language.is_rtl() { "rtl" } else { "ltr" }
}

fn style(colours: &Colours) -> String {
    format!(
        ":root{{{}}}@media(prefers-color-scheme:dark){{:root{{{}}}}}",
        colours.light.declarations(),
        colours.dark.declarations()
    )
}
