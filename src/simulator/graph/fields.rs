//! Reading a request's JSON field by field, with Meta's refusals: 131008 for what is missing, 131009 for a value that
//! cannot be, 100 for a type that is wrong or a key nobody knows. Refusals name the field, never its value.

use serde_json::{Map, Value};

use super::error::GraphError;

/// One JSON object and where in the request it stands.
pub(crate) struct Fields<'a> {
    path: String,
    map: &'a Map<String, Value>,
}

type Read<T> = Result<T, GraphError>;

impl<'a> Fields<'a> {
    /// The object at `path`; the empty path is the request itself.
    pub(crate) fn of(value: &'a Value, path: impl Into<String>) -> Read<Self> {
        let path = path.into();
        match value.as_object() {
            Some(map) => Ok(Self { path, map }),
            None if path.is_empty() => Err(GraphError::parameter("The body must be a JSON object.")),
            None => Err(GraphError::parameter(&format!("Param {path} must be a JSON object."))),
        }
    }

    /// Refuses a key that is not listed. Meta overlooks some; here a misspelt optional field must not go unnoticed.
    pub(crate) fn only(&self, allowed: &[&str]) -> Read<()> {
        match self.map.keys().find(|key| !allowed.contains(&key.as_str())) {
            Some(key) => {
                let place = if self.path.is_empty() {
                    "the request".to_owned()
                } else {
                    format!("param {}", self.path)
                };
                let key: String = key.chars().take(64).collect();
                Err(GraphError::parameter(&format!("Unexpected key \"{key}\" on {place}.")))
            }
            None => Ok(()),
        }
    }

    /// The field's value, if it is there at all; JSON null counts as absent.
    pub(crate) fn value(&self, name: &str) -> Option<&'a Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// A string that may be absent.
    pub(crate) fn optional_text(&self, name: &str) -> Read<Option<&'a str>> {
        let Some(value) = self.value(name) else { return Ok(None) };
        value.as_str().map(Some).ok_or_else(|| self.wrong(name, "a string"))
    }

    /// A string that must be there.
    pub(crate) fn text(&self, name: &str) -> Read<&'a str> {
        self.optional_text(name)?.ok_or_else(|| self.missing(name))
    }

    /// A string of 1 to `most` characters.
    pub(crate) fn bounded(&self, name: &str, most: usize) -> Read<&'a str> {
        let text = self.text(name)?;
        self.within(name, text, most).map(|()| text)
    }

    /// A string of 1 to `most` characters that may be absent.
    pub(crate) fn optional_bounded(&self, name: &str, most: usize) -> Read<Option<&'a str>> {
        let text = self.optional_text(name)?;
        text.map_or(Ok(()), |text| self.within(name, text, most)).map(|()| text)
    }

    /// A string that must be one of a few words.
    pub(crate) fn exactly(&self, name: &str, words: &[&str]) -> Read<&'a str> {
        let text = self.text(name)?;
        if words.contains(&text) {
            return Ok(text);
        }
        Err(GraphError::parameter(&format!(
            "Param {} must be one of {{{}}}.",
            self.place(name),
            words.join(", ")
        )))
    }

    /// An object that may be absent.
    pub(crate) fn optional_object(&self, name: &str) -> Read<Option<Self>> {
        self.value(name).map(|value| Self::of(value, self.place(name))).transpose()
    }

    /// An object that must be there.
    pub(crate) fn object(&self, name: &str) -> Read<Self> {
        self.optional_object(name)?.ok_or_else(|| self.missing(name))
    }

    /// A list of objects of which there must be `range`.
    pub(crate) fn objects(&self, name: &str, range: std::ops::RangeInclusive<usize>) -> Read<Vec<Self>> {
        let list = self.value(name).ok_or_else(|| self.missing(name))?;
        let list = list.as_array().ok_or_else(|| self.wrong(name, "a list"))?;
        if !range.contains(&list.len()) {
            let (least, most) = (range.start(), range.end());
            let sentence = format!("{} must have {least} to {most} entries", self.place(name));
            return Err(GraphError::new(131_009, sentence));
        }
        list.iter()
            .enumerate()
            .map(|(at, value)| Self::of(value, format!("{}[{at}]", self.place(name))))
            .collect()
    }

    /// A refusal of one field's value.
    pub(crate) fn invalid(&self, name: &str, why: &str) -> GraphError {
        GraphError::new(131_009, format!("{} {why}", self.place(name)))
    }

    fn within(&self, name: &str, text: &str, most: usize) -> Read<()> {
        if text.is_empty() || text.chars().count() > most {
            return Err(self.invalid(name, &format!("must have 1 to {most} characters")));
        }
        Ok(())
    }

    fn missing(&self, name: &str) -> GraphError {
        if self.path.is_empty() {
            return GraphError::parameter(&format!("The parameter {name} is required."));
        }
        GraphError::new(131_008, format!("{} is missing", self.place(name)))
    }

    fn wrong(&self, name: &str, what: &str) -> GraphError {
        GraphError::parameter(&format!("Param {} must be {what}.", self.place(name)))
    }

    fn place(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}
