//! `watchword demo`: provider, simulated WhatsApp and sample portal in one process and on loopback, with a project that is
//! ready to use. Everything it makes lies in one directory; started again, it goes on with that.
//!
//! The ports are part of what is kept: the provider's is in the issuer and so in every token, the portal's in the
//! addresses its client is registered with. Neither can change later; the simulator's can.

mod channels;
mod kept;
mod ports;
mod project;
mod words;

use std::net::SocketAddr;
use std::path::PathBuf;

use axum::body::Body;
use axum::http::Request;
use clap::Args;
use serde::Deserialize;
use tokio::net::TcpListener;
use tower::ServiceExt;

use super::installation::{self, Installation};
use super::running::{Running, Stage};
use super::serve::{broken, run_provider};
use super::simulator::{account, run_mail, run_simulator, settings};
use super::stop::Signals;
use super::{files, listen, logs, output};
use watchword_http::WHATSAPP_WEBHOOK;

use crate::config::problem::{Problem, Problems};
use crate::config::sources::Sources;
use crate::config::{Config, Database, Graph, KeySource, Metrics, Sender, Storage};
use kept::{Credentials, Kept};
use ports::{Listeners, Ports};

/// What the demo logs when nothing else is asked for: its output is for people.
const QUIET: &str = "warn";

/// What `demo` is told.
#[derive(Args, Debug, Clone)]
pub struct Arguments {
    /// Where everything is kept. Remove it to begin anew.
    #[arg(long, value_name = "DIRECTORY", default_value = "watchword-demo")]
    pub dir: PathBuf,
    /// The provider's port, 0 for any [default: 8080, or the one it had]
    #[arg(long, value_name = "PORT")]
    pub provider_port: Option<u16>,
    /// The simulated WhatsApp's port, 0 for any [default: 8081, or the one it had]
    #[arg(long, value_name = "PORT")]
    pub simulator_port: Option<u16>,
    /// The sample portal's port, 0 for any [default: 8082, or the one it had]
    #[arg(long, value_name = "PORT")]
    pub portal_port: Option<u16>,
    /// Print the addresses as the first line of output, in JSON.
    #[arg(long)]
    pub json_ready: bool,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Problems> {
    let config = Config::read(Sources::of_process(None, Vec::new()))?;
    logs::begin(&config.logs, QUIET)?;
    let signals = Signals::listen()?;
    let (is_json, directory) = (arguments.json_ready, arguments.dir.clone());
    let demo = start(arguments, config).await?;
    output::say(&if is_json { demo.addresses.in_json() } else { demo.addresses.in_words(&directory) });
    signals.run(demo.running).await
}

/// A demo that serves.
pub struct Demo {
    /// Where its parts are.
    pub addresses: Addresses,
    /// Everything that runs; stop it with [`Running::stop`].
    pub running: Running,
}

/// Where browsers find the parts of a demo: origins, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    /// The provider.
    pub provider: String,
    /// The simulated WhatsApp.
    pub simulator: String,
    /// The sample portal.
    pub portal: String,
}

/// Starts a demo. Of `config` it takes limits, lifetimes and the simulator's pace; the rest is its own.
///
/// # Errors
/// What stands in the way, and what to do about it.
pub async fn start(arguments: Arguments, config: Config) -> Result<Demo, Problems> {
    let kept = Kept::read(&arguments.dir)?;
    if kept.is_none() && arguments.dir.join(DATABASE).exists() {
        return Err(unfinished(&arguments.dir).into());
    }
    let listeners = Listeners::bind(&arguments, kept.as_ref().map(|kept| kept.ports)).await?;
    let ports = listeners.ports()?;
    files::make_directory(&arguments.dir).map_err(|error| {
        let what = format!("the directory {}", arguments.dir.display());
        Problem::new(what, format!("cannot be made: {error}"), "Choose another with --dir.")
    })?;
    let credentials = kept.as_ref().map_or_else(Credentials::random, |kept| kept.credentials.clone());
    let mut config = own_config(config, &arguments.dir, ports, &credentials)?;
    let mail = listen::bind(SocketAddr::from(([127, 0, 0, 1], 0)), "This is a fault of the machine.").await?;
    config.sms = Some(channels::sms(ports, &credentials));
    config.smtp = Some(channels::smtp(listen::address_of(&mail)?));
    let installation = installation::open(&config).await?;
    let kept = match kept {
        Some(kept) if kept.ports == ports => kept,
        Some(kept) => Kept { ports, ..kept }.write(&arguments.dir)?,
        None => {
            let client = project::create(&installation.flow, ports).await?;
            Kept { ports, credentials, client }.write(&arguments.dir)?
        }
    };
    let running = run_parts((listeners, mail), installation, &config, &kept).await?;
    Ok(Demo { addresses: addresses(ports), running })
}

