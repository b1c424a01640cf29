//! Vonage's Messages API: `POST /v1/messages`, channel `sms`.
//!
//! Owns the JSON that sends, how its answer reads, and what an operator may ask of the account.

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Client, Url};
use serde::Serialize;
use serde_json::Value;

use super::wire::{self, SettingsRefusal, Unread};
use super::{AccountSettings, Provider, errors};
use crate::http::{self, Answer};
use crate::wording::Wording;
use crate::{Channel, Outcome, OutgoingCode, Sending, json};

/// Where the Messages API is; the account's balance is asked for elsewhere then.
const MESSAGES_HOST: &str = "api.nexmo.com";
const ACCOUNT_HOST: &str = "rest.nexmo.com";
/// Characters a `client_ref` may have.
const LONGEST_REFERENCE: usize = 100;

/// Vonage as a [`Channel`].
pub struct Vonage {
    client: Client,
    messages_url: Url,
    balance_url: Url,
    authorization: HeaderValue,
    from: String,
    report_url: String,
    wording: Wording,
}

// Without `ttl`: Vonage advises against less than half an hour, which is longer than any code works.
#[derive(Serialize)]
struct Message<'a> {
    message_type: &'static str,
    channel: &'static str,
    to: &'a str,
    from: &'a str,
    text: String,
    client_ref: &'a str,
    webhook_url: &'a str,
    webhook_version: &'static str,
}

impl Vonage {
    /// Checks the settings and prepares the client; nothing is sent yet.
    ///
    /// # Errors
    /// What is wrong with the settings, in words for the operator; never the secret.
    pub fn new(settings: &AccountSettings) -> Result<Self, SettingsRefusal> {
        let base = wire::address(&settings.base_url, SettingsRefusal::ApiUrl)?;
        if !wire::is_sender(&settings.from) {
            return Err(SettingsRefusal::From);
        }
        Ok(Self {
            client: http::client(settings.times)?,
            messages_url: http::below(&base, &["v1", "messages"]),
            balance_url: http::below(&account_base(base)?, &["account", "get-balance"]),
            authorization: wire::basic(&settings.account, &settings.secret)?,
            from: settings.from.trim_start_matches('+').to_owned(),
            report_url: wire::address(&settings.report_url, SettingsRefusal::ReportUrl)?.into(),
            wording: Wording::load()?,
        })
    }

    /// The account's credit, in euros as Vonage counts it.
    ///
    /// # Errors
    /// When it cannot be asked, and why.
    pub async fn balance(&self) -> Result<f64, Unread> {
        let request = self.client.get(self.balance_url.clone());
        let account = wire::ask(request.header(AUTHORIZATION, self.authorization.clone())).await?;
        account.pointer("/value").and_then(Value::as_f64).ok_or(Unread::Strange { status: 200 })
    }

    async fn send(&self, message: &OutgoingCode) -> Outcome {
        let body = match self.body(message) {
            Ok(body) => body,
            Err(why) => return Outcome::NotSent { why },
        };
        let request = self.client.post(self.messages_url.clone());
        match wire::exchange(request.header(AUTHORIZATION, self.authorization.clone()).json(&body)).await {
            Ok(answer) => outcome_of(&answer),
            Err(outcome) => outcome,
        }
    }

    fn body<'a>(&'a self, message: &'a OutgoingCode) -> Result<Message<'a>, &'static str> {
        if message.correlation.len() > LONGEST_REFERENCE {
            return Err("the correlation is longer than Vonage takes");
        }
        Ok(Message {
            message_type: "text",
            channel: "sms",
            to: wire::number(message)?.trim_start_matches('+'),
            from: &self.from,
            text: self.wording.sms(message)?,
            client_ref: &message.correlation,
            webhook_url: &self.report_url,
            webhook_version: "v1",
        })
    }
}

impl Channel for Vonage {
    fn send_code<'a>(&'a self, message: &'a OutgoingCode) -> Sending<'a> {
        Box::pin(self.send(message))
    }
}

/// The account's interface is on a host of its own at Vonage, and beside the other anywhere else.
fn account_base(base: Url) -> Result<Url, SettingsRefusal> {
    let mut account = base;
    if account.host_str() == Some(MESSAGES_HOST) {
        account.set_host(Some(ACCOUNT_HOST)).map_err(|_| SettingsRefusal::ApiUrl)?;
    }
    Ok(account)
}

/// Only an answer that is recognisably Vonage's accepts or rejects a message. A server error says nothing of what was
/// done before it.
fn outcome_of(answer: &Answer) -> Outcome {
    let Ok(body) = json::parse(&answer.body) else { return http::unreadable(answer.status) };
    if answer.status.is_success() {
        return match json::text(&body, "/message_uuid") {
            Some(provider_message_id) => Outcome::Accepted { provider_message_id, recipient_id: None },
            None => http::unreadable(answer.status),
        };
    }
    // A problem document (RFC 9457); its texts are left out, because they can name the number.
    match (json::text(&body, "/type"), json::text(&body, "/title")) {
        (kind, title) if answer.status.is_client_error() && (kind.is_some() || title.is_some()) => {
            let code = code_of(kind.as_deref(), title.as_deref())
                .unwrap_or_else(|| i64::from(answer.status.as_u16()));
            tracing::warn!(code, status = answer.status.as_u16(), "Vonage rejected a message");
            let class = errors::class_of_answer(Provider::Vonage, code, answer.status);
            Outcome::Rejected { code, class, retry_after: answer.retry_after }
        }
        _ => http::unreadable(answer.status),
    }
}

/// The code of a problem: behind the `#` of its type (`…/api-errors/messages#1120`), or, in reports, its whole title.
pub(super) fn code_of(kind: Option<&str>, title: Option<&str>) -> Option<i64> {
    let behind_mark = kind.and_then(|kind| kind.rsplit_once('#')).and_then(|(_, code)| code.parse().ok());
    behind_mark.or_else(|| title?.trim().parse().ok())
}
