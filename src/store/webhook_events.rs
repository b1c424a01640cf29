//! What providers told us, each once.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};
use watchword_domain::Timestamp;

use crate::Result;
use crate::access::SystemTx;
use crate::entity::entity;

entity! { row = "webhook_events";
    key { id: String }
    columns { kind: String, body: String, received_at: i64 }
}

impl SystemTx {
    /// Stores an event under its unique key: true the first time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_webhook_event(
        &self,
        key: &str,
        kind: &str,
        body: String,
        now: Timestamp,
    ) -> Result<bool> {
        let row = row::ActiveModel {
            id: Set(key.to_owned()),
            kind: Set(kind.to_owned()),
            body: Set(body),
            received_at: Set(now.millis()),
        };
        let once = OnConflict::column(row::Column::Id).do_nothing().to_owned();
        Ok(row::Entity::insert(row).on_conflict(once).exec_without_returning(&self.db()).await? == 1)
    }

    pub(crate) async fn sweep_webhook_events(&self, older_than: Timestamp, most: u64) -> Result<u64> {
        crate::sweep::oldest::<row::Entity>(&self.db(), row::Column::ReceivedAt, older_than, most).await
    }
}
