//! How the message of a sign-in fares, as the code page and its live events tell it.

use watchword_domain::{Channel, DeliveryState, Timestamp};
use watchword_flow::sign_in::{NewCode, Progress};

use crate::respond::page::seconds_until;
use crate::view::{DeliveryPart, OtherPart, ResendPart};

/// How the message fares, as the page tells it.
pub fn delivery_of(progress: &Progress, now: Timestamp) -> DeliveryPart {
    DeliveryPart {
        channel: progress.message.map_or(Channel::Whatsapp, |message| message.channel),
        steps_in: progress.steps_in,
        other: progress
            .other
            .map(|other| OtherPart { channel: other.channel, seconds: seconds_until(other.from, now) }),
        state: progress.message.as_ref().map_or(DeliveryState::Queued, |message| message.state),
        failure: progress.message.as_ref().and_then(|message| message.failure),
        resend: match progress.new_code {
            NewCode::Now => ResendPart::Now,
            NewCode::At(at) => ResendPart::In(seconds_until(at, now)),
            NewCode::UsedUp(until) => ResendPart::NoMore { until: seconds_until(until, now) },
        },
        expires_in: seconds_until(progress.challenge.expires_at, now),
        waited: seconds_until(now, progress.challenge.created_at),
    }
}
