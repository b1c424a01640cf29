//! The life of a template: in which states it can be, what happens to it, and what Meta tells of that.
//! Pure; whoever asks brings the time.

use serde_json::{Value, json};

/// How far a template got.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum State {
    Pending,
    Approved,
    /// With Meta's reason.
    Rejected(String),
    Paused,
    Disabled,
    /// Put away by its owner.
    Archived,
}

impl State {
    /// Meta's word.
    pub(crate) const fn word(&self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Approved => "APPROVED",
            Self::Rejected(_) => "REJECTED",
            Self::Paused => "PAUSED",
            Self::Disabled => "DISABLED",
            Self::Archived => "ARCHIVED",
        }
    }

    /// What listings show as `rejected_reason`.
    pub(super) fn reason(&self) -> &str {
        if let Self::Rejected(reason) = self { reason } else { "NONE" }
    }
}

/// What people who get the messages think of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quality {
    Unknown,
    Green,
    Yellow,
    Red,
}

impl Quality {
    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::Unknown, Self::Green, Self::Yellow, Self::Red].into_iter().find(|it| it.word() == word)
    }

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Unknown => "UNKNOWN",
            Self::Green => "GREEN",
            Self::Yellow => "YELLOW",
            Self::Red => "RED",
        }
    }
}

/// What happens to a template.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Event {
    Pending,
    Approved,
    /// With Meta's reason.
    Rejected(String),
    Paused,
    Disabled,
    /// People complained; it can still be sent.
    Flagged,
    Reinstated,
    Archived,
    /// Taken out again; it needs no other review.
    Unarchived,
    Deleted,
}

/// The reasons Meta gives.
const REASONS: [&str; 6] = [
    "ABUSIVE_CONTENT",
    "INCORRECT_CATEGORY",
    "INVALID_FORMAT",
    "PROMOTIONAL",
    "SCAM",
    "TAG_CONTENT_MISMATCH",
];

/// One of Meta's reasons for a rejection; `INVALID_FORMAT` when none is given.
///
/// # Errors
/// A sentence when it is none of them.
pub(crate) fn reason(given: Option<&str>) -> Result<String, String> {
    let reason = given.filter(|given| !given.is_empty()).unwrap_or("INVALID_FORMAT");
    if REASONS.contains(&reason) {
        return Ok(reason.to_owned());
    }
    Err(format!("reason must be one of {}", REASONS.join(", ")))
}

impl Event {
    /// The event of this name; `why` counts for a rejection only.
    ///
    /// # Errors
    /// A sentence about what is wrong.
    pub(crate) fn parse(word: &str, why: Option<&str>) -> Result<Self, String> {
        Ok(match word {
            "PENDING" => Self::Pending,
            "APPROVED" => Self::Approved,
            "REJECTED" => Self::Rejected(reason(why)?),
            "PAUSED" => Self::Paused,
            "DISABLED" => Self::Disabled,
            "FLAGGED" => Self::Flagged,
            "REINSTATED" => Self::Reinstated,
            "ARCHIVED" => Self::Archived,
            "UNARCHIVED" => Self::Unarchived,
            "DELETED" => Self::Deleted,
            _ => {
                let words = "PENDING, APPROVED, REJECTED, PAUSED, DISABLED, FLAGGED, REINSTATED, ARCHIVED, \
                             UNARCHIVED, DELETED";
                return Err(format!("event must be one of {words}"));
            }
        })
    }

    const fn word(&self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Approved => "APPROVED",
            Self::Rejected(_) => "REJECTED",
            Self::Paused => "PAUSED",
            Self::Disabled => "DISABLED",
            Self::Flagged => "FLAGGED",
            Self::Reinstated => "REINSTATED",
            Self::Archived => "ARCHIVED",
            Self::Unarchived => "UNARCHIVED",
            Self::Deleted => "DELETED",
        }
    }

    /// The state it leads to.
    pub(super) fn leads_to(&self, from: &State) -> State {
        match self {
            Self::Pending => State::Pending,
            Self::Approved | Self::Reinstated | Self::Unarchived => State::Approved,
            Self::Archived => State::Archived,
            Self::Rejected(reason) => State::Rejected(reason.clone()),
            Self::Paused => State::Paused,
            Self::Disabled => State::Disabled,
            Self::Flagged | Self::Deleted => from.clone(),
        }
    }

    /// What `message_template_status_update` says of it, beside which template it is. `pauses` counts this one.
    pub(super) fn told(&self, from: &State, pauses: u32, now_s: u64) -> Vec<(&'static str, Value)> {
        let reason = if let Self::Rejected(reason) = self { reason.as_str() } else { "NONE" };
        let mut told = vec![("event", json!(self.word())), ("reason", json!(reason))];
        match self {
            Self::Paused => {
                let (title, hours) = if pauses > 1 { ("SECOND_PAUSE", 6) } else { ("FIRST_PAUSE", 3) };
                let words = format!("Your WhatsApp message template has been paused for {hours} hours.");
                told.push(("other_info", json!({ "title": title, "description": words })));
            }
            Self::Approved if *from == State::Paused => {
                let words = "Your WhatsApp message template has been unpaused.";
                told.push(("other_info", json!({ "title": "UNPAUSE", "description": words })));
            }
            Self::Disabled => told.push(("disable_info", json!({ "disable_date": now_s }))),
            Self::Rejected(reason) if reason == "INVALID_FORMAT" => {
                let (reason, mend) =
                    ("The template does not have the form it must have.", "Correct it and send it again.");
                told.push(("rejection_info", json!({ "reason": reason, "recommendation": mend })));
            }
            _ => {}
        }
        told
    }
}

/// What becomes of a template that is new or was changed.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) enum Review {
    /// Approved as soon as a message would be sent.
    #[default]
    Approve,
    /// Approved after so many milliseconds.
    ApproveAfter(u64),
    /// Rejected, with this reason, as soon as a message would be sent.
    Reject(String),
    /// Nothing, until somebody decides.
    Hold,
}

impl Review {
    /// When the decision falls, and which; `usual_ms` is the pace of the simulator.
    pub(crate) fn decision(&self, usual_ms: u64) -> Option<(u64, Event)> {
        match self {
            Self::Approve => Some((usual_ms, Event::Approved)),
            Self::ApproveAfter(ms) => Some((*ms, Event::Approved)),
            Self::Reject(reason) => Some((usual_ms, Event::Rejected(reason.clone()))),
            Self::Hold => None,
        }
    }
}
