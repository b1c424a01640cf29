//! What stands in the way of starting, in words for the operator: which setting or thing, what is wrong with it, how to
//! mend it. Never a secret's value.

use std::fmt;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The setting, with where it was given, or the thing: `listen (WATCHWORD_LISTEN)`, `the database`.
    pub what: String,
    /// What is wrong with it, as the rest of that sentence and without its full stop.
    pub wrong: String,
    /// What to do about it: a sentence or two.
    pub mend: String,
}

impl Problem {
    /// Puts one into words.
    pub fn new(what: impl Into<String>, wrong: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { what: what.into(), wrong: wrong.into(), mend: mend.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}.\n  {}", self.what, self.wrong, self.mend)
    }
}

/// Everything that is wrong, found in one go so that it can be mended in one go. Never empty when it is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, problem) in self.0.iter().enumerate() {
            let gap = if position == 0 { "" } else { "\n\n" };
            write!(out, "{gap}{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
