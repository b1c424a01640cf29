//! Something that is wrong, and what to do about it.

/// Something that is wrong with a sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The thing.
    pub what: String,
    /// What is wrong with it, as the rest of that sentence and without its full stop.
    pub wrong: String,
    /// What to do about it, in one sentence.
    pub mend: String,
    /// Whether no code can be sent, or nobody would learn what became of it, until it is mended.
    pub is_fatal: bool,
}

impl Trouble {
    pub(super) fn fatal(what: impl Into<String>, wrong: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { what: what.into(), wrong: wrong.into(), mend: mend.into(), is_fatal: true }
    }

    pub(super) fn minor(what: impl Into<String>, wrong: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { is_fatal: false, ..Self::fatal(what, wrong, mend) }
    }
}
