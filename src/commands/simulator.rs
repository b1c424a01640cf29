//! `watchword simulator`: a stand-in for WhatsApp that plays the sender of the configuration.

use std::net::SocketAddr;
use std::sync::Arc;

use clap::Args;
use serde_json::json;
use tokio::net::TcpListener;
use watchword_domain::Language;
use watchword_messaging::sms::Provider;
use watchword_simulator::{Sender as Played, Settings, SmsAccount, Template};

use super::flags::SettingFlags;
use super::running::{Running, Stage};
use super::serve::broken;
use super::stop::Signals;
use super::{listen, logs, output};
use crate::config::problem::{Problem, Problems};
use crate::config::{self, Config, Sender, Sms};

/// What `simulator` is told.
#[derive(Args)]
pub struct Arguments {
    /// Print the address as the first line of output, in JSON.
    #[arg(long)]
    json_ready: bool,
    #[command(flatten)]
    settings: SettingFlags<true>,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Problems> {
    let config = Config::read(arguments.settings.sources())?;
    logs::begin(&config.logs, logs::USUAL)?;
    check_is_no_real_one(&config)?;
    let signals = Signals::listen()?;
    let simulating = start(&config).await?;
    let address = simulating.address;
    let mail = simulating.mail.map(|mail| format!("smtp://{mail}"));
    output::say(&if arguments.json_ready {
        let mut ready = json!({ "event": "ready", "simulator": format!("http://{address}") });
        if let (Some(mail), Some(fields)) = (mail, ready.as_object_mut()) {
            fields.insert("mail".to_owned(), mail.into());
        }
        ready.to_string()
    } else {
        let mail =
            mail.map(|mail| format!(" Its mail server is at {mail}, which is smtp.url.")).unwrap_or_default();
        format!(
            "The simulated WhatsApp is at http://{address}; whatsapp.api_url is http://{address}/v25.0.{mail}"
        )
    });
    signals.run(simulating.running).await
}

/// Refuses to play a sender whose messages are real: made-up reports would be signed with its app secret.
pub(super) fn check_is_no_real_one(config: &Config) -> Result<(), Problem> {
    let api_url = &config.graph.api_url;
    if api_url.starts_with("http://") {
        return Ok(());
    }
    let here = config.simulator.listen;
    Err(Problem::new(
        "whatsapp.api_url",
        format!(
            "is {api_url}: this configuration is for real messages, and made-up reports would be signed with its app secret"
        ),
        format!(
            "Give the simulator a configuration of its own, with secrets of its own and whatsapp.api_url http://{here}/v25.0."
        ),
    ))
}

/// A simulator that serves.
pub struct Simulating {
    /// Where it listens.
    pub address: SocketAddr,
    /// Where its mail server listens, when it has one.
    pub mail: Option<SocketAddr>,
    /// Everything that runs; stop it with [`Running::stop`].
    pub running: Running,
}

/// Starts the simulator of this configuration; port 0 takes a free one.
///
/// # Errors
/// What stands in the way, and what to do about it.
pub async fn start(config: &Config) -> Result<Simulating, Problems> {
    let Some(sender) = &config.whatsapp else {
        let mend = "Set whatsapp.phone_number_id, waba_id, access_token, app_secret and verify_token: the simulator plays that sender.";
        return Err(Problem::new("the WhatsApp sender", "is not set up", mend).into());
    };
    let instead = "Choose another with --listen (WATCHWORD_SIMULATOR_LISTEN); port 0 takes a free one.";
    let listener = listen::bind(config.simulator.listen, instead).await?;
    let address = listen::address_of(&listener)?;
    let mail = match config.simulator.smtp_listen {
        Some(address) => {
            let instead = "Choose another as simulator.smtp_listen; port 0 takes a free one, off takes none.";
            Some(listen::bind(address, instead).await?)
        }
        None => None,
    };
    let mail_address = mail.as_ref().map(listen::address_of).transpose()?;
    let mut running = Running::default();
    let settings = settings(sender, &config.simulator);
    let simulator = run_simulator(&mut running, listener, settings, account(config.sms.as_ref()))?;
    if let Some(mail) = mail {
        run_mail(&mut running, &simulator, mail);
    }
    Ok(Simulating { address, mail: mail_address, running })
}

/// The account the simulated providers of SMS know: the one that is configured, or none.
pub(super) fn account(sms: Option<&Sms>) -> SmsAccount {
    let Some(sms) = sms else { return SmsAccount::default() };
    SmsAccount {
        account: sms.account.clone(),
        secret: sms.secret.expose().clone(),
        report_secret: sms.report_secret.as_ref().map(|secret| secret.expose().clone()).unwrap_or_default(),
        report_url: Some(sms.report_url.clone()).filter(|_| sms.provider == Provider::Gateway),
    }
}

/// Runs the simulator's mail server.
pub(super) fn run_mail(
    running: &mut Running,
    simulator: &Arc<watchword_simulator::Simulator>,
    listener: TcpListener,
) {
    let (part, mut stop) = (simulator.clone(), running.stop_of(Stage::Others));
    running.spawn(Stage::Others, async move {
        let stopped = async move {
            let _ = stop.wait_for(|stop| *stop).await;
        };
        part.run_mail(listener, stopped).await.map_err(|error| broken("the simulated mail server", &error))
    });
}

/// The simulator that plays this sender.
pub(super) fn settings(sender: &Sender, simulator: &config::Simulator) -> Settings {
    let played = Played {
        phone_number_id: sender.phone_number_id.clone(),
        waba_id: sender.waba_id.clone(),
        display_phone_number: simulator.display_phone_number.clone(),
        verified_name: simulator.verified_name.clone(),
        access_token: sender.access_token.expose().clone(),
        app_secret: sender.app_secret.expose().clone(),
        verify_token: sender.verify_token.expose().clone(),
        webhook_url: simulator.webhook_url.clone(),
        templates: sender.templates().into_iter().map(approved).collect(),
    };
    Settings { sender: played, host: simulator.host.clone(), delivery: simulator.delivery }
}

/// A template in every language that is sent.
fn approved(name: String) -> Template {
    Template {
        name,
        languages: Language::ALL.iter().map(|language| language.meta_code().to_owned()).collect(),
    }
}

/// Runs the simulator; gives it back, to be asked things.
pub(super) fn run_simulator(
    running: &mut Running,
    listener: TcpListener,
    settings: Settings,
    sms: SmsAccount,
) -> Result<Arc<watchword_simulator::Simulator>, Problem> {
    let refused = |error: watchword_simulator::Error| {
        Problem::new("the simulator", format!("cannot start: {error}"), "Correct the setting.")
    };
    let simulator = Arc::new(watchword_simulator::Simulator::with_sms(settings, sms).map_err(refused)?);
    let (part, mut stop) = (simulator.clone(), running.stop_of(Stage::Others));
    running.spawn(Stage::Others, async move {
        let stopped = async move {
            let _ = stop.wait_for(|stop| *stop).await;
        };
        part.run(listener, stopped).await.map_err(|error| broken("the simulator", &error))
    });
    Ok(simulator)
}
