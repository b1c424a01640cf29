//! Empty databases for these tests, and their rows as text.

use std::collections::BTreeMap;

use sea_orm_migration::sea_orm::{
    ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, Statement,
};

/// A row: what is in which column.
pub type Row = BTreeMap<String, Option<String>>;

/// An empty SQLite database.
pub async fn sqlite() -> Result<DatabaseConnection, DbErr> {
    Database::connect("sqlite::memory:").await
}

/// An empty PostgreSQL database on the server that `WATCHWORD_TEST_POSTGRES_URL` names.
#[cfg(feature = "test-postgres")]
pub async fn postgres() -> Result<DatabaseConnection, DbErr> {
    use std::sync::atomic::{AtomicU32, Ordering};

    static NEXT: AtomicU32 = AtomicU32::new(0);
    #[expect(clippy::disallowed_methods, reason = "where the tests' server is, only their caller knows")]
    let server = std::env::var("WATCHWORD_TEST_POSTGRES_URL").map_err(|_| {
        let named = "WATCHWORD_TEST_POSTGRES_URL must name a PostgreSQL server; ./scripts/test starts one";
        DbErr::Custom(named.to_owned())
    })?;
    let name = format!("watchword_changes_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let admin = Database::connect(&server).await?;
    // Of a process that had this one's number before.
    admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name}")).await?;
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await?;
    admin.close().await?;
    let base = server.rsplit_once('/').map_or(server.as_str(), |(base, _)| base);
    Database::connect(format!("{base}/{name}")).await
}

/// Every table's rows.
pub async fn contents(connection: &DatabaseConnection) -> Result<BTreeMap<String, Vec<Row>>, DbErr> {
    let mut contents = BTreeMap::new();
    for (table, columns) in tables(connection).await? {
        let texts: Vec<String> = columns.iter().map(|column| format!("CAST({column} AS TEXT)")).collect();
        let found = query(connection, &format!("SELECT {} FROM {table}", texts.join(", "))).await?;
        let row = |values: Vec<Option<String>>| columns.iter().cloned().zip(values).collect::<Row>();
        contents.insert(table, found.into_iter().map(row).collect());
    }
    Ok(contents)
}

/// Every table and its columns, as the database's own catalogue has them.
async fn tables(connection: &DatabaseConnection) -> Result<BTreeMap<String, Vec<String>>, DbErr> {
    let catalogue = match connection.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'"
        }
        _ => {
            "SELECT table_name::text, column_name::text FROM information_schema.columns \
             WHERE table_schema = 'public'"
        }
    };
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for names in query(connection, catalogue).await? {
        let mut names = names.into_iter().flatten();
        if let (Some(table), Some(column)) = (names.next(), names.next()) {
            tables.entry(table).or_default().push(column);
        }
    }
    // In which the migrations keep their own account.
    tables.remove("seaql_migrations");
    Ok(tables)
}

/// The rows of a query all of whose columns are text.
pub async fn query(connection: &DatabaseConnection, sql: &str) -> Result<Vec<Vec<Option<String>>>, DbErr> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let rows = connection.query_all_raw(statement).await?;
    rows.iter()
        .map(|row| (0..row.column_names().len()).map(|at| row.try_get_by_index(at)).collect())
        .collect()
}
