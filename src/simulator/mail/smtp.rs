//! The conversation of RFC 5321, as far as a sender of codes needs it: EHLO, MAIL, RCPT, DATA, RSET, NOOP, QUIT. No TLS and
//! no passwords: it is for loopback.

use std::{io, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::Semaphore,
    time::timeout,
};

use crate::{clock, world::World};

/// Conversations at once.
const AT_ONCE: usize = 64;
/// How long a sender may be silent.
const PATIENCE: Duration = Duration::from_secs(60);
/// A line, its end included (RFC 5321, section 4.5.3.1.6).
const LONGEST_LINE: u64 = 1_000;
const LONGEST_TEXT: usize = 256 * 1_024;
const MOST_RECIPIENTS: usize = 100;

/// Takes mails until it is dropped.
pub(crate) async fn serve(world: Arc<World>, listener: TcpListener) -> io::Result<()> {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return Ok(()) };
        let (stream, _) = listener.accept().await?;
        let world = Arc::clone(&world);
        tokio::spawn(async move {
            // Whoever breaks off in the middle has sent nothing.
            let _ = tokio::select! {
                outcome = Conversation::new(stream).hold(&world) => outcome,
                () = world.closed() => Ok(()),
            };
            drop(place);
        });
    }
}

struct Conversation {
    reading: BufReader<OwnedReadHalf>,
    writing: OwnedWriteHalf,
    has_greeted: bool,
    from: Option<String>,
    to: Vec<String>,
}

impl Conversation {
    fn new(stream: TcpStream) -> Self {
        let (reading, writing) = stream.into_split();
        Self { reading: BufReader::new(reading), writing, has_greeted: false, from: None, to: Vec::new() }
    }

    async fn hold(mut self, world: &World) -> io::Result<()> {
        self.say("220 simulator ESMTP").await?;
        while let Some(line) = self.line().await? {
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            match verb.to_ascii_uppercase().as_str() {
                "QUIT" => return self.say("221 goodbye").await,
                "DATA" if self.from.is_some() && !self.to.is_empty() => self.take_text(world).await?,
                verb => {
                    let reply = self.reply(verb, rest);
                    self.say(reply).await?;
                }
            }
        }
        Ok(())
    }

    fn reply(&mut self, verb: &str, rest: &str) -> &'static str {
        match verb {
            "EHLO" | "HELO" if rest.trim().is_empty() => "501 who are you?",
            "EHLO" => {
                self.has_greeted = true;
                "250-simulator\r\n250-8BITMIME\r\n250 SIZE 262144"
            }
            "HELO" => {
                self.has_greeted = true;
                "250 simulator"
            }
            "NOOP" => "250 ok",
            "RSET" => {
                (self.from, self.to) = (None, Vec::new());
                "250 forgotten"
            }
            "MAIL" | "RCPT" | "DATA" if !self.has_greeted => "503 say EHLO first",
            "MAIL" if self.from.is_some() => "503 one sender is enough",
            "MAIL" => match path(rest, "FROM:") {
                Some(from) => {
                    self.from = Some(from);
                    "250 ok"
                }
                None => "501 MAIL FROM:<address>",
            },
            "RCPT" if self.from.is_none() => "503 say MAIL first",
            "RCPT" if self.to.len() >= MOST_RECIPIENTS => "452 too many recipients",
            "RCPT" => match path(rest, "TO:").filter(|to| to.contains('@')) {
                Some(to) => {
                    self.to.push(to);
                    "250 ok"
                }
                None => "501 RCPT TO:<address>",
            },
            "DATA" => "503 say MAIL and RCPT first",
            _ => "502 that is not played here",
        }
    }

    async fn take_text(&mut self, world: &World) -> io::Result<()> {
        self.say("354 end with a dot").await?;
        let mut text = Vec::new();
        while let Some(line) = self.line().await? {
            if line == b".\r\n" {
                let (_, to) = (self.from.take(), std::mem::take(&mut self.to));
                let taken = text.len() <= LONGEST_TEXT && world.inbox().add(&to, &text, clock::now_ms());
                world.changed();
                return self
                    .say(if taken { "250 taken" } else { "554 that is no mail, or too long a one" })
                    .await;
            }
            // A dot before a dot was put there by the sender (RFC 5321, section 4.5.2).
            let line = line.strip_prefix(b".").unwrap_or(&line);
            if text.len() <= LONGEST_TEXT {
                text.extend_from_slice(line);
            }
        }
        Ok(())
    }

    /// A line with its end; none when the sender is gone, or sends what is no line.
    async fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let mut limited = (&mut self.reading).take(LONGEST_LINE);
        let reading = limited.read_until(b'\n', &mut line);
        timeout(PATIENCE, reading).await.map_err(|_| io::ErrorKind::TimedOut)??;
        Ok(Some(line).filter(|line| line.ends_with(b"\r\n")))
    }

    async fn say(&mut self, reply: &str) -> io::Result<()> {
        self.writing.write_all(format!("{reply}\r\n").as_bytes()).await
    }
}

/// The address of `FROM:<…>` or `TO:<…>`; what parameters follow does not matter here.
fn path(rest: &str, word: &str) -> Option<String> {
    let (before, after) = rest.split_at_checked(word.len())?;
    let (path, _) = after.trim_start().strip_prefix('<')?.split_once('>')?;
    before.eq_ignore_ascii_case(word).then(|| path.to_owned())
}
