//! Owns how the way of a message is told to the person who waits: in the page and in the live events.

use serde::Serialize;
use watchword_domain::{Channel, DeliveryState, FailureClass};

use super::fault::RenderError;
use super::locale::Locale;
use super::text::Text;

/// How far the message with the code has come, and what the person can do about it.
#[derive(Clone, Debug)]
pub struct DeliveryPart {
    /// The channel of the message.
    pub channel: Channel,
    /// Whether it stepped in by itself for one on another channel.
    pub steps_in: bool,
    /// Another channel that may carry the code.
    pub other: Option<OtherPart>,
    /// The message's state.
    pub state: DeliveryState,
    /// Why it failed; looked at only when `state` is `Failed`.
    pub failure: Option<FailureClass>,
    /// When a new code can be asked for.
    pub resend: ResendPart,
    /// Seconds until the code stops working; 0 when it has.
    pub expires_in: u32,
    /// Seconds since the code was asked for.
    pub waited: u32,
}

/// Another channel that may carry the code, and in how many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherPart {
    /// The channel.
    pub channel: Channel,
    /// Seconds until it may be asked for; 0 at once.
    pub seconds: u32,
}

/// When a new code can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResendPart {
    /// At once.
    Now,
    /// In so many seconds.
    In(u32),
    /// Not within this sign-in.
    NoMore {
        /// Seconds until the number may be sent codes again.
        until: u32,
    },
}

/// A [`DeliveryPart`] in the words of one language: what the code page shows and what its script is told.
#[derive(Clone, Debug, Serialize)]
pub struct DeliveryEvent {
    state: DeliveryState,
    /// How many of the three dots (sent, delivered, read) are reached.
    step: u8,
    /// The page's heading.
    title: String,
    /// One sentence.
    text: String,
    failed: bool,
    /// Whether no further event will come.
    #[serde(rename = "final")]
    is_final: bool,
    /// Where the message is: `whatsapp`, `sms` or `email`.
    channel: Channel,
    /// What to offer when it failed: `other` (another channel), `resend`, `change` (the number) or `back` (to the application); else empty.
    offer: &'static str,
    /// `now`, `in` or `no_more`, and the seconds that go with it.
    resend: &'static str,
    resend_in: u32,
    /// The same for another channel: empty, `now` or `in`; and the channel.
    other: &'static str,
    other_in: u32,
    other_channel: &'static str,
    expires_in: u32,
}

/// Seconds after which a page without scripts stops looking by itself where the code may be on the phone: about as long as
/// it takes to pick it up.
const LONGEST_LOOKING: u32 = 6;

impl DeliveryPart {
    pub(super) fn event(&self, locale: &Locale) -> Result<DeliveryEvent, RenderError> {
        let say = |text: Text| {
            let key = text.key();
            locale.say_text(&text).ok_or(RenderError::Text { language: locale.language().tag(), key })
        };
        let (resend, resend_in) = self.resend.parts();
        Ok(DeliveryEvent {
            state: self.state,
            step: self.step(),
            title: say(self.title())?,
            text: say(self.text())?,
            failed: self.failed(),
            is_final: self.is_final(),
            offer: self.offer(),
            channel: self.channel,
            resend,
            resend_in,
            other: self.other.map_or("", |other| if other.seconds == 0 { "now" } else { "in" }),
            other_in: self.other.map_or(0, |other| other.seconds),
            other_channel: self.other.map_or("", |other| other.channel.as_str()),
            expires_in: self.expires_in,
        })
    }

    pub(super) fn title(&self) -> Text {
        Text::new(match (self.failed(), self.channel) {
            (true, _) => "code-title-failed",
            (false, Channel::Whatsapp) => "code-title",
            (false, Channel::Sms) => "code-title-sms",
            (false, Channel::Email) => "code-title-email",
        })
    }

    /// Whether the message will not arrive as far as anyone knows.
    pub(super) fn failed(&self) -> bool {
        matches!(self.state, DeliveryState::Failed | DeliveryState::Expired)
    }

    /// Without scripts: after how many seconds the page should look again. Never once the message may be on the
    /// phone for long, whether or not somebody reported that, because loading the page again wipes a half-typed code.
    /// While it is still here nobody has a code to type.
    pub(super) fn look_again_after(&self) -> Option<u32> {
        let is_early = self.waited <= LONGEST_LOOKING;
        match self.state {
            DeliveryState::Queued | DeliveryState::Sending => Some(if is_early { 4 } else { 8 }),
            DeliveryState::Accepted | DeliveryState::Sent if is_early => Some(4),
            _ => None,
        }
    }

    /// Whether there may be news that a page without scripts does not see by itself.
    pub(super) fn has_unseen_news(&self) -> bool {
        self.look_again_after().is_none()
            && !matches!(self.state, DeliveryState::Delivered | DeliveryState::Read)
    }

    /// Whether nothing further can be told. `Failed` and `Expired` still give way to proof of arrival, but that is
    /// not worth a connection held open. Whoever read the message may still say that they did not ask for it.
    fn is_final(&self) -> bool {
        self.failed()
    }

