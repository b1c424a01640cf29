//! Whether the codes sent to a range of numbers come back, and whether more of them are sent than usual.
//!
//! Whoever earns on messages types many numbers of one range and no codes. So what was sent and what was answered is counted
//! for each pool and several [subjects](Subject) in windows of ten minutes: each code once, by however many messages it
//! goes out, in the window it was made in. Only codes whose life is over are judged: what is still under way speaks
//! neither for nor against a subject. The strictest verdict holds, and everything passes by itself.

mod subject;

use std::time::Duration;

use subject::Scale;
pub use subject::{Subject, subjects};

use crate::limits::{sliding_count, window_start};
use crate::time::Timestamp;

/// The windows in which codes are counted.
pub const TRAFFIC_WINDOW: Duration = Duration::from_secs(10 * 60);

/// How far back a subject's usual traffic is looked at.
const BASELINE: Duration = Duration::from_secs(24 * 60 * 60);

/// Windows in [`BASELINE`].
const BASELINE_WINDOWS: u64 = 144;

/// How long a code that came back or did not is looked at.
const JUDGED: Duration = Duration::from_secs(60 * 60);

/// The longest life of a code.
const LONGEST_LIFE: Duration = Duration::from_secs(10 * 60);

/// How many times a subject's usual traffic is too much.
const SURGE: u64 = 5;

/// Codes that were sent to a subject, of those made in one window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traffic {
    /// When the window began.
    pub window: Timestamp,
    /// How many were sent in it.
    pub sent: u32,
    /// How many of these were answered rightly, whenever that was.
    pub verified: u32,
}

/// What was sent to a subject in the windows of a [`Look`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The subject.
    pub subject: Subject,
    /// Its windows, in no order.
    pub traffic: Vec<Traffic>,
}

/// Which windows are looked at: those of the last day. Most of a day matters as a sum only; so what lies between two
/// moments may be read as one window, and a look costs few rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Windows from here on are looked at.
    pub since: Timestamp,
    /// Windows from here on …
    pub sum_from: Timestamp,
    /// … and before this may be read as one that began at [`sum_from`](Self::sum_from).
    pub sum_until: Timestamp,
}

impl Look {
    /// The look at `now`. What it sees suffices for every moment of the next hour and a half.
    pub fn at(now: Timestamp) -> Self {
        let since = now - BASELINE;
        let judged = window_start(TRAFFIC_WINDOW, now - JUDGED - TRAFFIC_WINDOW - LONGEST_LIFE);
        Self { since, sum_from: since + minutes(LONGEST_MINUTES), sum_until: judged }
    }
}

/// What a subject's traffic asks for. The later, the stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Nothing.
    Free,
    /// A proof of work with every further message.
    Proof(Suspicion),
    /// That no further message is sent to strangers.
    Stop,
}

/// What makes a subject suspicious.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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

impl Seen {
    /// What one more message at `now` would be asked for, from the subject's traffic.
    pub fn judge(&self, code_life: Duration, now: Timestamp) -> Verdict {
        let Scale { few, low, stop, at_once } = self.subject.scale();
        let (sent, verified) = self.settled(code_life, now);
        let below =
            |few: u32, percent: u64| sent > few && u64::from(verified) * 100 < u64::from(sent) * percent;
        if stop.is_some_and(|(few, percent)| below(few, percent)) {
            return Verdict::Stop;
        }
        if below(few, low) {
            return Verdict::Proof(Suspicion::Conversion);
        }
        if u64::from(lately(&self.traffic, now)) >= usual(&self.traffic, now).max(at_once.into()) {
            return Verdict::Proof(Suspicion::Surge);
        }
        Verdict::Free
    }

    /// How many codes are judged, those of the last hour whose life is over; and how many of them came back.
    pub fn settled(&self, code_life: Duration, now: Timestamp) -> (u32, u32) {
        let is_judged = |traffic: &&Traffic| {
            let settled_at = traffic.window + TRAFFIC_WINDOW + code_life;
            settled_at <= now && now < settled_at + JUDGED
        };
        self.traffic.iter().filter(is_judged).fold((0, 0), |(sent, verified), traffic| {
            (sent.saturating_add(traffic.sent), verified.saturating_add(traffic.verified))
        })
    }
}

