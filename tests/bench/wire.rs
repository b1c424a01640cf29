//! One HTTP/1.1 connection that is kept alive: bytes out, a status, a head and a body in.
//!
//! The generator shares two cores with the server it measures, so this does as little as will do: requests are built
//! once and sent as they are, one at a time; a response is read by its `Content-Length`, which every answer of the
//! server's has. It knows nothing of what it carries.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Outcome;

/// Where a response lies in the buffer.
struct Frame {
    status: u16,
    head: usize,
    end: usize,
}

/// A connection that is kept alive.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// A response, as long as nothing else is asked.
pub struct Answer<'a> {
    pub status: u16,
    head: &'a str,
    pub body: &'a str,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(32 * 1024) })
    }

    /// Sends a request and waits for its response.
    pub async fn ask(&mut self, request: &[u8]) -> Outcome<Answer<'_>> {
        self.buffer.clear();
        self.stream.write_all(request).await?;
        let frame = self.frame().await?;
        let (head, rest) = self.buffer.split_at_checked(frame.head).ok_or("a response without a head")?;
        let body = rest.get(..frame.end - frame.head).ok_or("a response without its body")?;
        Ok(Answer {
            status: frame.status,
            head: std::str::from_utf8(head)?,
            body: std::str::from_utf8(body)?,
        })
    }

    async fn frame(&mut self) -> Outcome<Frame> {
        let mut frame = None;
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the connection was closed in the middle of a response".into());
            }
            if frame.is_none() {
                frame = read_head(&self.buffer)?;
            }
            match frame {
                Some(Frame { end, .. }) if self.buffer.len() > end => {
                    return Err("more came than was asked for".into());
                }
                Some(complete) if self.buffer.len() == complete.end => return Ok(complete),
                _ => {}
            }
        }
    }
}

/// The status and the length of a response whose head is complete.
fn read_head(bytes: &[u8]) -> Outcome<Option<Frame>> {
    let Some(blank) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(bytes.get(..blank + 2).unwrap_or_default())?;
    let status = head.get(9..12).ok_or("a response without a status")?.parse()?;
    let length: usize =
        value_of(head, "content-length").ok_or("a response without Content-Length")?.parse()?;
    Ok(Some(Frame { status, head: blank + 4, end: blank + 4 + length }))
}

/// The value of a header.
pub fn value_of<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    values_of(head, name).next()
}

fn values_of<'a>(head: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    head.lines().skip(1).filter_map(move |line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

impl<'a> Answer<'a> {
    /// This very answer, if its status is the one that was hoped for.
    pub fn expect(self, status: u16, what: &str) -> Outcome<Self> {
        if self.status == status {
            return Ok(self);
        }
        Err(format!(
            "{what} was answered with {} instead of {status}: {}{}",
            self.status, self.head, self.body
        )
        .into())
    }

    /// A header.
    pub fn header(&self, name: &str) -> Outcome<&'a str> {
        value_of(self.head, name).ok_or_else(|| format!("a response without {name}").into())
    }

    /// The `name=value` pairs of the cookies it sets.
    pub fn cookies(&self) -> impl Iterator<Item = &'a str> {
        values_of(self.head, "set-cookie").filter_map(|line| line.split(';').next())
    }

    /// The value of a hidden field of its form.
    pub fn hidden(&self, name: &str) -> Outcome<&'a str> {
        between(self.body, &format!("name=\"{name}\" value=\""), '"')
    }

    /// The text of a member of its JSON, the first of this name, without escapes in it.
    pub fn text(&self, name: &str) -> Outcome<&'a str> {
        between(self.body, &format!("\"{name}\":\""), '"')
    }
}

/// The text between a marker and the next `until`.
pub fn between<'a>(text: &'a str, marker: &str, until: char) -> Outcome<&'a str> {
    let rest = text.split_once(marker).map(|(_, rest)| rest);
    let found = rest.map(|rest| rest.split(until).next().unwrap_or_default());
    found.ok_or_else(|| format!("no {marker} in {text}").into())
}

/// A GET request.
pub fn get(target: &str, headers: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n").into_bytes()
}

/// A POST request with a form, whose fields are written as they shall travel.
pub fn post(target: &str, headers: &str, form: &str) -> Vec<u8> {
    with_body(target, headers, "application/x-www-form-urlencoded", form)
}

/// A POST request with JSON.
pub fn post_json(target: &str, headers: &str, json: &str) -> Vec<u8> {
    with_body(target, headers, "application/json", json)
}

fn with_body(target: &str, headers: &str, kind: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {target} HTTP/1.1\r\nhost: localhost\r\n{headers}content-type: {kind}\r\n\
         content-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}
