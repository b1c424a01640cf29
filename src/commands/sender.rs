//! `watchword sender …`: projects' own WhatsApp numbers, from making one to going live with it; and what is set up at Meta
//! for the one they share.

mod arguments;
mod words;

use clap::Subcommand;
use watchword_domain::Secret;
use watchword_domain::ids::SenderId;
use watchword_domain::pool::Pool;
use watchword_flow::Watchword;
use watchword_flow::error::Error;
use watchword_flow::senders::manage::{NewSender, SenderChange, SenderRefusal};

use self::arguments::{Any, Change, Create, Domain, List, ReplaceToken, RotateSecret, Which};
use super::flags::StorageFlags;
use super::installation::{self, failed, pool_of};
use super::{doctor, logs, output};
use crate::config::Config;
use crate::config::problem::{Problem, Problems};

/// What can be done.
#[derive(Subcommand)]
pub enum Command {
    /// Make a sender for a project: Meta must confirm that the token may use the number. Nothing leaves from it yet.
    Create(Box<Create>),
    /// Show a project's senders.
    List(List),
    /// Ask Meta how a sender is, and say what is wrong and what to do about it.
    Check(Any),
    /// Make its templates at Meta in all languages, or bring them up to date.
    SaveTemplate(Any),
    /// Have Meta report to its app what becomes of messages.
    Subscribe(Any),
    /// Let the project's messages leave from it, when it is fit for that.
    GoLive(Which),
    /// Let the project's messages leave from the installation's shared sender again.
    UseShared(Domain),
    /// Change what it is called or its templates. A live one must be fit to send with them.
    Change(Change),
    /// Give it a new access token.
    ReplaceToken(ReplaceToken),
    /// Give it a new app secret. The one before counts for webhooks, too, until the next time.
    RotateSecret(RotateSecret),
    /// Make a new verify token, which is shown this once. The one before counts no more.
    RenewVerifyToken(Which),
    /// Take it out. What it had still to send fails.
    Delete(Which),
}

impl Command {
    fn settings(&self) -> &StorageFlags {
        match self {
            Self::Create(arguments) => &arguments.settings,
            Self::List(arguments) => &arguments.settings,
            Self::UseShared(arguments) => &arguments.settings,
            Self::Check(any) | Self::SaveTemplate(any) | Self::Subscribe(any) => &any.settings,
            Self::GoLive(which) | Self::RenewVerifyToken(which) | Self::Delete(which) => &which.settings,
            Self::Change(arguments) => &arguments.which.settings,
            Self::ReplaceToken(arguments) => &arguments.which.settings,
            Self::RotateSecret(arguments) => &arguments.which.settings,
        }
    }

    /// Does it, and gives what is said of it.
    pub(super) async fn carry_out(self, flow: &Watchword, config: &Config) -> Result<String, Problems> {
        let house = House { flow, config };
        match self {
            Self::Create(arguments) => house.create(*arguments).await,
            Self::List(arguments) => house.list(&arguments).await,
            Self::Check(which) => house.check(&which).await,
            Self::SaveTemplate(which) => house.save_template(&which).await,
            Self::Subscribe(which) => house.subscribe(&which).await,
            Self::GoLive(which) => house.go_live(&which).await,
            Self::UseShared(project) => house.use_shared(&project.domain).await,
            Self::Change(arguments) => house.change(arguments).await,
            Self::RenewVerifyToken(which) => house.renew_verify_token(&which).await,
            Self::ReplaceToken(arguments) => house.replace_token(&arguments).await,
            Self::RotateSecret(arguments) => house.rotate_secret(&arguments).await,
            Self::Delete(which) => house.delete(&which).await,
        }
    }
}

pub(super) async fn run(command: Command) -> Result<(), Problems> {
    let config = Config::read(command.settings().clone().sources())?;
    logs::begin(&config.logs, logs::USUAL)?;
    let installation = installation::open_existing(&config).await?;
    output::say(&command.carry_out(&installation.flow, &config).await?);
    Ok(())
}