    fn step(&self) -> u8 {
        match self.state {
            DeliveryState::Sent => 1,
            DeliveryState::Delivered => 2,
            DeliveryState::Read => 3,
            _ => 0,
        }
    }

    /// What helps: another number where this one is the trouble, another message where the moment was; nothing here
    /// where the trouble is the sender's.
    fn offer(&self) -> &'static str {
        match (self.failed(), self.failure) {
            (false, _) => "",
            (true, _) if self.other.is_some() => "other",
            (
                true,
                Some(FailureClass::NotReachable | FailureClass::Blocked | FailureClass::IdentityChanged),
            ) => "change",
            (true, Some(FailureClass::SenderUnavailable | FailureClass::Rejected)) => "back",
            (true, _) => "resend",
        }
    }

    fn text(&self) -> Text {
        Text::new(match (self.channel, self.state) {
            (Channel::Whatsapp, state) => self.on_whatsapp(state),
            (Channel::Sms, state) => self.by_sms(state),
            (Channel::Email, state) => self.by_mail(state),
        })
    }

    fn on_whatsapp(&self, state: DeliveryState) -> &'static str {
        match state {
            DeliveryState::Queued | DeliveryState::Sending => "delivery-sending",
            DeliveryState::Accepted => "delivery-accepted",
            DeliveryState::Sent => "delivery-sent",
            DeliveryState::Delivered => "delivery-delivered",
            DeliveryState::Read => "delivery-read",
            DeliveryState::Unknown => "delivery-unknown",
            DeliveryState::Expired => "delivery-expired",
            DeliveryState::Failed => match self.failure {
                Some(FailureClass::NotReachable) if self.may_go_by(Channel::Sms) => {
                    "delivery-failed-not-reachable-sms"
                }
                Some(FailureClass::NotReachable) if self.may_go_by(Channel::Email) => {
                    "delivery-failed-not-reachable-email"
                }
                _ if self.may_go_by(Channel::Sms) => "delivery-failed-sms",
                _ if self.may_go_by(Channel::Email) => "delivery-failed-email",
                Some(FailureClass::NotReachable) => "delivery-failed-not-reachable",
                Some(FailureClass::HeldBack) => "delivery-failed-held-back",
                Some(FailureClass::TooFast) => "delivery-failed-too-fast",
                Some(FailureClass::SenderUnavailable) => "delivery-failed-sender-unavailable",
                Some(FailureClass::TryLater) | None => "delivery-failed-try-later",
                Some(FailureClass::Rejected) => "delivery-failed-rejected",
                Some(FailureClass::Blocked) => "delivery-failed-blocked",
                Some(FailureClass::IdentityChanged) => "delivery-failed-identity-changed",
            },
        }
    }

    fn may_go_by(&self, channel: Channel) -> bool {
        self.other.is_some_and(|other| other.channel == channel)
    }

    /// A mail server says that it took a mail, and no more.
    fn by_mail(&self, state: DeliveryState) -> &'static str {
        match state {
            DeliveryState::Queued | DeliveryState::Sending => "delivery-sending",
            DeliveryState::Unknown => "delivery-email-unknown",
            DeliveryState::Expired => "delivery-expired",
            DeliveryState::Failed => "delivery-email-failed",
            _ if self.steps_in => "delivery-email-instead",
            _ => "delivery-email-accepted",
        }
    }

    /// The button for another channel, and what stands in its place until it may be pressed.
    pub(super) fn other_labels(&self) -> (&'static str, &'static str) {
        match self.other.map(|other| other.channel) {
            Some(Channel::Whatsapp) => ("code-other-whatsapp", "code-other-whatsapp-in"),
            Some(Channel::Email) => ("code-other-email", "code-other-email-in"),
            Some(Channel::Sms) | None => ("code-other-sms", "code-other-sms-in"),
        }
    }

    fn by_sms(&self, state: DeliveryState) -> &'static str {
        match state {
            DeliveryState::Queued
            | DeliveryState::Sending
            | DeliveryState::Accepted
            | DeliveryState::Sent
                if self.steps_in =>
            {
                "delivery-sms-instead"
            }
            DeliveryState::Queued | DeliveryState::Sending => "delivery-sending",
            DeliveryState::Accepted | DeliveryState::Sent => "delivery-sms-accepted",
            DeliveryState::Delivered | DeliveryState::Read => "delivery-sms-delivered",
            DeliveryState::Unknown => "delivery-sms-unknown",
            DeliveryState::Expired => "delivery-expired",
            DeliveryState::Failed => match self.failure {
                Some(FailureClass::NotReachable | FailureClass::Blocked) => {
                    "delivery-sms-failed-not-reachable"
                }
                _ => "delivery-sms-failed",
            },
        }
    }
}

impl ResendPart {
    fn parts(self) -> (&'static str, u32) {
        match self {
            Self::Now | Self::In(0) => ("now", 0),
            Self::In(seconds) => ("in", seconds),
            Self::NoMore { until } => ("no_more", until),
        }
    }
}
