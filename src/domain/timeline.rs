//! What became of a message, step by step: for whoever asks why a code did not come.

use crate::delivery::{DeliveryState, FailureClass};
use crate::ids::MessageId;
use crate::time::Timestamp;

/// A moment on a message's way. Not every message meets all of them, and providers may report them late or never.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It was written into the outbox.
    Queued,
    /// A worker took it; the last time, where it was tried more than once.
    Sending,
    /// The provider took it.
    Accepted,
    /// The provider handed it to the network.
    Sent,
    /// It was on the person's phone.
    Delivered,
    /// The person saw it.
    Read,
    /// The provider said that it will not arrive.
    Failed,
    /// Its code was answered rightly.
    Verified,
    /// Whoever got it said that they did not ask for it.
    Disowned,
    /// Nobody knows whether it left.
    Unknown,
    /// Its code died before anything better was heard of it.
    Expired,
}

impl Step {
    /// The word for it in JSON and metrics.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
            Self::Verified => "verified",
            Self::Disowned => "disowned",
            Self::Unknown => "unknown",
            Self::Expired => "expired",
        }
    }

    /// The step that a state is reached by.
    #[must_use]
    pub fn to(state: DeliveryState) -> Self {
        match state {
            DeliveryState::Queued => Self::Queued,
            DeliveryState::Sending => Self::Sending,
            DeliveryState::Accepted => Self::Accepted,
            DeliveryState::Sent => Self::Sent,
            DeliveryState::Delivered => Self::Delivered,
            DeliveryState::Read => Self::Read,
            DeliveryState::Failed => Self::Failed,
            DeliveryState::Unknown => Self::Unknown,
            DeliveryState::Expired => Self::Expired,
        }
    }
}

/// What a provider says that a message costs; any of it can be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Price {
    /// Whether it is charged.
    pub billable: Option<bool>,
    /// The provider's word for the rate, such as `authentication` or `authentication-international`.
    pub category: Option<String>,
}

/// One message and its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    /// Its id, also the correlation value at the provider.
    pub id: MessageId,
    /// The channel's name.
    pub channel: String,
    /// The template's language, as the provider writes it.
    pub language: String,
    /// How far it has come.
    pub state: DeliveryState,
    /// How often a worker took it.
    pub attempts: u32,
    /// Why it failed, and the provider's own code.
    pub failure: Option<(FailureClass, i64)>,
    /// What it costs, where the provider told.
    pub price: Option<Price>,
    /// When its code died, answered or not.
    pub expires_at: Timestamp,
    /// The steps it met, in the order of the way. The moments may disagree with it: a provider's clock is not ours, and
    /// tells whole seconds.
    pub steps: Vec<(Step, Timestamp)>,
}
