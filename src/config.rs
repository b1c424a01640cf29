//! The one configuration: what `watchword.toml`, the environment and flags say, checked and in the types the layers want.
//!
//! Settings are named in one table ([`table`]); everything wrong with them is found in one go ([`problem`]). No other file
//! reads the environment. Knows nothing of databases, sockets or keys beyond the words that name them.

mod channels;
mod limits;
pub mod problem;
mod reader;
pub mod reference;
mod sender;
pub mod setting;
mod simulator;
pub mod sources;
mod storage;
pub mod table;

#[cfg(test)]
mod tests;

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use ipnet::IpNet;
use tracing_subscriber::EnvFilter;
use url::Url;
use watchword_domain::lifetimes::Lifetimes;
use watchword_domain::limits::Limits;
use watchword_domain::public_url::{PublicUrl, is_of_this_machine};

use problem::{Problem, Problems};
use reader::Reader;
use sources::Sources;

pub use channels::{Gateway, Sms, Smtp};
pub use sender::{Graph, Sender};
pub use simulator::Simulator;
pub use storage::{Database, KeySource, Storage};

/// Everything the commands need to know. It holds secrets, so it has no `Debug`.
#[derive(Clone)]
pub struct Config {
    /// Where the provider listens.
    pub listen: SocketAddr,
    /// Where it is reached.
    pub public_url: PublicUrl,
    /// The database, and the key to what is sealed in it.
    pub storage: Storage,
    /// The region in pool ids.
    pub region: String,
    /// Whose word about the caller's address is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The listener of metrics.
    pub metrics: Metrics,
    /// What is logged, and how.
    pub logs: Logs,
    /// How WhatsApp senders are reached.
    pub graph: Graph,
    /// The shared WhatsApp sender, when one is set up.
    pub whatsapp: Option<Sender>,
    /// What SMS are sent with, when it is set up.
    pub sms: Option<Sms>,
    /// What mails are sent with, when it is set up.
    pub smtp: Option<Smtp>,
    /// How often.
    pub limits: Limits,
    /// How long.
    pub lifetimes: Lifetimes,
    /// What only the simulator needs.
    pub simulator: Simulator,
}

/// Where metrics are served.
#[derive(Debug, Clone, Copy)]
pub struct Metrics {
    /// The address; none when they are off.
    pub listen: Option<SocketAddr>,
    /// Whether somebody asked for this address: then the provider does not start without it.
    pub is_asked_for: bool,
}

/// What is logged, and how.
#[derive(Debug, Clone)]
pub struct Logs {
    /// Directives of `tracing_subscriber`; the command's own default when none are given.
    pub filter: Option<String>,
    /// One JSON object a line instead of text.
    pub is_json: bool,
}

/// What came of reading: as much as could be understood, and everything that is wrong.
pub struct Reading {
    /// The whole, when nothing is wrong.
    pub config: Option<Config>,
    /// The part about the database, when nothing is wrong with that.
    pub storage: Option<Storage>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

impl Config {
    /// Reads the configuration.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(sources: Sources) -> Result<Self, Problems> {
        let Reading { config, problems, .. } = Reading::of(sources);
        config.ok_or(Problems(problems))
    }

    /// What works but should not stay so.
    pub fn advice(&self) -> Vec<Problem> {
        let mut advice = Vec::new();
        if !self.listen.ip().is_loopback() && !self.public_url.is_secure() {
            advice.push(Problem::new(
                "public_url",
                format!("is http although the provider listens on {}, where others can reach it", self.listen),
                "Put a proxy with TLS in front and set public_url to its https origin, or listen on 127.0.0.1.",
            ));
        }
        match &self.whatsapp {
            None => advice.push(Problem::new(
                "the WhatsApp sender",
                "is not set up: only projects with a sender of their own can send codes",
                "Set whatsapp.phone_number_id, waba_id, access_token, app_secret and verify_token.",
            )),
            Some(_) if self.graph.is_overheard() => advice.push(Problem::new(
                "whatsapp.api_url",
                "is http to another machine: codes and the access token can be read on the way",
                "Use https, as https://graph.facebook.com/v25.0 does.",
            )),
            Some(_) => {}
        }
        if self.sms.as_ref().is_some_and(Sms::is_overheard) {
            advice.push(Problem::new(
                "sms.api_url",
                "is http to another machine: codes and the secret can be read on the way",
                "Use https.",
            ));
        }
        advice
    }
}

