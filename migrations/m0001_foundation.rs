//! Pools, clients, keys, users, sign-ins, messages, sessions, grants and tokens.

use sea_orm_migration::prelude::*;

/// The first change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, include_str!("m0001_foundation.sql")).await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration(
            "there is no way back from the first change; restore a backup instead".to_owned(),
        ))
    }
}
