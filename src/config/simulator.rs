//! The simulator: where it listens, what its phones show, how fast messages travel.

use std::net::SocketAddr;

use url::Url;
use watchword_domain::public_url::PublicUrl;
use watchword_http::WHATSAPP_WEBHOOK;

use super::Listening;
use super::reader::Reader;

/// What only the simulator needs.
#[derive(Debug, Clone)]
pub struct Simulator {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The name it is reached by.
    pub host: Option<String>,
    /// Where its mail server listens; none when it has none.
    pub smtp_listen: Option<SocketAddr>,
    /// Where its webhooks go.
    pub webhook_url: Option<String>,
    /// The number its phones show.
    pub display_phone_number: String,
    /// The name its phones show.
    pub verified_name: String,
    /// How fast messages travel.
    pub delivery: watchword_simulator::DeliveryPace,
}

/// Reads it.
pub(super) fn read(reader: &mut Reader, public_url: Option<&PublicUrl>) -> Option<Simulator> {
    let derived =
        public_url.filter(|url| !url.has_pool_hosts()).map(|url| format!("{url}{WHATSAPP_WEBHOOK}"));
    let webhook_url = reader.parse::<Url>("simulator.webhook_url").map(String::from).or(derived);
    let listen = reader.parse("simulator.listen");
    let smtp_listen = reader.parse::<Listening>("simulator.smtp_listen");
    let host = reader.text("simulator.host").map(|host| host.to_ascii_lowercase());
    let display_phone_number = reader.text("simulator.display_phone_number");
    let verified_name = reader.text("simulator.verified_name");
    let mut pace = |name| reader.number(name);
    let sent_ms = pace("simulator.sent_ms");
    let delivered_ms = pace("simulator.delivered_ms");
    let retry_ms = pace("simulator.retry_ms");
    Some(Simulator {
        listen: listen?,
        smtp_listen: smtp_listen?.0,
        host,
        webhook_url,
        display_phone_number: display_phone_number?,
        verified_name: verified_name?,
        delivery: watchword_simulator::DeliveryPace {
            sent_ms: sent_ms?,
            delivered_ms: delivered_ms?,
            retry_ms: retry_ms?,
        },
    })
}
