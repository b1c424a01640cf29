//! The HTTP client that every provider is spoken to with.
//!
//! Owns the connection: time-outs, the pool of open connections, how much of an answer is read, and which failures prove
//! that nothing left. Must not retry, follow redirects or ask the environment for a proxy: each of them could send a
//! code twice or to somebody else. Knows no provider's shapes.

use std::error::Error;
use std::time::Duration;

use reqwest::header::{HeaderValue, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url, redirect};

use crate::Outcome;

/// Answers to a send are a few kilobytes at most.
const LONGEST_ANSWER: usize = 64 * 1024;
/// Using a connection just as the provider closes it would leave the outcome unknown, so old ones are not used.
const LONGEST_IDLE: Duration = Duration::from_secs(30);
/// The longest wait a `Retry-After` is believed; beyond it other ways are tried anyway.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// How long a provider may take.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// Until there is a connection, TLS included. Shorter than `whole`.
    pub connect: Duration,
    /// Until the whole exchange is done. What takes longer has an unknown outcome.
    pub whole: Duration,
}

/// Why there can be no client.
pub(crate) enum ClientRefusal {
    /// The waits contradict each other.
    Timeouts,
    /// The TLS library could not be set up.
    Client(reqwest::Error),
}

/// What a provider answered, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Vec<u8>,
}

/// Why there is no answer to a question.
pub(crate) enum NoAnswer {
    /// No connection was made, and why.
    NoConnection(String),
    /// A connection was made, and no whole answer came in time.
    InTime,
}

/// The one way to speak to a provider: bounded in time, to whom was named and to nobody else.
pub(crate) fn client(times: Times) -> Result<Client, ClientRefusal> {
    if times.connect.is_zero() || times.connect >= times.whole {
        return Err(ClientRefusal::Timeouts);
    }
    #[expect(clippy::disallowed_methods, reason = "the seam: time-outs set, redirects and retries off")]
    let builder = Client::builder();
    builder
        .user_agent(concat!("watchword/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(times.connect)
        .timeout(times.whole)
        .no_proxy()
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .pool_idle_timeout(LONGEST_IDLE)
        .build()
        .map_err(ClientRefusal::Client)
}

/// Hands a message over once. What is no whole answer is an outcome already. `provider` is whose it is, for the log.
pub(crate) async fn exchange(request: RequestBuilder, provider: &'static str) -> Result<Answer, Outcome> {
    let response = request.send().await.map_err(|error| without_answer(error, provider))?;
    let status = response.status();
    let retry_after = retry_after(&response);
    let body =
        read_capped(response, LONGEST_ANSWER).await.map_err(|Unfinished(why)| Outcome::Unknown { why })?;
    Ok(Answer { status, retry_after, body })
}

/// Asks for something that sends nothing; at most so many bytes of the answer are read.
pub(crate) async fn ask(request: RequestBuilder, most: usize) -> Result<(StatusCode, Vec<u8>), NoAnswer> {
    let response = request.send().await.map_err(|error| {
        let error = error.without_url();
        if !error.is_connect() {
            return NoAnswer::InTime;
        }
        // The last cause is the telling one: a name that is not known, a certificate that is not trusted.
        NoAnswer::NoConnection(causes(&error).pop().unwrap_or_else(|| error.to_string()))
    })?;
    let status = response.status();
    let body = read_capped(response, most).await.map_err(|_| NoAnswer::InTime)?;
    Ok((status, body))
}

/// An address to which paths are added: http or https, without user, query or fragment.
pub(crate) fn address(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    })
}

/// The address of a thing below another.
pub(crate) fn below(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    // Every address of this kind has a path.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

/// A header whose value no log shows; none when it cannot be a header.
pub(crate) fn sensitive(value: String) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(value).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Tells a connection that was never made from an exchange that broke off.
fn without_answer(error: reqwest::Error, provider: &'static str) -> Outcome {
    let error = error.without_url();
    tracing::warn!(error = ?causes(&error), "{provider} gave no answer");
    if error.is_connect() {
        Outcome::NotSent { why: "no connection to the provider could be made" }
    } else if error.is_timeout() {
        Outcome::Unknown { why: "the provider did not answer in time" }
    } else {
        Outcome::Unknown { why: "the connection to the provider broke off" }
    }
}

/// Why an answer that was read says nothing.
pub(crate) fn unreadable(status: StatusCode) -> Outcome {
    let why = if status.is_success() {
        "a success without a readable message id"
    } else if status.is_redirection() {
        "a redirect, which is never followed"
    } else if status.is_server_error() {
        "a server error that is not the provider's own, or does not say what was done"
    } else {
        "an answer that is not the provider's own"
    };
    Outcome::Unknown { why }
}

fn causes(error: &(dyn Error + 'static)) -> Vec<String> {
    std::iter::successors(Some(error), |&error| error.source()).map(ToString::to_string).collect()
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_WAIT))
}

/// An answer that was not read to its end, and why.
struct Unfinished(&'static str);

async fn read_capped(mut response: Response, most: usize) -> Result<Vec<u8>, Unfinished> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > most => {
                return Err(Unfinished("the answer of the provider was too long to be one"));
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body),
            Err(_) => return Err(Unfinished("the answer of the provider broke off")),
        }
    }
}
