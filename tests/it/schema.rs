//! The schema: what the migrations made is what the entities in `src/store` were written for.

use std::collections::BTreeSet;

use watchword_store::Store;

use crate::on_each_database;
use crate::support::{Column, Database, store_sources};

/// The table in which the migrations keep their own account.
const MIGRATIONS: &str = "seaql_migrations";

/// Every column of every `entity!` in the store's source.
fn expected() -> BTreeSet<Column> {
    store_sources().iter().flat_map(|source| entities(source)).collect()
}

fn entities(source: &str) -> Vec<Column> {
    source
        .split("\nentity! {")
        .skip(1)
        .flat_map(|entity| columns(entity.split_once("\n}").unwrap().0))
        .collect()
}

fn columns(entity: &str) -> Vec<Column> {
    let table = entity.split('"').nth(1).unwrap();
    let fields = entity.split(['{', '}', ',', '\n']).filter_map(|part| part.trim().split_once(": "));
    let column = |(name, kind): (&str, &str)| Column {
        table: table.to_owned(),
        name: name.trim().to_owned(),
        is_text: kind.contains("String"),
        is_nullable: kind.starts_with("Option"),
    };
    fields.map(column).collect()
}

on_each_database! {
    fn the_tables_are_the_entities(house) {
        let found: BTreeSet<Column> =
            house.columns().await.into_iter().filter(|column| column.table != MIGRATIONS).collect();
        let expected = expected();
        let missing: Vec<_> = expected.difference(&found).collect();
        let unknown: Vec<_> = found.difference(&expected).collect();
        assert!(missing.is_empty() && unknown.is_empty(), "missing: {missing:#?}\nunknown: {unknown:#?}");
        assert!(expected.len() > 100, "the source was not understood");
    }

    fn migrating_again_changes_nothing(house) {
        let (columns, contents) = (house.columns().await, house.contents().await);
        house.store.migrate().await.unwrap();
        Store::open(&house.database.settings).await.unwrap().close().await.unwrap();
        assert_eq!((house.columns().await, house.contents().await), (columns, contents));
        assert!(house.store.is_current().await.unwrap());
    }

    fn a_schema_with_a_change_missing_is_not_current(house) {
        house.execute(&format!("DELETE FROM {MIGRATIONS}")).await;
        assert!(!house.store.is_current().await.unwrap());
        let ready = house.browser().page(&house, "/readyz").await;
        assert_eq!((ready.status, ready.header("retry-after")), (503, "5"));
        assert!(ready.text.contains("watchword migrate"));
    }
}

#[tokio::test]
async fn a_database_nobody_migrated_is_not_current() {
    let database = Database::sqlite();
    let store = Store::connect(&database.settings).await.unwrap();
    assert!(!store.is_current().await.unwrap());
    store.migrate().await.unwrap();
    assert!(store.is_current().await.unwrap());
}
