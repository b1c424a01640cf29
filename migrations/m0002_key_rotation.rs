//! Signing keys follow one another.

use sea_orm_migration::prelude::*;

/// When a key begins to sign, and when its successor does.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, include_str!("m0002_key_rotation.sql")).await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("there is no way back from this change; restore a backup instead".to_owned()))
    }
}
