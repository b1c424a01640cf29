//! `watchword user …`: what an operator does for one end user.

use clap::{Args, Subcommand};
use serde_json::json;
use watchword_domain::{Channel, EmailAddress, Phone};
use watchword_flow::Watchword;
use watchword_flow::error::Error;
use watchword_flow::mailbox::UnknownUser;
use watchword_flow::standing::Ended;
use watchword_flow::timeline::ToldMessage;

use super::flags::StorageFlags;
use super::installation::{self, failed, pool_of};
use super::{logs, output};
use crate::config::problem::{Problem, Problems};
use crate::config::{Config, Database};

/// What can be done.
#[derive(Subcommand)]
pub enum Command {
    /// Let a number use codes again after too many wrong ones.
    Unlock(Unlock),
    /// Let whoever is behind a number now get its next code, although WhatsApp says that it is another account than before.
    Trust(Unlock),
    /// Keep the user of a number out, and end all they and their applications have: sessions and tokens.
    Disable(Unlock),
    /// Let a user who was kept out sign in again.
    Enable(Unlock),
    /// Sign the user of a number out everywhere: end their sessions, and the tokens of their applications.
    SignOut(Unlock),
    /// Say where codes may go by mail for the user of a number, or nowhere.
    Mailbox(Mailbox),
    /// Show what became of the messages to a number: each step, why one failed, what it costs.
    Messages(Messages),
}

/// Who is unlocked.
#[derive(Args)]
pub struct Unlock {
    #[command(flatten)]
    number: Number,
    #[command(flatten)]
    settings: StorageFlags,
}

/// Whose mailbox is set.
#[derive(Args)]
pub struct Mailbox {
    #[command(flatten)]
    number: Number,
    /// The mailbox, which you know to be theirs: whoever reads it can sign in as this user. Or none.
    #[arg(long, value_name = "ADDRESS")]
    email: String,
    #[command(flatten)]
    settings: StorageFlags,
}

/// Whose messages are shown.
#[derive(Args)]
pub struct Messages {
    #[command(flatten)]
    number: Number,
    /// Print the result as one JSON array.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: StorageFlags,
}

/// A number of a project.
#[derive(Args)]
struct Number {
    /// The domain of the project's user pool.
    #[arg(long)]
    domain: String,
    /// The number, with its country code: "+55 11 98765-4321".
    #[arg(long)]
    phone: String,
}

impl Number {
    /// The number stays out of what is said: terminals are logged, too.
    fn read(&self) -> Result<Phone, Problem> {
        Phone::parse(&self.phone, None).map_err(|refusal| {
            let mend = "Write it with its country code, +55 … .";
            Problem::new("--phone", format!("is no number: {refusal}"), mend)
        })
    }
}

pub(super) async fn run(command: Command) -> Result<(), Problems> {
    let (settings, number) = match &command {
        Command::Unlock(arguments)
        | Command::Trust(arguments)
        | Command::Disable(arguments)
        | Command::Enable(arguments)
        | Command::SignOut(arguments) => (&arguments.settings, &arguments.number),
        Command::Mailbox(arguments) => (&arguments.settings, &arguments.number),
        Command::Messages(arguments) => (&arguments.settings, &arguments.number),
    };
    let config = Config::read(settings.clone().sources())?;
    logs::begin(&config.logs, logs::USUAL)?;
    // Before anything is opened or made.
    number.read()?;
    let installation = installation::open_existing(&config).await?;
    let said = command.carry_out(&installation.flow, &config.storage.database).await?;
    output::say(&said);
    Ok(())
}

impl Command {
    /// Does it, and gives what is said of it.
    pub(super) async fn carry_out(self, flow: &Watchword, database: &Database) -> Result<String, Problem> {
        match self {
            Self::Unlock(arguments) => unlock(flow, database, &arguments.number).await,
            Self::Trust(arguments) => trust(flow, database, &arguments.number).await,
            Self::Disable(arguments) => disable(flow, database, &arguments.number).await,
            Self::Enable(arguments) => enable(flow, database, &arguments.number).await,
            Self::SignOut(arguments) => sign_out(flow, database, &arguments.number).await,
            Self::Mailbox(arguments) => mailbox(flow, database, &arguments).await,
            Self::Messages(arguments) => messages(flow, database, &arguments).await,
        }
    }
}

async fn unlock(flow: &Watchword, database: &Database, number: &Number) -> Result<String, Problem> {
    let phone = number.read()?;
    let pool = pool_of(flow, database, &number.domain).await?;
    let had_failures = flow.unlock(&pool, &phone).await.map_err(|fault| failed(database, &fault))?;
    let said = if had_failures {
        "Unlocked: the wrong codes of this number are forgotten."
    } else {
        "Nothing to do: no wrong codes are counted for this number."
    };
    Ok(said.to_owned())
}

