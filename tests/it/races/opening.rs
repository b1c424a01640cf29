//! Nodes that start at the same moment, and a neighbour that is stuck.

use watchword_store::{Settings, Store};

use super::ground::{at_once, on_both};
use crate::support::Database;

on_both! {
    fn nodes_that_start_at_once_on_a_new_database_all_start(database) {
        all_start(&database.settings).await;
    }
}

async fn all_start(settings: &Settings) {
    let opened = at_once((0..6).map(|_| {
        let settings = settings.clone();
        async move { Store::open(&settings).await }
    }));
    for store in opened.await {
        let store = store.unwrap_or_else(|error| panic!("{error:?}"));
        assert!(store.is_current().await.unwrap());
        store.close().await.unwrap();
    }
}

/// SQLite turns a new file to WAL without waiting for whoever does the same, so that it takes several new files to see
/// one sent away.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_start_at_once_on_a_new_file_wait_for_each_other() {
    for _ in 0..20 {
        all_start(&Database::sqlite().settings).await;
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().display());
    let settings = Settings { url, ..Database::sqlite().settings };
    let Err(refused) = Store::open(&settings).await else { panic!("a folder was opened") };
    assert!(refused.to_string().contains(&folder.path().display().to_string()), "{refused}");
}

/// A node that froze in the middle of a transaction, its connection still open, keeps nobody waiting for ever.
#[cfg(feature = "test-postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_waits_for_a_row_that_a_frozen_node_holds_is_told_so() {
    use sea_orm::{ConnectionTrait, TransactionTrait};
    use watchword_domain::client::ClientKind;
    use watchword_domain::limits::Limits;
    use watchword_flow::error::Error;

    use super::ground::Ground;
    use crate::support::{outside, random_phone};

    let mut database = Database::postgres().await;
    database.settings.patience = std::time::Duration::from_secs(1);
    let frozen = outside(&database.settings.url).await;
    let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
    let phone = random_phone();
    let held = frozen.begin().await.unwrap();
    let row =
        format!("INSERT INTO number_sends VALUES ('{phone}', '{{\"sends\":[],\"answered_at\":null}}', 0)");
    held.execute_unprepared(&row).await.unwrap();
    // More than there are connections.
    let answers = at_once((0..10).map(|_| {
        let (ground, phone) = (ground.clone(), phone.clone());
        async move {
            let answer = tokio::time::timeout(std::time::Duration::from_secs(30), ground.start(&phone)).await;
            matches!(answer, Ok(Err(Error::Fault(fault))) if fault.is_outage())
        }
    }))
    .await;
    assert_eq!(answers, [true; 10]);
    assert!(ground.start(&random_phone()).await.is_ok(), "others are kept waiting, too");
    held.rollback().await.unwrap();
    assert!(ground.start(&phone).await.is_ok());
}
