//! What a simulator is told when it starts. Knows nothing of HTTP routes or of how messages travel.

use crate::sender::Sender;

/// What a [`Simulator`](crate::Simulator) plays from the start. More senders join while it runs, by
/// `POST /simulator/senders`.
#[derive(Clone)]
pub struct Settings {
    /// The first sender: the one that is meant wherever none is named.
    pub sender: Sender,
    /// The name its pages and its control interface are reached by, besides `localhost` and IP addresses. They answer to
    /// no other.
    pub host: Option<String>,
    /// How fast messages reach the phone.
    pub delivery: DeliveryPace,
}

/// The account that the simulated providers of SMS know.
///
/// It holds secrets, so it has no `Debug`.
#[derive(Clone, Default)]
pub struct SmsAccount {
    /// Twilio's account SID, or Vonage's API key. Empty: Twilio and Vonage know nobody.
    pub account: String,
    /// Twilio's auth token, Vonage's API secret, or the whole `Authorization` header of the plain gateway.
    pub secret: String,
    /// What reports are signed with. Empty: the plain gateway posts none.
    pub report_secret: String,
    /// Where the plain gateway posts its reports. Twilio and Vonage are told with each message.
    pub report_url: Option<String>,
}

/// How long a message takes, in milliseconds after it was accepted, and how soon a refused webhook is repeated.
#[derive(Clone, Copy, Debug)]
pub struct DeliveryPace {
    /// Until `sent`. 0 is at once.
    pub sent_ms: u64,
    /// Until `delivered`, counted from acceptance. 0 is at once.
    pub delivered_ms: u64,
    /// Before the first repetition of a webhook that was not answered with 200; doubled each time.
    pub retry_ms: u64,
}

impl Default for DeliveryPace {
    /// 300 ms to sent, 900 ms to delivered, 1 s to the first repetition: quick, and still visible to a person.
    fn default() -> Self {
        Self { sent_ms: 300, delivered_ms: 900, retry_ms: 1_000 }
    }
}