async fn trust(flow: &Watchword, database: &Database, number: &Number) -> Result<String, Problem> {
    let phone = number.read()?;
    let pool = pool_of(flow, database, &number.domain).await?;
    flow.trust_number(&pool, &phone).await.map_err(|error| unknown(database, error))?;
    Ok("Trusted: the next code goes to whoever is behind the number now.".to_owned())
}

async fn disable(flow: &Watchword, database: &Database, number: &Number) -> Result<String, Problem> {
    let phone = number.read()?;
    let pool = pool_of(flow, database, &number.domain).await?;
    let ended = flow.disable_user(&pool, &phone).await.map_err(|error| unknown(database, error))?;
    Ok(format!("Disabled: no code signs them in until `watchword user enable`. {}", of_ended(ended)))
}

async fn enable(flow: &Watchword, database: &Database, number: &Number) -> Result<String, Problem> {
    let phone = number.read()?;
    let pool = pool_of(flow, database, &number.domain).await?;
    flow.enable_user(&pool, &phone).await.map_err(|error| unknown(database, error))?;
    Ok("Enabled: they may sign in again.".to_owned())
}

async fn sign_out(flow: &Watchword, database: &Database, number: &Number) -> Result<String, Problem> {
    let phone = number.read()?;
    let pool = pool_of(flow, database, &number.domain).await?;
    let ended = flow.sign_user_out(&pool, &phone).await.map_err(|error| unknown(database, error))?;
    Ok(format!("Signed out. {}", of_ended(ended)))
}

/// A portal asks nobody before its own session ends, and whoever checks a token by its signature alone takes it until then.
fn of_ended(Ended { sessions, grants }: Ended) -> String {
    format!(
        "Ended here: sessions {sessions}, applications' grants {grants}. Access tokens that are checked by their signature alone, and the applications' own sessions, end by themselves."
    )
}

/// What is said where nobody has the number.
fn unknown(database: &Database, error: Error<UnknownUser>) -> Problem {
    match error {
        Error::Refused(refusal) => {
            Problem::new("--phone", refusal.to_string(), "They are known from their first sign-in on.")
        }
        Error::Fault(fault) => failed(database, &fault),
    }
}

async fn mailbox(flow: &Watchword, database: &Database, arguments: &Mailbox) -> Result<String, Problem> {
    let phone = arguments.number.read()?;
    let email = match arguments.email.as_str() {
        "none" => None,
        text => Some(EmailAddress::parse(text).map_err(|refusal| {
            Problem::new("--email", format!("was refused: {refusal}"), "Write name@example.com, or none.")
        })?),
    };
    let pool = pool_of(flow, database, &arguments.number.domain).await?;
    flow.set_mailbox(&pool, &phone, email.as_ref()).await.map_err(|error| unknown(database, error))?;
    let is_used = pool.settings.delivery.uses(Channel::Email, phone.country());
    Ok(match (email.is_some(), is_used) {
        (true, true) => "Stored: codes for this user may go by mail.",
        (true, false) => "Stored. The project does not send codes by mail: see `watchword project channels`.",
        (false, _) => "Stored: no code for this user goes by mail.",
    }
    .to_owned())
}

async fn messages(flow: &Watchword, database: &Database, arguments: &Messages) -> Result<String, Problem> {
    let phone = arguments.number.read()?;
    let pool = pool_of(flow, database, &arguments.number.domain).await?;
    let found = flow.messages_to(&pool, &phone).await.map_err(|fault| failed(database, &fault))?;
    let told: Vec<ToldMessage> = found.iter().map(|message| flow.told(message)).collect();
    Ok(if arguments.json {
        json!(told).to_string()
    } else if told.is_empty() {
        "No message went to this number in the last 30 days.".to_owned()
    } else {
        let each: String = told.iter().map(in_words).collect();
        format!("The messages to this number, newest first; times are UTC.\n{each}")
    })
}

fn in_words(message: &ToldMessage) -> String {
    let mut rows: Vec<(&str, &str)> =
        message.steps.iter().map(|step| (step.step, step.at.as_str())).collect();
    let now = format!("{}, by {} in {}", message.state, message.channel, message.language);
    rows.insert(0, ("now", &now));
    let why = message.failure.as_ref().map(|failure| {
        let meaning = failure.meaning.unwrap_or("not in the provider's list of codes");
        format!("{}: {meaning} (code {})", failure.class, failure.code)
    });
    rows.extend(why.as_deref().map(|why| ("why", why)));
    let price = message.price.as_ref().map(|price| {
        let charged = match price.billable {
            Some(true) => "charged",
            Some(false) => "not charged",
            None => "not said whether it is charged",
        };
        price.category.as_ref().map_or_else(|| charged.to_owned(), |rate| format!("{charged}, as {rate}"))
    });
    rows.extend(price.as_deref().map(|price| ("price", price)));
    format!("\n{}", output::aligned(&rows))
}
