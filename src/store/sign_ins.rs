//! Sign-ins under way.

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, EntityTrait};
use watchword_domain::ids::{ChallengeId, PoolId, SignInId};
use watchword_domain::request::AuthorizationRequest;
use watchword_domain::sign_in::{Door, SignIn};
use watchword_domain::{Language, Phone, Timestamp};

use crate::access::{PoolRows, PoolTx, SystemTx};
use crate::entity::entity;
use crate::lookup::First;
use crate::{Result, StoreError, text};

entity! { row = "sign_ins";
    key { pool_id: String, id: String }
    columns {
        client_id: String, door: String, browser: String, request: String, language: String,
        phone: Option<String>, challenge_id: Option<String>, proofs: String,
        created_at: i64, expires_at: i64, finished_at: Option<i64>, disowned_at: Option<i64>,
    }
}

fn sign_in(row: row::Model) -> Result<SignIn> {
    let phone = row.phone.map(|text| Phone::from_e164(&text)).transpose();
    Ok(SignIn {
        id: row.id.into(),
        client_id: row.client_id.into(),
        door: text::read::<Door>(&row.door, "door")?,
        browser: row.browser,
        request: text::read(&row.request, "authorization request")?,
        language: Language::of_tag(&row.language).ok_or(StoreError::Unreadable("sign-in's language"))?,
        phone: phone.map_err(|_| StoreError::Unreadable("number"))?,
        challenge: row.challenge_id.map(ChallengeId::from),
        proofs: text::read(&row.proofs, "proofs")?,
        created_at: Timestamp::from_millis(row.created_at),
        expires_at: Timestamp::from_millis(row.expires_at),
        finished_at: row.finished_at.map(Timestamp::from_millis),
        disowned_at: row.disowned_at.map(Timestamp::from_millis),
    })
}

impl PoolRows {
    /// A sign-in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_sign_in(&self, id: &SignInId) -> Result<Option<SignIn>> {
        let key = (self.pool_text(), id.as_str().to_owned());
        row::Entity::find_by_id(key).first(&self.db()).await?.map(sign_in).transpose()
    }
}

impl PoolTx {
    /// Begins a sign-in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_sign_in(&self, sign_in: &SignIn) -> Result<()> {
        let row = row::ActiveModel {
            pool_id: Set(self.pool_text()),
            id: Set(sign_in.id.as_str().to_owned()),
            client_id: Set(sign_in.client_id.as_str().to_owned()),
            door: Set(text::write(&sign_in.door, "door")?),
            browser: Set(sign_in.browser.clone()),
            request: Set(text::write(&sign_in.request, "authorization request")?),
            language: Set(sign_in.language.tag().to_owned()),
            phone: Set(sign_in.phone.as_ref().map(|phone| phone.as_e164().to_owned())),
            challenge_id: Set(sign_in.challenge.as_ref().map(|id| id.as_str().to_owned())),
            proofs: Set(text::write(&sign_in.proofs, "proofs")?),
            created_at: Set(sign_in.created_at.millis()),
            expires_at: Set(sign_in.expires_at.millis()),
            finished_at: Set(sign_in.finished_at.map(Timestamp::millis)),
            disowned_at: Set(sign_in.disowned_at.map(Timestamp::millis)),
        };
        self.write(row::Entity::insert(row)).await
    }

    /// Notes the number typed and the code sent to it, unless the sign-in was completed or disowned meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_sign_in_challenge(
        &self,
        id: &SignInId,
        phone: &Phone,
        challenge: &ChallengeId,
    ) -> Result<bool> {
        let done = row::Entity::update_many()
            .col_expr(row::Column::Phone, Expr::value(phone.as_e164()))
            .col_expr(row::Column::ChallengeId, Expr::value(challenge.as_str()))
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::Id.eq(id.as_str()))
            .filter(row::Column::FinishedAt.is_null())
            .filter(row::Column::DisownedAt.is_null())
            .exec(&self.db())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Notes that a sign-in answers another request from now on, unless it was completed meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_sign_in_request(&self, id: &SignInId, request: &AuthorizationRequest) -> Result<bool> {
        let done = row::Entity::update_many()
            .col_expr(row::Column::ClientId, Expr::value(request.client_id.as_str()))
            .col_expr(row::Column::Request, Expr::value(text::write(request, "authorization request")?))
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::Id.eq(id.as_str()))
            .filter(row::Column::FinishedAt.is_null())
            .filter(row::Column::DisownedAt.is_null())
            .exec(&self.db())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Completes a sign-in: true exactly once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_sign_in(&self, id: &SignInId, now: Timestamp) -> Result<bool> {
        let done = row::Entity::update_many()
            .col_expr(row::Column::FinishedAt, Expr::value(now.millis()))
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::Id.eq(id.as_str()))
            .filter(row::Column::FinishedAt.is_null())
            .filter(row::Column::DisownedAt.is_null())
            .filter(row::Column::ExpiresAt.gt(now.millis()))
            .exec(&self.db())
            .await?;
        Ok(done.rows_affected == 1)
    }
}

impl SystemTx {
    /// Stops a sign-in whose code was disowned, unless it was completed before.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn save_sign_in_disowned(
        &self,
        pool: &PoolId,
        id: &SignInId,
        now: Timestamp,
    ) -> Result<()> {
        let update = row::Entity::update_many()
            .col_expr(row::Column::DisownedAt, Expr::value(now.millis()))
            .filter(row::Column::PoolId.eq(pool.as_str()))
            .filter(row::Column::Id.eq(id.as_str()))
            .filter(row::Column::FinishedAt.is_null());
        self.write(update).await
    }

    pub(crate) async fn sweep_sign_ins(&self, older_than: Timestamp, most: u64) -> Result<u64> {
        crate::sweep::oldest::<row::Entity>(&self.db(), row::Column::ExpiresAt, older_than, most).await
    }
}
