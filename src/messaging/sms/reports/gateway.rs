//! A gateway's reports: JSON of a shape that configuration describes, proven by HMAC-SHA-256 of the body in hexadecimal.

use std::collections::BTreeMap;

use openssl::hash::MessageDigest;
use reqwest::header::HeaderName;
use watchword_domain::{DeliveryState, Secret};

use super::proof::{hex, hmac, same};
use super::{Malformed, Report, Request};
use crate::json;
use crate::sms::gateway::is_pointer;
use crate::sms::{Provider, SettingsRefusal};

/// Some senders of webhooks name the digest before it.
const SCHEME: &str = "sha256=";

/// Where things stand in a gateway's reports.
#[derive(Clone, Debug)]
pub struct Shape {
    /// The header with the signature.
    pub header: String,
    /// The gateway's message id: a JSON pointer (RFC 6901).
    pub id: String,
    /// Our reference, if it comes back.
    pub reference: String,
    /// The status.
    pub status: String,
    /// What its words mean, whatever their case. Words that are not here change nothing.
    pub states: BTreeMap<String, DeliveryState>,
}

pub(super) struct Reports {
    secret: Secret<String>,
    shape: Shape,
}

impl Reports {
    pub(super) fn new(secret: Secret<String>, mut shape: Shape) -> Result<Self, SettingsRefusal> {
        let places = [&shape.id, &shape.reference, &shape.status];
        if !places.into_iter().all(|place| is_pointer(place)) {
            return Err(SettingsRefusal::Pointer);
        }
        let header: HeaderName = shape.header.parse().map_err(|_| SettingsRefusal::Header)?;
        shape.header = header.as_str().to_owned();
        shape.states = shape.states.into_iter().map(|(word, state)| (word.to_lowercase(), state)).collect();
        Ok(Self { secret, shape })
    }

    pub(super) fn header(&self) -> &str {
        &self.shape.header
    }

    pub(super) fn prove(&self, request: &Request<'_>) -> bool {
        let offered = request.proof.strip_prefix(SCHEME).unwrap_or(request.proof).to_ascii_lowercase();
        let ours = hmac(MessageDigest::sha256(), &self.secret, request.raw);
        ours.is_some_and(|ours| same(hex(&ours).as_bytes(), offered.as_bytes()))
    }

    pub(super) fn read(&self, request: &Request<'_>) -> Result<Report, Malformed> {
        let body = json::parse(request.raw).map_err(|_| Malformed("it is not JSON"))?;
        let word = json::text(&body, &self.shape.status).ok_or(Malformed("it names no status"))?;
        let state = self.shape.states.get(&word.to_lowercase()).copied();
        let ids = (json::text(&body, &self.shape.reference), json::text(&body, &self.shape.id));
        Report::about(Provider::Gateway, ids, (word, state), None)
    }
}
