//! What a mail server's replies mean (RFC 5321, section 4.2), by what they answer.
//!
//! A reply to the sender speaks of everybody's mails, one to the recipient of this one. Nothing left before the text; after
//! it only a reply tells.

use std::error::Error as _;

use lettre::transport::smtp::Error;
use watchword_domain::FailureClass::{self, HeldBack, NotReachable, SenderUnavailable, TryLater};

use super::Unread;
use crate::Outcome;

/// What an operator reads beside a reply's code; codes of a mail server say little by themselves.
#[must_use]
pub fn meaning(code: i64) -> &'static str {
    match code {
        421 => "the mail server is closing down",
        450..=452 => "the mail server could not take it now",
        454 => "the mail server could not authenticate us now",
        530 | 534 | 535 | 538 => "the mail server does not take our user and password",
        550 | 551 | 553 => "there is no such mailbox, or it takes nothing from us",
        552 => "the mailbox is full",
        554 => "the mail server takes no such mail, or none from us",
        _ => "the mail server says no",
    }
}

/// To what comes before a recipient was named, and to the wish to hand over a text.
pub(super) fn to_sender(error: &Error) -> Outcome {
    before_the_text(error, SenderUnavailable)
}

/// To the recipient.
pub(super) fn to_recipient(error: &Error) -> Outcome {
    before_the_text(error, NotReachable)
}

/// To the text itself.
pub(super) fn to_text(error: &Error) -> Outcome {
    let outcome = Outcome::Unknown { why: "the connection to the mail server broke off" };
    refusal(error, HeldBack).unwrap_or(outcome)
}

fn before_the_text(error: &Error, permanent: FailureClass) -> Outcome {
    refusal(error, permanent).unwrap_or_else(|| {
        // A reply's text can name the address, so it is not told; what is no reply is our own library's.
        tracing::warn!(error = %told(error), "a mail could not be handed over");
        Outcome::NotSent { why: "no conversation with the mail server came about" }
    })
}

fn refusal(error: &Error, permanent: FailureClass) -> Option<Outcome> {
    let code = u16::from(error.status()?);
    let class = if error.is_transient() { TryLater } else { permanent };
    tracing::warn!(code, "the mail server rejected a mail");
    Some(Outcome::Rejected { code: i64::from(code), class, retry_after: None })
}

pub(super) fn unread(error: &Error) -> Unread {
    match error.status() {
        Some(code) => Unread::Refused(code.into()),
        None => Unread::NoAnswer(told(error)),
    }
}

/// The last cause is the telling one: a name that is not known, a certificate that is not trusted.
fn told(error: &Error) -> String {
    let mut cause = error.source();
    let mut last = error.to_string();
    while let Some(error) = cause {
        last = error.to_string();
        cause = error.source();
    }
    last
}