/// Whether what goes to this address never leaves this machine.
fn stays_here(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| is_of_this_machine(&url))
}

impl Reading {
    /// Reads everything.
    pub fn of(sources: Sources) -> Self {
        let mut reader = Reader::new(sources);
        let storage = storage::read(&mut reader);
        let config = config(&mut reader, storage.clone());
        let problems = reader.problems;
        Self { config: config.filter(|_| problems.is_empty()), storage, problems }
    }
}

/// Asks for everything before it gives up on anything.
fn config(reader: &mut Reader, storage: Option<Storage>) -> Option<Config> {
    let (listen, public_url) = (reader.parse("listen"), reader.parse::<PublicUrl>("public_url"));
    if public_url.as_ref().is_some_and(|url| !url.is_secure() && !url.is_local()) {
        let wrong = "is http to other machines: pages, codes and cookies could be read on the way";
        reader.refuse("public_url", wrong, "Use https, with a proxy that has the certificate, or an address of this machine. It is part of every token.");
    }
    let region = region(reader);
    let trusted_proxies = trusted_proxies(reader);
    let metrics = metrics(reader);
    let logs = logs(reader);
    let (graph, whatsapp) = (sender::graph(reader), sender::read(reader));
    let (sms, smtp) = (channels::sms(reader, public_url.as_ref()), channels::smtp(reader));
    let limits = limits::read(reader);
    let lifetimes = reader.bounded("lifetimes", Lifetimes::check);
    let simulator = simulator::read(reader, public_url.as_ref());
    Some(Config {
        listen: listen?,
        public_url: public_url?,
        storage: storage?,
        region: region?,
        trusted_proxies: trusted_proxies?,
        metrics: metrics?,
        logs: logs?,
        graph: graph?,
        whatsapp,
        sms,
        smtp,
        limits: limits?,
        lifetimes: lifetimes?,
        simulator: simulator?,
    })
}

fn region(reader: &mut Reader) -> Option<String> {
    let region = reader.text("region")?;
    let fitting = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if region.len() <= 32 && region.bytes().all(fitting) {
        return Some(region);
    }
    reader.refuse("region", "is not 1 to 32 lower-case letters, digits and hyphens", "Correct it.");
    None
}

/// A network as one may write it: a single address is a network of one.
struct Network(IpNet);

impl FromStr for Network {
    type Err = std::net::AddrParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).map(Self)
    }
}

/// A network that holds every address would let anybody say where they come from.
fn trusted_proxies(reader: &mut Reader) -> Option<Vec<IpNet>> {
    let networks: Vec<IpNet> =
        reader.parse_all::<Network>("trusted_proxies")?.into_iter().map(|network| network.0).collect();
    if networks.iter().all(|network| network.prefix_len() > 0) {
        return Some(networks);
    }
    reader.refuse("trusted_proxies", "holds every address there is", "Name your proxies only.");
    None
}

/// An address, or `off`.
struct Listening(Option<SocketAddr>);

impl FromStr for Listening {
    type Err = std::net::AddrParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "off" { Ok(Self(None)) } else { text.parse().map(|address| Self(Some(address))) }
    }
}

fn metrics(reader: &mut Reader) -> Option<Metrics> {
    let is_asked_for = reader.is_given("metrics_listen");
    let Listening(listen) = reader.parse("metrics_listen")?;
    Some(Metrics { listen, is_asked_for })
}

fn logs(reader: &mut Reader) -> Option<Logs> {
    let filter = reader.text("log");
    if filter.as_ref().is_some_and(|filter| EnvFilter::try_new(filter).is_err()) {
        reader.refuse(
            "log",
            "is no filter",
            "Write a level (error, warn, info, debug, trace) or target=level.",
        );
    }
    Some(Logs { filter, is_json: reader.choice("log_format")? == "json" })
}
