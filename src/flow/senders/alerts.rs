//! Telling whoever runs a sender that something is wrong with it: once a day for each thing, over all nodes and restarts. A
//! developer reads it of their own sender, an operator in the log.

use std::time::Duration;

use watchword_domain::Timestamp;
use watchword_domain::ids::{PoolId, SenderId};
use watchword_domain::template::is_stopped;
use watchword_domain::{Language, sender};
use watchword_messaging::whatsapp::webhook::{TemplateChange, TemplateNews};
use watchword_store::AlertRow;

use super::states::Trouble;
use crate::error::Fault;
use crate::{SmsSender, Watchword};

/// So long the same is not told again: a sender that fails and works by turns would tell all day.
const TOLD_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// What is wrong with a sender.
pub(crate) enum SenderAlert {
    /// Its provider refuses everything, with this code, which means that.
    OutOfOrder(i64, &'static str),
    /// Its provider refuses some messages, with this code, which means that.
    RefusesSome(i64, &'static str),
    /// A template of this name in this language is in this state, and so not sent.
    TemplateStopped(String, String, String),
    /// None of its templates can be sent in any language; what was found.
    NoTemplate(String),
}

impl SenderAlert {
    fn kind(&self) -> &'static str {
        match self {
            Self::OutOfOrder(..) => sender::OUT_OF_ORDER,
            Self::RefusesSome(..) => sender::REFUSES_SOME,
            Self::TemplateStopped(..) => sender::TEMPLATE_STOPPED,
            Self::NoTemplate(_) => sender::NO_TEMPLATE,
        }
    }

    fn subject(&self, sender: &SenderId) -> String {
        match self {
            Self::OutOfOrder(code, _) | Self::RefusesSome(code, _) => format!("{sender} {code}"),
            Self::TemplateStopped(name, language, status) => format!("{sender} {name} {language} {status}"),
            Self::NoTemplate(_) => sender.as_str().to_owned(),
        }
    }

    fn row(&self, sender: &SenderId, now: Timestamp) -> AlertRow {
        let code = match self {
            Self::OutOfOrder(code, _) | Self::RefusesSome(code, _) => u64::try_from(*code).unwrap_or(0),
            Self::TemplateStopped(..) | Self::NoTemplate(_) => 0,
        };
        AlertRow {
            kind: self.kind().to_owned(),
            subject: self.subject(sender),
            window: Timestamp::from_millis(0),
            percent: 0,
            amount: code,
            most: 0,
            raised_at: now,
        }
    }

    fn tell(&self, sender: &SenderId) {
        metrics::counter!("watchword_sender_alerts_total", "kind" => self.kind()).increment(1);
        match self {
            Self::OutOfOrder(code, meaning) => tracing::error!(
                %sender, code, meaning,
                "a sender is out of order: nobody gets a code from it until this is mended; `watchword doctor` says more"
            ),
            Self::RefusesSome(code, meaning) => tracing::error!(
                %sender, code, meaning,
                "a provider refuses messages of a sender for a reason that does not pass by itself; docs/operations.md says more"
            ),
            Self::TemplateStopped(template, language, status) => tracing::error!(
                %sender, template, language, status,
                "a template cannot be sent; another language or the standby steps in where there is one"
            ),
            Self::NoTemplate(finding) => tracing::error!(
                %sender, finding,
                "no template of a sender can be sent: nobody gets a code from it until one is approved; \
                 `watchword sender check` says more"
            ),
        }
    }
}

impl Watchword {
    /// Tells of the senders that this node found out of order or limited, unless another node did. What cannot be told now is
    /// told the next time.
    pub(crate) async fn tell_of_troubled_senders(&self) {
        for trouble in self.senders.untold() {
            let Trouble { sender, is_out_of_order, code, meaning } = &trouble;
            let alert = if *is_out_of_order {
                SenderAlert::OutOfOrder(*code, meaning)
            } else {
                SenderAlert::RefusesSome(*code, meaning)
            };
            if let Err(fault) = self.tell_of_sender(sender, &alert).await {
                tracing::error!(
                    error = &fault as &dyn std::error::Error, %sender, code,
                    "something is wrong with a sender, and the alert could not be stored"
                );
                self.senders.tell_later(trouble);
            }
        }
    }

    /// Tells of a sender, unless somebody did within a day.
    pub(crate) async fn tell_of_sender(&self, sender: &SenderId, alert: &SenderAlert) -> Result<(), Fault> {
        let now = self.clock.now();
        let (row, since) = (alert.row(sender, now), now - TOLD_FOR);
        let is_first = if *sender == SenderId::shared() || *sender == SmsSender::sender() {
            let tx = self.store.begin_system().await?;
            let is_first = tx.claim_installation_alert(&row, since).await?;
            tx.commit().await?;
            is_first
        } else {
            match self.store.read_system().find_pool_of_sender(sender).await? {
                Some(pool) => self.claim_for(&pool, &row, since).await?,
                // It was taken out meanwhile.
                None => false,
            }
        };
        if is_first {
            alert.tell(sender);
        }
        Ok(())
    }

    async fn claim_for(&self, pool: &PoolId, row: &AlertRow, since: Timestamp) -> Result<bool, Fault> {
        let tx = self.store.begin(pool).await?;
        let is_first = tx.claim_alert_anew(row, since).await?;
        tx.commit().await?;
        Ok(is_first)
    }

    /// Tells all senders that use a template of news of it. An alert that is lost here is told by the next look.
    pub(crate) async fn tell_of_templates(&self, news: &[TemplateNews]) {
        for news in news {
            let TemplateChange::Status(status, _) = &news.change else { continue };
            if !is_stopped(status) || Language::from_meta_code(&news.language).is_none() {
                continue;
            }
            if let Err(fault) = self.tell_of_template(news, status).await {
                tracing::error!(error = &fault as &dyn std::error::Error, "an alert could not be stored");
            }
        }
    }

    async fn tell_of_template(&self, news: &TemplateNews, status: &str) -> Result<(), Fault> {
        let alert = SenderAlert::TemplateStopped(news.name.clone(), news.language.clone(), status.to_owned());
        let shared = self.settings.whatsapp.as_ref().map(|shared| &shared.wire);
        if shared.is_some_and(|wire| wire.waba_id == news.waba_id && wire.templates.contains(&news.name)) {
            self.tell_of_sender(&SenderId::shared(), &alert).await?;
        }
        for row in self.store.read_system().list_senders_by_account(vec![news.waba_id.clone()]).await? {
            if row.sender.templates().contains(&news.name) {
                self.tell_of_sender(&row.sender.id, &alert).await?;
            }
        }
        Ok(())
    }
}
