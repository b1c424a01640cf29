//! SMS and e-mail of a demo: the simulator's gateway and its mail server, reached as any others.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use watchword_domain::{DeliveryState, Secret};
use watchword_http::SMS_WEBHOOK;
use watchword_messaging::sms::Provider;

use super::kept::Credentials;
use super::ports::Ports;
use crate::config::{Gateway, Sms, Smtp};

const PATIENCE: Duration = Duration::from_secs(10);

/// The simulator's plain gateway. It takes the sender's token, and signs its reports with the sender's secret.
pub(super) fn sms(ports: Ports, own: &Credentials) -> Sms {
    let states = [
        ("sent", DeliveryState::Sent),
        ("delivered", DeliveryState::Delivered),
        ("failed", DeliveryState::Failed),
    ];
    let path = SMS_WEBHOOK.replace("{provider}", Provider::Gateway.as_str());
    Sms {
        provider: Provider::Gateway,
        api_url: format!("http://127.0.0.1:{}/sms", ports.simulator),
        account: String::new(),
        secret: Secret::new(format!("Bearer {}", own.access_token.expose())),
        from: String::new(),
        report_secret: Some(own.app_secret.clone()),
        report_url: format!("http://127.0.0.1:{}{path}", ports.provider),
        gateway: Gateway {
            body: r#"{"to": {to}, "text": {text}, "reference": {reference}}"#.to_owned(),
            id: "/id".to_owned(),
            report_header: "x-signature".to_owned(),
            report_id: "/id".to_owned(),
            report_reference: "/reference".to_owned(),
            report_status: "/status".to_owned(),
            report_states: states
                .map(|(word, state)| (word.to_owned(), state))
                .into_iter()
                .collect::<BTreeMap<_, _>>(),
        },
        timeout: PATIENCE,
    }
}

/// The simulator's mail server.
pub(super) fn smtp(at: SocketAddr) -> Smtp {
    let url = Secret::new(format!("smtp://{at}"));
    Smtp { url, from: "no-reply@acme.example".to_owned(), timeout: PATIENCE }
}
