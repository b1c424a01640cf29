//! Users and what they prove themselves with.

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, EntityTrait};
use watchword_domain::ids::{AuthenticatorId, UserId};
use watchword_domain::{EmailAddress, Language, Phone, Timestamp};

use crate::access::{PoolRows, PoolTx};
use crate::entity::entity;
use crate::lookup::First;
use crate::{Result, StoreError};

entity! { row = "users";
    key { pool_id: String, id: String }
    columns {
        name: Option<String>, language: String, created_at: i64, updated_at: i64, disabled_at: Option<i64>,
        email: Option<String>,
    }
}

entity! { authenticator_row = "authenticators";
    key { pool_id: String, id: String }
    columns {
        user_id: String, kind: String, value: String, created_at: i64, proved_at: i64, identity_key_hash: Option<String>,
    }
}

const PHONE: &str = "phone";

/// An end user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRow {
    /// The `sub`.
    pub id: UserId,
    /// The name the person gave, if any.
    pub name: Option<String>,
    /// The language the person reads.
    pub language: Language,
    /// When the user came to be.
    pub created_at: Timestamp,
    /// When a claim about the user last changed (OpenID Connect Core 1.0, section 5.1).
    pub updated_at: Timestamp,
    /// When an administrator disabled the user.
    pub disabled_at: Option<Timestamp>,
    /// Where codes may go by mail.
    pub email: Option<EmailAddress>,
}

/// A number bound to a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserPhone {
    /// The authenticator.
    pub id: AuthenticatorId,
    /// Whose it is.
    pub user_id: UserId,
    /// The number.
    pub phone: Phone,
    /// When the person last proved to hold it.
    pub proved_at: Timestamp,
    /// The account of WhatsApp that was behind it then, as Meta names it (`identity_key_hash`).
    pub identity_key_hash: Option<String>,
}

fn user(row: row::Model) -> Result<UserRow> {
    Ok(UserRow {
        id: row.id.into(),
        name: row.name,
        language: Language::of_tag(&row.language).ok_or(StoreError::Unreadable("user's language"))?,
        created_at: Timestamp::from_millis(row.created_at),
        updated_at: Timestamp::from_millis(row.updated_at),
        disabled_at: row.disabled_at.map(Timestamp::from_millis),
        email: row
            .email
            .map(|email| EmailAddress::parse(&email))
            .transpose()
            .map_err(|_| StoreError::Unreadable("user's mailbox"))?,
    })
}

fn phone(row: authenticator_row::Model) -> Result<UserPhone> {
    Ok(UserPhone {
        id: row.id.into(),
        user_id: row.user_id.into(),
        phone: Phone::from_e164(&row.value).map_err(|_| StoreError::Unreadable("number"))?,
        proved_at: Timestamp::from_millis(row.proved_at),
        identity_key_hash: row.identity_key_hash,
    })
}

impl PoolRows {
    /// A user.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_user(&self, id: &UserId) -> Result<Option<UserRow>> {
        let key = (self.pool_text(), id.as_str().to_owned());
        row::Entity::find_by_id(key).first(&self.db()).await?.map(user).transpose()
    }

    /// The binding of a number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_phone(&self, number: &Phone) -> Result<Option<UserPhone>> {
        let found = authenticator_row::Entity::find()
            .filter(authenticator_row::Column::PoolId.eq(self.pool_text()))
            .filter(authenticator_row::Column::Kind.eq(PHONE))
            .filter(authenticator_row::Column::Value.eq(number.as_e164()))
            .first(&self.db())
            .await?;
        found.map(phone).transpose()
    }

    /// The number of a user.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_phone_of(&self, user: &UserId) -> Result<Option<UserPhone>> {
        let found = authenticator_row::Entity::find()
            .filter(authenticator_row::Column::PoolId.eq(self.pool_text()))
            .filter(authenticator_row::Column::UserId.eq(user.as_str()))
            .filter(authenticator_row::Column::Kind.eq(PHONE))
            .first(&self.db())
            .await?;
        found.map(phone).transpose()
    }
}

impl PoolTx {
    /// Makes a user.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_user(&self, user: &UserRow) -> Result<()> {
        let row = row::ActiveModel {
            pool_id: Set(self.pool_text()),
            id: Set(user.id.as_str().to_owned()),
            name: Set(user.name.clone()),
            language: Set(user.language.tag().to_owned()),
            created_at: Set(user.created_at.millis()),
            updated_at: Set(user.updated_at.millis()),
            disabled_at: Set(user.disabled_at.map(Timestamp::millis)),
            email: Set(user.email.as_ref().map(|email| email.as_str().to_owned())),
        };
        self.write(row::Entity::insert(row)).await
    }

    /// Gives a user another mailbox, or none. Gives whether there is such a user.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_user_email(
        &self,
        id: &UserId,
        email: Option<&EmailAddress>,
        now: Timestamp,
    ) -> Result<bool> {
        let update = row::Entity::update_many()
            .col_expr(row::Column::Email, Expr::value(email.map(EmailAddress::as_str)))
            .col_expr(row::Column::UpdatedAt, Expr::value(now.millis()))
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::Id.eq(id.as_str()));
        Ok(update.exec(&self.db()).await?.rows_affected == 1)
    }

    /// Keeps a user out from a moment on, or lets them in again. Gives whether there is such a user.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_user_disabled(
        &self,
        id: &UserId,
        since: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<bool> {
        let update = row::Entity::update_many()
            .col_expr(row::Column::DisabledAt, Expr::value(since.map(Timestamp::millis)))
            .col_expr(row::Column::UpdatedAt, Expr::value(now.millis()))
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::Id.eq(id.as_str()));
        Ok(update.exec(&self.db()).await?.rows_affected == 1)
    }

    /// Binds a number to a user.
    ///
    /// # Errors
    /// When the number is bound in this pool already, or the database fails.
    pub async fn insert_phone(&self, phone: &UserPhone) -> Result<()> {
        let row = authenticator_row::ActiveModel {
            pool_id: Set(self.pool_text()),
            id: Set(phone.id.as_str().to_owned()),
            user_id: Set(phone.user_id.as_str().to_owned()),
            kind: Set(PHONE.to_owned()),
            value: Set(phone.phone.as_e164().to_owned()),
            created_at: Set(phone.proved_at.millis()),
            proved_at: Set(phone.proved_at.millis()),
            identity_key_hash: Set(phone.identity_key_hash.clone()),
        };
        self.write(authenticator_row::Entity::insert(row)).await
    }

    /// Notes which account of WhatsApp is behind a number now; none, when any may be next time. Gives whether there is such a
    /// number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_identity(&self, id: &AuthenticatorId, identity: Option<&str>) -> Result<bool> {
        let update = authenticator_row::Entity::update_many()
            .col_expr(authenticator_row::Column::IdentityKeyHash, Expr::value(identity))
            .filter(authenticator_row::Column::PoolId.eq(self.pool_text()))
            .filter(authenticator_row::Column::Id.eq(id.as_str()));
        Ok(update.exec(&self.db()).await?.rows_affected == 1)
    }

    /// Notes that a number was proved once more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_proof(&self, id: &AuthenticatorId, now: Timestamp) -> Result<()> {
        let update = authenticator_row::Entity::update_many()
            .col_expr(authenticator_row::Column::ProvedAt, Expr::value(now.millis()))
            .filter(authenticator_row::Column::PoolId.eq(self.pool_text()))
            .filter(authenticator_row::Column::Id.eq(id.as_str()));
        self.write(update).await
    }
}
