//! A project's own senders.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait, QueryOrder, QuerySelect};
use watchword_domain::Timestamp;
use watchword_domain::ids::{PoolId, SenderId};
use watchword_domain::sender::Sender;

use crate::access::{PoolRows, PoolTx, SystemRows};
use crate::entity::entity;
use crate::lookup::First;
use crate::{Result, StoreError};

entity! { row = "senders";
    key { pool_id: String, id: String }
    columns {
        name: String, phone_number_id: String, waba_id: String, template: String, standby_template: Option<String>,
        access_token_sealed: String, app_secret_sealed: String, app_secret_previous_sealed: Option<String>,
        verify_token_hash: String, live_at: Option<i64>, created_at: i64, changed_at: i64,
    }
}

/// A sender with its secrets as they lie in the database.
#[derive(Clone)]
pub struct SenderRow {
    /// The sender.
    pub sender: Sender,
    /// What the API is called with, under the master key.
    pub access_token_sealed: String,
    /// What webhooks are signed with, under the master key: the newest, and the one before while it still counts.
    pub app_secrets_sealed: Vec<String>,
}

fn sender(row: row::Model) -> SenderRow {
    SenderRow {
        access_token_sealed: row.access_token_sealed,
        app_secrets_sealed: std::iter::once(row.app_secret_sealed)
            .chain(row.app_secret_previous_sealed)
            .collect(),
        sender: Sender {
            id: row.id.into(),
            pool_id: row.pool_id.into(),
            name: row.name,
            phone_number_id: row.phone_number_id,
            waba_id: row.waba_id,
            template: row.template,
            standby_template: row.standby_template,
            is_live: row.live_at.is_some(),
            created_at: Timestamp::from_millis(row.created_at),
            changed_at: Timestamp::from_millis(row.changed_at),
        },
    }
}

impl PoolRows {
    /// A sender of this pool.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_sender(&self, id: &SenderId) -> Result<Option<SenderRow>> {
        let key = (self.pool_text(), id.as_str().to_owned());
        Ok(row::Entity::find_by_id(key).first(&self.db()).await?.map(sender))
    }

    /// The sender this pool's messages leave from, when it has one of its own that is live.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_live_sender(&self) -> Result<Option<SenderRow>> {
        let live = row::Entity::find()
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::LiveAt.is_not_null());
        Ok(live.first(&self.db()).await?.map(sender))
    }

    /// The pool's senders, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_senders(&self) -> Result<Vec<SenderRow>> {
        let rows = row::Entity::find()
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .order_by_asc(row::Column::CreatedAt)
            .order_by_asc(row::Column::Id)
            .all(&self.db())
            .await?;
        Ok(rows.into_iter().map(sender).collect())
    }
}

impl PoolTx {
    /// Makes a sender of this pool that is not live yet.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when a sender has this number; when the database fails.
    pub async fn insert_sender(&self, new: &SenderRow, verify_token_hash: String) -> Result<()> {
        let SenderRow { sender, access_token_sealed, app_secrets_sealed } = new;
        let mut secrets = app_secrets_sealed.iter().cloned();
        let row = row::ActiveModel {
            pool_id: Set(self.pool_text()),
            id: Set(sender.id.as_str().to_owned()),
            name: Set(sender.name.clone()),
            phone_number_id: Set(sender.phone_number_id.clone()),
            waba_id: Set(sender.waba_id.clone()),
            template: Set(sender.template.clone()),
            standby_template: Set(sender.standby_template.clone()),
            access_token_sealed: Set(access_token_sealed.clone()),
            app_secret_sealed: Set(secrets
                .next()
                .ok_or(StoreError::Unreadable("sender without a secret"))?),
            app_secret_previous_sealed: Set(secrets.next()),
            verify_token_hash: Set(verify_token_hash),
            live_at: Set(None),
            created_at: Set(sender.created_at.millis()),
            changed_at: Set(sender.changed_at.millis()),
        };
        let insert = row::Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
        match insert.exec_without_returning(&self.db()).await? {
            0 => Err(StoreError::Taken("number")),
            _ => Ok(()),
        }
    }

