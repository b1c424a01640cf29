//! A tiny provider that signs real tokens and can be told to lie, and a browser that holds one cookie.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a broken fixture should stop the test"
)]

mod browser;
mod provider;

pub use browser::{Answer, Browser, with_parameter};
pub use provider::Provider;
use watchword_portal::{Portal, Settings};

pub const PUBLIC_URL: &str = "http://portal.test";
pub const CLIENT_ID: &str = "shop & sons";
pub const CLIENT_SECRET: &str = "s3cret:/+";

/// A portal set up for `provider`, and a browser in front of it.
pub fn shop(provider: &Provider) -> Browser {
    Browser::new(portal(provider).router())
}

pub fn portal(provider: &Provider) -> Portal {
    Portal::new(Settings {
        name: "Acme Market".into(),
        issuer: provider.issuer.clone(),
        client_id: CLIENT_ID.into(),
        client_secret: Some(CLIENT_SECRET.into()),
        public_url: PUBLIC_URL.into(),
        simulator_url: Some("http://127.0.0.1:8081/".into()),
    })
    .expect("good settings")
}
