//! The demo's project, and the portal that uses it.

use watchword_domain::channel::DeliveryPolicy;
use watchword_domain::client::ClientKind;
use watchword_domain::pool::PoolSettings;
use watchword_domain::{Channel, Country, Secret};
use watchword_flow::Watchword;
use watchword_flow::projects::NewProject;
use watchword_portal::{Error, Portal, Settings};

use super::kept::{ClientCredentials, Kept};
use super::origin;
use super::ports::Ports;
use crate::commands::project;
use crate::config::problem::Problem;

/// The shop's name.
pub(super) const NAME: &str = "Acme Market";

/// Makes the project. It serves every country: the demo promises that any mobile number will do.
pub(super) async fn create(flow: &Watchword, ports: Ports) -> Result<ClientCredentials, Problem> {
    let countries = Country::all().collect();
    let portal = origin(ports.portal);
    let new = NewProject {
        name: NAME.to_owned(),
        domain: "acme".to_owned(),
        kind: ClientKind::Web,
        redirect_uris: vec![format!("{portal}/callback")],
        post_logout_redirect_uris: vec![format!("{portal}/signed-out")],
        // Nobody's new project that might be abused: whoever tries things out should not run into its smaller budget.
        settings: PoolSettings {
            countries,
            released: true,
            delivery: DeliveryPolicy {
                channels: vec![Channel::Whatsapp, Channel::Sms],
                ..DeliveryPolicy::default()
            },
            ..PoolSettings::default()
        },
    };
    let made = project::create(flow, new).await?;
    Ok(ClientCredentials {
        issuer: made.pool.issuer,
        client_id: made.client.id.as_str().to_owned(),
        client_secret: made.client_secret.unwrap_or_else(|| Secret::new(String::new())),
    })
}

/// The shop.
pub(super) fn portal(kept: &Kept) -> Result<Portal, Error> {
    Portal::new(Settings {
        name: NAME.to_owned(),
        issuer: kept.client.issuer.clone(),
        client_id: kept.client.client_id.clone(),
        client_secret: Some(kept.client.client_secret.expose().clone()),
        public_url: origin(kept.ports.portal),
        simulator_url: Some(origin(kept.ports.simulator)),
    })
}
