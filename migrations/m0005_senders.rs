//! Senders of a project, the state of their templates, and which of them a message leaves from.

use sea_orm_migration::prelude::*;

/// Before this change every message left from the sender that all projects share.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, include_str!("m0005_senders.sql")).await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("there is no way back from this change; restore a backup instead".to_owned()))
    }
}
