//! Owns the code page: where the message is, and the field for what it says.

use serde::Serialize;
use watchword_domain::Channel;

use super::delivery::{DeliveryEvent, DeliveryPart};
use super::fault::RenderError;
use super::form::Csrf;
use super::locale::Locale;
use super::pages::{Head, Refresh, View};
use super::phone::ProofPart;
use super::text::Text;

/// Asks for the code that was sent, and shows live how the message fares.
///
/// The form posts `csrf`, `sign_in` and `code` (as typed); the resend form posts `csrf` and `sign_in`. When the
/// code has ended (no tries or no time left) the page shows that and one button instead.
#[derive(Clone, Debug)]
pub struct CodeView {
    /// Proof that the forms are ours; field `csrf`.
    pub csrf: Csrf,
    /// Where the code is posted to.
    pub action: String,
    /// Where "send a new code" is posted to.
    pub resend_action: String,
    /// Where the same code by another channel is posted to; the form posts `csrf`, `sign_in` and `channel`.
    pub other_action: String,
    /// The number page of this sign-in (GET).
    pub change_url: String,
    /// The stream of `delivery` events (`text/event-stream`, data as of [`Pages::delivery_event`]). It should send
    /// the current state at once when opened.
    ///
    /// [`Pages::delivery_event`]: super::Pages::delivery_event
    pub events_url: String,
    /// This page (GET): asked again without scripts, where events do not come through, and when the code has ended.
    pub refresh_url: String,
    /// The sign-in's id; field `sign_in`.
    pub sign_in: String,
    /// The number the code went to, masked for the person who typed it.
    pub number: String,
    /// How many digits the code has.
    pub code_length: u32,
    /// How the message fares.
    pub delivery: DeliveryPart,
    /// Wrong codes that are still forgiven; 0 ends the code.
    pub tries_left: u32,
    /// Whether an earlier code of this sign-in stopped working when this one was made.
    pub renewed: bool,
    /// What was wrong with the code that was posted.
    pub error: Option<CodeError>,
    /// What the browser has to work out before the code goes out again.
    pub proof: Option<CodeProof>,
}

/// A proof of work that is asked for before the code goes out again. The form it belongs to posts `challenge` and `nonce`
/// besides its own fields.
#[derive(Clone, Debug)]
pub struct CodeProof {
    /// What is asked for.
    pub part: ProofPart,
    /// For which of the page's forms.
    pub of: Further,
}

/// A way in which a code goes out again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Further {
    /// A new code.
    NewCode,
    /// The same code by another channel.
    OtherChannel,
}

/// Why a code was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeError {
    /// Nothing was typed.
    Missing,
    /// It has something else than digits in it.
    NotACode,
    /// Too many or too few digits. No try was charged.
    WrongLength,
    /// Not the code.
    Wrong {
        /// Tries that are left.
        left: u32,
    },
    /// It came too late.
    Expired,
}

#[derive(Serialize)]
struct Context<'a> {
    csrf: &'a Csrf,
    action: &'a str,
    resend_action: &'a str,
    other_action: &'a str,
    /// Whether the message is on WhatsApp, which has hints of its own.
    is_on_whatsapp: bool,
    /// Whether anybody tells that it arrived.
    is_reported: bool,
    /// What the button for another channel says, and the clock in its place.
    other_label: &'static str,
    other_wait: &'static str,
    change_url: &'a str,
    events_url: &'a str,
    refresh_url: &'a str,
    sign_in: &'a str,
    number: &'a str,
    code_length: u32,
    /// What the field lets one type: the digits and the spaces or hyphens people put between them.
    longest: u32,
    delivery: DeliveryEvent,
    /// Whether a page without scripts offers to look again.
    look_again: bool,
    /// How many tries are left, unless the error says it already.
    tries: Option<u32>,
    /// Whether to say that this is a new code.
    renewed: bool,
    error: Option<Text>,
    /// Why the code has ended, if it has.
    ended: Option<Text>,
    proof: Option<&'a ProofPart>,
    /// Whether the proof is for a new code.
    proves_resend: bool,
    /// Whether it is for another channel.
    proves_other: bool,
}

impl View for CodeView {
    const TEMPLATE: &'static str = "pages/code";

    fn head(&self) -> Head {
        let refresh = self
            .delivery
            .look_again_after()
            .filter(|_| !self.has_ended() && self.error.is_none() && self.proof.is_none())
            .map(|seconds| Refresh { seconds, url: self.refresh_url.clone() });
        Head::new(self.title()).with_problem(self.error.is_some()).with_refresh(refresh)
    }

    fn context<'a>(&'a self, locale: &'a Locale) -> Result<impl Serialize + 'a, RenderError> {
        let (other_label, other_wait) = self.delivery.other_labels();
        Ok(Context {
            csrf: &self.csrf,
            action: &self.action,
            resend_action: &self.resend_action,
            other_action: &self.other_action,
            is_on_whatsapp: self.delivery.channel == Channel::Whatsapp,
            is_reported: self.delivery.channel != Channel::Email,
            other_label,
            other_wait,
            change_url: &self.change_url,
            events_url: &self.events_url,
            refresh_url: &self.refresh_url,
            sign_in: &self.sign_in,
            number: &self.number,
            code_length: self.code_length,
            longest: self.code_length.saturating_mul(2),
            delivery: self.delivery.event(locale)?,
            look_again: self.delivery.has_unseen_news(),
            tries: Some(self.tries_left).filter(|_| !matches!(self.error, Some(CodeError::Wrong { .. }))),
            // Whoever typed a wrong code may have typed the one before.
            renewed: self.renewed && matches!(self.error, None | Some(CodeError::Wrong { .. })),
            error: self.error.map(|error| error.text(self.code_length)),
            ended: self.has_ended().then(|| self.end_reason()),
            proof: self.proof.as_ref().map(|proof| &proof.part),
            proves_resend: self.proves(Further::NewCode),
            proves_other: self.proves(Further::OtherChannel),
        })
    }
}

impl CodeView {
    fn proves(&self, further: Further) -> bool {
        self.proof.as_ref().is_some_and(|proof| proof.of == further)
    }

    fn has_ended(&self) -> bool {
        self.tries_left == 0 || self.delivery.expires_in == 0 || self.error == Some(CodeError::Expired)
    }

    fn title(&self) -> Text {
        if !self.has_ended() {
            self.delivery.title()
        } else if self.tries_left == 0 {
            Text::new("code-ended-tries-title")
        } else {
            Text::new("code-ended-expired-title")
        }
    }

    fn end_reason(&self) -> Text {
        Text::new(if self.tries_left == 0 { "code-ended-tries" } else { "code-ended-expired" })
    }
}

impl CodeError {
    fn text(self, code_length: u32) -> Text {
        match self {
            Self::Missing => Text::new("code-error-missing"),
            Self::NotACode => Text::new("code-error-not-a-code"),
            Self::WrongLength => Text::new("code-error-wrong-length").with("count", code_length),
            Self::Wrong { left } => Text::new("code-error-wrong").with("count", left),
            Self::Expired => Text::new("code-ended-expired"),
        }
    }
}
