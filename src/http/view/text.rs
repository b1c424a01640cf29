//! Owns the way Rust names a sentence: the key of a text in `templates/locales/` and the values set into it.

use serde::Serialize;
use serde_json::{Map, Value};

/// A sentence yet to be said in some language. Templates say it with `{{t text}}`.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Text {
    key: &'static str,
    args: Map<String, Value>,
}

impl Text {
    /// The sentence `key`, which takes no values or gets them by [`with`](Self::with).
    pub(super) fn new(key: &'static str) -> Self {
        Self { key, args: Map::new() }
    }

    /// Sets the value of the variable `$name`.
    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.args.insert(name.to_owned(), value.into());
        self
    }

    pub(super) fn key(&self) -> &'static str {
        self.key
    }

    pub(super) fn args(&self) -> &Map<String, Value> {
        &self.args
    }
}
