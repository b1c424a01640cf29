//! A sender: the WhatsApp business number that messages of a project leave from.

use std::time::Duration;

use crate::ids::{PoolId, SenderId};
use crate::time::Timestamp;

/// A project's own WhatsApp sender; its secrets are not part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// Its id.
    pub id: SenderId,
    /// The pool it belongs to.
    pub pool_id: PoolId,
    /// What its project calls it.
    pub name: String,
    /// Meta's id of the number: digits, and not the number itself.
    pub phone_number_id: String,
    /// Meta's id of the WhatsApp Business Account the number belongs to.
    pub waba_id: String,
    /// The authentication template codes go out in.
    pub template: String,
    /// The template that steps in while that one cannot be sent.
    pub standby_template: Option<String>,
    /// Whether the project's messages leave from it. One of a project's senders at most; without one, they leave from the
    /// installation's shared sender.
    pub is_live: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When anything of it, its secrets included, was changed last.
    pub changed_at: Timestamp,
}

impl Sender {
    /// The names of its templates, in the order in which they are tried.
    pub fn templates(&self) -> Vec<String> {
        std::iter::once(self.template.clone()).chain(self.standby_template.clone()).collect()
    }
}

/// The kind of the alert that a provider refuses everything a sender hands over.
pub const OUT_OF_ORDER: &str = "sender_out_of_order";
/// The kind of the alert that a provider refuses some of a sender's messages for a reason somebody has to look into.
pub const REFUSES_SOME: &str = "sender_refuses_some";
/// The kind of the alert that Meta stopped a template.
pub const TEMPLATE_STOPPED: &str = "template_stopped";
/// The kind of the alert that none of a sender's templates can be sent.
pub const NO_TEMPLATE: &str = "no_template";

/// How soon after a message was accepted something is heard of it, or webhooks do not come. Phones may be off; that it was
/// sent is reported at once.
const REPORTED_WITHIN: Duration = Duration::from_secs(10 * 60);

/// Between which moments a message that was accepted shows that webhooks do not come, when they were last heard then;
/// nothing when they came just now.
pub fn missed_webhooks(seen: Option<Timestamp>, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
    let (after, until) = (seen.unwrap_or(Timestamp::from_millis(0)), now - REPORTED_WITHIN);
    (after < until).then_some((after, until))
}

/// How many people may be written to within 24 hours under a messaging limit as Meta names it, such as `TIER_250`; nothing
/// for no limit, and for a word that is not known.
pub fn people_a_day(limit: &str) -> Option<u64> {
    let amount = limit.strip_prefix("TIER_")?;
    match amount.strip_suffix('K') {
        Some(thousands) => thousands.parse::<u64>().ok()?.checked_mul(1_000),
        None => amount.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_as_meta_names_them() {
        let limits = ["TIER_50", "TIER_250", "TIER_2K", "TIER_100K", "TIER_UNLIMITED", "250", ""];
        let people = [Some(50), Some(250), Some(2_000), Some(100_000), None, None, None];
        assert_eq!(limits.map(people_a_day), people);
    }

    #[test]
    fn webhooks_are_missed_ten_minutes_after_a_message() {
        let at = Timestamp::from_seconds;
        assert_eq!(missed_webhooks(None, at(10_000)), Some((at(0), at(9_400))));
        assert_eq!(missed_webhooks(Some(at(9_000)), at(10_000)), Some((at(9_000), at(9_400))));
        assert_eq!(missed_webhooks(Some(at(9_400)), at(10_000)), None);
    }
}
