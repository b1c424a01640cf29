//! What was sent to a number, and when it may get its next message.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::failures::Device;
use crate::limits::Limits;
use crate::time::Timestamp;

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// When a number may get its next message, and what holds it back until then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SendRefusal {
    /// What holds it back.
    pub reason: SendLimit,
    /// When it ends.
    pub until: Timestamp,
}

/// Which limit on sends bites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendLimit {
    /// The growing wait between two messages.
    ResendWait,
    /// The number's hourly or daily allowance over all pools.
    Allowance,
}

/// What was sent to a number lately, over all pools of the installation.
///
/// Strangers wait for whatever was sent. Browsers its owner signed in with wait for their own messages only: whoever
/// types other people's numbers uses up strangers' allowance and never the owner's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendHistory {
    sends: Vec<Timestamp>,
    /// Those of `sends` that known browsers asked for, or whose code was answered rightly.
    #[serde(default)]
    owned: Vec<Timestamp>,
    /// Those of `sends` that went by SMS.
    #[serde(default)]
    sms: Vec<Timestamp>,
    answered_at: Option<Timestamp>,
}

impl SendHistory {
    /// Whether a message may be sent at `now` on this channel to whom this device asks for.
    ///
    /// # Errors
    /// When it must wait, with the reason that lasts longest.
    pub fn allows(
        &self,
        limits: &Limits,
        (device, channel): (Device, Channel),
        now: Timestamp,
    ) -> Result<(), SendRefusal> {
        let wait = self.resend_wait(self.counted(device), limits, now);
        let wait = wait.filter(|refusal| refusal.until > now);
        let used_up = self.allows_other_channel(limits, (device, channel), now).err();
        wait.into_iter().chain(used_up).max_by_key(|refusal| refusal.until).map_or(Ok(()), Err)
    }

    /// Whether the code of the last message may be sent once more, by another channel: no wait between two messages holds
    /// for it, and every allowance does.
    ///
    /// # Errors
    /// When it must wait, with the reason that lasts longest.
    pub fn allows_other_channel(
        &self,
        limits: &Limits,
        (device, channel): (Device, Channel),
        now: Timestamp,
    ) -> Result<(), SendRefusal> {
        let sends = self.counted(device);
        let by_sms: Vec<Timestamp> = sends.iter().copied().filter(|sent| self.sms.contains(sent)).collect();
        let most_by_sms = Some(limits.sms_per_number_day).filter(|_| channel == Channel::Sms);
        let refusals = [
            allowance(sends, limits.sends_per_number_hour, HOUR, now),
            allowance(sends, limits.sends_per_number_day, DAY, now),
            most_by_sms.and_then(|most| allowance(&by_sms, most, DAY, now)),
        ];
        refusals
            .into_iter()
            .flatten()
            .filter(|refusal| refusal.until > now)
            .max_by_key(|r| r.until)
            .map_or(Ok(()), Err)
    }

    /// Notes a message sent at `now`, and forgets what no limit looks at any more.
    pub fn record(&mut self, (device, channel): (Device, Channel), now: Timestamp) {
        for times in [&mut self.sends, &mut self.owned, &mut self.sms] {
            times.retain(|sent| now.since(*sent) < DAY);
        }
        if channel == Channel::Sms {
            self.sms.push(now);
        }
        self.sends.push(now);
        if device == Device::Known {
            self.owned.push(now);
        }
    }

    /// Notes that the code of the message sent at `sent` was answered rightly: it was the owner's own, and the growing
    /// waits start anew. The allowances do not.
    pub fn answered(&mut self, sent: Timestamp, now: Timestamp) {
        self.answered_at = Some(now);
        if self.sends.contains(&sent) && !self.owned.contains(&sent) {
            self.owned.push(sent);
            self.owned.sort_unstable();
        }
    }

    fn counted(&self, device: Device) -> &[Timestamp] {
        match device {
            Device::Unknown => &self.sends,
            Device::Known => &self.owned,
        }
    }

    fn resend_wait(&self, sends: &[Timestamp], limits: &Limits, now: Timestamp) -> Option<SendRefusal> {
        let unanswered = |sent: &&Timestamp| self.answered_at.is_none_or(|answered| **sent > answered);
        let recent = sends.iter().filter(|sent| now.since(**sent) < HOUR).filter(unanswered).count();
        let last = sends.last().filter(|last| recent > 0 && unanswered(last))?;
        Some(SendRefusal { reason: SendLimit::ResendWait, until: *last + wait_after(limits, recent) })
    }
}

/// The allowance of `most` messages in any `window`: full until the oldest of the newest `most` leaves the window.
fn allowance(sends: &[Timestamp], most: u32, window: Duration, now: Timestamp) -> Option<SendRefusal> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let within = sends.iter().filter(|sent| now.since(**sent) < window).count();
    let oldest = sends.iter().rev().nth(most.checked_sub(1)?).filter(|_| within >= most)?;
    Some(SendRefusal { reason: SendLimit::Allowance, until: *oldest + window })
}

