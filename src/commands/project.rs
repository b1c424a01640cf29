//! `watchword project …`: projects, each with its user pool and its first client.

mod channels;
mod details;
pub(super) mod existing;
mod limits;
mod watch;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use watchword_domain::client::ClientKind;
use watchword_domain::pool::{Pool, PoolSettings};
use watchword_domain::{Country, Language};
use watchword_flow::Watchword;
use watchword_flow::error::Error;
use watchword_flow::projects::{NewProject, Project, ProjectRefusal};

use super::flags::StorageFlags;
use super::installation::{self, chain, failed};
use super::{client, logs, output};
use crate::config::Config;
use crate::config::problem::{Problem, Problems};

/// What can be done.
#[derive(Subcommand)]
pub enum Command {
    /// Make a project, and print what its applications need.
    Create(Box<Arguments>),
    /// Show the projects there are.
    List(List),
    /// What is asked or decided about one that is there.
    #[command(flatten)]
    Existing(existing::Command),
}

/// How the projects are shown.
#[derive(Args)]
pub struct List {
    /// Print the result as one JSON array.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: StorageFlags,
}

/// The project to make.
#[derive(Args)]
#[command(
    override_usage = "watchword project create --name <NAME> --domain <DOMAIN> --country <CODE>... --callback-url <URL>... [OPTIONS]\n       \
                      watchword project create --kind machine --name <NAME> --domain <DOMAIN> --country <CODE>... [OPTIONS]"
)]
pub struct Arguments {
    /// Its name, shown to the people who sign in.
    #[arg(long)]
    name: String,
    /// The label of its user pool in URLs: lower-case letters, digits and hyphens.
    #[arg(long)]
    domain: String,
    /// What sort of application it is: web (has a secret), spa, native, or machine (nobody signs in).
    #[arg(long, default_value = "web")]
    kind: String,
    /// Where people come back to after signing in; may be given several times. Required, but for machine.
    #[arg(long, value_name = "URL")]
    callback_url: Vec<String>,
    /// Where people may go after signing out; may be given several times.
    #[arg(long, value_name = "URL")]
    sign_out_url: Vec<String>,
    /// A country whose numbers may sign in (ISO 3166, such as IN), several times or with commas; or all.
    #[arg(long, value_name = "CODE", value_delimiter = ',', required = true)]
    country: Vec<String>,
    /// Where people find help.
    #[arg(long, value_name = "ADDRESS")]
    support_email: Option<String>,
    /// The language for people who state none that we speak: en, es, pt, id, hi or ar.
    #[arg(long)]
    language: Option<String>,
    /// Print the result as one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: StorageFlags,
}

pub(super) async fn run(command: Command) -> Result<(), Problems> {
    match command {
        Command::Create(arguments) => make(*arguments).await,
        Command::List(arguments) => list(arguments).await,
        Command::Existing(command) => existing::run(command).await,
    }
}

async fn list(arguments: List) -> Result<(), Problems> {
    let config = Config::read(arguments.settings.sources())?;
    logs::begin(&config.logs, logs::USUAL)?;
    let installation = installation::open_existing(&config).await?;
    let pools = installation.flow.list_pools().await;
    let pools = pools.map_err(|fault| failed(&config.storage.database, &fault))?;
    output::say(&if arguments.json { listed_in_json(&pools) } else { listed_in_words(&pools) });
    Ok(())
}

