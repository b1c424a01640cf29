//! Any gateway that takes a message as JSON over HTTP, described by configuration.
//!
//! Owns the body that is filled in, and how an answer is judged of which nothing is known but where the id stands.

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, StatusCode, Url};
use serde_json::Value;
use watchword_domain::Secret;

use super::wire::{self, SettingsRefusal};
use super::{Provider, errors};
use crate::http::{self, Answer, Times};
use crate::wording::Wording;
use crate::{Channel, Outcome, OutgoingCode, Sending, json};

/// A gateway, and how it is spoken to.
pub struct Settings {
    /// Where messages are posted.
    pub url: String,
    /// The whole value of the header `Authorization`.
    pub authorization: Secret<String>,
    /// The body: JSON in which `{to}`, `{text}`, `{code}` and `{reference}` stand in the places of strings.
    pub body: String,
    /// Where the message's id stands in the answer: a JSON pointer (RFC 6901).
    pub id: String,
    /// How long the gateway may take.
    pub times: Times,
}

/// A gateway as a [`Channel`].
pub struct Gateway {
    client: Client,
    url: Url,
    authorization: HeaderValue,
    body: Body,
    id: String,
    wording: Wording,
}

impl Gateway {
    /// Checks the settings and prepares the client; nothing is sent yet.
    ///
    /// # Errors
    /// What is wrong with the settings, in words for the operator; never the secret.
    pub fn new(settings: &Settings) -> Result<Self, SettingsRefusal> {
        if settings.authorization.expose().is_empty() {
            return Err(SettingsRefusal::Secret);
        }
        if !is_pointer(&settings.id) {
            return Err(SettingsRefusal::Pointer);
        }
        Ok(Self {
            client: http::client(settings.times)?,
            url: wire::address(&settings.url, SettingsRefusal::ApiUrl)?,
            authorization: wire::sensitive(settings.authorization.expose().clone())?,
            body: Body::read(&settings.body)?,
            id: settings.id.clone(),
            wording: Wording::load()?,
        })
    }

    async fn send(&self, message: &OutgoingCode) -> Outcome {
        let body = match self.filled(message) {
            Ok(body) => body,
            Err(why) => return Outcome::NotSent { why },
        };
        let request = self
            .client
            .post(self.url.clone())
            .header(AUTHORIZATION, self.authorization.clone())
            .header(CONTENT_TYPE, "application/json");
        match wire::exchange(request.body(body)).await {
            Ok(answer) => self.outcome_of(&answer),
            Err(outcome) => outcome,
        }
    }

    fn filled(&self, message: &OutgoingCode) -> Result<String, &'static str> {
        let (to, text) = (wire::number(message)?, self.wording.sms(message)?);
        Ok(self.body.filled(to, &text, message.code.expose(), &message.correlation))
    }

    /// A success without an id may still be one of a proxy in between, and so may a server error after the message was
    /// taken. What refuses a request (4xx) did not take it, but for those that mean "too late" or "once more".
    fn outcome_of(&self, answer: &Answer) -> Outcome {
        let status = answer.status;
        let speaks_of_another = [StatusCode::REQUEST_TIMEOUT, StatusCode::CONFLICT, StatusCode::TOO_EARLY];
        if status.is_success() {
            let body = json::parse(&answer.body).ok();
            return match body.and_then(|body| json::text(&body, &self.id)) {
                Some(provider_message_id) => Outcome::Accepted { provider_message_id, recipient_id: None },
                None => http::unreadable(status),
            };
        }
        if !status.is_client_error() || speaks_of_another.contains(&status) {
            return http::unreadable(status);
        }
        let code = i64::from(status.as_u16());
        tracing::warn!(code, "the SMS gateway rejected a message");
        let class = errors::class_of_answer(Provider::Gateway, code, status);
        Outcome::Rejected { code, class, retry_after: answer.retry_after }
    }
}

impl Channel for Gateway {
    fn send_code<'a>(&'a self, message: &'a OutgoingCode) -> Sending<'a> {
        Box::pin(self.send(message))
    }
}

/// Whether this is a JSON pointer to something inside (RFC 6901).
pub(super) fn is_pointer(text: &str) -> bool {
    text.starts_with('/')
}

/// What stands in a body.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    To,
    Text,
    Code,
    Reference,
}

const PLACES: [(&str, Place); 4] = [
    ("{to}", Place::To),
    ("{text}", Place::Text),
    ("{code}", Place::Code),
    ("{reference}", Place::Reference),
];

/// A body with places: each is what stands before a place, and the place; at the end, what stands after the last. Taken
/// apart once, so that nothing in a project's name can be mistaken for a place.
struct Body {
    before: Vec<(String, Place)>,
    end: String,
}

impl Body {
    fn read(template: &str) -> Result<Self, SettingsRefusal> {
        let (mut before, mut rest) = (Vec::new(), template);
        while let Some((at, name, place)) = first_place(rest) {
            before.push((rest.get(..at).unwrap_or_default().to_owned(), place));
            rest = rest.get(at + name.len()..).unwrap_or_default();
        }
        let body = Self { before, end: rest.to_owned() };
        let has = |wanted| body.before.iter().any(|(_, place)| *place == wanted);
        // Signs that would end a string early show whether a place stands where a string may.
        let is_json = serde_json::from_str::<Value>(&body.filled("\"", "\"", "\"", "\"")).is_ok();
        if is_json && has(Place::To) && has(Place::Text) { Ok(body) } else { Err(SettingsRefusal::Body) }
    }

    fn filled(&self, to: &str, text: &str, code: &str, reference: &str) -> String {
        let mut body = String::new();
        for (before, place) in &self.before {
            body.push_str(before);
            let value = match place {
                Place::To => to,
                Place::Text => text,
                Place::Code => code,
                Place::Reference => reference,
            };
            body.push_str(&Value::from(value).to_string());
        }
        body + &self.end
    }
}

fn first_place(text: &str) -> Option<(usize, &'static str, Place)> {
    PLACES
        .iter()
        .filter_map(|(name, place)| Some((text.find(name)?, *name, *place)))
        .min_by_key(|(at, ..)| *at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_as_json_strings_and_nothing_in_them_is_a_place() {
        let body = Body::read(r#"{"m":[{"n":{to},"t":{text}}],"c":{code},"r":{reference}}"#).ok().unwrap();
        let filled = body.filled("+55", "say \"{code}\"\nand {to}", "1", "m-1");
        let expected = r#"{"m":[{"n":"+55","t":"say \"{code}\"\nand {to}"}],"c":"1","r":"m-1"}"#;
        assert_eq!(filled, expected);
    }

    #[test]
    fn a_body_that_is_no_json_or_lacks_what_it_must_hold_is_refused() {
        for wrong in [
            "",
            "{}",
            r#"{"to":{to}}"#,
            r#"{"text":{text}}"#,
            r#"{"to":"{to}","text":{text}}"#,
            r#"{"to":{to},"text":{text}"#,
            "to={to}&text={text}",
        ] {
            assert!(Body::read(wrong).is_err(), "{wrong}");
        }
    }
}
