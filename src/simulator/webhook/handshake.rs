//! Meta's handshake: a GET with a challenge that the receiver must repeat, and only when the verify token is right.

use reqwest::{Client, StatusCode, Url};
use serde::Serialize;

use crate::ids;

/// How a handshake went.
#[derive(Serialize)]
pub(crate) struct Outcome {
    pub(crate) verified: bool,
    /// HTTP status of the receiver's answer, if it gave one.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// What happened, in plain words.
    pub(crate) detail: &'static str,
}

/// Asks `address` as Meta would.
pub(crate) async fn verify(client: &Client, address: &str, verify_token: &str) -> Outcome {
    let failed = |status, detail| Outcome { verified: false, status, detail };
    let Ok(mut url) = Url::parse(address) else { return failed(None, "The address is not a URL.") };
    let challenge = ids::challenge();
    url.query_pairs_mut()
        .append_pair("hub.mode", "subscribe")
        .append_pair("hub.challenge", &challenge)
        .append_pair("hub.verify_token", verify_token);
    let Ok(answer) = client.get(url).send().await else {
        return failed(None, "The receiver could not be reached.");
    };
    let status = answer.status();
    if status != StatusCode::OK {
        return failed(
            Some(status.as_u16()),
            "The receiver refused; compare the verify token on both sides.",
        );
    }
    match answer.text().await {
        Ok(text) if text == challenge => {
            Outcome { verified: true, status: Some(200), detail: "The receiver repeated the challenge." }
        }
        _ => failed(Some(200), "The receiver answered 200 but did not repeat the challenge."),
    }
}
