//! What `project alerts`, `project traffic` and `project refusals` say.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use watchword_domain::Timestamp;
use watchword_domain::money::Money;
use watchword_domain::monitor::Monitor;
use watchword_domain::sender;
use watchword_flow::Watchword;
use watchword_flow::identity::IDENTITY_CHANGED;
use watchword_flow::limits::Range;
use watchword_flow::webhook::DISOWNED;
use watchword_messaging::whatsapp::errors;
use watchword_store::{AlertRow, RefusalRow};

use crate::commands::output;

/// What was told, newest first.
pub(super) fn alerts(flow: &Watchword, alerts: &[AlertRow], is_json: bool) -> String {
    let currency = flow.settings().limits.prices.currency();
    let amount = |alert: &AlertRow, amount: u64| match alert.kind.starts_with("money") {
        true => format!("{} {currency}", Money::from_micros(amount)).trim_end().to_owned(),
        false => amount.to_string(),
    };
    if is_json {
        let alert = |alert: &AlertRow| {
            json!({
                "kind": alert.kind,
                "range": Some(&alert.subject).filter(|range| !range.is_empty() && !is_of_sender(alert)),
                "subject": Some(&alert.subject).filter(|_| is_of_sender(alert)),
                "percent": Some(alert.percent).filter(|percent| *percent > 0),
                "amount": amount(alert, alert.amount),
                "most": amount(alert, alert.most),
                "window": Some(alert.window.to_rfc3339()).filter(|_| !is_of_sender(alert)),
                "raised_at": alert.raised_at.to_rfc3339(),
            })
        };
        return Value::from_iter(alerts.iter().map(alert)).to_string();
    }
    if alerts.is_empty() {
        return "Nothing was told in the last 30 days.".to_owned();
    }
    let head = ["when", "what", "how much"].map(str::to_owned);
    let row = |alert: &AlertRow| {
        let (amount, most) = (amount(alert, alert.amount), amount(alert, alert.most));
        let (what, much) = if let Some(said) = of_people(alert).or_else(|| of_sender(alert)) {
            (format!("{} {}", alert.kind, alert.subject), said)
        } else if alert.subject.is_empty() {
            (alert.kind.clone(), format!("{} % ({amount} of {most})", alert.percent))
        } else {
            (format!("{} {}", alert.kind, alert.subject), format!("{amount} of {most} codes came back"))
        };
        [alert.raised_at.to_rfc3339(), what, much]
    };
    let rows: Vec<_> = std::iter::once(head).chain(alerts.iter().map(row)).collect();
    format!("What was told, newest first; times are UTC.\n\n{}", output::table(&rows))
}

/// What is said of people who got codes; nothing when it is about something else.
fn of_people(alert: &AlertRow) -> Option<String> {
    match alert.kind.as_str() {
        IDENTITY_CHANGED => Some("another account of WhatsApp is behind a number".to_owned()),
        DISOWNED => Some(format!("{} codes in an hour that nobody had asked for", alert.amount)),
        _ => None,
    }
}

fn is_of_sender(alert: &AlertRow) -> bool {
    of_sender(alert).is_some()
}

/// What is said of a sender; nothing when it is about something else.
fn of_sender(alert: &AlertRow) -> Option<String> {
    match alert.kind.as_str() {
        sender::OUT_OF_ORDER | sender::REFUSES_SOME => {
            let meaning =
                i64::try_from(alert.amount).ok().and_then(errors::known).map_or("", |it| it.meaning);
            Some(format!("refused with {}: {meaning}", alert.amount).trim_end_matches(": ").to_owned())
        }
        sender::TEMPLATE_STOPPED => Some("not sent; see `watchword sender check`".to_owned()),
        sender::NO_TEMPLATE => Some("no code is sent; see `watchword sender check`".to_owned()),
        _ => None,
    }
}

/// What most was sent to.
pub(super) fn traffic(ranges: &[Range], monitor: Monitor, is_json: bool) -> String {
    let until = |range: &Range| range.until.map(Timestamp::to_rfc3339);
    if is_json {
        let range = |range: &Range| {
            json!({
                "range": range.subject.text(),
                "kind": range.subject.kind(),
                "sent_day": range.sent_day,
                "verified_day": range.verified_day,
                "judged_sent": range.sent,
                "judged_verified": range.verified,
                "suspicion": range.verdict.name(),
                "until": until(range),
            })
        };
        return Value::from_iter(ranges.iter().map(range)).to_string();
    }
    if ranges.is_empty() {
        return "No code was sent in the last day, or the monitor is off.".to_owned();
    }
    let head = ["what", "a day", "came back", "judged", "came back", "suspicion", "until"].map(str::to_owned);
    let row = |range: &Range| {
        [
            range.subject.text(),
            range.sent_day.to_string(),
            range.verified_day.to_string(),
            range.sent.to_string(),
            range.verified.to_string(),
            range.verdict.name().unwrap_or("none").to_owned(),
            until(range).unwrap_or_default(),
        ]
    };
    let rows: Vec<_> = std::iter::once(head).chain(ranges.iter().map(row)).collect();
    let mode = match monitor {
        Monitor::Off => "The monitor is off.",
        Monitor::Observe => "The monitor only observes: nobody is asked for anything.",
        Monitor::Protect => {
            "The monitor protects: what is suspicious takes a proof of work, or gets nothing."
        }
    };
    let judged = "Judged are the codes of the last hour whose life is over.";
    format!(
        "Ranges of numbers, networks, countries and all, by how much was sent; times are UTC.\n\n{}\n{judged} {mode}",
        output::table(&rows)
    )
}

/// Why people were refused, most often first.
pub(super) fn refusals(refusals: &[RefusalRow], is_json: bool) -> String {
    if is_json {
        let refusal = |refusal: &RefusalRow| {
            json!({
                "hour": refusal.hour.to_rfc3339(),
                "limit": refusal.reason,
                "country": Some(&refusal.country).filter(|country| !country.is_empty()),
                "amount": refusal.amount,
            })
        };
        return Value::from_iter(refusals.iter().map(refusal)).to_string();
    }
    if refusals.is_empty() {
        return "Nobody was refused a code in the last day.".to_owned();
    }
    let mut sums: BTreeMap<(&str, &str), (u64, Timestamp)> = BTreeMap::new();
    for refusal in refusals {
        let sum = sums.entry((&refusal.reason, &refusal.country)).or_insert((0, refusal.hour));
        *sum = (sum.0 + refusal.amount, sum.1.max(refusal.hour));
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by_key(|(_, (amount, _))| std::cmp::Reverse(*amount));
    let head = ["limit", "country", "how often", "last in the hour from"].map(str::to_owned);
    let row = |((limit, country), (amount, hour)): &((&str, &str), (u64, Timestamp))| {
        [(*limit).to_owned(), (*country).to_owned(), amount.to_string(), hour.to_rfc3339()]
    };
    let rows: Vec<_> = std::iter::once(head).chain(sums.iter().map(row)).collect();
    let table = output::table(&rows);
    format!(
        "Why people were refused a code in the last day; times are UTC.\n\n{table}\ndocs/limits.md says what each limit is."
    )
}
