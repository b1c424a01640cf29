//! What the Cloud API's error codes mean.
//!
//! Owns the one table from Meta's numbers to our words. The same codes answer a send and arrive later in
//! status reports. Only numbers are looked at: the texts beside them are translated and reworded without
//! notice.

use std::time::Duration;

use reqwest::StatusCode;
use watchword_domain::FailureClass::{
    self, Blocked, HeldBack, IdentityChanged, NotReachable, Rejected, SenderUnavailable, TooFast, TryLater,
};

/// One code, or a run of codes, that Meta documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownError {
    /// The first code of the run.
    pub first: i64,
    /// The last code of the run; the same as the first for a single code.
    pub last: i64,
    /// What it means to us and to the person who waits.
    pub class: FailureClass,
    /// Who has to do something about it.
    pub action: Action,
    /// What Meta means by it, for the operator.
    pub meaning: &'static str,
    /// How long to wait before another try is of use, where Meta says so.
    pub wait: Option<Duration>,
    /// Whether every other message of this sender would fare the same.
    pub stops_sender: bool,
}

/// Who has to do something about an error, and what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Our request was wrong: a defect to be repaired here.
    RepairRequest,
    /// The sender's account, number or template needs an operator; everybody's messages are affected.
    CallOperator,
    /// It passes by itself.
    Wait,
    /// Reach this person by another channel now.
    OtherChannel,
    /// The person who waits can do something: wait a moment, or check the number.
    TellPerson,
    /// The account behind the number changed: ask for another proof.
    AskForAnotherProof,
}

/// What is known about a code, if Meta documents it.
#[must_use]
pub fn known(code: i64) -> Option<&'static KnownError> {
    KNOWN.iter().find(|known| (known.first..=known.last).contains(&code))
}

/// Whether a code means that every other message of this sender would be refused, too: the account is locked or unpaid, the
/// token is dead, the number is not registered.
#[must_use]
pub fn stops_sender(code: i64) -> bool {
    known(code).is_some_and(|known| known.stops_sender)
}

/// Whether a code means that the sender was asked for more messages a second than it takes.
#[must_use]
pub fn asks_too_much(code: i64) -> bool {
    matches!(code, 4 | 80_007 | 130_429)
}

/// Whether a code is for whoever runs the sender to look into, though its other messages may get through: it is limited, asked
/// something wrong, or the code is one nobody knows. What stops a sender or a template is told as such.
#[must_use]
pub fn wants_a_look(code: i64) -> bool {
    let is_for_them = |known: &KnownError| match known.action {
        Action::CallOperator | Action::RepairRequest => !known.stops_sender,
        Action::Wait | Action::OtherChannel | Action::TellPerson | Action::AskForAnotherProof => false,
    };
    template_status(code).is_none() && known(code).is_none_or(is_for_them)
}

/// What the code of a refused send says of the template's state, in Meta's words for states.
#[must_use]
pub fn template_status(code: i64) -> Option<&'static str> {
    match code {
        132_001 => Some("MISSING"),
        132_015 => Some("PAUSED"),
        132_016 => Some("DISABLED"),
        _ => None,
    }
}

/// What a code in a status report means to us. An undocumented one counts as our fault, so that it neither
/// costs a second message nor takes the sender out of service.
#[must_use]
pub fn class_of(code: i64) -> FailureClass {
    known(code).map_or(Rejected, |known| known.class)
}

/// What an undocumented code means, judged by the answer it came with.
pub(super) fn class_by_status(status: StatusCode, transient: bool) -> FailureClass {
    match status {
        _ if transient || status.is_server_error() => TryLater,
        StatusCode::TOO_MANY_REQUESTS => TryLater,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => SenderUnavailable,
        _ => Rejected,
    }
}

