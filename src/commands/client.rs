//! `watchword client …`: the applications that people of a project sign in to.

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use watchword_domain::Secret;
use watchword_domain::client::{Client, ClientKind};
use watchword_domain::ids::ClientId;
use watchword_domain::pool::Pool;
use watchword_flow::Watchword;
use watchword_flow::clients::{ClientRegistrationRefusal, NewClient, RegisteredClient};
use watchword_flow::error::Error;

use super::flags::SettingFlags;
use super::installation::{self, failed, pool_of};
use super::{logs, output};
use crate::config::problem::{Problem, Problems};
use crate::config::{Config, Database};

/// What can be done.
#[derive(Subcommand)]
pub enum Command {
    /// Register an application, and print what it needs.
    Create(Box<Create>),
    /// Show a project's applications.
    List(List),
    /// Give an application a new secret. The one before stays good beside it until the next time.
    RotateSecret(RotateSecret),
    /// Take an application out: nobody signs in to it any more, and its tokens stop working.
    Delete(Delete),
}

/// The application to register.
#[derive(Args)]
pub struct Create {
    /// The domain of the project's user pool.
    #[arg(long)]
    domain: String,
    /// Its name, shown to people.
    #[arg(long)]
    name: String,
    /// What sort of application it is: web, spa, native or machine.
    #[arg(long)]
    kind: ClientKind,
    /// Where people come back to after signing in; may be given several times.
    #[arg(long, value_name = "URL")]
    callback_url: Vec<String>,
    /// Where people may go after signing out; may be given several times.
    #[arg(long, value_name = "URL")]
    sign_out_url: Vec<String>,
    /// Print the result as one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: SettingFlags<false>,
}

/// Whose applications are shown.
#[derive(Args)]
pub struct List {
    /// The domain of the project's user pool.
    #[arg(long)]
    domain: String,
    /// Print the result as one JSON array.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: SettingFlags<false>,
}

/// Which application gets a new secret.
#[derive(Args)]
pub struct RotateSecret {
    /// The domain of the project's user pool.
    #[arg(long)]
    domain: String,
    /// The application's client ID.
    #[arg(long)]
    client_id: String,
    /// For a secret that others may know: no other than the new one is good any more.
    #[arg(long)]
    now: bool,
    /// Print the result as one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: SettingFlags<false>,
}

/// Which application is taken out.
#[derive(Args)]
pub struct Delete {
    /// The domain of the project's user pool.
    #[arg(long)]
    domain: String,
    /// The application's client ID.
    #[arg(long)]
    client_id: String,
    #[command(flatten)]
    settings: SettingFlags<false>,
}

pub(super) async fn run(command: Command) -> Result<(), Problems> {
    let settings = match &command {
        Command::Create(arguments) => &arguments.settings,
        Command::List(arguments) => &arguments.settings,
        Command::RotateSecret(arguments) => &arguments.settings,
        Command::Delete(arguments) => &arguments.settings,
    };
    let config = Config::read(settings.clone().sources())?;
    logs::begin(&config.logs, logs::USUAL)?;
    let installation = installation::open_existing(&config).await?;
    let said = command.carry_out(&installation.flow, &config.storage.database).await?;
    output::say(&said);
    Ok(())
}

impl Command {
    /// Does it, and gives what is said of it.
    pub(super) async fn carry_out(self, flow: &Watchword, database: &Database) -> Result<String, Problem> {
        match self {
            Self::Create(arguments) => create(flow, database, *arguments).await,
            Self::List(arguments) => list(flow, database, &arguments).await,
            Self::RotateSecret(arguments) => rotate_secret(flow, database, &arguments).await,
            Self::Delete(arguments) => delete(flow, database, &arguments).await,
        }
    }
}

async fn create(flow: &Watchword, database: &Database, arguments: Create) -> Result<String, Problem> {
    let pool = pool_of(flow, database, &arguments.domain).await?;
    let new = NewClient {
        name: arguments.name,
        kind: arguments.kind,
        redirect_uris: arguments.callback_url,
        post_logout_redirect_uris: arguments.sign_out_url,
    };
    let made = flow.create_client(&pool.id, new).await.map_err(|error| match error {
        Error::Refused(refusal) => {
            Problem::new(flag(&refusal), format!("was refused: {refusal}"), "Nothing was stored.")
        }
        Error::Fault(fault) => failed(database, &fault),
    })?;
    Ok(if arguments.json { made_in_json(&pool, &made) } else { made_in_words(&pool, &made) })
}

