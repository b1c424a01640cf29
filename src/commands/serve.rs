//! `watchword serve`: the provider, with its outbox, its sweeping, its keys' rotation, its looks at templates and its metrics.

use std::net::SocketAddr;

use clap::Args;
use serde_json::json;
use tokio::net::TcpListener;

use super::flags::SettingFlags;
use super::installation::{self, Installation, chain};
use super::running::{Running, Stage};
use super::stop::Signals;
use super::{listen, logs, metrics, output};
use crate::config::problem::{Problem, Problems};
use crate::config::reference::without_flags;
use crate::config::{Config, Metrics};

/// Where the landing page sends people who want to know more.
const DOCS: &str = env!("CARGO_PKG_REPOSITORY");

/// What `serve` is told.
#[derive(Args)]
#[command(after_long_help = without_flags())]
pub struct Arguments {
    /// Print the addresses as the first line of output, in JSON.
    #[arg(long)]
    json_ready: bool,
    #[command(flatten)]
    settings: SettingFlags<false>,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Problems> {
    let config = Config::read(arguments.settings.sources())?;
    logs::begin(&config.logs, logs::USUAL)?;
    let signals = Signals::listen()?;
    for advice in config.advice() {
        tracing::warn!("{} {}. {}", advice.what, advice.wrong, advice.mend);
    }
    let serving = start(&config).await?;
    output::say(&if arguments.json_ready { serving.in_json() } else { serving.in_words(&config) });
    signals.run(serving.running).await
}

/// A provider that serves.
pub struct Serving {
    /// Where it listens.
    pub provider: SocketAddr,
    /// Where its metrics are.
    pub metrics: Option<SocketAddr>,
    /// Everything that runs; stop it with [`Running::stop`].
    pub running: Running,
}

/// Starts the provider of this configuration; port 0 takes a free one.
///
/// # Errors
/// What stands in the way, and what to do about it.
pub async fn start(config: &Config) -> Result<Serving, Problems> {
    let instead = "Choose another as listen (--listen, WATCHWORD_LISTEN); port 0 takes a free one.";
    let listener = listen::bind(config.listen, instead).await?;
    let provider = listen::address_of(&listener)?;
    let metrics = metrics_listener(config.metrics).await?;
    let metrics_address = metrics.as_ref().map(listen::address_of).transpose()?;
    let installation = installation::open(config).await?;
    let mut running = Running::default();
    run_metrics(&mut running, metrics);
    run_provider(&mut running, listener, installation, config)?;
    Ok(Serving { provider, metrics: metrics_address, running })
}

/// Runs the doors, and the work behind them.
pub(super) fn run_provider(
    running: &mut Running,
    listener: TcpListener,
    installation: Installation,
    config: &Config,
) -> Result<(), Problem> {
    let Installation { flow, store } = installation;
    let settings = watchword_http::Settings {
        trusted_proxies: config.trusted_proxies.clone(),
        docs_url: DOCS.to_owned(),
        connections: watchword_http::ConnectionLimits::default(),
    };
    let doors = watchword_http::Doors::new(flow.clone(), settings).map_err(|fault| {
        let mend = "This is a fault of the program: please report it.";
        Problem::new("a page or text", format!("is broken: {}", chain(&fault)), mend)
    })?;
    let stop = running.stop_of(Stage::Doors);
    running.spawn(Stage::Doors, async move {
        watchword_http::serve(listener, doors, stop).await.map_err(|error| broken("the provider", &error))
    });
    let stop = running.stop_of(Stage::Work);
    let outbox = flow.clone().run_outbox(stop.clone());
    running.spawn(Stage::Work, async move {
        outbox.await;
        Ok(())
    });
    let fallbacks = flow.clone().run_fallbacks(stop.clone());
    running.spawn(Stage::Work, async move {
        fallbacks.await;
        Ok(())
    });
    let rotation = flow.clone().run_rotation(stop.clone());
    running.spawn(Stage::Work, async move {
        rotation.await;
        Ok(())
    });
    let looks = flow.clone().run_template_looks(stop.clone());
    running.spawn(Stage::Work, async move {
        looks.await;
        Ok(())
    });
    running.spawn(Stage::Work, async move {
        flow.run_sweeping(stop).await;
        Ok(())
    });
    running.keep(store);
    Ok(())
}

fn run_metrics(running: &mut Running, listener: Option<TcpListener>) {
    let Some(listener) = listener else { return };
    let (recorder, stop) = (metrics::recorder(), running.stop_of(Stage::Doors));
    let upkeep = metrics::keep_up(recorder.clone(), stop.clone());
    running.spawn(Stage::Doors, async move {
        upkeep.await;
        Ok(())
    });
    running.spawn(Stage::Doors, async move {
        metrics::serve(listener, recorder, stop).await.map_err(|error| broken("the metrics listener", &error))
    });
}

/// A second node on one machine should start although the first has the usual port; one that was asked for it should not.
async fn metrics_listener(metrics: Metrics) -> Result<Option<TcpListener>, Problem> {
    let Some(address) = metrics.listen else { return Ok(None) };
    let instead = "Choose another as metrics_listen (WATCHWORD_METRICS_LISTEN), or off.";
    match listen::bind(address, instead).await {
        Ok(listener) => Ok(Some(listener)),
        Err(problem) if metrics.is_asked_for => Err(problem),
        Err(problem) => {
            tracing::warn!("no metrics: {} {}. {}", problem.what, problem.wrong, problem.mend);
            Ok(None)
        }
    }
}

pub(super) fn broken(what: &str, error: &std::io::Error) -> Problem {
    Problem::new(what, format!("stopped: {error}"), "Start it again; the log may say more.")
}

impl Serving {
    fn in_json(&self) -> String {
        let mut ready = json!({ "event": "ready", "provider": format!("http://{}", self.provider) });
        if let (Some(metrics), Some(fields)) = (self.metrics, ready.as_object_mut()) {
            fields.insert("metrics".to_owned(), format!("http://{metrics}/metrics").into());
        }
        ready.to_string()
    }

    fn in_words(&self, config: &Config) -> String {
        let metrics = self.metrics.map_or("off".to_owned(), |metrics| format!("http://{metrics}/metrics"));
        let rows = [
            ("Listening on", format!("http://{}", self.provider)),
            ("Public URL", config.public_url.to_string()),
            ("Metrics", metrics),
            ("Data", config.storage.database.described()),
        ];
        let rows: Vec<(&str, &str)> = rows.iter().map(|(name, value)| (*name, value.as_str())).collect();
        format!("Watchword {} is ready.\n\n{}", env!("CARGO_PKG_VERSION"), output::aligned(&rows))
    }
}