/// A project's sender.
type Own = (std::sync::Arc<Pool>, SenderId);

/// What commands about senders work on.
struct House<'a> {
    flow: &'a Watchword,
    config: &'a Config,
}

impl House<'_> {
    async fn create(&self, arguments: Create) -> Result<String, Problems> {
        let pool = self.pool(&arguments.domain).await?;
        let new = NewSender {
            name: arguments.name,
            phone_number_id: arguments.phone_number_id,
            waba_id: arguments.waba_id,
            access_token: secret_in(&arguments.access_token_file, "--access-token-file")?,
            app_secret: secret_in(&arguments.app_secret_file, "--app-secret-file")?,
            template: arguments.template,
            standby_template: arguments.standby_template,
        };
        let made = self.flow.create_sender(&pool, new).await.map_err(|error| self.refused(error))?;
        let webhook = self.webhook();
        Ok(if arguments.json {
            words::made_in_json(&made, &webhook)
        } else {
            words::made(&pool, &made, &webhook)
        })
    }

    async fn list(&self, arguments: &List) -> Result<String, Problems> {
        let pool = self.pool(&arguments.domain).await?;
        let senders = self.flow.list_senders(&pool.id).await;
        let senders = senders.map_err(|fault| failed(&self.config.storage.database, &fault))?;
        Ok(if arguments.json { words::listed_in_json(&senders) } else { words::listed(&pool, &senders) })
    }

    async fn check(&self, any: &Any) -> Result<String, Problems> {
        let findings = match self.any(any).await? {
            Some((pool, id)) => self.flow.check_sender(&pool.id, &id).await,
            None => self.flow.check_shared_sender().await,
        };
        let findings = findings.map_err(|error| self.refused(error))?;
        doctor::report(findings.into_iter().map(doctor::sender::part).collect())
    }

    async fn save_template(&self, any: &Any) -> Result<String, Problems> {
        let made = match self.any(any).await? {
            Some((pool, id)) => self.flow.save_sender_templates(&pool.id, &id).await,
            None => self.flow.save_shared_templates().await,
        };
        Ok(words::templates(&made.map_err(|error| self.refused(error))?))
    }

    async fn subscribe(&self, any: &Any) -> Result<String, Problems> {
        let done = match self.any(any).await? {
            Some((pool, id)) => self.flow.subscribe_sender(&pool.id, &id).await,
            None => self.flow.subscribe_shared_sender().await,
        };
        done.map_err(|error| self.refused(error))?;
        Ok("Subscribed: Meta reports to the app what becomes of messages.".to_owned())
    }

    async fn change(&self, arguments: Change) -> Result<String, Problems> {
        let (pool, id) = self.sender(&arguments.which).await?;
        let standby = arguments.standby_template.map(|name| Some(name).filter(|name| name != "none"));
        let change =
            SenderChange { name: arguments.name, template: arguments.template, standby_template: standby };
        let sender = self.flow.change_sender(&pool.id, &id, change).await;
        Ok(words::changed(&sender.map_err(|error| self.refused(error))?))
    }

    async fn renew_verify_token(&self, which: &Which) -> Result<String, Problems> {
        let (pool, id) = self.sender(which).await?;
        let token = self.flow.renew_verify_token(&pool.id, &id).await;
        Ok(words::renewed(&token.map_err(|error| self.refused(error))?, &self.webhook()))
    }

    async fn go_live(&self, which: &Which) -> Result<String, Problems> {
        let (pool, id) = self.sender(which).await?;
        self.flow.take_sender_live(&pool.id, &id).await.map_err(|error| self.refused(error))?;
        Ok(format!(
            "Live: codes of {} leave from it from now on, within two seconds on every node.",
            pool.domain
        ))
    }

    async fn use_shared(&self, domain: &str) -> Result<String, Problems> {
        let pool = self.pool(domain).await?;
        let done = self.flow.use_shared_sender(&pool.id).await;
        done.map_err(|fault| failed(&self.config.storage.database, &fault))?;
        Ok(format!(
            "Codes of {domain} leave from the shared sender from now on, within two seconds on every node."
        ))
    }

    async fn replace_token(&self, arguments: &ReplaceToken) -> Result<String, Problems> {
        let (pool, id) = self.sender(&arguments.which).await?;
        let token = secret_in(&arguments.access_token_file, "--access-token-file")?;
        let done = self.flow.replace_sender_token(&pool.id, &id, token).await;
        done.map_err(|error| self.refused(error))?;
        Ok("Replaced: Meta knows the new token, and nothing is sent with the old one any more.".to_owned())
    }

    async fn rotate_secret(&self, arguments: &RotateSecret) -> Result<String, Problems> {
        let (pool, id) = self.sender(&arguments.which).await?;
        let secret = secret_in(&arguments.app_secret_file, "--app-secret-file")?;
        let done = self.flow.rotate_sender_secret(&pool.id, &id, (secret, arguments.now)).await;
        done.map_err(|error| self.refused(error))?;
        Ok(if arguments.now {
            "Replaced: webhooks count when they are signed with the new secret, and no others.".to_owned()
        } else {
            "Replaced: webhooks signed with the new secret count, and so do those signed with the one before, until \
             the next time."
                .to_owned()
        })
    }

    async fn delete(&self, which: &Which) -> Result<String, Problems> {
        let (pool, id) = self.sender(which).await?;
        self.flow.delete_sender(&pool.id, &id).await.map_err(|error| self.refused(error))?;
        Ok("Deleted: its secrets are gone, and nothing leaves from it any more.".to_owned())
    }

    /// Where Meta posts what it reports.
    fn webhook(&self) -> String {
        format!("{}{}", self.config.public_url.installation(), watchword_http::WHATSAPP_WEBHOOK)
    }

    async fn pool(&self, domain: &str) -> Result<std::sync::Arc<Pool>, Problem> {
        pool_of(self.flow, &self.config.storage.database, domain).await
    }

    /// The sender that is meant; nothing for the shared one.
    async fn any(&self, any: &Any) -> Result<Option<Own>, Problem> {
        match &any.domain {
            Some(domain) => self.own(domain, any.sender.as_deref()).await.map(Some),
            None => Ok(None),
        }
    }

    async fn sender(&self, which: &Which) -> Result<Own, Problem> {
        self.own(&which.domain, which.sender.as_deref()).await
    }

    /// The project's sender that is meant: the one named, or the only one.
    async fn own(&self, domain: &str, sender: Option<&str>) -> Result<Own, Problem> {
        let pool = self.pool(domain).await?;
        if let Some(id) = sender {
            return Ok((pool, SenderId::from(id)));
        }
        let senders = self.flow.list_senders(&pool.id).await;
        let senders = senders.map_err(|fault| failed(&self.config.storage.database, &fault))?;
        match senders.as_slice() {
            [(only, _)] => Ok((pool, only.id.clone())),
            [] => {
                let mend = "Make one with `watchword sender create`.";
                Err(Problem::new(format!("the project {}", pool.domain), "has no sender of its own", mend))
            }
            _ => {
                let mend = format!("Choose one of `watchword sender list --domain {}`.", pool.domain);
                Err(Problem::new("--sender", "is needed: the project has several", mend))
            }
        }
    }

    fn refused(&self, error: Error<SenderRefusal>) -> Problems {
        let refusal = match error {
            Error::Refused(refusal) => refusal,
            Error::Fault(fault) => return failed(&self.config.storage.database, &fault).into(),
        };
        match refusal {
            SenderRefusal::NotReady(troubles) => {
                Problems(troubles.into_iter().map(doctor::sender::problem).collect())
            }
            refusal => words::refused(&refusal).into(),
        }
    }
}

/// A secret from a file: on the command line others could see it.
fn secret_in(path: &std::path::Path, flag: &str) -> Result<Secret<String>, Problem> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        let what = format!("{flag} {}", path.display());
        Problem::new(what, format!("cannot be read: {error}"), "Name a file that holds it and nothing else.")
    })?;
    Ok(Secret::new(text.trim().to_owned()))
}