/// Every code Meta documents for sending and for status reports, as of September 2026.
pub const KNOWN: &[KnownError] = {
    use Action::{AskForAnotherProof, CallOperator, OtherChannel, RepairRequest, TellPerson, Wait};
    &[
        // The access token and what it may do.
        one(0, SenderUnavailable, CallOperator, "the access token is not valid").for_everybody(),
        one(190, SenderUnavailable, CallOperator, "the access token has expired or was withdrawn")
            .for_everybody(),
        one(3, SenderUnavailable, CallOperator, "the app may not do this").for_everybody(),
        one(10, SenderUnavailable, CallOperator, "the access token lacks a permission").for_everybody(),
        one(131_005, SenderUnavailable, CallOperator, "the access token lacks a permission").for_everybody(),
        run(200, 299, SenderUnavailable, CallOperator, "the access token lacks a permission").for_everybody(),
        // Trouble at Meta.
        one(1, TryLater, Wait, "unknown error at Meta"),
        one(2, TryLater, Wait, "Meta's service is down"),
        one(131_000, TryLater, Wait, "unknown error at Meta"),
        one(131_016, TryLater, Wait, "Meta's service is down"),
        one(133_004, TryLater, Wait, "Meta's service is down"),
        one(131_057, TryLater, Wait, "the sender is in maintenance, for a minute at most").after_seconds(20),
        // Rates.
        one(4, TryLater, Wait, "the app makes too many calls"),
        one(80_007, TryLater, Wait, "the business account makes too many calls"),
        one(130_429, TryLater, Wait, "the sender's throughput is exceeded"),
        one(131_056, TooFast, TellPerson, "too many messages to the same person").after_seconds(6),
        one(131_048, SenderUnavailable, CallOperator, "limited: too many people reported the sender"),
        one(131_064, SenderUnavailable, CallOperator, "limited: templates were put into the wrong category"),
        // The recipient.
        one(131_026, NotReachable, OtherChannel, "not on WhatsApp, too old an app, or terms not accepted"),
        one(131_049, HeldBack, OtherChannel, "held back to keep engagement healthy"),
        one(130_472, HeldBack, OtherChannel, "the person is part of an experiment at Meta"),
        one(131_021, HeldBack, TellPerson, "the number is the sender's own"),
        one(131_030, SenderUnavailable, CallOperator, "a test sender, and the number is not on its list"),
        one(131_050, Blocked, OtherChannel, "the person opted out of this sender's marketing"),
        one(130_403, Blocked, TellPerson, "the sender itself has blocked the person"),
        one(130_497, Blocked, OtherChannel, "the business may not write to the person's country"),
        one(131_062, Rejected, RepairRequest, "this kind of message needs a phone number, not a user id"),
        one(137_000, IdentityChanged, AskForAnotherProof, "another account is behind the number than before"),
        // The account, its money and its number.
        one(368, SenderUnavailable, CallOperator, "the account is restricted for a breach of policy")
            .for_everybody(),
        one(131_031, SenderUnavailable, CallOperator, "the account is locked").for_everybody(),
        one(131_042, SenderUnavailable, CallOperator, "the account's payment method does not work")
            .for_everybody(),
        one(131_045, SenderUnavailable, CallOperator, "the sender's certificate is wrong: register it again")
            .for_everybody(),
        one(131_037, SenderUnavailable, CallOperator, "the sender's display name is not approved")
            .for_everybody(),
        one(33, SenderUnavailable, CallOperator, "the sender was deleted or is not ours").for_everybody(),
        one(134_011, SenderUnavailable, CallOperator, "the payment terms are not accepted").for_everybody(),
        one(
            133_000,
            SenderUnavailable,
            CallOperator,
            "an earlier deregistration of the sender did not finish",
        )
        .for_everybody(),
        run(133_005, 133_006, SenderUnavailable, CallOperator, "the sender's PIN is wrong or not verified")
            .for_everybody(),
        run(
            133_008,
            133_009,
            SenderUnavailable,
            CallOperator,
            "the sender's PIN was tried too often or too fast",
        )
        .for_everybody(),
        one(133_010, SenderUnavailable, CallOperator, "the sender is not registered").for_everybody(),
        one(133_015, SenderUnavailable, CallOperator, "the sender was deleted only just now").for_everybody(),
        one(133_016, SenderUnavailable, CallOperator, "the sender was registered too often").for_everybody(),
        // The template.
        one(132_001, SenderUnavailable, CallOperator, "no approved template of this name in this language"),
        one(132_015, SenderUnavailable, CallOperator, "the template is paused for its quality"),
        one(132_016, SenderUnavailable, CallOperator, "the template is disabled for its quality"),
        one(132_000, Rejected, RepairRequest, "the number of parameters is not the template's"),
        one(132_005, Rejected, RepairRequest, "the text is too long for the template"),
        one(132_007, Rejected, CallOperator, "the template's text breaks a policy"),
        one(132_012, Rejected, RepairRequest, "a parameter is not in the template's format"),
        one(132_018, Rejected, RepairRequest, "the template's parameters are not valid"),
        // The request.
        one(100, Rejected, RepairRequest, "a parameter is not valid"),
        one(131_008, Rejected, RepairRequest, "a parameter is missing"),
        one(131_009, Rejected, RepairRequest, "a parameter's value is not valid"),
        one(135_000, Rejected, RepairRequest, "a parameter is not valid"),
        one(
            131_047,
            Rejected,
            RepairRequest,
            "more than 24 hours since the person wrote: only a template may go",
        ),
        run(
            131_051,
            131_053,
            Rejected,
            RepairRequest,
            "an unsupported kind of message, or media that failed",
        ),
        one(131_060, Rejected, RepairRequest, "the message is not available"),
        one(132_068, Rejected, RepairRequest, "the Flow is blocked"),
        one(132_069, TryLater, Wait, "the Flow is throttled"),
        run(147_001, 147_005, Rejected, CallOperator, "the business username could not be changed"),
    ]
};

const fn one(code: i64, class: FailureClass, action: Action, meaning: &'static str) -> KnownError {
    run(code, code, class, action, meaning)
}

const fn run(
    first: i64,
    last: i64,
    class: FailureClass,
    action: Action,
    meaning: &'static str,
) -> KnownError {
    KnownError { first, last, class, action, meaning, wait: None, stops_sender: false }
}

impl KnownError {
    const fn for_everybody(self) -> Self {
        Self { stops_sender: true, ..self }
    }

    const fn after_seconds(self, seconds: u64) -> Self {
        Self { wait: Some(Duration::from_secs(seconds)), ..self }
    }
}