/// The strictest of the verdicts at `now` and whose it is; of several alike the first.
pub fn strictest(seen: &[Seen], code_life: Duration, now: Timestamp) -> Option<(&Seen, Verdict)> {
    let judged = seen.iter().map(|seen| (seen, seen.judge(code_life, now)));
    judged.reduce(|strictest, next| if next.1 > strictest.1 { next } else { strictest })
}

/// When, if nothing more happens, less will be asked for than now. Found by asking, minute by minute: what is promised to a
/// person must hold.
pub fn over_at(seen: &[Seen], code_life: Duration, now: Timestamp) -> Timestamp {
    let asked = |at| strictest(seen, code_life, at).map_or(Verdict::Free, |(_, verdict)| verdict);
    let is_stopped = asked(now) == Verdict::Stop;
    let eases = |at: &Timestamp| match asked(*at) {
        Verdict::Free => true,
        Verdict::Proof(_) => is_stopped,
        Verdict::Stop => false,
    };
    let after = |number| now + minutes(number);
    (1..LONGEST_MINUTES).map(after).find(eases).unwrap_or_else(|| after(LONGEST_MINUTES))
}

/// An hour that is judged, a window to fill and the longest life of a code: everything is over by then.
const LONGEST_MINUTES: u64 = 90;

fn minutes(number: u64) -> Duration {
    Duration::from_secs(60 * number)
}

/// How many were sent in the last ten minutes.
fn lately(traffic: &[Traffic], now: Timestamp) -> u32 {
    let current = window_start(TRAFFIC_WINDOW, now);
    let sent_in = |window: Timestamp| {
        traffic.iter().find(|traffic| traffic.window == window).map_or(0, |traffic| traffic.sent)
    };
    sliding_count(sent_in(current - TRAFFIC_WINDOW), sent_in(current), TRAFFIC_WINDOW, now)
}

