//! What is known of templates at Meta, and when a number's webhooks were last heard. Both belong to an account there, which
//! several senders can share.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait, ExprTrait};
use watchword_domain::Timestamp;
use watchword_domain::template::TemplateState;

use crate::Result;
use crate::access::{SystemRows, SystemTx};
use crate::entity::entity;
use crate::lookup::First;

entity! { state_row = "template_states";
    key { waba_id: String, name: String, language: String }
    columns { status: String, reason: Option<String>, quality: Option<String>, changed_at: i64 }
}

entity! { seen_row = "sender_webhooks";
    key { phone_number_id: String }
    columns { seen_at: i64 }
}

fn state(row: state_row::Model) -> TemplateState {
    TemplateState {
        name: row.name,
        language: row.language,
        status: row.status,
        reason: row.reason,
        quality: row.quality,
        changed_at: Timestamp::from_millis(row.changed_at),
    }
}

impl SystemRows {
    /// What is known of the templates of a WhatsApp Business Account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_template_states(&self, waba_id: &str) -> Result<Vec<TemplateState>> {
        let rows = state_row::Entity::find().filter(state_row::Column::WabaId.eq(waba_id));
        Ok(rows.all(&self.db()).await?.into_iter().map(state).collect())
    }

    /// When a webhook about this number was last heard, to the minute.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_webhook_seen(&self, phone_number_id: &str) -> Result<Option<Timestamp>> {
        let found = seen_row::Entity::find_by_id(phone_number_id).first(&self.db()).await?;
        Ok(found.map(|row| Timestamp::from_millis(row.seen_at)))
    }
}

impl SystemTx {
    /// Stores what was learned of a template. News that are older than what is known change nothing; what they do not
    /// tell of reason and quality stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_template_state(&self, waba_id: &str, news: &TemplateState) -> Result<()> {
        let row = state_row::ActiveModel {
            waba_id: Set(waba_id.to_owned()),
            name: Set(news.name.clone()),
            language: Set(news.language.clone()),
            status: Set(news.status.clone()),
            reason: Set(news.reason.clone()),
            quality: Set(news.quality.clone()),
            changed_at: Set(news.changed_at.millis()),
        };
        let known_quality = Expr::col(("template_states", "quality"));
        let quality = news.quality.clone().map_or(known_quality, Expr::value);
        let newer = OnConflict::columns([
            state_row::Column::WabaId,
            state_row::Column::Name,
            state_row::Column::Language,
        ])
        .update_columns([state_row::Column::Status, state_row::Column::Reason, state_row::Column::ChangedAt])
        .value(state_row::Column::Quality, quality)
        .action_and_where(Expr::col(("template_states", "changed_at")).lte(news.changed_at.millis()))
        .to_owned();
        self.write(state_row::Entity::insert(row).on_conflict(newer)).await
    }

    /// Stores how people take a template whose state is known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_template_quality(
        &self,
        waba_id: &str,
        (name, language): (&str, &str),
        quality: &str,
    ) -> Result<()> {
        let update = state_row::Entity::update_many()
            .col_expr(state_row::Column::Quality, Expr::value(quality))
            .filter(state_row::Column::WabaId.eq(waba_id))
            .filter(state_row::Column::Name.eq(name))
            .filter(state_row::Column::Language.eq(language));
        self.write(update).await
    }

    /// Notes that a webhook about this number was heard.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_webhook_seen(&self, phone_number_id: &str, now: Timestamp) -> Result<()> {
        let row = seen_row::ActiveModel {
            phone_number_id: Set(phone_number_id.to_owned()),
            seen_at: Set(now.millis()),
        };
        let again = OnConflict::column(seen_row::Column::PhoneNumberId)
            .update_column(seen_row::Column::SeenAt)
            .to_owned();
        self.write(seen_row::Entity::insert(row).on_conflict(again)).await
    }
}
