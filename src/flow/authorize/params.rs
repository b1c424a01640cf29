//! The parameters of a request, as they came: a repeated one is an error, an unknown one is ignored (RFC 6749, section 3.1).

/// Longest value of any parameter.
const LONGEST: usize = 4096;

/// The decoded parameters of one request.
#[derive(Clone)]
pub struct Params(Vec<(String, String)>);

/// Why a parameter cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamRefusal {
    /// It was given more than once.
    Repeated(&'static str),
    /// It is longer than 4,096 bytes.
    TooLong(&'static str),
}

impl Params {
    /// The parameters, in the order they came.
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// All of them, in the order they came.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// The one value of a parameter of our own making, however long: the body's or the address's limit bounds it. None
    /// when it is missing or repeated, which nothing of ours does.
    pub fn whole(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        values.next().filter(|_| values.next().is_none())
    }

    /// The one value of a parameter. An empty value counts as absent (RFC 6749, section 3.1).
    ///
    /// # Errors
    /// When it was given more than once, or is too long.
    pub fn one(&self, name: &'static str) -> Result<Option<&str>, ParamRefusal> {
        let mut values = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let value = values.next().filter(|value| !value.is_empty());
        if values.next().is_some() {
            return Err(ParamRefusal::Repeated(name));
        }
        match value {
            Some(value) if value.len() > LONGEST => Err(ParamRefusal::TooLong(name)),
            value => Ok(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(pairs: &[(&str, &str)]) -> Params {
        Params::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_repeated_parameter_is_refused_even_when_it_agrees() {
        assert_eq!(params(&[("a", "1"), ("a", "1")]).one("a"), Err(ParamRefusal::Repeated("a")));
        assert_eq!(params(&[("a", ""), ("a", "1")]).one("a"), Err(ParamRefusal::Repeated("a")));
    }

    #[test]
    fn what_we_sealed_ourselves_may_be_long_but_comes_once() {
        let long = "x".repeat(LONGEST + 1);
        assert_eq!(params(&[("a", &long)]).whole("a"), Some(long.as_str()));
        assert_eq!(params(&[("a", "1"), ("a", "1")]).whole("a"), None);
        assert_eq!(params(&[("b", "1")]).whole("a"), None);
    }

    #[test]
    fn an_empty_parameter_is_an_absent_one() {
        assert_eq!(params(&[("a", "")]).one("a"), Ok(None));
        assert_eq!(params(&[("b", "1")]).one("a"), Ok(None));
        assert_eq!(params(&[("a", "1")]).one("a"), Ok(Some("1")));
    }
}
