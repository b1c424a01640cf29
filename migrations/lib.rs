//! The schema: one file per change, one text for SQLite and PostgreSQL.
//!
//! Texts use only what both databases read the same way: `TEXT`, `BIGINT` (Unix milliseconds, counts) and composite
//! keys that begin with `pool_id`, so that a foreign key cannot cross pools. Changes expand first, move, then contract.

use sea_orm_migration::prelude::*;

mod m0001_foundation;
mod m0002_key_rotation;
mod m0003_client_deletion;
mod m0004_message_timeline;
mod m0005_senders;
mod m0006_limits;
mod m0007_channels;
mod m0008_mailboxes;
mod m0009_networks;
mod m0010_installation_alerts;
mod m0011_open_messages;
mod m0012_waiting_messages;
mod m0013_counted_starts;

/// Runs every change in order.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_foundation::Migration),
            Box::new(m0002_key_rotation::Migration),
            Box::new(m0003_client_deletion::Migration),
            Box::new(m0004_message_timeline::Migration),
            Box::new(m0005_senders::Migration),
            Box::new(m0006_limits::Migration),
            Box::new(m0007_channels::Migration),
            Box::new(m0008_mailboxes::Migration),
            Box::new(m0009_networks::Migration),
            Box::new(m0010_installation_alerts::Migration),
            Box::new(m0011_open_messages::Migration),
            Box::new(m0012_waiting_messages::Migration),
            Box::new(m0013_counted_starts::Migration),
        ]
    }
}

/// Executes a script statement by statement.
async fn run(manager: &SchemaManager<'_>, script: &str) -> Result<(), DbErr> {
    for statement in script.split(';').map(str::trim).filter(|statement| !statement.is_empty()) {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}
