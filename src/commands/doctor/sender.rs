//! The WhatsApp senders, asked over HTTP: the one that projects share, and projects' own that are live.

use std::time::Duration;

use watchword_domain::Clock;
use watchword_flow::Watchword;
use watchword_flow::seams::SystemClock;
use watchword_flow::senders::health::{self, Finding, Trouble};
use watchword_flow::senders::setup::Looked;
use watchword_messaging::whatsapp::{Graph, Times};
use watchword_store::Store;

use super::{Part, storage};
use crate::commands::installation::{self, failed};
use crate::config::problem::Problem;
use crate::config::{self, Config, Sender};

const SENDER: &str = "sender";

/// An operator waits for it.
const CONNECT: Duration = Duration::from_secs(3);
const ANSWER: Duration = Duration::from_secs(6);

/// A line for the shared sender, and, when it could be asked, one each for its token, its templates and its webhooks; then
/// what is wrong with projects' own.
pub(super) async fn look(config: &Config, may_ask: bool) -> Vec<Part> {
    let graph = match graph(&config.graph) {
        Ok(graph) => graph,
        Err(problem) => return vec![Part::wrong(SENDER, vec![problem])],
    };
    let store = storage::usable(&config.storage).await;
    let mut parts = match &config.whatsapp {
        Some(sender) => shared(config, sender, (&graph, store.as_ref()), may_ask).await,
        None => {
            vec![Part::well(SENDER, "not set up: only projects with a sender of their own can send codes")]
        }
    };
    if let Some(store) = store {
        if may_ask && !config.graph.is_overheard() {
            parts.extend(own(config, graph, &store).await);
        }
        // What is wrong with the database is said where it was looked at.
        let _ = store.close().await;
    }
    parts
}

async fn shared(
    config: &Config,
    sender: &Sender,
    (graph, store): (&Graph, Option<&Store>),
    may_ask: bool,
) -> Vec<Part> {
    let shared = match installation::shared_sender(graph, sender) {
        Ok(shared) => shared,
        Err(problem) => return vec![Part::wrong(SENDER, vec![problem])],
    };
    if !may_ask {
        return vec![Part::well(SENDER, "settings are well; WhatsApp was not asked (--offline)")];
    }
    if config.graph.is_overheard() {
        return vec![Part::well(SENDER, "not asked: the access token could be read on the way")];
    }
    let heard = match store {
        Some(store) => health::heard(store, &shared, SystemClock.now()).await.unwrap_or_default(),
        None => health::Heard::default(),
    };
    let findings = health::check_shared(graph, &shared, &config.lifetimes, heard).await;
    findings.into_iter().map(part).collect()
}

/// A line for projects' own senders, where the master key opens them.
async fn own(config: &Config, graph: Graph, store: &Store) -> Option<Part> {
    let flow = opened(config, graph, store).await?;
    let looked = match flow.look_at_live_senders().await {
        Ok(looked) => looked,
        Err(fault) => {
            return Some(Part::wrong("own senders", vec![failed(&config.storage.database, &fault)]));
        }
    };
    let count = looked.len();
    let problems = looked.into_iter().flat_map(troubles).collect();
    let found = format!("{count} of projects {} live and well", if count == 1 { "is" } else { "are" });
    (count > 0).then(|| Part::of("own senders", found, problems))
}

/// The use cases on this database. What is wrong with the key is said where it was looked at.
async fn opened(config: &Config, graph: Graph, store: &Store) -> Option<Watchword> {
    let key = storage::fitting_key(&config.storage, store).await?;
    let settings = installation::settings(config, graph).ok()?;
    installation::fit(&config.storage, store.clone(), key, settings).await.ok()
}

fn troubles(looked: Looked) -> impl Iterator<Item = Problem> {
    let (name, domain) = (looked.sender.name, looked.domain);
    let troubles = looked.findings.into_iter().flat_map(|finding| finding.troubles);
    troubles.map(move |trouble| {
        let what = format!("{} of the sender {name} of the project {domain}", trouble.what);
        Problem::new(what, trouble.wrong, trouble.mend)
    })
}

fn graph(graph: &config::Graph) -> Result<Graph, Problem> {
    let timeout = ANSWER.min(graph.timeout);
    let times = Times { connect: CONNECT.min(timeout / 2), whole: timeout };
    Graph::new(&graph.api_url, times).map_err(|refusal| installation::refused(&refusal))
}

/// What was found, as a part of the installation.
pub(in crate::commands) fn part(finding: Finding) -> Part {
    let name = match finding.part {
        health::Part::Number => SENDER,
        health::Part::Token => "token",
        health::Part::Template => "template",
        health::Part::Webhooks => "webhooks",
    };
    Part::of(name, finding.found, finding.troubles.into_iter().map(problem).collect())
}

/// What is wrong, as a problem of the installation.
pub(in crate::commands) fn problem(trouble: Trouble) -> Problem {
    Problem::new(trouble.what, trouble.wrong, trouble.mend)
}
