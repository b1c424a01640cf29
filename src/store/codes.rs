//! Authorization codes, by their hash.

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, EntityTrait};
use watchword_domain::Timestamp;
use watchword_domain::ids::{ClientId, GrantId, SessionId, UserId};
use watchword_domain::request::AuthorizationRequest;
use watchword_domain::session::Assurance;

use crate::access::{PoolRows, PoolTx, SystemTx};
use crate::entity::entity;
use crate::lookup::First;
use crate::{Result, text};

entity! { row = "authorization_codes";
    key { pool_id: String, code_hash: String }
    columns {
        grant_id: String, client_id: String, user_id: String, session_id: String, request: String,
        assurance: String, created_at: i64, expires_at: i64, claimed_at: Option<i64>,
    }
}

/// An authorization code and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeRow {
    /// The grant that its redemption will make.
    pub grant_id: GrantId,
    /// The client that asked, the only one that may redeem it.
    pub client_id: ClientId,
    /// Who signed in.
    pub user_id: UserId,
    /// In which session.
    pub session_id: SessionId,
    /// What was asked for.
    pub request: AuthorizationRequest,
    /// How the person proved themselves.
    pub assurance: Assurance,
    /// When it was issued.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// When it was redeemed.
    pub claimed_at: Option<Timestamp>,
}

fn code(row: row::Model) -> Result<CodeRow> {
    Ok(CodeRow {
        grant_id: row.grant_id.into(),
        client_id: row.client_id.into(),
        user_id: row.user_id.into(),
        session_id: row.session_id.into(),
        request: text::read(&row.request, "authorization request")?,
        assurance: text::read(&row.assurance, "assurance")?,
        created_at: Timestamp::from_millis(row.created_at),
        expires_at: Timestamp::from_millis(row.expires_at),
        claimed_at: row.claimed_at.map(Timestamp::from_millis),
    })
}

impl PoolRows {
    /// A code, redeemed or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_authorization_code(&self, code_hash: &str) -> Result<Option<CodeRow>> {
        let key = (self.pool_text(), code_hash.to_owned());
        row::Entity::find_by_id(key).first(&self.db()).await?.map(code).transpose()
    }
}

impl PoolTx {
    /// Issues a code.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_authorization_code(&self, code: &CodeRow, code_hash: String) -> Result<()> {
        let row = row::ActiveModel {
            pool_id: Set(self.pool_text()),
            code_hash: Set(code_hash),
            grant_id: Set(code.grant_id.as_str().to_owned()),
            client_id: Set(code.client_id.as_str().to_owned()),
            user_id: Set(code.user_id.as_str().to_owned()),
            session_id: Set(code.session_id.as_str().to_owned()),
            request: Set(text::write(&code.request, "authorization request")?),
            assurance: Set(text::write(&code.assurance, "assurance")?),
            created_at: Set(code.created_at.millis()),
            expires_at: Set(code.expires_at.millis()),
            claimed_at: Set(code.claimed_at.map(Timestamp::millis)),
        };
        self.write(row::Entity::insert(row)).await
    }

    /// Redeems a code for the client that asked for it: exactly once, and only while it lives.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_authorization_code(
        &self,
        code_hash: &str,
        client: &ClientId,
        now: Timestamp,
    ) -> Result<Option<CodeRow>> {
        let rows = row::Entity::update_many()
            .col_expr(row::Column::ClaimedAt, Expr::value(now.millis()))
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::CodeHash.eq(code_hash))
            .filter(row::Column::ClientId.eq(client.as_str()))
            .filter(row::Column::ClaimedAt.is_null())
            .filter(row::Column::ExpiresAt.gt(now.millis()))
            .exec_with_returning(&self.db())
            .await?;
        rows.into_iter().next().map(code).transpose()
    }
}

impl SystemTx {
    pub(crate) async fn sweep_authorization_codes(&self, older_than: Timestamp, most: u64) -> Result<u64> {
        crate::sweep::oldest::<row::Entity>(&self.db(), row::Column::ExpiresAt, older_than, most).await
    }
}
