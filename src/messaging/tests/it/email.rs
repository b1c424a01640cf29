//! Mail against a server that follows a script: what is said to it, and what is made of its replies.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpSocket};
use watchword_domain::FailureClass::{HeldBack, NotReachable, SenderUnavailable, TryLater};
use watchword_domain::{EmailAddress, Language, Secret};
use watchword_messaging::email::{Email, Settings, SettingsRefusal, Unread};
use watchword_messaging::{Channel, Outcome, OutgoingCode, Recipient};

use crate::Tested;
use crate::graph::message;

/// What the server says to a command that begins so, instead of the usual.
type Script = &'static [(&'static str, &'static str)];

/// A mail server for one conversation after another. It says what is usual, or what its script says; to an empty line
/// of the script nothing, and to `hang up` it closes the connection.
struct Server {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn following(script: Script) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ears = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let _ = converse(stream, script, &ears).await;
            }
        });
        Ok(Self { port, heard })
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn settings(&self) -> Settings {
        settings(&format!("smtp://127.0.0.1:{}", self.port))
    }

    async fn send(&self, mail: &OutgoingCode) -> Result<Outcome, SettingsRefusal> {
        Ok(Email::new(&self.settings())?.send_code(mail).await)
    }
}

fn reply_to(script: Script, line: &str, usual: &'static str) -> &'static str {
    script.iter().find(|(command, _)| line.starts_with(command)).map_or(usual, |(_, reply)| reply)
}

async fn converse(
    stream: tokio::net::TcpStream,
    script: Script,
    heard: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let (reading, mut writing) = stream.into_split();
    let mut lines = BufReader::new(reading).lines();
    writing.write_all(format!("{}\r\n", reply_to(script, "connect", "220 mail.example")).as_bytes()).await?;
    let mut in_text = false;
    while let Some(line) = lines.next_line().await? {
        heard.lock().unwrap_or_else(PoisonError::into_inner).push(line.clone());
        let reply = match line.as_str() {
            "." if in_text => {
                in_text = false;
                reply_to(script, ".", "250 2.0.0 taken")
            }
            _ if in_text => continue,
            line if line.starts_with("EHLO") => reply_to(script, line, "250-mail.example\r\n250 AUTH PLAIN"),
            "DATA" => {
                let reply = reply_to(script, "DATA", "354 go on");
                in_text = reply.starts_with("354");
                reply
            }
            "QUIT" => "221 bye",
            line => reply_to(script, line, "250 ok"),
        };
        if reply == "hang up" {
            return Ok(());
        }
        if !reply.is_empty() {
            writing.write_all(format!("{reply}\r\n").as_bytes()).await?;
        }
    }
    Ok(())
}

fn settings(url: &str) -> Settings {
    Settings {
        url: Secret::new(url.to_owned()),
        from: "no-reply@id.example.com".to_owned(),
        timeout: Duration::from_secs(60),
    }
}

fn mail() -> Result<OutgoingCode, Box<dyn std::error::Error>> {
    Ok(OutgoingCode { to: Recipient::Email(EmailAddress::parse("Ana.Lima@example.com")?), ..message()? })
}

#[tokio::test]
async fn a_mail_goes_to_its_mailbox_as_text_and_as_html() -> Tested {
    let server = Server::following(&[]).await?;
    let outcome = server.send(&mail()?).await?;
    let id = "<0197a1@id.example.com>".to_owned();
    assert!(outcome == Outcome::Accepted { provider_message_id: id.clone(), recipient_id: None });
    let heard = server.heard();
    for line in [
        "EHLO id.example.com",
        "MAIL FROM:<no-reply@id.example.com>",
        "RCPT TO:<Ana.Lima@example.com>",
        "From: \"Acme Market\" <no-reply@id.example.com>",
        "To: Ana.Lima@example.com",
        "Auto-Submitted: auto-generated",
        &format!("Message-ID: {id}"),
        "482913",
    ] {
        assert!(heard.iter().any(|it| it == line), "{line} in {heard:#?}");
    }
    let text = heard.join("\n");
    assert!(
        text.contains("multipart/alternative") && text.contains("text/plain") && text.contains("text/html")
    );
    let subject = heard.iter().find(|line| line.starts_with("Subject: ")).ok_or("no subject")?;
    assert!(!subject.contains("482913"));
    Ok(())
}

#[tokio::test]
async fn every_language_is_sent_as_seven_bit_text() -> Tested {
    for language in Language::ALL {
        let server = Server::following(&[]).await?;
        let mail = OutgoingCode { language, project: "Açaí & Größe ✓".to_owned(), ..mail()? };
        assert!(matches!(server.send(&mail).await?, Outcome::Accepted { .. }));
        assert!(server.heard().iter().all(|line| line.is_ascii() && line.len() <= 998));
    }
    Ok(())
}

#[tokio::test]
async fn a_refusal_is_told_apart_by_what_it_answers() -> Tested {
    let cases: [(Script, i64, _); 9] = [
        (&[("connect", "421 later")], 421, TryLater),
        (&[("connect", "554 not you")], 554, SenderUnavailable),
        (&[("MAIL", "550 not from there")], 550, SenderUnavailable),
        (&[("RCPT", "550 5.1.1 nobody of that name: Ana.Lima@example.com")], 550, NotReachable),
        (&[("RCPT", "450 greylisted")], 450, TryLater),
        (&[("RCPT", "552 full")], 552, NotReachable),
        (&[("DATA", "451 later")], 451, TryLater),
        (&[(".", "554 looks like spam")], 554, HeldBack),
        (&[(".", "451 later")], 451, TryLater),
    ];
    for (script, code, class) in cases {
        let server = Server::following(script).await?;
        let outcome = server.send(&mail()?).await?;
        assert_eq!(outcome, Outcome::Rejected { code, class, retry_after: None }, "{script:?}");
    }
    Ok(())
}

#[tokio::test]
async fn what_goes_wrong_before_the_text_proves_that_nothing_left() -> Tested {
    let cases: [Script; 5] = [
        &[("connect", "hang up")],
        &[("connect", "HTTP/1.1 400 Bad Request")],
        &[("EHLO", "hang up")],
        &[("RCPT", "hang up")],
        &[("DATA", "hang up")],
    ];
    for script in cases {
        let server = Server::following(script).await?;
        let outcome = server.send(&mail()?).await?;
        assert!(matches!(outcome, Outcome::NotSent { .. }), "{script:?}: {outcome:?}");
    }
    // Bound, so that nobody else gets the port; not listening, so that connecting is refused.
    let socket = TcpSocket::new_v4()?;
    socket.bind("127.0.0.1:0".parse()?)?;
    let nobody = settings(&format!("smtp://{}", socket.local_addr()?));
    assert!(matches!(Email::new(&nobody)?.send_code(&mail()?).await, Outcome::NotSent { .. }));
    Ok(())
}

#[tokio::test]
async fn what_goes_wrong_after_the_text_leaves_the_outcome_unknown() -> Tested {
    for script in [&[(".", "hang up")] as Script, &[(".", "what?")]] {
        let outcome = Server::following(script).await?.send(&mail()?).await?;
        assert!(matches!(outcome, Outcome::Unknown { .. }), "{script:?}: {outcome:?}");
    }
    Ok(())
}

#[tokio::test]
async fn silence_before_the_text_proves_that_nothing_left_and_silence_after_it_nothing() -> Tested {
    let impatient = |server: &Server| Settings { timeout: Duration::from_millis(800), ..server.settings() };
    let before = Server::following(&[("RCPT", "")]).await?;
    let outcome = Email::new(&impatient(&before))?.send_code(&mail()?).await;
    assert!(matches!(outcome, Outcome::NotSent { .. }), "{outcome:?}");
    let after = Server::following(&[(".", "")]).await?;
    let outcome = Email::new(&impatient(&after))?.send_code(&mail()?).await;
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    Ok(())
}

#[tokio::test]
async fn no_password_is_said_to_a_server_that_does_not_know_it() -> Tested {
    let server = Server::following(&[("AUTH", "535 no")]).await?;
    let with_password = settings(&format!("smtp://user:pass%20word@127.0.0.1:{}", server.port));
    let outcome = Email::new(&with_password)?.send_code(&mail()?).await;
    assert_eq!(outcome, Outcome::Rejected { code: 535, class: SenderUnavailable, retry_after: None });
    // RFC 4616: NUL user NUL password, in base64.
    assert!(server.heard().contains(&"AUTH PLAIN AHVzZXIAcGFzcyB3b3Jk".to_owned()), "{:?}", server.heard());
    assert_eq!(Email::new(&with_password)?.look().await, Err(Unread::Refused(535)));
    Ok(())
}

#[tokio::test]
async fn a_server_that_breaks_its_word_on_tls_hears_no_password() -> Tested {
    let server =
        Server::following(&[("EHLO", "250-mail.example\r\n250 STARTTLS"), ("STARTTLS", "220 go on")]).await?;
    let with_password = settings(&format!("smtp://user:password@127.0.0.1:{}", server.port));
    let outcome = Email::new(&with_password)?.send_code(&mail()?).await;
    assert!(matches!(outcome, Outcome::NotSent { .. }), "{outcome:?}");
    assert!(server.heard().iter().all(|line| !line.starts_with("AUTH") && !line.starts_with("MAIL")));
    Ok(())
}

#[tokio::test]
async fn looking_sends_nothing() -> Tested {
    let server = Server::following(&[]).await?;
    assert_eq!(Email::new(&server.settings())?.look().await, Ok(()));
    assert_eq!(server.heard(), ["EHLO id.example.com", "NOOP", "QUIT"]);
    Ok(())
}

#[tokio::test]
async fn a_phone_gets_no_mail() -> Tested {
    let server = Server::following(&[]).await?;
    assert!(matches!(server.send(&message()?).await?, Outcome::NotSent { .. }));
    assert!(server.heard().is_empty());
    Ok(())
}

#[test]
fn settings_no_mail_could_be_sent_with_are_refused_at_the_start() {
    let refusal = |change: &dyn Fn(&mut Settings)| {
        let mut settings = settings("smtps://user:password@mail.example.com");
        change(&mut settings);
        Email::new(&settings).err()
    };
    assert!(refusal(&|_| {}).is_none());
    assert!(refusal(&|it| it.from = "Acme <no-reply@example.com>".into()).is_none());
    assert!(matches!(refusal(&|it| it.from = "Acme".into()), Some(SettingsRefusal::From)));
    assert!(matches!(refusal(&|it| it.timeout = Duration::ZERO), Some(SettingsRefusal::Timeout)));
    let odd = refusal(&|it| it.url = Secret::new("https://mail.example.com".into()));
    assert!(matches!(odd, Some(SettingsRefusal::Url)));
}