    /// Replaces the token of a sender: whether there was one to replace.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_sender_token(&self, id: &SenderId, sealed: String, now: Timestamp) -> Result<bool> {
        let update = row::Entity::update_many().col_expr(row::Column::AccessTokenSealed, Expr::value(sealed));
        self.change_sender(id, update, now).await
    }

    /// Changes what a sender is called and which templates its codes go out in: whether there was one to change.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_sender_details(&self, changed: &Sender, now: Timestamp) -> Result<bool> {
        let update = row::Entity::update_many()
            .col_expr(row::Column::Name, Expr::value(changed.name.clone()))
            .col_expr(row::Column::Template, Expr::value(changed.template.clone()))
            .col_expr(row::Column::StandbyTemplate, Expr::value(changed.standby_template.clone()));
        self.change_sender(&changed.id, update, now).await
    }

    /// Gives a sender a new verify token: whether there was one to change.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_sender_verify_token(
        &self,
        id: &SenderId,
        hash: String,
        now: Timestamp,
    ) -> Result<bool> {
        let update = row::Entity::update_many().col_expr(row::Column::VerifyTokenHash, Expr::value(hash));
        self.change_sender(id, update, now).await
    }

    /// Gives a sender a new app secret. The one before goes on counting unless it `ends`; an older one does not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_sender_secret(
        &self,
        id: &SenderId,
        sealed: String,
        ends: bool,
        now: Timestamp,
    ) -> Result<bool> {
        let before =
            if ends { Expr::value(Option::<String>::None) } else { Expr::col(row::Column::AppSecretSealed) };
        let update = row::Entity::update_many()
            .col_expr(row::Column::AppSecretPreviousSealed, before)
            .col_expr(row::Column::AppSecretSealed, Expr::value(sealed));
        self.change_sender(id, update, now).await
    }

    /// Stores what is sealed of a sender sealed anew, its token or an app secret, unless it changed meanwhile. Gives
    /// whether it did. No two sealed texts are alike, so the one before says which it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_sender_sealed(&self, id: &SenderId, before: &str, sealed: String) -> Result<bool> {
        let all = [
            row::Column::AccessTokenSealed,
            row::Column::AppSecretSealed,
            row::Column::AppSecretPreviousSealed,
        ];
        for column in all {
            let update = row::Entity::update_many()
                .col_expr(column, Expr::value(sealed.clone()))
                .filter(row::Column::PoolId.eq(self.pool_text()))
                .filter(row::Column::Id.eq(id.as_str()))
                .filter(column.eq(before));
            if update.exec(&self.db()).await?.rows_affected == 1 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Makes the messages of this pool leave from this sender from now on, or from the shared one when there is no such.
    /// Gives whether there is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_live_sender(&self, id: Option<&SenderId>, now: Timestamp) -> Result<bool> {
        let ends = row::Entity::update_many()
            .col_expr(row::Column::LiveAt, Expr::value(Option::<i64>::None))
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::LiveAt.is_not_null());
        self.write(ends).await?;
        let Some(id) = id else { return Ok(true) };
        let begins = row::Entity::update_many().col_expr(row::Column::LiveAt, Expr::value(now.millis()));
        self.change_sender(id, begins, now).await
    }

    /// Takes a sender out: true for the one who did. What it has still to send fails.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_sender(&self, id: &SenderId) -> Result<bool> {
        let delete = row::Entity::delete_many()
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::Id.eq(id.as_str()));
        Ok(delete.exec(&self.db()).await?.rows_affected == 1)
    }

    async fn change_sender(
        &self,
        id: &SenderId,
        update: sea_orm::UpdateMany<row::Entity>,
        now: Timestamp,
    ) -> Result<bool> {
        let done = update
            .col_expr(row::Column::ChangedAt, Expr::value(now.millis()))
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::Id.eq(id.as_str()))
            .exec(&self.db())
            .await?;
        Ok(done.rows_affected == 1)
    }
}

impl SystemRows {
    /// The senders that have one of these numbers, by Meta's ids: whose secrets a webhook about them may be signed with.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_senders_by_number(&self, phone_number_ids: Vec<String>) -> Result<Vec<SenderRow>> {
        let rows = row::Entity::find().filter(row::Column::PhoneNumberId.is_in(phone_number_ids));
        Ok(rows.all(&self.db()).await?.into_iter().map(sender).collect())
    }

    /// The senders of these WhatsApp Business Accounts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_senders_by_account(&self, waba_ids: Vec<String>) -> Result<Vec<SenderRow>> {
        let rows = row::Entity::find().filter(row::Column::WabaId.is_in(waba_ids));
        Ok(rows.all(&self.db()).await?.into_iter().map(sender).collect())
    }

    /// The pool a sender belongs to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_pool_of_sender(&self, id: &SenderId) -> Result<Option<PoolId>> {
        let found = row::Entity::find().filter(row::Column::Id.eq(id.as_str()));
        Ok(found.first(&self.db()).await?.map(|row| row.pool_id.into()))
    }

    /// The pool whose sender's verify token has this hash.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_pool_by_verify_token(&self, hash: &str) -> Result<Option<PoolId>> {
        let found = row::Entity::find().filter(row::Column::VerifyTokenHash.eq(hash));
        Ok(found.first(&self.db()).await?.map(|row| row.pool_id.into()))
    }

    /// Live senders in the order of their ids, after this one, at most so many: those that are looked at from time to time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_live_senders(&self, after: Option<&SenderId>, most: u64) -> Result<Vec<SenderRow>> {
        let rows = row::Entity::find()
            .filter(row::Column::LiveAt.is_not_null())
            .filter(row::Column::Id.gt(after.map_or("", SenderId::as_str)))
            .order_by_asc(row::Column::Id)
            .limit(most);
        Ok(rows.all(&self.db()).await?.into_iter().map(sender).collect())
    }
}