/// How long a number waits after so many messages.
fn wait_after(limits: &Limits, sends: usize) -> Duration {
    let waits = &limits.resend_waits_seconds;
    let step = sends.saturating_sub(1).min(waits.len().saturating_sub(1));
    Duration::from_secs(waits.get(step).copied().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STRANGER: (Device, Channel) = (Device::Unknown, Channel::Whatsapp);
    const OWNER: (Device, Channel) = (Device::Known, Channel::Whatsapp);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(1_000_000 + seconds)
    }

    fn sent(times: &[i64]) -> SendHistory {
        let mut history = SendHistory::default();
        times.iter().for_each(|seconds| history.record(STRANGER, at(*seconds)));
        history
    }

    #[test]
    fn waits_grow_with_every_send() {
        let limits = Limits { sends_per_number_hour: 100, sends_per_number_day: 100, ..Limits::default() };
        let mut now = 0;
        let mut history = SendHistory::default();
        for wait in [30, 60, 120, 300, 600, 600] {
            history.record(STRANGER, at(now));
            let refusal = history.allows(&limits, STRANGER, at(now)).unwrap_err();
            assert_eq!(refusal, SendRefusal { reason: SendLimit::ResendWait, until: at(now + wait) });
            now += wait;
            assert_eq!(history.allows(&limits, STRANGER, at(now)), Ok(()));
        }
    }

    #[test]
    fn a_right_answer_ends_the_waits_but_not_the_allowance() {
        let limits = Limits::default();
        let mut history = sent(&[0]);
        history.answered(at(0), at(5));
        assert_eq!(history.allows(&limits, STRANGER, at(6)), Ok(()));
        let mut history = sent(&[0, 1, 2, 3, 4]);
        history.answered(at(4), at(5));
        let refusal = history.allows(&limits, STRANGER, at(6)).unwrap_err();
        assert_eq!(refusal, SendRefusal { reason: SendLimit::Allowance, until: at(3600) });
    }

    #[test]
    fn the_day_counts_what_the_hour_forgot() {
        let hours: Vec<i64> = (0..10).map(|n| n * 4000).collect();
        let refusal = sent(&hours).allows(&Limits::default(), STRANGER, at(39_000)).unwrap_err();
        assert_eq!(refusal, SendRefusal { reason: SendLimit::Allowance, until: at(86_400) });
    }

    #[test]
    fn strangers_never_hold_back_the_owner() {
        let (limits, mut history) = (Limits::default(), sent(&[0]));
        history.answered(at(0), at(5));
        (10..14).for_each(|seconds| history.record(STRANGER, at(seconds)));
        assert!(history.allows(&limits, STRANGER, at(14)).is_err());
        for seconds in [14, 44, 104, 224] {
            assert_eq!(history.allows(&limits, OWNER, at(seconds)), Ok(()), "{seconds}");
            history.record(OWNER, at(seconds));
        }
        let full = history.allows(&limits, OWNER, at(1000)).unwrap_err();
        let since_the_first = SendRefusal { reason: SendLimit::Allowance, until: at(3600) };
        assert_eq!(full, since_the_first, "the message answered rightly was the owner's own");
    }

    #[test]
    fn a_history_written_by_the_version_before_is_read() {
        let written = r#"{"sends":[1000000000,1000005000],"answered_at":null}"#;
        let read: SendHistory = serde_json::from_str(written).unwrap();
        assert_eq!(read, sent(&[0, 5]));
    }

    #[test]
    fn sms_have_an_allowance_of_their_own() {
        let limits = Limits { sms_per_number_day: 2, ..Limits::default() };
        let mut history = sent(&[0]);
        for seconds in [1000, 5000] {
            assert_eq!(history.allows(&limits, (Device::Unknown, Channel::Sms), at(seconds)), Ok(()));
            history.record((Device::Unknown, Channel::Sms), at(seconds));
        }
        let refusal = SendRefusal { reason: SendLimit::Allowance, until: at(1000 + 86_400) };
        for allows in [SendHistory::allows, SendHistory::allows_other_channel] {
            assert_eq!(allows(&history, &limits, (Device::Unknown, Channel::Sms), at(9000)), Err(refusal));
            assert_eq!(allows(&history, &limits, (Device::Unknown, Channel::Whatsapp), at(9000)), Ok(()));
            assert_eq!(
                allows(&history, &limits, (Device::Known, Channel::Sms), at(9000)),
                Ok(()),
                "none was the owner's"
            );
            assert_eq!(allows(&history, &limits, (Device::Unknown, Channel::Sms), refusal.until), Ok(()));
        }
    }

    proptest! {
        #[test]
        fn no_window_ever_holds_more_than_its_allowance(gaps in prop::collection::vec(0_i64..5000, 1..80)) {
            let limits = Limits::default();
            let mut history = SendHistory::default();
            let mut sends: Vec<i64> = Vec::new();
            let mut now = 0;
            for gap in gaps {
                now += gap;
                if history.allows(&limits, STRANGER, at(now)).is_ok() {
                    history.record(STRANGER, at(now));
                    sends.push(now);
                }
            }
            for start in &sends {
                prop_assert!(sends.iter().filter(|t| (*start..start + 3600).contains(*t)).count() <= 5);
                prop_assert!(sends.iter().filter(|t| (*start..start + 86_400).contains(*t)).count() <= 10);
            }
        }

        #[test]
        fn a_refusal_ends_when_it_says(gaps in prop::collection::vec(0_i64..2000, 1..12)) {
            let limits = Limits::default();
            let mut history = SendHistory::default();
            let mut now = 0;
            for gap in gaps {
                now += gap;
                match history.allows(&limits, STRANGER, at(now)) {
                    Ok(()) => history.record(STRANGER, at(now)),
                    Err(refusal) => prop_assert_eq!(history.allows(&limits, STRANGER, refusal.until), Ok(())),
                }
            }
        }
    }
}
