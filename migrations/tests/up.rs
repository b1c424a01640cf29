//! What lies in a database survives every change.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, Database, DbErr, Statement};
use watchword_migrations::Migrator;

#[tokio::test]
async fn a_key_made_before_keys_had_successors_signs_since_it_was_made() -> Result<(), DbErr> {
    let connection = Database::connect("sqlite::memory:").await?;
    Migrator::up(&connection, Some(1)).await?;
    for statement in [
        "INSERT INTO pools VALUES ('local_1', 'Shop', 'shop', 'https://id.example.com/shop', '{}', 5)",
        "INSERT INTO signing_keys VALUES ('local_1', 'one', 'RS256', '{}', 'sealed', 7)",
        "INSERT INTO signing_keys VALUES ('local_1', 'two', 'ES256', '{}', 'sealed', 7)",
    ] {
        connection.execute_unprepared(statement).await?;
    }
    Migrator::up(&connection, None).await?;
    let counted = "SELECT COUNT(*) FROM signing_keys WHERE signs_from = created_at AND replaced_at IS NULL";
    let counted = Statement::from_string(connection.get_database_backend(), counted);
    let counted: i64 =
        connection.query_one_raw(counted).await?.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    assert_eq!(counted, 2);
    Ok(())
}
