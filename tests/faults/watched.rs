//! What an operator watches: every metric that the documentation names is there, and nobody's number or code is in them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::json;
use watchword_domain::conversion::TRAFFIC_WINDOW;
use watchword_domain::{Clock, Phone};
use watchword_flow::seams::SystemClock;

use crate::support::{Browser, Place, Provider, http_client, on_both, until};

const DOCUMENTATION: [&str; 2] =
    [include_str!("../../docs/going-live.md"), include_str!("../../docs/operations.md")];

/// Meta's word for an account that is locked: no other message would fare better.
const LOCKED: u32 = 131_031;

/// Metrics by name, each with the names of its labels.
type Metrics = BTreeMap<String, BTreeSet<String>>;

/// What is documented, as `name{label,label}` between backticks.
fn documented() -> Metrics {
    let mut metrics = Metrics::new();
    for text in DOCUMENTATION {
        for (start, _) in text.match_indices("`watchword_") {
            let (written, _) = text[start + 1..].split_once('`').unwrap();
            let (name, labels) = written.trim_end_matches('}').split_once('{').unwrap_or((written, ""));
            let labels = labels.split(',').filter(|label| !label.is_empty()).map(str::to_owned).collect();
            metrics.insert(name.to_owned(), labels);
        }
    }
    metrics
}

/// The names of the metrics in the source below a folder: the literals of the macros that count.
fn in_source(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            in_source(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(path).unwrap();
            let counting = ["counter!(\"", "gauge!(\"", "histogram!(\""];
            let after = counting.iter().flat_map(|start| text.split(start).skip(1));
            names.extend(after.map(|rest| rest.split_once('"').unwrap().0.to_owned()));
        }
    }
}

/// One line of what Prometheus reads.
struct Sample {
    name: String,
    labels: Vec<(String, String)>,
    value: String,
}

impl Sample {
    fn of(line: &str) -> Self {
        let (named, value) = line.rsplit_once(' ').unwrap();
        let (name, labels) = named.trim_end_matches('}').split_once('{').unwrap_or((named, ""));
        let label = |label: &str| {
            let (name, value) = label.split_once("=\"").unwrap();
            (name.to_owned(), value.trim_end_matches('"').to_owned())
        };
        let labels = labels.split("\",").filter(|label| !label.is_empty()).map(label).collect();
        Self { name: name.to_owned(), labels, value: value.to_owned() }
    }

    /// The metric it belongs to: a histogram has lines of several names.
    fn metric(&self) -> &str {
        let name = self.name.as_str();
        let parts = ["_bucket", "_sum", "_count"];
        parts.iter().find_map(|part| name.strip_suffix(part)).unwrap_or(name)
    }
}

async fn samples(provider: &Provider) -> Vec<Sample> {
    let url = provider.metrics.as_deref().expect("metrics");
    let text = http_client().get(url).send().await.unwrap().text().await.unwrap();
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(Sample::of).collect()
}

/// As if codes had been sent to this number's range that nobody typed back.
async fn make_suspicious(place: &Place, phone: &str) {
    let prefix = Phone::parse(phone, None).unwrap().range();
    let half_an_hour_ago = SystemClock.now() - 3 * TRAFFIC_WINDOW;
    let window = watchword_domain::limits::window_start(TRAFFIC_WINDOW, half_an_hour_ago).millis();
    let columns = "pool_id, prefix, window_start, sent, verified";
    let row = format!("SELECT id, '{prefix}', {window}, 100, 0 FROM pools");
    place.execute(&format!("INSERT INTO prefix_traffic ({columns}) {row}")).await;
}

/// Whatever there is to be counted: somebody signs in, somebody is refused a second code, and the sender goes out of order.
async fn let_everything_happen(place: &Place, provider: &Provider, person: &mut Browser) {
    assert_eq!(person.sign_in(place, provider.address).await.status, 200);
    let mut hasty = Browser::new(place);
    hasty.ask_code(provider.address).await.unwrap();
    place.meta.code_to(&hasty.phone).await;
    let mut other = Browser::new(place);
    other.phone = hasty.phone.clone();
    let page = other.authorize(provider.address, None).await.unwrap();
    assert_eq!(other.type_phone(provider.address, &page).await.unwrap().status, 429);
    place.meta.fault(json!({ "kind": "error", "code": LOCKED, "times": 3 })).await;
    for _ in 0..3 {
        Browser::new(place).ask_code(provider.address).await.unwrap();
    }
}

#[test]
fn every_metric_is_documented_and_every_documented_one_is_counted() {
    let mut counted = BTreeSet::new();
    in_source(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut counted);
    assert_eq!(counted, documented().into_keys().collect());
}

on_both! {
    fn every_documented_metric_is_there_and_nobody_is_in_it(place) {
        place.meta.arrive().await;
        let mut person = Browser::new(&place);
        make_suspicious(&place, &person.phone).await;
        let provider = place.start_with(&[("WATCHWORD_METRICS_LISTEN", "127.0.0.1:0")]).await;
        let_everything_happen(&place, &provider, &mut person).await;
        let documented = documented();
        assert!(documented.len() > 10, "{documented:?}");
        for (name, labels) in &documented {
            let found = until(name, async || {
                samples(&provider).await.into_iter().find(|sample| sample.metric() == name)
            })
            .await;
            let named = found.labels.into_iter().map(|(label, _)| label).filter(|label| label != "le");
            assert_eq!(&named.collect::<BTreeSet<_>>(), labels, "{name}");
        }
        expect_nobody(&place, &samples(&provider).await).await;
    }
}

/// No number and no code, whole or in part: no label has as many digits in a row as the shortest code, and no value is one.
async fn expect_nobody(place: &Place, samples: &[Sample]) {
    let messages = place.meta.messages().await;
    let text = |message: &serde_json::Value, name: &str| message[name].as_str().unwrap().to_owned();
    let secrets: Vec<String> = messages
        .iter()
        .flat_map(|message| [text(message, "code"), text(message, "to").trim_start_matches('+').to_owned()])
        .collect();
    assert!(secrets.len() >= 4, "{secrets:?}");
    for Sample { name, labels, value } in samples {
        assert!(!secrets.contains(value), "{name} is {value}");
        for (label, value) in labels.iter().filter(|(label, _)| label != "le") {
            let longest = value.split(|letter: char| !letter.is_ascii_digit()).map(str::len).max();
            assert!(longest < Some(6), "{name} has {label}={value}");
        }
    }
}
