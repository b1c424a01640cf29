//! There is no way back from a change: a backup is.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, Database};
use watchword_migrations::Migrator;

#[tokio::test]
async fn no_change_is_undone() -> Result<(), DbErr> {
    let connection = Database::connect("sqlite::memory:").await?;
    Migrator::up(&connection, None).await?;
    assert!(Migrator::down(&connection, None).await.is_err());
    assert!(Migrator::get_pending_migrations(&connection).await?.is_empty());
    connection.execute_unprepared("SELECT id FROM pools").await?;
    Ok(())
}
