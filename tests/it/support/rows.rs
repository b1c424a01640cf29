//! The database seen from beside the service: what lies in it, whoever wrote it.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use watchword_domain::ids::PoolId;

use super::{House, outside};

/// A column as the database's own catalogue has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Column {
    pub table: String,
    pub name: String,
    pub is_text: bool,
    pub is_nullable: bool,
}

/// One value: `table.column` and what is in it, as text.
pub type Value = (String, String);

impl House {
    /// A connection of the test's own.
    pub async fn connection(&self) -> DatabaseConnection {
        outside(&self.database.settings.url).await
    }

    /// Does something behind the service's back.
    pub async fn execute(&self, statement: &str) {
        let connection = self.connection().await;
        connection.execute_unprepared(statement).await.unwrap();
        connection.close().await.unwrap();
    }

    /// The rows of a table.
    pub async fn count(&self, table: &str) -> usize {
        self.values(&format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table}")).await[0].parse().unwrap()
    }

    /// The one column of text that a query selects, without its nulls.
    pub async fn values(&self, query: &str) -> Vec<String> {
        let connection = self.connection().await;
        let values = values(&connection, query).await;
        connection.close().await.unwrap();
        values
    }

    /// Waits until a query finds something.
    pub async fn eventually(&self, query: &str) {
        for _ in 0..200 {
            if !self.values(query).await.is_empty() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("never: {query}");
    }

    /// Waits until no message waits to be sent or is under way.
    pub async fn wait_for_outbox(&self) {
        let none = "NOT EXISTS (SELECT 1 FROM messages WHERE state IN ('queued', 'sending'))";
        self.eventually(&format!("SELECT 'done' WHERE {none}")).await;
    }

    /// Every column of every table.
    pub async fn columns(&self) -> Vec<Column> {
        let connection = self.connection().await;
        let columns = columns(&connection).await;
        connection.close().await.unwrap();
        columns
    }

    /// Every value in the database.
    pub async fn contents(&self) -> Vec<Value> {
        self.contents_where(|_| Some("TRUE".to_owned())).await
    }

    /// Every value in the rows of a pool.
    pub async fn contents_of(&self, pool: &PoolId) -> Vec<Value> {
        self.contents_where(|columns| {
            let has = |name: &str| columns.iter().any(|column| column.name == name);
            let key = if has("pool_id") { "pool_id" } else { "id" };
            (has("pool_id") || columns[0].table == "pools").then(|| format!("{key} = '{pool}'"))
        })
        .await
    }

    /// The values of the rows that meet a table's condition; of no row where it has none.
    async fn contents_where(&self, condition: impl Fn(&[Column]) -> Option<String>) -> Vec<Value> {
        let connection = self.connection().await;
        let mut contents = Vec::new();
        for table in columns(&connection).await.chunk_by(|one, next| one.table == next.table) {
            let Some(condition) = condition(table) else { continue };
            for Column { table, name, .. } in table {
                let query = format!("SELECT CAST({name} AS TEXT) FROM {table} WHERE {condition}");
                let values = values(&connection, &query).await;
                contents.extend(values.into_iter().map(|value| (format!("{table}.{name}"), value)));
            }
        }
        connection.close().await.unwrap();
        contents.sort();
        contents
    }
}

async fn values(connection: &DatabaseConnection, query: &str) -> Vec<String> {
    let rows =
        connection.query_all_raw(Statement::from_string(connection.get_database_backend(), query)).await;
    let values = rows.unwrap().into_iter().map(|row| row.try_get_by_index::<Option<String>>(0).unwrap());
    values.flatten().collect()
}

async fn columns(connection: &DatabaseConnection) -> Vec<Column> {
    let backend = connection.get_database_backend();
    let query = match backend {
        DbBackend::Sqlite => {
            "SELECT m.name, c.name, c.type, CASE WHEN c.\"notnull\" + c.pk > 0 THEN 'NO' ELSE 'YES' END \
             FROM sqlite_master m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'"
        }
        _ => {
            "SELECT table_name::text, column_name::text, data_type::text, is_nullable::text \
             FROM information_schema.columns WHERE table_schema = 'public'"
        }
    };
    let rows = connection.query_all_raw(Statement::from_string(backend, query)).await.unwrap();
    let column = |row: sea_orm::QueryResult| {
        let text = |index| row.try_get_by_index::<String>(index).unwrap();
        let kind = text(2).to_lowercase();
        Column {
            table: text(0),
            name: text(1),
            is_text: kind == "text" || kind.starts_with("character") || kind.starts_with("varchar"),
            is_nullable: text(3) == "YES",
        }
    };
    let mut columns: Vec<Column> = rows.into_iter().map(column).collect();
    columns.sort();
    columns
}