/// How many in ten minutes are far more than usual, by the subject's own day.
fn usual(traffic: &[Traffic], now: Timestamp) -> u64 {
    let current = window_start(TRAFFIC_WINDOW, now);
    let day =
        traffic.iter().filter(|traffic| traffic.window < current && now.since(traffic.window) <= BASELINE);
    day.map(|traffic| u64::from(traffic.sent)).sum::<u64>() * SURGE / BASELINE_WINDOWS
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

    fn seen(subject: Subject, traffic: &[Traffic]) -> Seen {
        Seen { subject, traffic: traffic.to_vec() }
    }

    fn range() -> Subject {
        Subject::Range("US +1415".into())
    }

    fn judge(traffic: &[Traffic], life: Duration, now: Timestamp) -> Verdict {
        seen(range(), traffic).judge(life, now)
    }

    #[test]
    fn codes_that_do_not_come_back_ask_for_work_and_then_stop_a_range() {
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
        assert_eq!(over_at(&[seen(range(), &sent)], LIFE, at(25)), at(75), "the first of them is forgotten");
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

    #[test]
    fn what_many_share_takes_more_to_be_suspicious_and_the_whole_pool_is_never_stopped() {
        let network = || Subject::Network("203.0.113.0/24".into());
        let country = || Subject::Country("US".into());
        let judged =
            |subject, sent, verified| seen(subject, &[traffic(0, sent, verified)]).judge(LIFE, at(30));
        let low = Verdict::Proof(Suspicion::Conversion);
        for wide in [network, country] {
            assert_eq!(judged(wide(), 50, 0), Verdict::Free);
            assert_eq!(judged(wide(), 51, 0), low);
            assert_eq!([judged(wide(), 100, 29), judged(wide(), 100, 30)], [low, Verdict::Free]);
            assert_eq!([judged(wide(), 200, 0), judged(wide(), 201, 0)], [low, Verdict::Stop]);
            assert_eq!([judged(wide(), 1000, 49), judged(wide(), 1000, 50)], [Verdict::Stop, low]);
        }
        assert_eq!([judged(Subject::Pool, 100, 0), judged(Subject::Pool, 101, 0)], [Verdict::Free, low]);
        assert_eq!(
            [judged(Subject::Pool, 1000, 199), judged(Subject::Pool, 1000, 200)],
            [low, Verdict::Free]
        );
        assert_eq!(judged(Subject::Pool, 1_000_000, 0), low);
        let surge = |subject, sent| seen(subject, &[traffic(0, sent, sent)]).judge(LIFE, at(5));
        for (subject, most) in [(range(), 20), (network(), 50), (country(), 50), (Subject::Pool, 100)] {
            assert_eq!(surge(subject.clone(), most - 1), Verdict::Free, "{subject:?}");
            assert_eq!(surge(subject, most), Verdict::Proof(Suspicion::Surge));
        }
    }

    #[test]
    fn the_strictest_verdict_holds_and_is_over_when_all_are() {
        let all = [
            seen(range(), &[traffic(0, 30, 5)]),
            seen(Subject::Network("203.0.113.0/24".into()), &[traffic(0, 300, 1), traffic(20, 60, 10)]),
            seen(Subject::Pool, &[traffic(0, 400, 300)]),
        ];
        let (whose, verdict) = strictest(&all, LIFE, at(40)).unwrap();
        assert_eq!((&whose.subject, verdict), (&all[1].subject, Verdict::Stop));
        assert_eq!(over_at(&all, LIFE, at(40)), at(75), "then the other window still asks for work");
        let (whose, verdict) = strictest(&all, LIFE, at(75)).unwrap();
        assert_eq!((&whose.subject, verdict), (&all[1].subject, Verdict::Proof(Suspicion::Conversion)));
        assert_eq!(over_at(&all, LIFE, at(75)), at(95));
        let alike = [seen(range(), &[traffic(0, 30, 0)]), seen(range(), &[traffic(0, 40, 0)])];
        assert_eq!(strictest(&alike, LIFE, at(40)).unwrap().0, &alike[0], "of several the narrowest");
        assert_eq!(strictest(&[], LIFE, at(40)), None);
    }

    /// What a store may give for these windows.
    fn summed(traffic: &[Traffic], look: Look) -> Vec<Traffic> {
        let of_day = traffic.iter().filter(|one| one.window >= look.since);
        let is_summed = |one: &&Traffic| (look.sum_from..look.sum_until).contains(&one.window);
        let (many, mut kept): (Vec<&Traffic>, Vec<&Traffic>) = of_day.partition(is_summed);
        let sum = |part: fn(&Traffic) -> u32| many.iter().map(|one| part(one)).sum();
        let one =
            Traffic { window: look.sum_from, sent: sum(|one| one.sent), verified: sum(|one| one.verified) };
        kept.push(&one);
        kept.into_iter().copied().collect()
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
                let over = over_at(&[seen(range(), &traffic)], life, now);
                prop_assert!(over > now && over <= at(minute + 90));
                let then = judge(&traffic, life, over);
                prop_assert!(then == Verdict::Free || (asked == Verdict::Stop && then != Verdict::Stop), "{then:?}");
            }
        }

        #[test]
        fn most_of_a_day_matters_as_a_sum_only(
            day in prop::collection::vec(0_u32..60, 150),
            into in 0_i64..10,
            later in 0_i64..90,
            life in 60_u64..=600,
        ) {
            let day: Vec<Traffic> =
                day.iter().zip(-149_i64..).map(|(sent, number)| traffic(number * 10, *sent, sent / 3)).collect();
            let (now, life) = (at(into), Duration::from_secs(life));
            let summed = summed(&day, Look::at(now));
            prop_assert!(summed.len() <= 21, "{}", summed.len());
            let later = at(into + later);
            prop_assert_eq!(judge(&summed, life, later), judge(&day, life, later));
            prop_assert_eq!(seen(range(), &summed).settled(life, later), seen(range(), &day).settled(life, later));
        }

        #[test]
        fn a_subject_is_free_again_by_itself(traffic in any_traffic(), life in 60_u64..=600) {
            prop_assert_eq!(judge(&traffic, Duration::from_secs(life), at(110)), Verdict::Free);
        }

        #[test]
        fn more_codes_that_come_back_never_make_it_worse(traffic in any_traffic(), minute in 0_i64..30) {
            let all: Vec<Traffic> = traffic.iter().map(|one| Traffic { verified: one.sent, ..*one }).collect();
            let some: Vec<Traffic> =
                traffic.iter().map(|one| Traffic { verified: (one.verified + 1).min(one.sent), ..*one }).collect();
            let worst = judge(&traffic, LIFE, at(minute));
            prop_assert!(judge(&some, LIFE, at(minute)) <= worst);
            prop_assert!(judge(&all, LIFE, at(minute)) <= worst.min(Verdict::Proof(Suspicion::Surge)));
        }
    }
}
