//! Pools: found by domain or id, made with their project.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{LockType, OnConflict};
use sea_orm::{ActiveValue::Set, EntityTrait, QueryOrder, QuerySelect};
use watchword_domain::Timestamp;
use watchword_domain::pool::{Pool, PoolSettings};

use crate::access::{PoolRows, PoolTx, SystemRows};
use crate::entity::entity;
use crate::lookup::First;
use crate::{Result, StoreError, text};

entity! { row = "pools";
    key { id: String }
    columns { name: String, domain: String, issuer: String, settings: String, created_at: i64 }
}

fn pool(row: row::Model) -> Result<Pool> {
    let settings = text::read(&row.settings, "pool's settings")?;
    Ok(Pool {
        id: row.id.into(),
        name: row.name,
        domain: row.domain,
        issuer: row.issuer,
        settings,
        created_at: Timestamp::from_millis(row.created_at),
    })
}

impl SystemRows {
    /// The pool of a domain.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_pool_by_domain(&self, domain: &str) -> Result<Option<Pool>> {
        row::Entity::find()
            .filter(row::Column::Domain.eq(domain))
            .first(&self.db())
            .await?
            .map(pool)
            .transpose()
    }

    /// Every pool, by domain.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_pools(&self) -> Result<Vec<Pool>> {
        let rows = row::Entity::find().order_by_asc(row::Column::Domain).all(&self.db()).await?;
        rows.into_iter().map(pool).collect()
    }
}

impl PoolRows {
    /// This pool itself.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_pool(&self) -> Result<Option<Pool>> {
        row::Entity::find_by_id(self.pool_text()).first(&self.db()).await?.map(pool).transpose()
    }
}

impl PoolTx {
    /// Makes this transaction's pool.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when another pool has its domain or issuer; when the database fails.
    pub async fn insert_pool(&self, pool: &Pool) -> Result<()> {
        let row = row::ActiveModel {
            id: Set(self.pool_text()),
            name: Set(pool.name.clone()),
            domain: Set(pool.domain.clone()),
            issuer: Set(pool.issuer.clone()),
            settings: Set(text::write(&pool.settings, "pool's settings")?),
            created_at: Set(pool.created_at.millis()),
        };
        let insert = row::Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
        match insert.exec_without_returning(&self.db()).await? {
            0 => Err(StoreError::Taken("domain")),
            _ => Ok(()),
        }
    }

    /// What this transaction's project decided; whoever else wants to change it waits until this transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_pool_settings(&self) -> Result<Option<PoolSettings>> {
        let found =
            row::Entity::find_by_id(self.pool_text()).lock(LockType::Update).first(&self.db()).await?;
        found.map(|row| text::read(&row.settings, "pool's settings")).transpose()
    }

    /// Stores what this transaction's project decided, read under [`lock_pool_settings`](Self::lock_pool_settings).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_pool_settings(&self, settings: &PoolSettings) -> Result<()> {
        let update = row::Entity::update_many()
            .col_expr(row::Column::Settings, Expr::value(text::write(settings, "pool's settings")?))
            .filter(row::Column::Id.eq(self.pool_text()));
        self.write(update).await
    }

    /// Writes the name of this transaction's pool.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_pool_name(&self, name: &str) -> Result<()> {
        let update = row::Entity::update_many()
            .col_expr(row::Column::Name, Expr::value(name))
            .filter(row::Column::Id.eq(self.pool_text()));
        self.write(update).await
    }

    /// Locks this transaction's pool until it ends, where the database can lock a row.
    pub(crate) async fn lock_pool(&self, lock: LockType) -> Result<()> {
        row::Entity::find_by_id(self.pool_text()).lock(lock).first(&self.db()).await?;
        Ok(())
    }
}
