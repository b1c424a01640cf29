//! News of templates, among everything else that Meta tells.

use super::event::Event;
use crate::json::text;

/// News of a template in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateNews {
    /// The WhatsApp Business Account it belongs to.
    pub waba_id: String,
    /// Its name.
    pub name: String,
    /// Its language, spelled as sends spell it: `pt_BR`.
    pub language: String,
    /// When Meta says it happened, in Unix seconds.
    pub at: Option<i64>,
    /// What is new.
    pub change: TemplateChange,
}

/// What is new of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateChange {
    /// Its state: Meta's word in capitals, and why, where Meta says so.
    Status(String, Option<String>),
    /// How people take it: `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    Quality(String),
}

impl Event {
    /// The news of a template that this is.
    #[must_use]
    pub fn template_news(&self) -> Option<TemplateNews> {
        let Self::Other { account_id, at, field, raw } = self else { return None };
        let change = match field.as_str() {
            "message_template_status_update" => {
                let reason = text(raw, "/reason").filter(|reason| reason != "NONE");
                TemplateChange::Status(text(raw, "/event")?.to_ascii_uppercase(), reason)
            }
            "message_template_quality_update" => {
                TemplateChange::Quality(text(raw, "/new_quality_score")?.to_ascii_uppercase())
            }
            _ => return None,
        };
        Some(TemplateNews {
            waba_id: account_id.clone()?,
            name: text(raw, "/message_template_name")?,
            // Webhooks spell it pt-BR.
            language: text(raw, "/message_template_language")?.replace('-', "_"),
            at: *at,
            change,
        })
    }
}
