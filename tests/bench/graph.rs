//! A stand-in for Meta's Graph API inside the generator: it notes by the generator's own clock when each message is handed
//! over, answers as Meta does and as late, and reports nothing. The simulator would do more, at the cost of the two cores.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::Outcome;
use crate::measure::now;
use crate::wire::{between, value_of};

/// How long Meta takes for an answer, about.
const LATENCY: Duration = Duration::from_millis(250);

/// A message that was handed over.
pub struct Call {
    /// When the whole request was there.
    pub at: Instant,
    /// The number it is for.
    pub to: String,
    /// Our id of it.
    pub message: String,
}

/// The stand-in. It answers as long as the generator runs.
pub struct Graph {
    pub address: SocketAddr,
    log: Rc<Log>,
}

#[derive(Default)]
struct Log {
    calls: RefCell<Vec<Call>>,
    handed_over: Cell<usize>,
    answered: Cell<usize>,
}

impl Graph {
    pub async fn listen() -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let (address, log) = (listener.local_addr()?, Rc::<Log>::default());
        let kept = log.clone();
        tokio::task::spawn_local(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let log = kept.clone();
                // Whatever breaks off here is missing in the log, and that ends the benchmark.
                tokio::task::spawn_local(async move {
                    let _ = answer(stream, &log).await;
                });
            }
        });
        Ok(Self { address, log })
    }

    /// How many were handed over so far.
    pub fn count(&self) -> usize {
        self.log.handed_over.get()
    }

    /// What was handed over since this was asked last.
    pub fn take(&self) -> Vec<Call> {
        self.log.calls.take()
    }

    /// Until whatever was handed over is answered. A provider that is to end waits for that, and the generator for it.
    pub async fn settle(&self) {
        while self.log.answered.get() < self.log.handed_over.get() {
            tokio::time::sleep(LATENCY / 10).await;
        }
    }
}

/// Answers one request after another, until the connection is closed.
async fn answer(mut stream: TcpStream, log: &Log) -> Outcome<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(4096);
    loop {
        let Some(end) = read(&mut stream, &mut buffer).await? else { return Ok(()) };
        let at = now();
        let text = std::str::from_utf8(&buffer)?;
        if !text.starts_with("POST ") || !text.contains("/messages HTTP/1.1\r\n") || end != text.len() {
            return Err("not a message".into());
        }
        let member = |name: &str| between(text, &format!("\"{name}\":\""), '"').map(str::to_owned);
        let (to, message) = (member("to")?, member("biz_opaque_callback_data")?);
        let answer = accepted(&to, &message);
        log.calls.borrow_mut().push(Call { at, to, message });
        log.handed_over.set(log.handed_over.get() + 1);
        buffer.clear();
        tokio::time::sleep(LATENCY).await;
        stream.write_all(answer.as_bytes()).await?;
        log.answered.set(log.answered.get() + 1);
    }
}

/// Reads one whole request. Gives its length; nothing when there is no other.
async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Outcome<Option<usize>> {
    loop {
        if let Some(blank) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = std::str::from_utf8(buffer.get(..blank + 2).unwrap_or_default())?;
            let length: usize = value_of(head, "content-length").unwrap_or("0").parse()?;
            if buffer.len() >= blank + 4 + length {
                return Ok(Some(blank + 4 + length));
            }
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
}

/// What Meta says to a message it took.
fn accepted(to: &str, message: &str) -> String {
    let digits = to.trim_start_matches('+');
    let body = format!(
        "{{\"messaging_product\":\"whatsapp\",\"contacts\":[{{\"input\":\"{to}\",\"wa_id\":\"{digits}\"}}],\
         \"messages\":[{{\"id\":\"wamid.{message}\",\"message_status\":\"accepted\"}}]}}"
    );
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}
