//! A code may go out by several channels, each once.

use sea_orm_migration::prelude::*;

/// Whether the person chose the channel, and when another steps in by itself.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, include_str!("m0007_channels.sql")).await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("there is no way back from this change; restore a backup instead".to_owned()))
    }
}
