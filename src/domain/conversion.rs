//! Whether the codes sent to a range of numbers come back, and whether more of them are sent than usual.
//!
//! Whoever earns on messages types many numbers of one range and no codes. So what was sent and what was answered is counted
//! for each pool and prefix in windows of ten minutes: each code once, by however many messages it goes out, in the window
//! it was made in. Only codes whose life is over are judged: what is still under way speaks neither for nor against a
//! range. Everything here passes by itself.

use std::time::Duration;

use crate::limits::{sliding_count, window_start};
use crate::time::Timestamp;

/// The windows in which messages to a prefix are counted.
pub const TRAFFIC_WINDOW: Duration = Duration::from_secs(10 * 60);

/// How far back a prefix's usual traffic is looked at.
pub const BASELINE: Duration = Duration::from_secs(24 * 60 * 60);

/// Windows in [`BASELINE`].
const BASELINE_WINDOWS: u64 = 144;

/// How long a code that came back or did not is looked at.
const JUDGED: Duration = Duration::from_secs(60 * 60);

/// So many codes say nothing yet.
const FEW: u32 = 20;

/// Codes that come back, in percent: fewer than this and a proof of work is asked for …
const LOW: u64 = 30;

/// … fewer than this and nothing more is sent.
const ALARMING: u64 = 10;

/// How many times a prefix's usual traffic is too much.
const SURGE: u64 = 5;

/// Codes that were sent to a prefix, of those made in one window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traffic {
    /// When the window began.
    pub window: Timestamp,
    /// How many were sent in it.
    pub sent: u32,
    /// How many of these were answered with the right code, whenever that was.
    pub verified: u32,
}

/// What a prefix's traffic asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing.
    Free,
    /// A proof of work with every further message.
    Proof(Suspicion),
    /// That no further message is sent to strangers.
    Stop,
}

/// What makes a prefix suspicious.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suspicion {
    /// Many more messages than usual.
    Surge,
    /// Too few codes come back.
    Conversion,
}

impl Verdict {
    /// What it is told as; none when there is nothing to tell.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Free => None,
            Self::Proof(Suspicion::Surge) => Some("surge"),
            Self::Proof(Suspicion::Conversion) => Some("low_conversion"),
            Self::Stop => Some("no_conversion"),
        }
    }
}

/// What one more message at `now` would be asked for, from the traffic of the last day.
pub fn judge(traffic: &[Traffic], code_life: Duration, now: Timestamp) -> Verdict {
    let (sent, verified) = settled(traffic, code_life, now);
    if sent > FEW && u64::from(verified) * 100 < u64::from(sent) * ALARMING {
        return Verdict::Stop;
    }
    if sent > FEW && u64::from(verified) * 100 < u64::from(sent) * LOW {
        return Verdict::Proof(Suspicion::Conversion);
    }
    if u64::from(lately(traffic, now)) >= most_at_once(traffic, now) {
        return Verdict::Proof(Suspicion::Surge);
    }
    Verdict::Free
}

/// When, if nothing more happens, the traffic will no longer ask for what it asks for now. Found by asking, minute by
/// minute: what is promised to a person must hold.
pub fn over_at(traffic: &[Traffic], code_life: Duration, now: Timestamp) -> Timestamp {
    let asked = judge(traffic, code_life, now);
    let eases = |at: &Timestamp| match judge(traffic, code_life, *at) {
        Verdict::Free => true,
        Verdict::Proof(_) => asked == Verdict::Stop,
        Verdict::Stop => false,
    };
    let after = |minutes| now + Duration::from_secs(60 * minutes);
    (1..LONGEST_MINUTES).map(after).find(eases).unwrap_or_else(|| after(LONGEST_MINUTES))
}

/// An hour that is judged, a window to fill and the longest life of a code: everything is over by then.
const LONGEST_MINUTES: u64 = 90;

/// What was sent and what came back, among the codes of the last hour whose life is over.
pub fn settled(traffic: &[Traffic], code_life: Duration, now: Timestamp) -> (u32, u32) {
    let is_judged = |traffic: &&Traffic| {
        let settled_at = traffic.window + TRAFFIC_WINDOW + code_life;
        settled_at <= now && now < settled_at + JUDGED
    };
    traffic.iter().filter(is_judged).fold((0, 0), |(sent, verified), traffic| {
        (sent.saturating_add(traffic.sent), verified.saturating_add(traffic.verified))
    })
}

/// How many were sent in the last ten minutes.
fn lately(traffic: &[Traffic], now: Timestamp) -> u32 {
    let current = window_start(TRAFFIC_WINDOW, now);
    let sent_in = |window: Timestamp| {
        traffic.iter().find(|traffic| traffic.window == window).map_or(0, |traffic| traffic.sent)
    };
    sliding_count(sent_in(current - TRAFFIC_WINDOW), sent_in(current), TRAFFIC_WINDOW, now)
}

