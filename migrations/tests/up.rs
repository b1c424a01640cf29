//! What lies in a database survives every change.

mod seeds;
mod support;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};
use watchword_migrations::Migrator;

use seeds::SEEDS;
use support::{contents, query};

/// Runs a test on an empty SQLite database, and on PostgreSQL where the suite was given one.
macro_rules! on_each_database {
    ($($(#[$doc:meta])* fn $name:ident($connection:ident) $body:block)*) => {$(
        $(#[$doc])*
        mod $name {
            use super::*;

            async fn run($connection: DatabaseConnection) -> Result<(), DbErr> $body

            #[tokio::test]
            async fn on_sqlite() -> Result<(), DbErr> {
                run(support::sqlite().await?).await
            }

            #[cfg(feature = "test-postgres")]
            #[tokio::test]
            async fn on_postgres() -> Result<(), DbErr> {
                run(support::postgres().await?).await
            }
        }
    )*};
}

async fn execute(connection: &DatabaseConnection, statements: &[&str]) -> Result<(), DbErr> {
    for statement in statements {
        connection.execute_unprepared(statement).await?;
    }
    Ok(())
}

on_each_database! {
    /// After each change rows are written; each is there unchanged after every later one, beside whatever columns came.
    fn a_row_of_each_change_survives_the_later_ones(connection) {
        assert_eq!(SEEDS.len(), Migrator::migrations().len(), "every change has its rows in seeds/mod.rs");
        for seeds in SEEDS {
            let before = contents(&connection).await?;
            Migrator::up(&connection, Some(1)).await?;
            let after = contents(&connection).await?;
            for (table, rows) in &before {
                let now = after.get(table).map_or(&[][..], Vec::as_slice);
                assert_eq!(now.len(), rows.len(), "rows of {table}");
                for row in rows {
                    let is_kept = now.iter().any(|new| row.iter().all(|(name, value)| new.get(name) == Some(value)));
                    assert!(is_kept, "{table}: {row:?} is not among {now:?}");
                }
            }
            execute(&connection, seeds).await?;
        }
        assert!(Migrator::get_pending_migrations(&connection).await?.is_empty());
        for (table, rows) in contents(&connection).await? {
            assert!(!rows.is_empty(), "no row of {table} in seeds/mod.rs");
        }
        Ok(())
    }

    fn a_key_made_before_keys_had_successors_signs_since_it_was_made(connection) {
        Migrator::up(&connection, Some(1)).await?;
        execute(&connection, SEEDS[0]).await?;
        Migrator::up(&connection, None).await?;
        let keys = "SELECT id FROM signing_keys WHERE signs_from = created_at AND replaced_at IS NULL ORDER BY id";
        let keys: Vec<String> = query(&connection, keys).await?.into_iter().flatten().flatten().collect();
        assert_eq!(keys, ["one", "two"]);
        Ok(())
    }

    fn a_message_of_before_left_from_the_shared_sender_and_nobody_had_chosen_its_channel(connection) {
        Migrator::up(&connection, Some(1)).await?;
        execute(&connection, SEEDS[0]).await?;
        Migrator::up(&connection, None).await?;
        let message = "SELECT id FROM messages WHERE sender_id = 'shared' AND chosen = 0 AND fallback_at IS NULL \
                       AND sending_at IS NULL AND verified_at IS NULL AND billable IS NULL";
        assert_eq!(query(&connection, message).await?, [[Some("m".to_owned())]]);
        Ok(())
    }
}
