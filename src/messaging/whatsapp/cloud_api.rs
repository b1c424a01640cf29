//! Sending through the Cloud API: the call that sends a code.

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Client, Url};
use watchword_domain::Secret;

use super::answer::outcome_of;
use super::graph::{Graph, SettingsRefusal, bearer, is_id};
use super::template::{ChosenTemplate, TemplateMessage};
use crate::{Outcome, OutgoingCode, http};

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
            messages_url: graph.below(&[phone_number_id, "messages"]),
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
        match http::exchange(request, "the Cloud API").await {
            Ok(answer) => outcome_of(&answer),
            Err(outcome) => outcome,
        }
    }
}
