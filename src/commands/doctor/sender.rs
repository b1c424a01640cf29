//! The shared WhatsApp sender, asked over HTTP. Those of projects are asked by `watchword sender check`.

use std::time::Duration;

use watchword_domain::Timestamp;
use watchword_flow::senders::health::{self, Examined, Finding, Names, Trouble};
use watchword_messaging::whatsapp::{Account, Graph, Times};

use super::Part;
use crate::commands::installation;
use crate::config::problem::Problem;
use crate::config::{self, Config, Sender};

const SENDER: &str = "sender";

/// An operator waits for it.
const CONNECT: Duration = Duration::from_secs(3);
const ANSWER: Duration = Duration::from_secs(6);

/// What the settings of the shared sender are called.
const NAMES: Names = Names {
    phone_number_id: "whatsapp.phone_number_id",
    waba_id: "whatsapp.waba_id",
    access_token: "whatsapp.access_token",
    replace_token: "set WATCHWORD_WHATSAPP_ACCESS_TOKEN",
    api_url: "whatsapp.api_url (--offline leaves WhatsApp out)",
    make_template: "Create it as docs/going-live.md shows",
};

/// A line for the shared sender, and, when it could be asked, one each for its templates and its webhooks.
/// `webhook_seen` is when its webhooks were last heard, as far as the database says.
pub(super) async fn look(config: &Config, may_ask: bool, webhook_seen: Option<Timestamp>) -> Vec<Part> {
    let Some(sender) = &config.whatsapp else {
        return vec![Part::well(
            SENDER,
            "not set up: only projects with a sender of their own can send codes",
        )];
    };
    if let Err(problem) = installation::shared_sender(config, sender) {
        return vec![Part::wrong(SENDER, vec![problem])];
    }
    let account = match account(&config.graph, sender) {
        Ok(account) => account,
        Err(problem) => return vec![Part::wrong(SENDER, vec![problem])],
    };
    if !may_ask {
        return vec![Part::well(SENDER, "settings are well; WhatsApp was not asked (--offline)")];
    }
    if config.graph.is_overheard() {
        return vec![Part::well(SENDER, "not asked: the access token could be read on the way")];
    }
    let examined = Examined {
        account: &account,
        names: NAMES,
        api_url: &config.graph.api_url,
        phone_number_id: &sender.phone_number_id,
        waba_id: &sender.waba_id,
        templates: &sender.templates(),
        lifetimes: &config.lifetimes,
        webhook_seen,
    };
    examined.findings().await.0.into_iter().map(part).collect()
}

fn account(graph: &config::Graph, sender: &Sender) -> Result<Account, Problem> {
    let timeout = ANSWER.min(graph.timeout);
    let graph = Graph::new(&graph.api_url, Times { connect: CONNECT.min(timeout / 2), whole: timeout });
    let ids = (sender.phone_number_id.as_str(), sender.waba_id.as_str());
    let account = graph.and_then(|graph| Account::new(&graph, ids, &sender.access_token));
    account.map_err(|refusal| installation::refused(&refusal))
}

/// What was found, as a part of the installation.
pub(in crate::commands) fn part(finding: Finding) -> Part {
    let name = match finding.part {
        health::Part::Number => SENDER,
        health::Part::Template => "template",
        health::Part::Webhooks => "webhooks",
    };
    Part::of(name, finding.found, finding.troubles.into_iter().map(problem).collect())
}

/// What is wrong, as a problem of the installation.
pub(in crate::commands) fn problem(trouble: Trouble) -> Problem {
    Problem::new(trouble.what, trouble.wrong, trouble.mend)
}
