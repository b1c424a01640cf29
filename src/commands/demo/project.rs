//! The demo's project, and the portal that uses it.

use watchword_domain::client::ClientKind;
use watchword_domain::pool::PoolSettings;
use watchword_domain::{Country, Secret};
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

/// Where many people use WhatsApp: enough for a newcomer's own number to be among them, and few enough for a light page.
const COUNTRIES: [&str; 44] = [
    "AE", "AR", "AT", "AU", "BD", "BE", "BR", "CA", "CH", "CL", "CO", "DE", "EC", "EG", "ES", "FR", "GB",
    "GH", "HK", "ID", "IE", "IL", "IN", "IT", "KE", "LK", "MA", "MX", "MY", "NG", "NL", "NZ", "PE", "PH",
    "PK", "PL", "PT", "RO", "SA", "SG", "TR", "UA", "US", "ZA",
];

/// Makes the project.
pub(super) async fn create(flow: &Watchword, ports: Ports) -> Result<ClientCredentials, Problem> {
    let countries = COUNTRIES.iter().filter_map(|code| code.parse::<Country>().ok()).collect();
    let portal = origin(ports.portal);
    let new = NewProject {
        name: NAME.to_owned(),
        domain: "acme".to_owned(),
        kind: ClientKind::Web,
        redirect_uris: vec![format!("{portal}/callback")],
        post_logout_redirect_uris: vec![format!("{portal}/signed-out")],
        settings: PoolSettings { countries, ..PoolSettings::default() },
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_of_the_demo_exists() {
        assert!(COUNTRIES.iter().all(|code| code.parse::<Country>().is_ok()));
    }
}
