//! What SMS providers report: proven to be theirs, stored once, applied to the message it is about.

use serde_json::json;
use watchword_domain::ids::MessageId;
use watchword_domain::timeline::Step;
use watchword_messaging::sms::Provider;
use watchword_messaging::sms::reports::{Report, Reports};
use watchword_store::{Advanced, StatusReport, SystemTx};

use crate::crypto::token_hash;
use crate::error::{Error, Fault, Outcome};
use crate::senders::Refusal;
use crate::timeline;
use crate::webhook::kept;
use crate::{SmsSender, Watchword};

pub use watchword_messaging::sms::reports::Request;

/// Why a report is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmsReportRefusal {
    /// No provider of this name is set up whose secret could prove it.
    NoSender,
    /// The proof is missing, too old or not the provider's.
    NotProven,
}

impl Watchword {
    /// The header in which this provider proves its reports; none when its reports are not taken.
    pub fn sms_proof_header(&self, provider: &str) -> Option<&str> {
        self.sms_reports(provider).map(Reports::header)
    }

    /// Takes a report: checks that it is the provider's, stores it under its unique key, applies it if it is new. When this
    /// returns, nothing of it can be lost; an error means that it must be sent again.
    ///
    /// # Errors
    /// When it is not proven to be the provider's; when the database fails.
    pub async fn receive_sms_report(
        &self,
        provider: &str,
        request: &Request<'_>,
    ) -> Outcome<(), SmsReportRefusal> {
        let reports = self.sms_reports(provider).ok_or(Error::Refused(SmsReportRefusal::NoSender))?;
        let now = self.clock.now();
        if !reports.prove(request, now.seconds()) {
            return Err(Error::Refused(SmsReportRefusal::NotProven));
        }
        let tx = self.store.begin_system().await?;
        let mut news = None;
        match reports.read(request) {
            Ok(report) => {
                let key = report.dedupe_key(reports.provider());
                let body = kept(body_of(reports.provider(), &report));
                if tx.claim_webhook_event(&key, "sms_status", body, now).await? {
                    news = self.apply_sms_report(&tx, &report).await?;
                }
            }
            Err(_) => {
                // Proven, yet not what we can read: kept for a person to look at, and not asked for again.
                let body = String::from_utf8_lossy(request.raw).replace('\0', "");
                tx.claim_webhook_event(&token_hash(&body), "unreadable", kept(body), now).await?;
            }
        }
        let failed = news.iter().filter(|(message, step)| *step == Step::Failed && message.failed_by_us());
        tx.uncount_sent(failed.map(|(message, _)| message)).await?;
        tx.commit().await?;
        self.tell_of_troubled_senders().await;
        if let Some((message, step)) = &news {
            if *step == Step::Failed {
                self.delivery.wake_fallbacks();
            }
            self.delivery.tell(&message.challenge_id);
            timeline::count_news(message, *step);
        }
        Ok(())
    }

    fn sms_reports(&self, provider: &str) -> Option<&Reports> {
        let provider = Provider::named(provider)?;
        let reports = self.settings.sms.as_ref()?.reports.as_deref()?;
        Some(reports).filter(|reports| reports.provider() == provider)
    }

    /// By our id where the provider carries it, which also finds a message of unknown outcome; else by the provider's.
    async fn apply_sms_report(
        &self,
        tx: &SystemTx,
        report: &Report,
    ) -> Result<Option<(Advanced, Step)>, Fault> {
        let Some(state) = report.state else { return Ok(None) };
        metrics::counter!("watchword_delivery_reports_total", "state" => state.as_str()).increment(1);
        if let (Some((_, code)), Some(provider @ (Provider::Twilio | Provider::Vonage))) =
            (report.failure, self.settings.sms.as_ref().map(|sms| sms.provider))
        {
            // A gateway's codes are its own, and say nothing of the account.
            self.senders.refused(&SmsSender::sender(), &Refusal::by_sms(provider, code), self.clock.now());
        }
        // Providers of SMS say when in forms and zones of their own, if at all; the difference is a second or two.
        let status = StatusReport {
            state,
            at: self.clock.now(),
            failure: report.failure,
            price: None,
            identity_key_hash: None,
        };
        let ours = report.correlation.as_deref().map(MessageId::from);
        let news = match (&ours, &report.provider_message_id) {
            (None, None) => None,
            (ours, theirs) => {
                let id = (ours.as_ref(), theirs.as_deref().unwrap_or_default());
                tx.save_reported_status(&SmsSender::sender(), id, &status).await?
            }
        };
        Ok(news.map(|message| (message, Step::to(state))))
    }
}

/// What is kept of a report: all that cannot be asked for again, and nothing of the person.
fn body_of(provider: Provider, report: &Report) -> String {
    json!({
        "provider": provider.as_str(),
        "id": report.provider_message_id,
        "correlation": report.correlation,
        "status": report.word,
        "code": report.failure.map(|(_, code)| code),
    })
    .to_string()
}
