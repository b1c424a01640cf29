//! E-mail through a mail server (SMTP, RFC 5321).
//!
//! Owns the conversation with the server up to the text and after it, which is where "it provably never left" ends, and
//! the headers of a mail. What is written is in [`wording`](crate::wording). A mail has no delivery states: that the
//! server took it is all one learns.

mod address;
mod answer;

use std::time::Duration;

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Noop, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, Message};
use tokio::time::timeout;
use watchword_domain::Secret;

use self::address::Server;
use crate::wording::{Wording, WordingFault};
use crate::{Channel, Outcome, OutgoingCode, Recipient, Sending};

pub use self::answer::meaning;

/// A server that took the text is not kept waiting for a goodbye, and nor are we.
const GOODBYE: Duration = Duration::from_secs(1);

/// A mail server, and who mails come from.
pub struct Settings {
    /// `smtps://user:password@host[:port]` for TLS from the first byte (465), `smtp://…` for STARTTLS (587). User and
    /// password are percent-encoded.
    pub url: Secret<String>,
    /// Who mails are from: `no-reply@example.com`, or `Name <no-reply@example.com>`. Without a name it is the
    /// project's.
    pub from: String,
    /// How long the whole exchange may take; half of it for all that comes before the text.
    pub timeout: Duration,
}

/// Settings no mail could be sent with, in words for the operator; never the password.
#[derive(Debug, thiserror::Error)]
pub enum SettingsRefusal {
    /// The server's address is none.
    #[error("the mail server must be smtps://user:password@host[:port] or smtp://…, with nothing behind it")]
    Url,
    /// Nobody can be the sender.
    #[error("the sender must be an address, or a name and an address: Acme <no-reply@example.com>")]
    From,
    /// There is no time to send anything.
    #[error("the time-out must be more than nothing")]
    Timeout,
    /// The texts are broken.
    #[error(transparent)]
    Texts(#[from] WordingFault),
    /// The TLS library could not be set up.
    #[error("TLS could not be set up")]
    Tls(#[source] Error),
}

/// Why a mail server could not be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// No connection, no TLS, or no answer in time.
    #[error("{0}")]
    NoAnswer(String),
    /// It says no.
    #[error("refused with {0}")]
    Refused(u16),
}

/// Mail as a [`Channel`].
pub struct Email {
    server: Server,
    tls: TlsParameters,
    hello: ClientId,
    from: Mailbox,
    timeout: Duration,
    wording: Wording,
}

/// A mail that is written, and whom it goes to.
struct Letter {
    to: Address,
    message_id: String,
    text: Vec<u8>,
}

impl Email {
    /// Checks the settings; nothing is sent yet.
    ///
    /// # Errors
    /// What is wrong with the settings, in words for the operator; never the password.
    pub fn new(settings: &Settings) -> Result<Self, SettingsRefusal> {
        let server = Server::parse(settings.url.expose()).ok_or(SettingsRefusal::Url)?;
        let from: Mailbox = settings.from.parse().map_err(|_| SettingsRefusal::From)?;
        if settings.timeout.is_zero() {
            return Err(SettingsRefusal::Timeout);
        }
        Ok(Self {
            tls: TlsParameters::new_native(server.host.clone()).map_err(SettingsRefusal::Tls)?,
            hello: ClientId::Domain(from.email.domain().to_owned()),
            server,
            from,
            timeout: settings.timeout,
            wording: Wording::load()?,
        })
    }

    /// Whether the server takes us: connects, greets, secures the connection, authenticates, and does nothing. Sends no
    /// mail.
    ///
    /// # Errors
    /// When it does not, and why.
    pub async fn look(&self) -> Result<(), Unread> {
        let look = async {
            let mut connection = self.open().await?;
            connection.command(Noop).await?;
            leave(connection).await;
            Ok(())
        };
        match timeout(self.timeout, look).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(answer::unread(&error)),
            Err(_) => Err(Unread::NoAnswer("no answer came in time".to_owned())),
        }
    }

    async fn send(&self, message: &OutgoingCode) -> Outcome {
        let letter = match self.write(message) {
            Ok(letter) => letter,
            Err(why) => return Outcome::NotSent { why },
        };
        let mut connection = match timeout(self.timeout / 2, self.announce(&letter)).await {
            Ok(Ok(connection)) => connection,
            Ok(Err(outcome)) => return outcome,
            // The server was not given a text yet.
            Err(_) => return Outcome::NotSent { why: "the mail server did not answer in time" },
        };
        let outcome = match timeout(self.timeout / 2, connection.message(&letter.text)).await {
            Ok(Ok(_)) => Outcome::Accepted { provider_message_id: letter.message_id, recipient_id: None },
            Ok(Err(error)) => answer::to_text(&error),
            Err(_) => Outcome::Unknown { why: "the mail server did not answer in time" },
        };
        leave(connection).await;
        outcome
    }

    fn write(&self, message: &OutgoingCode) -> Result<Letter, &'static str> {
        let Recipient::Email(to) = &message.to else { return Err("a mail goes to mailboxes only") };
        let to: Address = to.as_str().parse().map_err(|_| "the address is none the mail library takes")?;
        let mail = self.wording.mail(message)?;
        let message_id = format!("<{}@{}>", message.correlation, self.from.email.domain());
        let name = self.from.name.clone().or_else(|| Some(message.project.clone()));
        // RFC 3834: whoever answers mails by itself does not answer this one.
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        let text = Message::builder()
            .from(Mailbox::new(name, self.from.email.clone()))
            .to(Mailbox::new(None, to.clone()))
            .subject(mail.subject)
            .message_id(Some(message_id.clone()))
            .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
            .multipart(MultiPart::alternative_plain_html(mail.plain, mail.html))
            .map_err(|_| "the mail could not be put together")?
            .formatted();
        Ok(Letter { to, message_id, text })
    }

    /// All that comes before the text: whatever goes wrong here, nothing left.
    async fn announce(&self, letter: &Letter) -> Result<AsyncSmtpConnection, Outcome> {
        let mut connection = self.open().await.map_err(|error| answer::to_sender(&error))?;
        let from = Mail::new(Some(self.from.email.clone()), vec![]);
        connection.command(from).await.map_err(|error| answer::to_sender(&error))?;
        let to = Rcpt::new(letter.to.clone(), vec![]);
        connection.command(to).await.map_err(|error| answer::to_recipient(&error))?;
        connection.command(Data).await.map_err(|error| answer::to_sender(&error))?;
        Ok(connection)
    }

    /// A connection that is secured and knows us. Only to this machine may it stay without TLS.
    async fn open(&self) -> Result<AsyncSmtpConnection, Error> {
        let server = &self.server;
        let at = (server.host.as_str(), server.port);
        let from_the_start = server.is_tls.then(|| self.tls.clone());
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(at, Some(self.timeout), &self.hello, from_the_start, None)
                .await?;
        if !server.is_tls && (connection.can_starttls() || !server.stays_here()) {
            connection.starttls(self.tls.clone(), &self.hello).await?;
        }
        if let Some((user, password)) = &server.credentials {
            let credentials = Credentials::new(user.clone(), password.expose().clone());
            connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await?;
        }
        Ok(connection)
    }
}

impl Channel for Email {
    fn send_code<'a>(&'a self, message: &'a OutgoingCode) -> Sending<'a> {
        Box::pin(self.send(message))
    }
}

/// Says goodbye, and does not mind whether anybody hears it.
async fn leave(mut connection: AsyncSmtpConnection) {
    let _ = timeout(GOODBYE, connection.quit()).await;
}