const DATABASE: &str = "watchword.db";

fn origin(port: u16) -> String {
    format!("http://localhost:{port}")
}

fn addresses(ports: Ports) -> Addresses {
    Addresses {
        provider: origin(ports.provider),
        simulator: origin(ports.simulator),
        portal: origin(ports.portal),
    }
}

fn unfinished(directory: &std::path::Path) -> Problem {
    Problem::new(
        format!("the demo in {}", directory.display()),
        "was broken off before it was made, or is no demo",
        "Remove the directory, or choose another with --dir.",
    )
}

/// The configuration of a demo's provider. It reaches the simulator over HTTP, as it would reach Meta.
fn own_config(
    config: Config,
    dir: &std::path::Path,
    ports: Ports,
    own: &Credentials,
) -> Result<Config, Problem> {
    let database = Database::sqlite(dir.join(DATABASE)).ok_or_else(|| {
        Problem::new(
            "--dir",
            "has a % or ? in it",
            "Choose another directory: a database's URL cannot hold it.",
        )
    })?;
    let public_url = origin(ports.provider)
        .parse()
        .map_err(|error| Problem::new("the demo's address", format!("is refused: {error}"), "Report it."))?;
    let sender = Sender {
        phone_number_id: own.phone_number_id.clone(),
        waba_id: own.waba_id.clone(),
        access_token: own.access_token.clone(),
        app_secret: own.app_secret.clone(),
        app_secret_previous: None,
        verify_token: own.verify_token.clone(),
        template: "watchword_code".to_owned(),
        standby_template: None,
    };
    let graph = Graph {
        api_url: format!("http://127.0.0.1:{}/v25.0", ports.simulator),
        timeout: std::time::Duration::from_secs(10),
        ..config.graph
    };
    let mut simulator = config.simulator.clone();
    simulator.verified_name = project::NAME.to_owned();
    simulator.webhook_url = Some(format!("http://127.0.0.1:{}{WHATSAPP_WEBHOOK}", ports.provider));
    Ok(Config {
        listen: SocketAddr::from(([127, 0, 0, 1], ports.provider)),
        public_url,
        storage: Storage { database, master_key: KeySource::Beside(dir.join("master.key")) },
        trusted_proxies: Vec::new(),
        metrics: Metrics { listen: None, is_asked_for: false },
        graph,
        whatsapp: Some(sender),
        sms: None,
        smtp: None,
        simulator,
        ..config
    })
}

async fn run_parts(
    (listeners, mail): (Listeners, TcpListener),
    installation: Installation,
    config: &Config,
    kept: &Kept,
) -> Result<Running, Problem> {
    let mut running = Running::default();
    let Some(sender) = &config.whatsapp else {
        return Err(Problem::new("the demo's sender", "is missing", "This is a fault of the program."));
    };
    run_provider(&mut running, listeners.provider, installation, config)?;
    let played = settings(sender, &config.simulator);
    let simulator = run_simulator(&mut running, listeners.simulator, played, account(config.sms.as_ref()))?;
    run_mail(&mut running, &simulator, mail);
    let portal = project::portal(kept).map_err(|error| {
        Problem::new("the portal", format!("cannot start: {error}"), "This is a fault of the program.")
    })?;
    let mut stop = running.stop_of(Stage::Doors);
    running.spawn(Stage::Doors, async move {
        let stopped = async move {
            let _ = stop.wait_for(|stop| *stop).await;
        };
        portal.run(listeners.portal, stopped).await.map_err(|error| broken("the portal", &error))
    });
    shake_hands(&simulator).await?;
    Ok(running)
}

/// Has the simulator register the webhook as Meta would, so that a demo that says it is ready can hear reports.
async fn shake_hands(simulator: &watchword_simulator::Simulator) -> Result<(), Problem> {
    #[derive(Deserialize)]
    struct Outcome {
        verified: bool,
        detail: String,
    }
    let failed = |why: &str| {
        let mend = "This is a fault of the program: please report it with the log.";
        Problem::new("the webhook", format!("could not be registered with the simulator: {why}"), mend)
    };
    let request =
        Request::post("/simulator/verify-webhook").body(Body::empty()).map_err(|e| failed(&e.to_string()))?;
    let Ok(answer) = simulator.router().oneshot(request).await;
    let body =
        axum::body::to_bytes(answer.into_body(), 64 * 1024).await.map_err(|e| failed(&e.to_string()))?;
    match serde_json::from_slice::<Outcome>(&body) {
        Ok(Outcome { verified: true, .. }) => Ok(()),
        Ok(Outcome { detail, .. }) => Err(failed(detail.trim_end_matches('.'))),
        Err(error) => Err(failed(&error.to_string())),
    }
}
