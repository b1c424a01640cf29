//! Clients and their secrets.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{ActiveValue::Set, EntityTrait, QueryOrder, QuerySelect};
use watchword_domain::Timestamp;
use watchword_domain::client::{Client, ClientKind};
use watchword_domain::ids::{ClientId, SecretId};

use crate::access::{PoolRows, PoolTx};
use crate::entity::entity;
use crate::lookup::First;
use crate::{Result, StoreError, text};

entity! { row = "clients";
    key { pool_id: String, id: String }
    columns {
        name: String, kind: String, redirect_uris: String, post_logout_redirect_uris: String, created_at: i64,
        deleted_at: Option<i64>,
    }
}

entity! { secret_row = "client_secrets";
    key { pool_id: String, id: String }
    columns { client_id: String, sealed: String, created_at: i64, revoked_at: Option<i64> }
}

/// A client's secret as it lies in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSecretRow {
    /// What the secret is named by.
    pub id: SecretId,
    /// The secret under the master key.
    pub sealed: String,
}

fn client(row: row::Model) -> Result<Client> {
    let kind: ClientKind = row.kind.parse().map_err(|_| StoreError::Unreadable("client's kind"))?;
    Ok(Client {
        pool_id: row.pool_id.into(),
        id: row.id.into(),
        name: row.name,
        kind,
        redirect_uris: text::read(&row.redirect_uris, "client's redirect URIs")?,
        post_logout_redirect_uris: text::read(&row.post_logout_redirect_uris, "client's sign-out URIs")?,
    })
}

impl PoolRows {
    /// A client of this pool.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_client(&self, id: &ClientId) -> Result<Option<Client>> {
        let key = (self.pool_text(), id.as_str().to_owned());
        let found = row::Entity::find_by_id(key).filter(row::Column::DeletedAt.is_null());
        found.first(&self.db()).await?.map(client).transpose()
    }

    /// The pool's clients, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_clients(&self) -> Result<Vec<Client>> {
        let rows = row::Entity::find()
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::DeletedAt.is_null())
            .order_by_asc(row::Column::CreatedAt)
            .order_by_asc(row::Column::Id)
            .all(&self.db())
            .await?;
        rows.into_iter().map(client).collect()
    }

    /// A client's secrets that were not revoked, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_client_secrets(&self, id: &ClientId) -> Result<Vec<ClientSecretRow>> {
        let rows = secret_row::Entity::find()
            .filter(secret_row::Column::PoolId.eq(self.pool_text()))
            .filter(secret_row::Column::ClientId.eq(id.as_str()))
            .filter(secret_row::Column::RevokedAt.is_null())
            .order_by_desc(secret_row::Column::CreatedAt)
            .all(&self.db())
            .await?;
        Ok(rows.into_iter().map(|row| ClientSecretRow { id: row.id.into(), sealed: row.sealed }).collect())
    }
}

impl PoolTx {
    /// Registers a client. Its pool is this transaction's, whatever the value says.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_client(&self, client: &Client, now: Timestamp) -> Result<()> {
        let row = row::ActiveModel {
            pool_id: Set(self.pool_text()),
            id: Set(client.id.as_str().to_owned()),
            name: Set(client.name.clone()),
            kind: Set(client.kind.name().to_owned()),
            redirect_uris: Set(text::write(&client.redirect_uris, "client's redirect URIs")?),
            post_logout_redirect_uris: Set(text::write(
                &client.post_logout_redirect_uris,
                "client's sign-out URIs",
            )?),
            created_at: Set(now.millis()),
            deleted_at: Set(None),
        };
        self.write(row::Entity::insert(row)).await
    }

    /// Adds a secret to a client.
    ///
    /// # Errors
    /// When the client is not this pool's, or the database fails.
    pub async fn insert_client_secret(
        &self,
        client: &ClientId,
        secret: &ClientSecretRow,
        now: Timestamp,
    ) -> Result<()> {
        let row = secret_row::ActiveModel {
            pool_id: Set(self.pool_text()),
            id: Set(secret.id.as_str().to_owned()),
            client_id: Set(client.as_str().to_owned()),
            sealed: Set(secret.sealed.clone()),
            created_at: Set(now.millis()),
            revoked_at: Set(None),
        };
        self.write(secret_row::Entity::insert(row)).await
    }

    /// Stores a secret sealed anew, unless it changed meanwhile. Gives whether it did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_client_secret_sealed(
        &self,
        id: &SecretId,
        before: &str,
        sealed: String,
    ) -> Result<bool> {
        let update = secret_row::Entity::update_many()
            .col_expr(secret_row::Column::Sealed, Expr::value(sealed))
            .filter(secret_row::Column::PoolId.eq(self.pool_text()))
            .filter(secret_row::Column::Id.eq(id.as_str()))
            .filter(secret_row::Column::Sealed.eq(before));
        Ok(update.exec(&self.db()).await?.rows_affected == 1)
    }

    /// A client of this pool; whoever else would change it or its secrets waits until this transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_client(&self, id: &ClientId) -> Result<Option<Client>> {
        let key = (self.pool_text(), id.as_str().to_owned());
        let found = row::Entity::find_by_id(key).filter(row::Column::DeletedAt.is_null());
        // What points to the client can still be added meanwhile. SQLite has one writer and knows no such clause.
        found.lock(LockType::NoKeyUpdate).first(&self.db()).await?.map(client).transpose()
    }

    /// Revokes a secret: true exactly once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_client_secret(&self, id: &SecretId, now: Timestamp) -> Result<bool> {
        let done = secret_row::Entity::update_many()
            .col_expr(secret_row::Column::RevokedAt, Expr::value(now.millis()))
            .filter(secret_row::Column::PoolId.eq(self.pool_text()))
            .filter(secret_row::Column::Id.eq(id.as_str()))
            .filter(secret_row::Column::RevokedAt.is_null())
            .exec(&self.db())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Takes a client out, and its secrets for good: true exactly once. What points to it is left to its own end; without
    /// a client it is of no use.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_client(&self, id: &ClientId, now: Timestamp) -> Result<bool> {
        let done = row::Entity::update_many()
            .col_expr(row::Column::DeletedAt, Expr::value(now.millis()))
            .filter(row::Column::PoolId.eq(self.pool_text()))
            .filter(row::Column::Id.eq(id.as_str()))
            .filter(row::Column::DeletedAt.is_null())
            .exec(&self.db())
            .await?;
        secret_row::Entity::delete_many()
            .filter(secret_row::Column::PoolId.eq(self.pool_text()))
            .filter(secret_row::Column::ClientId.eq(id.as_str()))
            .exec(&self.db())
            .await?;
        Ok(done.rows_affected == 1)
    }
}