/// The flag that a refusal is about.
pub(super) fn flag(refusal: &ClientRegistrationRefusal) -> &'static str {
    match refusal {
        ClientRegistrationRefusal::Name => "--name",
        ClientRegistrationRefusal::NoRedirectUri => "--callback-url",
        ClientRegistrationRefusal::Uri { .. } => "--callback-url or --sign-out-url",
    }
}

async fn list(flow: &Watchword, database: &Database, arguments: &List) -> Result<String, Problem> {
    let pool = pool_of(flow, database, &arguments.domain).await?;
    let clients = flow.list_clients(&pool.id).await.map_err(|fault| failed(database, &fault))?;
    Ok(if arguments.json { listed_in_json(&clients) } else { listed_in_words(&pool, &clients) })
}

async fn rotate_secret(
    flow: &Watchword,
    database: &Database,
    arguments: &RotateSecret,
) -> Result<String, Problem> {
    let pool = pool_of(flow, database, &arguments.domain).await?;
    let id = ClientId::from(arguments.client_id.as_str());
    let rotated = flow.rotate_client_secret(&pool.id, &id, arguments.now).await;
    let secret = rotated.map_err(|error| match error {
        Error::Refused(refusal) => {
            let mend = format!("See `watchword client list --domain {}`.", pool.domain);
            Problem::new("--client-id", format!("was refused: {refusal}"), mend)
        }
        Error::Fault(fault) => failed(database, &fault),
    })?;
    if arguments.json {
        return Ok(json!({ "client_id": id.as_str(), "client_secret": secret.expose() }).to_string());
    }
    let rows = output::aligned(&[("Client ID", id.as_str()), ("Client secret", secret.expose())]);
    let before = if arguments.now {
        "No secret from before is good any more, within two seconds on every node."
    } else {
        "The secret before this one stays good until the next time; older ones are not."
    };
    Ok(format!("The new secret.\n\n{rows}\nKeep it now: it is not shown again.\n{before}"))
}

async fn delete(flow: &Watchword, database: &Database, arguments: &Delete) -> Result<String, Problem> {
    let pool = pool_of(flow, database, &arguments.domain).await?;
    let id = ClientId::from(arguments.client_id.as_str());
    if flow.delete_client(&pool.id, &id).await.map_err(|fault| failed(database, &fault))? {
        return Ok("Deleted: nobody signs in to it any more, and its tokens no longer work here.".to_owned());
    }
    let mend = format!("See `watchword client list --domain {}`.", pool.domain);
    Err(Problem::new("--client-id", "names no client of this project", mend))
}

fn made_in_json(pool: &Pool, made: &RegisteredClient) -> String {
    json!({
        "issuer": pool.issuer,
        "client_id": made.client.id.as_str(),
        "client_secret": made.secret.as_ref().map(Secret::expose),
    })
    .to_string()
}

fn made_in_words(pool: &Pool, made: &RegisteredClient) -> String {
    let mut rows = vec![("Issuer", pool.issuer.as_str()), ("Client ID", made.client.id.as_str())];
    rows.extend(made.secret.as_ref().map(|secret| ("Client secret", secret.expose().as_str())));
    let keep = if made.secret.is_some() { "\nKeep the secret now: it is not shown again." } else { "" };
    format!("The client {} is registered.\n\n{}{keep}", made.client.name, output::aligned(&rows))
}

fn listed_in_json(clients: &[Client]) -> String {
    let client = |client: &Client| {
        json!({
            "client_id": client.id.as_str(),
            "name": client.name,
            "kind": client.kind.name(),
            "callback_urls": client.redirect_uris,
            "sign_out_urls": client.post_logout_redirect_uris,
        })
    };
    Value::from_iter(clients.iter().map(client)).to_string()
}

fn listed_in_words(pool: &Pool, clients: &[Client]) -> String {
    let head = ["client ID", "kind", "name", "callback URLs"].map(str::to_owned);
    let row = |client: &Client| {
        let kind = client.kind.name().to_owned();
        [client.id.as_str().to_owned(), kind, client.name.clone(), client.redirect_uris.join(" ")]
    };
    let rows: Vec<_> = std::iter::once(head).chain(clients.iter().map(row)).collect();
    format!("Clients of {}:\n\n{}", pool.domain, output::table(&rows))
}
