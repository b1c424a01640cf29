//! Twilio's Programmable Messaging: `POST /2010-04-01/Accounts/{AC}/Messages.json`.
//!
//! Owns the form that sends, how its answer reads, and what an operator may ask of the account. Twilio carries no
//! reference of ours; so our message id stands in the address its reports go to, which it signs.

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Client, Url};

use super::wire::{self, SettingsRefusal, Unread};
use super::{AccountSettings, Provider, errors};
use crate::http::{self, Answer};
use crate::wording::Wording;
use crate::{Channel, Outcome, OutgoingCode, Sending, json};

const VERSION: &str = "2010-04-01";
/// Seconds a message may wait at Twilio: its longest.
const LONGEST_VALIDITY: u64 = 36_000;
/// The field of the address of reports that holds our message id.
pub(super) const MESSAGE: &str = "message";

/// Twilio as a [`Channel`].
pub struct Twilio {
    client: Client,
    account_url: Url,
    messages_url: Url,
    authorization: HeaderValue,
    from: String,
    report_url: Url,
    wording: Wording,
}

impl Twilio {
    /// Checks the settings and prepares the client; nothing is sent yet.
    ///
    /// # Errors
    /// What is wrong with the settings, in words for the operator; never the secret.
    pub fn new(settings: &AccountSettings) -> Result<Self, SettingsRefusal> {
        let base = wire::address(&settings.base_url, SettingsRefusal::ApiUrl)?;
        let below = |account: &str, rest: &[&str]| {
            http::below(&base, &[&[VERSION, "Accounts", account], rest].concat())
        };
        let authorization = wire::basic(&settings.account, &settings.secret)?;
        if !settings.account.starts_with("AC") {
            return Err(SettingsRefusal::Account);
        }
        if !is_service(&settings.from) && !wire::is_sender(&settings.from) {
            return Err(SettingsRefusal::From);
        }
        Ok(Self {
            client: http::client(settings.times)?,
            account_url: below(&format!("{}.json", settings.account), &[]),
            messages_url: below(&settings.account, &["Messages.json"]),
            authorization,
            from: settings.from.clone(),
            report_url: wire::address(&settings.report_url, SettingsRefusal::ReportUrl)?,
            wording: Wording::load()?,
        })
    }

    /// What Twilio says of the account: `active`, `suspended` or `closed`.
    ///
    /// # Errors
    /// When it cannot be asked, and why.
    pub async fn status(&self) -> Result<String, Unread> {
        let request = self.client.get(self.account_url.clone());
        let account = wire::ask(request.header(AUTHORIZATION, self.authorization.clone())).await?;
        json::text(&account, "/status").ok_or(Unread::Strange { status: 200 })
    }

    async fn send(&self, message: &OutgoingCode) -> Outcome {
        let form = match self.form(message) {
            Ok(form) => form,
            Err(why) => return Outcome::NotSent { why },
        };
        let request = self.client.post(self.messages_url.clone());
        match wire::exchange(request.header(AUTHORIZATION, self.authorization.clone()).form(&form)).await {
            Ok(answer) => outcome_of(&answer),
            Err(outcome) => outcome,
        }
    }

    fn form(&self, message: &OutgoingCode) -> Result<[(&'static str, String); 5], &'static str> {
        let sender = if is_service(&self.from) { "MessagingServiceSid" } else { "From" };
        let mut report_url = self.report_url.clone();
        report_url.query_pairs_mut().append_pair(MESSAGE, &message.correlation);
        let validity = message.lives.as_secs().clamp(1, LONGEST_VALIDITY);
        Ok([
            ("To", wire::number(message)?.to_owned()),
            (sender, self.from.clone()),
            ("Body", self.wording.sms(message)?),
            ("StatusCallback", report_url.into()),
            ("ValidityPeriod", validity.to_string()),
        ])
    }
}

impl Channel for Twilio {
    fn send_code<'a>(&'a self, message: &'a OutgoingCode) -> Sending<'a> {
        Box::pin(self.send(message))
    }
}

fn is_service(from: &str) -> bool {
    from.len() == 34 && from.starts_with("MG") && from.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Only an answer that is recognisably Twilio's accepts or rejects a message. A server error says nothing of what was
/// done before it.
fn outcome_of(answer: &Answer) -> Outcome {
    let Ok(body) = json::parse(&answer.body) else { return http::unreadable(answer.status) };
    if answer.status.is_success() {
        return match json::text(&body, "/sid") {
            Some(provider_message_id) => Outcome::Accepted { provider_message_id, recipient_id: None },
            None => http::unreadable(answer.status),
        };
    }
    match json::integer(&body, "/code") {
        Some(code) if answer.status.is_client_error() => {
            // The texts of the error are left out: they can name the number.
            tracing::warn!(code, status = answer.status.as_u16(), "Twilio rejected a message");
            let class = errors::class_of_answer(Provider::Twilio, code, answer.status);
            Outcome::Rejected { code, class, retry_after: answer.retry_after }
        }
        _ => http::unreadable(answer.status),
    }
}
