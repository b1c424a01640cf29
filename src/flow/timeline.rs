//! What became of the messages to a number: for a developer whose user says that no code came.

use serde::Serialize;
use watchword_domain::ids::MessageId;
use watchword_domain::pool::Pool;
use watchword_domain::timeline::{Price, Step, Timeline};
use watchword_domain::{Channel, FailureClass, Phone, PhoneRefusal, Timestamp};
use watchword_messaging::sms;
use watchword_messaging::whatsapp::errors;
use watchword_store::Advanced;

use crate::Watchword;
use crate::client_auth::{ClientRefusal, Credentials};
use crate::error::{Error, Fault, Outcome};

/// Messages that are shown at most; a number gets ten a day.
const MOST: u64 = 50;

/// A message as programs are told of it, on the command line and by the API alike. Neither the number nor the code is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToldMessage {
    /// Its id.
    pub id: MessageId,
    /// The channel's name.
    pub channel: String,
    /// The template's language, as the provider writes it.
    pub language: String,
    /// How far it has come.
    pub state: &'static str,
    /// How often it was handed to the provider.
    pub attempts: u32,
    /// When its code died or dies (RFC 3339).
    pub expires_at: String,
    /// The steps it met, in the order of the way.
    pub steps: Vec<ToldStep>,
    /// Why it failed.
    pub failure: Option<ToldFailure>,
    /// What it costs, where the provider told.
    pub price: Option<ToldPrice>,
}

/// A step of a message's way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToldStep {
    /// Which.
    pub step: &'static str,
    /// When (RFC 3339).
    pub at: String,
}

/// Why a message failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToldFailure {
    /// What it means to us and to the person who waits.
    pub class: &'static str,
    /// The provider's own code; 0 where it gave none.
    pub code: i64,
    /// What the provider means by its code, in plain words; none when its documents do not have the code.
    pub meaning: Option<&'static str>,
}

/// What a message costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToldPrice {
    /// Whether it is charged.
    pub billable: Option<bool>,
    /// The provider's word for the rate.
    pub category: Option<String>,
}

/// Why a client is not told of the messages to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MessagesRefusal {
    /// The client did not prove itself.
    #[error(transparent)]
    Client(#[from] ClientRefusal),
    /// It is an application that people use.
    #[error(
        "only a client of kind machine may read messages; the secret of an application is no key to them"
    )]
    NotAMachine,
    /// What was given as number is none.
    #[error("phone is no number with its country code: {0}; the plus sign is %2B in a form")]
    Number(PhoneRefusal),
}

impl Watchword {
    /// The newest messages to a number with every step of their ways, newest first. They are kept for 30 days.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn messages_to(&self, pool: &Pool, phone: &Phone) -> Result<Vec<Timeline>, Fault> {
        Ok(self.store.read(&pool.id).list_timelines(phone, MOST).await?)
    }

    /// The same, to a client that may know: `number` is as it was written, with its country code.
    ///
    /// # Errors
    /// When the client does not prove itself or is no machine, or the number is none; when the database fails.
    pub async fn read_messages(
        &self,
        pool: &Pool,
        credentials: &Credentials,
        number: &str,
    ) -> Outcome<Vec<ToldMessage>, MessagesRefusal> {
        let entry = self.authenticate_client(&pool.id, credentials).await.map_err(Error::lift)?;
        if !entry.client.reads_messages() {
            return Err(Error::Refused(MessagesRefusal::NotAMachine));
        }
        let phone =
            Phone::parse(number, None).map_err(|refusal| Error::Refused(MessagesRefusal::Number(refusal)))?;
        let found = self.messages_to(pool, &phone).await?;
        Ok(found.iter().map(|message| self.told(message)).collect())
    }

    /// A message as programs are told of it.
    pub fn told(&self, message: &Timeline) -> ToldMessage {
        let step = |(step, at): &(Step, Timestamp)| ToldStep { step: step.as_str(), at: at.to_rfc3339() };
        let failure = message.failure.map(|(class, code)| ToldFailure {
            class: class.as_str(),
            code,
            meaning: self.meaning(&message.channel, code),
        });
        let price = |price: &Price| ToldPrice { billable: price.billable, category: price.category.clone() };
        ToldMessage {
            id: message.id.clone(),
            channel: message.channel.clone(),
            language: message.language.clone(),
            state: message.state.as_str(),
            attempts: message.attempts,
            expires_at: message.expires_at.to_rfc3339(),
            steps: message.steps.iter().map(step).collect(),
            failure,
            price: message.price.as_ref().map(price),
        }
    }

    /// What a channel's provider means by the code of a failure, as far as it is known.
    fn meaning(&self, channel: &str, code: i64) -> Option<&'static str> {
        match channel.parse() {
            Ok(Channel::Sms) => {
                let provider = self.settings.sms.as_ref()?.provider;
                sms::errors::known(provider, code).map(|known| known.meaning)
            }
            _ => errors::known(code).map(|known| known.meaning),
        }
    }
}

fn country_of(recipient: &Phone) -> String {
    recipient.country().map_or_else(|| "unknown".to_owned(), |country| country.to_string())
}

/// Counts a step of a message for the funnel: by channel and country, never by number.
pub(crate) fn count(channel: &str, recipient: &Phone, step: Step) {
    let labels = [
        ("channel", channel.to_owned()),
        ("country", country_of(recipient)),
        ("step", step.as_str().to_owned()),
    ];
    metrics::counter!("watchword_message_steps_total", &labels).increment(1);
}

/// Counts what a report says of a message: the step, and the reason where it failed.
pub(crate) fn count_news(message: &Advanced, step: Step) {
    count(&message.channel, &message.recipient, step);
    if let Some(class) = message.failure.filter(|_| step == Step::Failed) {
        count_failure(&message.channel, &message.recipient, class);
    }
}

/// Counts a message that failed by the reason, as well as by channel and country.
pub(crate) fn count_failure(channel: &str, recipient: &Phone, class: FailureClass) {
    let labels = [
        ("channel", channel.to_owned()),
        ("country", country_of(recipient)),
        ("class", class.as_str().to_owned()),
    ];
    metrics::counter!("watchword_message_failures_total", &labels).increment(1);
}

#[cfg(test)]
mod tests {
    use metrics_exporter_prometheus::PrometheusBuilder;

    use super::*;

    #[test]
    fn the_funnel_knows_channel_and_country_and_no_number() {
        let recorder = PrometheusBuilder::new().build_recorder();
        let phone = Phone::from_e164("+5511987654321").unwrap();
        metrics::with_local_recorder(&recorder, || {
            count("whatsapp", &phone, Step::Delivered);
            count("whatsapp", &phone, Step::Delivered);
            count_failure("sms", &phone, FailureClass::HeldBack);
        });
        let told = recorder.handle().render();
        for line in [
            "watchword_message_steps_total{channel=\"whatsapp\",country=\"BR\",step=\"delivered\"} 2",
            "watchword_message_failures_total{channel=\"sms\",country=\"BR\",class=\"held_back\"} 1",
        ] {
            assert!(told.lines().any(|told| told == line), "{told}");
        }
        assert!(!told.contains("987654321"), "{told}");
    }
}