/// How many may be sent in ten minutes before that is a surge: from the prefix's own day.
fn most_at_once(traffic: &[Traffic], now: Timestamp) -> u64 {
    let current = window_start(TRAFFIC_WINDOW, now);
    let usual =
        traffic.iter().filter(|traffic| traffic.window < current && now.since(traffic.window) <= BASELINE);
    let sent: u64 = usual.map(|traffic| u64::from(traffic.sent)).sum();
    (sent * SURGE / BASELINE_WINDOWS).max(FEW.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIFE: Duration = Duration::from_secs(300);

    /// The start of a window, long after 1970.
    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_seconds(600 * 1_000_000 + minutes * 60)
    }

    fn traffic(minutes: i64, sent: u32, verified: u32) -> Traffic {
        Traffic { window: at(minutes), sent, verified }
    }

    #[test]
    fn codes_that_do_not_come_back_ask_for_work_and_then_stop_a_prefix() {
        let judged = |sent, verified| judge(&[traffic(0, sent, verified)], LIFE, at(30));
        assert_eq!(judged(20, 0), Verdict::Free, "too few to say anything");
        assert_eq!(judged(21, 0), Verdict::Stop);
        assert_eq!(judged(100, 9), Verdict::Stop);
        assert_eq!(judged(100, 10), Verdict::Proof(Suspicion::Conversion));
        assert_eq!(judged(100, 29), Verdict::Proof(Suspicion::Conversion));
        assert_eq!(judged(100, 30), Verdict::Free);
    }

    #[test]
    fn codes_that_may_still_be_typed_are_not_held_against_anybody() {
        let sent = [traffic(0, 15, 0), traffic(10, 15, 0)];
        assert_eq!(judge(&sent, LIFE, at(24)), Verdict::Free, "the second window is not over for everybody");
        assert_eq!(judge(&sent, LIFE, at(25)), Verdict::Stop);
        assert_eq!(over_at(&sent, LIFE, at(25)), at(75), "the first of them is forgotten");
        assert_eq!(judge(&sent, LIFE, at(75)), Verdict::Free);
    }

    #[test]
    fn many_more_than_usual_in_ten_minutes_are_a_surge() {
        let surge = Verdict::Proof(Suspicion::Surge);
        assert_eq!(judge(&[traffic(0, 19, 19)], LIFE, at(5)), Verdict::Free);
        assert_eq!(judge(&[traffic(0, 20, 20)], LIFE, at(5)), surge, "the twenty-first");
        assert_eq!(judge(&[traffic(0, 20, 20)], LIFE, at(11)), Verdict::Free);
        let busy: Vec<Traffic> = (1..=144).map(|window| traffic(-10 * window, 10, 10)).collect();
        let with = |sent| [&busy[..], &[traffic(0, sent, sent)]].concat();
        assert_eq!(judge(&with(39), LIFE, at(0)), Verdict::Free, "ten of the window before still count");
        assert_eq!(judge(&with(40), LIFE, at(0)), surge, "five times ten");
        let quiet = [traffic(-1441, 100_000, 100_000), traffic(0, 20, 20)];
        assert_eq!(judge(&quiet, LIFE, at(5)), surge, "what is longer ago than a day is forgotten");
    }

    fn any_traffic() -> impl Strategy<Value = Vec<Traffic>> {
        let window = (0..120_u32).prop_flat_map(|sent| (Just(sent), 0..=sent));
        prop::collection::vec(window, 1..12).prop_map(|windows| {
            let windows = windows.into_iter().zip(-11_i64..);
            windows.map(|((sent, verified), number)| traffic(number * 10, sent, verified)).collect()
        })
    }

    proptest! {
        #[test]
        fn what_is_asked_is_over_when_it_says(traffic in any_traffic(), minute in 0_i64..30, life in 60_u64..=600) {
            let (life, now) = (Duration::from_secs(life), at(minute));
            let asked = judge(&traffic, life, now);
            if asked != Verdict::Free {
                let over = over_at(&traffic, life, now);
                prop_assert!(over > now && over <= at(minute + 90));
                let then = judge(&traffic, life, over);
                prop_assert!(then == Verdict::Free || (asked == Verdict::Stop && then != Verdict::Stop), "{then:?}");
            }
        }

        #[test]
        fn a_prefix_is_free_again_by_itself(traffic in any_traffic(), life in 60_u64..=600) {
            prop_assert_eq!(judge(&traffic, Duration::from_secs(life), at(110)), Verdict::Free);
        }

        #[test]
        fn more_codes_that_come_back_never_make_it_worse(traffic in any_traffic(), minute in 0_i64..30) {
            let rank = |verdict| match verdict { Verdict::Free => 0, Verdict::Proof(_) => 1, Verdict::Stop => 2 };
            let all: Vec<Traffic> = traffic.iter().map(|one| Traffic { verified: one.sent, ..*one }).collect();
            let some: Vec<Traffic> =
                traffic.iter().map(|one| Traffic { verified: (one.verified + 1).min(one.sent), ..*one }).collect();
            let worst = rank(judge(&traffic, LIFE, at(minute)));
            prop_assert!(rank(judge(&some, LIFE, at(minute))) <= worst);
            prop_assert!(rank(judge(&all, LIFE, at(minute))) <= worst.min(1));
        }
    }
}
