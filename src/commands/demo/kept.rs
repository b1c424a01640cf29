//! `demo.json`: what a demo must remember beside its database. It holds secrets and is its owner's only.

use std::io::ErrorKind;
use std::path::Path;

use serde::Deserialize;
use serde_json::json;
use watchword_domain::Secret;
use watchword_domain::ids::{numeric_code, opaque_token};
use watchword_flow::seams::SystemRandom;

use super::ports::Ports;
use crate::commands::files;
use crate::config::problem::Problem;

const FILE: &str = "demo.json";

/// What is remembered.
#[derive(Clone, Deserialize)]
pub(super) struct Kept {
    pub(super) ports: Ports,
    pub(super) credentials: Credentials,
    pub(super) client: ClientCredentials,
}

/// The simulated sender's.
#[derive(Clone, Deserialize)]
pub(super) struct Credentials {
    pub(super) phone_number_id: String,
    pub(super) waba_id: String,
    pub(super) access_token: Secret<String>,
    pub(super) app_secret: Secret<String>,
    pub(super) verify_token: Secret<String>,
}

/// The portal's.
#[derive(Clone, Deserialize)]
pub(super) struct ClientCredentials {
    pub(super) issuer: String,
    pub(super) client_id: String,
    pub(super) client_secret: Secret<String>,
}

impl Credentials {
    /// New ones, in the shapes of Meta's.
    pub(super) fn random() -> Self {
        let secret = || Secret::new(opaque_token(&SystemRandom));
        // A first digit of its own each: the ids differ, and do not begin with 0.
        let id = |first: u8| format!("{first}{}", numeric_code(&SystemRandom, 14));
        Self {
            phone_number_id: id(1),
            waba_id: id(2),
            access_token: secret(),
            app_secret: secret(),
            verify_token: secret(),
        }
    }
}

impl Kept {
    /// What the demo in this directory remembers; nothing when there is none.
    pub(super) fn read(directory: &Path) -> Result<Option<Self>, Problem> {
        let path = directory.join(FILE);
        let mend = "Remove the directory to begin anew, or choose another with --dir.";
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => Secret::new(text),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(Problem::new(
                    path.display().to_string(),
                    format!("cannot be read: {error}"),
                    mend,
                ));
            }
        };
        // The parser's own words might quote a secret.
        let read = serde_json::from_str(text.expose());
        read.map(Some)
            .map_err(|_| Problem::new(path.display().to_string(), "is not what a demo writes", mend))
    }

    /// Writes it, whole or not at all.
    pub(super) fn write(self, directory: &Path) -> Result<Self, Problem> {
        let (path, new) = (directory.join(FILE), directory.join("demo.json.new"));
        let written = match std::fs::remove_file(&new) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => files::write_new(&new, &self.in_json()).and_then(|()| std::fs::rename(&new, &path)),
        };
        let failed = |error| {
            let mend = "Let this user write there, or choose another directory with --dir.";
            Problem::new(path.display().to_string(), format!("cannot be written: {error}"), mend)
        };
        written.map(|()| self).map_err(failed)
    }

    fn in_json(&self) -> String {
        let Self { ports, credentials: own, client } = self;
        let text = json!({
            "ports": ports,
            "credentials": {
                "phone_number_id": own.phone_number_id,
                "waba_id": own.waba_id,
                "access_token": own.access_token.expose(),
                "app_secret": own.app_secret.expose(),
                "verify_token": own.verify_token.expose(),
            },
            "client": {
                "issuer": client.issuer,
                "client_id": client.client_id,
                "client_secret": client.client_secret.expose(),
            },
        });
        format!("{text:#}\n")
    }
}
