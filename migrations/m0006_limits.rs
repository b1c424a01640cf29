//! Budgets, probation, conversion and proofs of work leave rows of their own.

use sea_orm_migration::prelude::*;

/// Traffic by prefix, alerts that were raised, proofs that were spent, and refusals by their reason.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, include_str!("m0006_limits.sql")).await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("there is no way back from this change; restore a backup instead".to_owned()))
    }
}
