//! A message keeps its steps.

use sea_orm_migration::prelude::*;

/// When a worker took a message, when its code was answered or disowned, and what it costs, where that is told.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, include_str!("m0004_message_timeline.sql")).await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("there is no way back from this change; restore a backup instead".to_owned()))
    }
}
