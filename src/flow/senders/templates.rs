//! Which template a code goes out in, and what is learned of templates.

use std::sync::Arc;
use std::time::Duration;

use watchword_domain::template::{MISSING, TemplateState, choose, is_stopped};
use watchword_domain::{Language, Timestamp};
use watchword_messaging::whatsapp::webhook::{TemplateChange, TemplateNews};
use watchword_messaging::whatsapp::{ChosenTemplate, Template};
use watchword_store::SystemTx;

use super::Wire;
use super::alerts::SenderAlert;
use crate::Watchword;
use crate::error::Fault;

/// How far Meta's clock may be behind ours.
const CLOCKS_APART: Duration = Duration::from_secs(5);

/// A template as it was read, and, for each language we speak in which it is not, that it is missing there.
pub(super) fn in_all_languages(name: &str, read: Vec<Template>) -> Vec<(String, Template)> {
    let is_missing = |language: &Language| !read.iter().any(|it| it.language == language.meta_code());
    let missing = Language::ALL.into_iter().filter(is_missing).map(|language| Template {
        language: language.meta_code().to_owned(),
        status: MISSING.to_owned(),
        category: String::new(),
        expires_minutes: None,
        ttl_seconds: None,
        rejected_reason: None,
        quality: None,
    });
    let missing: Vec<Template> = missing.collect();
    read.into_iter().chain(missing).map(|template| (name.to_owned(), template)).collect()
}

impl Watchword {
    /// The template a code goes out in to somebody who reads the first of these languages, or else the next; nothing when
    /// none can be sent.
    pub(crate) async fn template_for(
        &self,
        wire: &Wire,
        languages: &[Language],
    ) -> Result<Option<ChosenTemplate>, Fault> {
        let known = self.template_states(&wire.waba_id).await?;
        let chosen = choose(&known, &wire.templates, languages, self.clock.now());
        Ok(chosen.map(|(name, language)| ChosenTemplate {
            name: name.to_owned(),
            language: language.meta_code().to_owned(),
        }))
    }

    async fn template_states(&self, waba_id: &str) -> Result<Arc<Vec<TemplateState>>, Fault> {
        let now = self.clock.now();
        if let Some((states, true)) = self.directory.templates.find(&waba_id.to_owned(), now) {
            return Ok(states);
        }
        let states = self.store.read_system().list_template_states(waba_id).await?;
        Ok(self.directory.templates.put(waba_id.to_owned(), Arc::new(states), now))
    }

    /// Meta refused to send a template for a reason that lies in the template: others do not try it for a while.
    pub(crate) async fn learn_unsendable(
        &self,
        wire: &Wire,
        template: &ChosenTemplate,
        status: &str,
    ) -> Result<(), Fault> {
        let news = TemplateState {
            name: template.name.clone(),
            language: template.language.clone(),
            status: status.to_owned(),
            reason: None,
            quality: None,
            changed_at: self.clock.now(),
        };
        let tx = self.store.begin_system().await?;
        tx.save_template_state(&wire.waba_id, &news).await?;
        tx.commit().await?;
        self.directory.templates.remove(&wire.waba_id);
        tracing::warn!(sender = %wire.id, template = template.name, language = template.language, status, "a template was not sent");
        if is_stopped(status) {
            let alert = SenderAlert::TemplateStopped(news.name, news.language, news.status);
            // The message is still to be sent in another language, or in the standby.
            if let Err(fault) = self.tell_of_sender(&wire.id, &alert).await {
                tracing::error!(error = &fault as &dyn std::error::Error, "an alert could not be stored");
            }
        }
        Ok(())
    }

    /// Takes in what Meta answered when templates were made or looked at. News that came while Meta was asked are newer: a
    /// review may be over before its beginning is written down, and news tell whole seconds.
    pub(crate) async fn learn_states(
        &self,
        wire: &Wire,
        answered: &[(String, Template)],
        asked_at: Timestamp,
    ) -> Result<(), Fault> {
        let changed_at = Timestamp::from_seconds(asked_at.seconds() - 1);
        // Always in the same order: two who learn of the same templates would otherwise each wait for the other's rows.
        let mut answered: Vec<&(String, Template)> = answered.iter().collect();
        answered.sort_by_key(|(name, template)| (name.clone(), template.language.clone()));
        let tx = self.store.begin_system().await?;
        for (name, template) in answered {
            let news = TemplateState {
                name: name.clone(),
                language: template.language.clone(),
                status: template.status.clone(),
                reason: template.rejected_reason.clone(),
                quality: template.quality.clone(),
                changed_at,
            };
            tx.save_template_state(&wire.waba_id, &news).await?;
        }
        tx.commit().await?;
        self.directory.templates.remove(&wire.waba_id);
        Ok(())
    }

    /// Takes in what Meta reports of a template.
    pub(crate) async fn hear_of_template(&self, tx: &SystemTx, news: &TemplateNews) -> Result<(), Fault> {
        let (name, language) = (news.name.as_str(), news.language.as_str());
        match &news.change {
            TemplateChange::Status(status, reason) => {
                // Meta tells whole seconds, and by its own clock. What it tells is not from the future, and not older than
                // what was learned by asking only because of that.
                let now = self.clock.now();
                let at = news.at.map_or(now, |at| Timestamp::from_seconds(at) + CLOCKS_APART).min(now);
                let state = TemplateState {
                    name: name.to_owned(),
                    language: language.to_owned(),
                    status: status.clone(),
                    reason: reason.clone(),
                    quality: None,
                    changed_at: at,
                };
                tx.save_template_state(&news.waba_id, &state).await?;
                tracing::info!(template = name, language, status, reason, "news of a WhatsApp template");
            }
            TemplateChange::Quality(quality) => {
                tx.save_template_quality(&news.waba_id, (name, language), quality).await?;
                tracing::info!(template = name, language, quality, "news of a WhatsApp template's quality");
            }
        }
        self.directory.templates.remove(&news.waba_id);
        Ok(())
    }
}
