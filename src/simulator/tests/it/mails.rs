//! The simulated mail server, spoken to line by line, and its inbox.

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

use crate::support::{Stage, settings};

struct Sender {
    lines: Lines<BufReader<OwnedReadHalf>>,
    writing: OwnedWriteHalf,
}

impl Sender {
    async fn to(address: std::net::SocketAddr) -> Self {
        let (reading, writing) = TcpStream::connect(address).await.unwrap().into_split();
        let mut sender = Self { lines: BufReader::new(reading).lines(), writing };
        assert!(sender.hear().await.starts_with("220"));
        sender
    }

    /// The last line of a reply.
    async fn hear(&mut self) -> String {
        loop {
            let line = self.lines.next_line().await.unwrap().unwrap();
            if line.as_bytes()[3] != b'-' {
                return line;
            }
        }
    }

    /// Says a command; gives the code of the reply.
    async fn say(&mut self, line: &str) -> u16 {
        self.writing.write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
        self.hear().await[..3].parse().unwrap()
    }
}

const MAIL: &str = "From: Acme <no-reply@example.com>\r\nSubject: =?utf-8?B?Q8OzZGlnbw==?=\r\n\
    Message-ID: <m-1@example.com>\r\nContent-Type: text/plain; charset=utf-8\r\n\
    Content-Transfer-Encoding: quoted-printable\r\n\r\n482913\r\n\r\nEscribe este c=C3=B3digo.\r\n..\r\n.";

#[tokio::test]
async fn a_mail_is_taken_read_and_shown() {
    let (stage, address) = Stage::with_mail(settings(None)).await;
    let mut sender = Sender::to(address).await;
    for (line, code) in [
        ("EHLO here.example", 250),
        ("MAIL FROM:<no-reply@example.com> SIZE=10", 250),
        ("RCPT TO:<Ana@example.com>", 250),
        ("RCPT TO:<ben@example.com>", 250),
        ("DATA", 354),
        (MAIL, 250),
        ("QUIT", 221),
    ] {
        assert_eq!(sender.say(line).await, code, "{line}");
    }
    let (_, mails) = stage.get("/simulator/mails?to=ana@EXAMPLE.com").await;
    assert_eq!(mails.as_array().unwrap().len(), 1);
    let expected = json!({
        "from": "Acme <no-reply@example.com>", "to": "Ana@example.com", "subject": "Código", "code": "482913",
        "message_id": "m-1@example.com", "html": Value::Null,
    });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&mails[0][field], value, "{field}");
    }
    assert!(mails[0]["text"].as_str().unwrap().ends_with("Escribe este código.\n.\n"));
    assert_eq!(stage.get("/simulator/mails").await.1.as_array().unwrap().len(), 2);
    let page = stage.page("/mails").await;
    assert!(page.contains("Código") && page.contains("482913") && page.contains("ben@example.com"));
    stage.stop().await;
}

#[tokio::test]
async fn what_is_out_of_order_or_no_mail_is_refused() {
    let (stage, address) = Stage::with_mail(settings(None)).await;
    let mut sender = Sender::to(address).await;
    for (line, code) in [
        ("MAIL FROM:<a@example.com>", 503),
        ("EHLO", 501),
        ("EHLO here.example", 250),
        ("RCPT TO:<b@example.com>", 503),
        ("DATA", 503),
        ("MAIL a@example.com", 501),
        ("MAIL FROM:<a@example.com>", 250),
        ("MAIL FROM:<a@example.com>", 503),
        ("RCPT TO:<nobody>", 501),
        ("AUTH PLAIN AGEAYg==", 502),
        ("RSET", 250),
        ("RCPT TO:<b@example.com>", 503),
        ("NOOP", 250),
        ("MAIL FROM:<a@example.com>", 250),
        ("RCPT TO:<b@example.com>", 250),
        ("DATA", 354),
        ("this has no header\r\n.", 554),
    ] {
        assert_eq!(sender.say(line).await, code, "{line}");
    }
    assert_eq!(stage.get("/simulator/mails").await.1, json!([]));
    assert!(stage.page("/mails").await.contains("No mails yet"));
}
