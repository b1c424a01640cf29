//! A user may have a mailbox, and a number the identity that WhatsApp saw behind it.

use sea_orm_migration::prelude::*;

/// Where codes go by mail, whether a known browser asked for a message, and which account of WhatsApp got it.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, include_str!("m0008_mailboxes.sql")).await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("there is no way back from this change; restore a backup instead".to_owned()))
    }
}
