//! Owns the page of a sign-in that cannot go on.

use serde::Serialize;

use super::fault::RenderError;
use super::locale::Locale;
use super::pages::{Head, View};
use super::text::Text;

/// Says why a sign-in ended without success, and how to start again.
#[derive(Clone, Debug)]
pub struct EndedView {
    /// Why it ended.
    pub reason: EndedReason,
    /// Where to start again (GET); `None` when only the application can.
    pub restart_url: Option<String>,
}

/// Why a sign-in ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedReason {
    /// It took too long.
    Expired,
    /// Too many wrong codes.
    TooManyTries,
    /// No message reaches the number.
    Undeliverable,
    /// Codes for this number are switched off.
    Blocked,
    /// Whoever got the code said that they did not ask for it.
    Disowned,
    /// The code was right, and is no proof for this number unless it came on WhatsApp alone.
    Unconfirmed,
    /// It was finished already (an old tab, the back button).
    AlreadyUsed,
}

#[derive(Serialize)]
struct Context<'a> {
    text: Text,
    restart_url: Option<&'a str>,
}

impl View for EndedView {
    const TEMPLATE: &'static str = "pages/ended";

    fn head(&self) -> Head {
        Head::new(self.reason.texts().0)
    }

    fn context<'a>(&'a self, _: &'a Locale) -> Result<impl Serialize + 'a, RenderError> {
        Ok(Context { text: self.reason.texts().1, restart_url: self.restart_url.as_deref() })
    }
}

impl EndedReason {
    fn texts(self) -> (Text, Text) {
        let (title, text) = match self {
            Self::Expired => ("ended-expired-title", "ended-expired"),
            Self::TooManyTries => ("ended-too-many-tries-title", "ended-too-many-tries"),
            Self::Undeliverable => ("ended-undeliverable-title", "ended-undeliverable"),
            Self::Blocked => ("ended-blocked-title", "ended-blocked"),
            Self::Disowned => ("ended-disowned-title", "ended-disowned"),
            Self::Unconfirmed => ("ended-unconfirmed-title", "ended-unconfirmed"),
            Self::AlreadyUsed => ("ended-already-used-title", "ended-already-used"),
        };
        (Text::new(title), Text::new(text))
    }
}
