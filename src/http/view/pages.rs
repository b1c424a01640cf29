//! Owns the engine: templates and languages are read once, at start, and every page is rendered here.

use std::collections::BTreeMap;
use std::sync::Arc;

use handlebars::Handlebars;
use serde::Serialize;
use watchword_domain::Language;

use super::assets::AssetPaths;
use super::chrome::{Chrome, ChromeContext};
use super::delivery::{DeliveryEvent, DeliveryPart};
use super::fault::{PagesFault, RenderError};
use super::locale::{LOCALE_FILES, Locale, compare, outline};
use super::tags;
use super::text::Text;

/// The templates: name and source. Pages are named as their endpoints.
const TEMPLATES: [(&str, &str); 18] = [
    ("layout", include_str!("../../../templates/layout.hbs")),
    ("parts/back", include_str!("../../../templates/parts/back.hbs")),
    ("parts/brand", include_str!("../../../templates/parts/brand.hbs")),
    ("parts/delivery", include_str!("../../../templates/parts/delivery.hbs")),
    ("parts/footer", include_str!("../../../templates/parts/footer.hbs")),
    ("parts/icon-chat", include_str!("../../../templates/parts/icon-chat.hbs")),
    ("parts/other", include_str!("../../../templates/parts/other.hbs")),
    ("parts/proof", include_str!("../../../templates/parts/proof.hbs")),
    ("parts/proof-fields", include_str!("../../../templates/parts/proof-fields.hbs")),
    ("parts/resend", include_str!("../../../templates/parts/resend.hbs")),
    ("pages/code", include_str!("../../../templates/pages/code.hbs")),
    ("pages/ended", include_str!("../../../templates/pages/ended.hbs")),
    ("pages/error", include_str!("../../../templates/pages/error.hbs")),
    ("pages/form-post", include_str!("../../../templates/pages/form-post.hbs")),
    ("pages/landing", include_str!("../../../templates/pages/landing.hbs")),
    ("pages/phone", include_str!("../../../templates/pages/phone.hbs")),
    ("pages/sign-out", include_str!("../../../templates/pages/sign-out.hbs")),
    ("pages/signed-out", include_str!("../../../templates/pages/signed-out.hbs")),
];

/// The typed data of one page.
pub trait View {
    /// The template it is for.
    const TEMPLATE: &'static str;

    /// What the page's `<head>` says.
    fn head(&self) -> Head;

    /// The data as the template sees it, under the name `view`.
    ///
    /// # Errors
    /// Only for faults of ours: a text is missing.
    fn context<'a>(&'a self, locale: &'a Locale) -> Result<impl Serialize + 'a, RenderError>;
}

/// What a view puts into the page's `<head>`.
#[derive(Serialize)]
pub struct Head {
    title: Text,
    /// Whether the page answers something that was wrong; said before the title.
    problem: bool,
    refresh: Option<Refresh>,
}

/// Without scripts, load this page again.
#[derive(Serialize)]
pub struct Refresh {
    /// After so many seconds.
    pub seconds: u32,
    /// From this address.
    pub url: String,
}

impl Head {
    pub(super) fn new(title: Text) -> Self {
        Self { title, problem: false, refresh: None }
    }

    pub(super) fn with_problem(mut self, problem: bool) -> Self {
        self.problem = problem;
        self
    }

    pub(super) fn with_refresh(mut self, refresh: Option<Refresh>) -> Self {
        self.refresh = refresh;
        self
    }
}

/// What a template sees.
#[derive(Serialize)]
struct Frame<'a, V> {
    chrome: ChromeContext<'a>,
    head: Head,
    view: V,
    assets: &'a AssetPaths,
}

/// One language and the templates bound to it.
struct Edition {
    locale: Arc<Locale>,
    templates: Handlebars<'static>,
}

/// Every page in every language, ready to be rendered from any thread.
pub struct Pages {
    editions: BTreeMap<Language, Edition>,
    assets: AssetPaths,
}

impl Pages {
    /// Reads every template and language that is in the binary.
    ///
    /// # Errors
    /// When a template or language file is broken, when a template says an unknown text, or when a language lacks
    /// one.
    pub fn load() -> Result<Self, PagesFault> {
        let templates = templates()?;
        let [english, ..] = &LOCALE_FILES;
        check_templates_against(english.texts)?;
        let mut editions = BTreeMap::new();
        for files in &LOCALE_FILES {
            compare(english, files)?;
            let locale = Arc::new(Locale::load(files)?);
            let mut templates = templates.clone();
            tags::register(&mut templates, &locale);
            editions.insert(files.language, Edition { locale, templates });
        }
        Ok(Self { editions, assets: AssetPaths::new() })
    }

    /// The page as HTML, in the chrome's language.
    ///
    /// # Errors
    /// Only for faults of ours: a template and its view do not fit each other.
    pub fn render<V: View>(&self, view: &V, chrome: &Chrome) -> Result<String, RenderError> {
        let edition = self.edition(chrome.language)?;
        let frame = Frame {
            chrome: chrome.context(),
            head: view.head(),
            view: view.context(&edition.locale)?,
            assets: &self.assets,
        };
        edition.templates.render(V::TEMPLATE, &frame).map_err(|error| RenderError::Template(Box::new(error)))
    }

    /// What the code page's script is told when the message fares on: the data of `event: delivery`, to be written
    /// as JSON.
    ///
    /// # Errors
    /// Only for faults of ours: a text is missing.
    pub fn delivery_event(
        &self,
        part: &DeliveryPart,
        language: Language,
    ) -> Result<DeliveryEvent, RenderError> {
        part.event(&self.edition(language)?.locale)
    }

    fn edition(&self, language: Language) -> Result<&Edition, RenderError> {
        self.editions.get(&language).ok_or(RenderError::Language(language.tag()))
    }
}

fn templates() -> Result<Handlebars<'static>, PagesFault> {
    let mut templates = Handlebars::new();
    templates.set_strict_mode(true);
    templates.set_prevent_indent(true);
    templates.register_escape_fn(tags::escape);
    for (name, source) in TEMPLATES {
        templates
            .register_template_string(name, unindented(source))
            .map_err(|error| PagesFault::Template { name, source: Box::new(error) })?;
    }
    Ok(templates)
}

/// A template without its indentation, which would only make pages heavier.
fn unindented(source: &str) -> String {
    source.lines().map(str::trim_start).collect::<Vec<_>>().join("\n")
}

/// Checks that every text a template names is in the English file.
fn check_templates_against(english: &str) -> Result<(), PagesFault> {
    let known = outline(english);
    for (name, source) in TEMPLATES {
        if let Some(key) = tags::texts_said(source).find(|key| !known.contains_key(key)) {
            return Err(PagesFault::UnknownText { name, key: key.to_owned() });
        }
    }
    Ok(())
}
