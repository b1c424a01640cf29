//! Sending through the Cloud API.
//!
//! Owns the call that sends a code, and which of its failures prove that nothing left. Must not retry: a provider that did
//! not answer may still deliver.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, Url};
use watchword_domain::Secret;

use super::answer::outcome_of;
use super::graph::{Graph, SettingsRefusal, bearer, causes, is_id, read_capped};
use super::template::{ChosenTemplate, TemplateMessage};
use crate::{Outcome, OutgoingCode};

/// Graph's answers to a send are a few hundred bytes.
const LONGEST_ANSWER: usize = 64 * 1024;
/// The longest wait a `Retry-After` is believed; beyond it other ways are tried anyway.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// The wire of one sender: codes go out as authentication template messages.
pub struct CloudApi {
    client: Client,
    messages_url: Url,
    authorization: HeaderValue,
}

impl CloudApi {
    /// Prepares the wire of a sender; nothing is sent yet. `phone_number_id` is Meta's id of the number, not the number;
    /// the token needs the permission `whatsapp_business_messaging`.
    ///
    /// # Errors
    /// What is wrong with the settings, in words for the operator; never the token.
    pub fn new(
        graph: &Graph,
        phone_number_id: &str,
        access_token: &Secret<String>,
    ) -> Result<Self, SettingsRefusal> {
        if !is_id(phone_number_id) {
            return Err(SettingsRefusal::PhoneNumberId);
        }
        Ok(Self {
            messages_url: graph.below(&[phone_number_id, "messages"])?,
            authorization: bearer(access_token)?,
            client: graph.client.clone(),
        })
    }

    /// Hands one code to Meta in this template, and says what became of it. Never fails otherwise and never sends twice.
    pub async fn send_code(&self, message: &OutgoingCode, template: &ChosenTemplate) -> Outcome {
        let body = match TemplateMessage::new(message, template) {
            Ok(body) => body,
            Err(why) => return Outcome::NotSent { why },
        };
        let request = self
            .client
            .post(self.messages_url.clone())
            .header(AUTHORIZATION, self.authorization.clone())
            .json(&body);
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => return without_answer(error),
        };
        let status = response.status();
        let retry_after = retry_after(&response);
        match read_capped(response, LONGEST_ANSWER).await {
            Ok(body) => outcome_of(status, retry_after, &body),
            Err(why) => Outcome::Unknown { why },
        }
    }
}

/// Tells a connection that was never made from an exchange that broke off.
fn without_answer(error: reqwest::Error) -> Outcome {
    let error = error.without_url();
    tracing::warn!(error = ?causes(&error), "the Cloud API gave no answer");
    if error.is_connect() {
        Outcome::NotSent { why: "no connection to the Cloud API could be made" }
    } else if error.is_timeout() {
        Outcome::Unknown { why: "the Cloud API did not answer in time" }
    } else {
        Outcome::Unknown { why: "the connection to the Cloud API broke off" }
    }
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_WAIT))
}
