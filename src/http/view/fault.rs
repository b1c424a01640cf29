//! What can be wrong with the pages themselves.

/// Why the pages cannot be served at all; found at start.
#[derive(Debug, thiserror::Error)]
pub enum PagesFault {
    /// A template does not parse.
    #[error("the template {name} is broken")]
    Template {
        /// Its name below `templates/`.
        name: &'static str,
        /// Where and why.
        #[source]
        source: Box<handlebars::TemplateError>,
    },
    /// A template says a text that no language has.
    #[error("the template {name} says the text {key:?}, which is not in templates/locales/en.ftl")]
    UnknownText {
        /// The template's name.
        name: &'static str,
        /// The text's key.
        key: String,
    },
    /// The files of a language do not parse.
    #[error("templates/locales/{language}: {what}")]
    Locale {
        /// The language's tag.
        language: &'static str,
        /// What is wrong.
        what: String,
    },
    /// A language differs from English in the texts it has or the variables they use.
    #[error("templates/locales/{language}.ftl: the text {key:?} {what}")]
    Text {
        /// The language's tag.
        language: &'static str,
        /// The text's key.
        key: String,
        /// What is wrong.
        what: &'static str,
    },
}

/// Why one page could not be rendered. Always a fault of ours; a person gets the plain text of a 500.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A template asked for something its view does not have.
    #[error("a page could not be rendered")]
    Template(#[from] Box<handlebars::RenderError>),
    /// The language has no such text, or a variable of it was given no value.
    #[error("the text {key:?} could not be said in {language}")]
    Text {
        /// The language's tag.
        language: &'static str,
        /// The text's key.
        key: &'static str,
    },
    /// The language was not loaded.
    #[error("no pages exist in {0}")]
    Language(&'static str),
}
