//! The counts of starts are found among all counters: they are of use for minutes, and there may be very many.

use sea_orm_migration::prelude::*;

/// An index of the counts of starts.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, include_str!("m0013_counted_starts.sql")).await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("there is no way back from this change; restore a backup instead".to_owned()))
    }
}