pub(super) fn listed_in_json(pools: &[Pool]) -> String {
    let pool = |pool: &Pool| {
        json!({
            "user_pool_id": pool.id.as_str(),
            "user_pool_domain": pool.domain,
            "name": pool.name,
            "issuer": pool.issuer,
            "countries": pool.settings.countries.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    };
    Value::from_iter(pools.iter().map(pool)).to_string()
}

pub(super) fn listed_in_words(pools: &[Pool]) -> String {
    if pools.is_empty() {
        return "There is no project yet: make one with `watchword project create`.".to_owned();
    }
    let head = ["domain", "name", "issuer"].map(str::to_owned);
    let row = |pool: &Pool| [pool.domain.clone(), pool.name.clone(), pool.issuer.clone()];
    let rows: Vec<_> = std::iter::once(head).chain(pools.iter().map(row)).collect();
    format!("The projects here:\n\n{}", output::table(&rows))
}

async fn make(arguments: Arguments) -> Result<(), Problems> {
    let (sources, is_json) = (arguments.settings.clone().sources(), arguments.json);
    let config = Config::read(sources);
    let is_local = config.as_ref().map_or(true, |config| config.public_url.is_local());
    let (config, new) = match (config, arguments.project(is_local)) {
        (Ok(config), Ok(new)) => (config, new),
        (config, new) => {
            let problems = [config.err(), new.err()].into_iter().flatten();
            return Err(Problems(problems.flat_map(|problems| problems.0).collect()));
        }
    };
    logs::begin(&config.logs, logs::USUAL)?;
    let installation = installation::open(&config).await?;
    let project = create(&installation.flow, new).await?;
    output::say(&if is_json { in_json(&project) } else { in_words(&project) });
    Ok(())
}

/// Makes a project.
///
/// # Errors
/// What about it cannot be used, by the flag that gave it.
pub async fn create(flow: &Watchword, new: NewProject) -> Result<Project, Problem> {
    flow.create_project(new).await.map_err(|error| match error {
        Error::Refused(refusal) => refused(&refusal),
        Error::Fault(fault) => {
            Problem::new("the project", format!("could not be stored: {}", chain(&fault)), "Try again.")
        }
    })
}

impl Arguments {
    /// The project, or everything that is wrong with what was given for a provider that `is_local`, or is not.
    pub(super) fn project(self, is_local: bool) -> Result<NewProject, Problems> {
        let mut problems = Vec::new();
        let kind = noted(kind(&self.kind), &mut problems);
        let countries = noted(countries(&self.country), &mut problems);
        let support_email = noted(self.support_email.map(address).transpose(), &mut problems).flatten();
        let language = noted(self.language.map(|tag| language(&tag)).transpose(), &mut problems).flatten();
        let is_known = (kind.is_some(), countries.is_some());
        let new = NewProject {
            name: self.name,
            domain: self.domain,
            kind: kind.unwrap_or(ClientKind::Web),
            redirect_uris: self.callback_url,
            post_logout_redirect_uris: self.sign_out_url,
            settings: PoolSettings {
                countries: countries.unwrap_or_default(),
                language,
                support_email,
                ..PoolSettings::default()
            },
        };
        // What follows from a mistake that was named already is none of its own.
        let own = |refusal: &ProjectRefusal| match refusal {
            ProjectRefusal::NoCountry => is_known.1,
            ProjectRefusal::Client(_) => is_known.0,
            _ => true,
        };
        problems.extend(new.refusals(is_local).iter().filter(|refusal| own(refusal)).map(refused));
        if problems.is_empty() { Ok(new) } else { Err(Problems(problems)) }
    }
}

/// The value, or a note of what is wrong with it.
fn noted<T>(read: Result<T, Problem>, problems: &mut Vec<Problem>) -> Option<T> {
    read.map_err(|problem| problems.push(problem)).ok()
}

fn kind(word: &str) -> Result<ClientKind, Problem> {
    word.parse().map_err(|_| {
        Problem::new(
            format!("--kind {word}"),
            "is no kind of application",
            "Choose of web, spa, native, machine.",
        )
    })
}

fn countries(codes: &[String]) -> Result<Vec<Country>, Problem> {
    if codes.iter().any(|code| code.eq_ignore_ascii_case("all")) {
        return Ok(Country::all().collect());
    }
    let country = |code: &String| {
        let unknown = |refusal| {
            let mend = "Write two letters, such as --country IN --country BR, or --country all.";
            Problem::new(format!("--country {code}"), format!("is {refusal}"), mend)
        };
        code.to_ascii_uppercase().parse::<Country>().map_err(unknown)
    };
    codes.iter().map(country).collect()
}

fn address(address: String) -> Result<String, Problem> {
    let plain = address.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    if plain && !address.contains(|letter: char| letter.is_whitespace() || letter.is_control()) {
        return Ok(address);
    }
    Err(Problem::new("--support-email", "is no e-mail address", "Write one, such as help@example.com."))
}

fn language(tag: &str) -> Result<Language, Problem> {
    Language::ALL.into_iter().find(|language| language.tag() == tag).ok_or_else(|| {
        let tags = Language::ALL.map(Language::tag).join(", ");
        Problem::new(format!("--language {tag}"), "is not a language we speak", format!("Choose of {tags}."))
    })
}

fn refused(refusal: &ProjectRefusal) -> Problem {
    let flag = match refusal {
        ProjectRefusal::Name => "--name",
        ProjectRefusal::Domain(_) | ProjectRefusal::DomainTaken(_) => "--domain",
        ProjectRefusal::NoCountry => "--country",
        ProjectRefusal::Client(refusal) => client::flag(refusal),
    };
    Problem::new(flag, format!("was refused: {refusal}"), "Correct it; nothing was stored.")
}

/// The names other programs rely on.
pub(super) fn in_json(project: &Project) -> String {
    json!({
        "user_pool_id": project.pool.id.as_str(),
        "user_pool_domain": project.pool.domain,
        "issuer": project.pool.issuer,
        "client_id": project.client.id.as_str(),
        "client_secret": project.client_secret.as_ref().map(|secret| secret.expose().as_str()),
    })
    .to_string()
}

fn in_words(project: &Project) -> String {
    let secret = project.client_secret.as_ref().map(|secret| secret.expose().as_str());
    let mut rows = vec![
        ("User pool", project.pool.id.as_str()),
        ("Domain", &project.pool.domain),
        ("Issuer", &project.pool.issuer),
        ("Client ID", project.client.id.as_str()),
    ];
    rows.extend(secret.map(|secret| ("Client secret", secret)));
    let rows = output::aligned(&rows);
    let keep = if secret.is_some() { "\nKeep the secret now: it is not shown again." } else { "" };
    format!("The project {} is made.\n\n{rows}{keep}", project.pool.name)
}
