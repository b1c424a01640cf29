//! What "committed" means when transactions share a commit: whoever is told so finds it on the disk, whoever is not
//! leaves nothing behind, and nobody pays for a neighbour.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, Statement};
use tempfile::TempDir;
use tokio::task::JoinSet;
use watchword_domain::Timestamp;

use crate::connect::{Settings, Store};
use crate::entity::entity;
use crate::{Result, StoreError};

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

entity! { row = "webhook_events";
    key { id: String }
    columns { kind: String }
}

struct Fixture {
    store: Store,
    settings: Settings,
    _dir: TempDir,
}

impl Fixture {
    async fn new() -> Self {
        Self::with_patience(Duration::from_secs(20)).await
    }

    async fn with_patience(patience: Duration) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", dir.path().join("watchword.db").display());
        let settings = Settings { url, connections: 2, patience };
        Self { store: Store::open(&settings).await.unwrap(), settings, _dir: dir }
    }

    /// The keys of all rows, as somebody sees them who was not here when they were written.
    async fn stored(&self) -> Vec<String> {
        let other = Store::connect(&self.settings).await.unwrap();
        let query = sqlite("SELECT id FROM webhook_events ORDER BY id");
        let rows = other.read_system().db().query_all_raw(query).await.unwrap();
        let keys = rows.iter().map(|row| row.try_get("", "id").unwrap()).collect();
        other.close().await.unwrap();
        keys
    }
}

fn sqlite(query: &str) -> Statement {
    Statement::from_string(DbBackend::Sqlite, query)
}

async fn write(store: &Store, key: &str, body: String) -> Result<()> {
    let tx = store.begin_system().await?;
    tx.claim_webhook_event(key, "test", body, NOW).await?;
    tx.commit().await
}

/// Writes, and goes away without a commit.
async fn write_and_leave(store: &Store, key: &str) -> Result<()> {
    let tx = store.begin_system().await?;
    tx.claim_webhook_event(key, "test", String::new(), NOW).await?;
    Err(StoreError::NotCommitted)
}

/// Fails in the middle, after it wrote something.
async fn write_and_fail(store: &Store, key: &str) -> Result<()> {
    let tx = store.begin_system().await?;
    tx.claim_webhook_event(key, "test", String::new(), NOW).await?;
    tx.db().execute_unprepared("INSERT INTO webhook_events (id) VALUES (NULL)").await?;
    tx.commit().await
}

/// Does it, but goes away when it was waited for so many times.
async fn given_up_after(waits: u32, work: impl Future<Output = Result<()>>) {
    let (mut work, mut left) = (pin!(work), waits);
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(_) => Poll::Ready(()),
        Poll::Pending if left == 0 => Poll::Ready(()),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await;
}

/// The keys whose owners were told "committed".
async fn acknowledged(mut tasks: JoinSet<(String, Result<()>)>) -> Vec<String> {
    let mut told = Vec::new();
    while let Some(done) = tasks.join_next().await {
        match done {
            Ok((key, Ok(()))) => told.push(key),
            Ok((_, Err(_))) => {}
            Err(gone) => assert!(gone.is_cancelled(), "{gone}"),
        }
    }
    told.sort();
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_that_fails_or_is_dropped_takes_only_itself_along() {
    let fixture = Fixture::new().await;
    let mut tasks = JoinSet::new();
    for number in 0..60 {
        let store = fixture.store.clone();
        tasks.spawn(async move {
            let key = format!("{number:03}");
            let outcome = match number % 3 {
                0 => write(&store, &key, String::new()).await,
                1 => write_and_leave(&store, &key).await,
                _ => write_and_fail(&store, &key).await,
            };
            (key, outcome)
        });
    }
    let told = acknowledged(tasks).await;
    let expected: Vec<String> = (0..60).step_by(3).map(|number| format!("{number:03}")).collect();
    assert_eq!(told, expected);
    assert_eq!(fixture.stored().await, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_given_up_at_any_moment_takes_only_itself_along() {
    let fixture = Fixture::new().await;
    let mut told = Vec::new();
    for round in 0..60 {
        let (mut staying, mut leaving) = (JoinSet::new(), JoinSet::new());
        for number in 0..20 {
            let store = fixture.store.clone();
            let key = format!("{round:02}-{number:02}");
            if number % 2 == 0 {
                staying.spawn(async move { (key.clone(), write(&store, &key, String::new()).await) });
            } else {
                leaving.spawn(async move {
                    given_up_after((round + number) % 15, write(&store, &key, String::new())).await
                });
            }
        }
        let committed = acknowledged(staying).await;
        assert_eq!(committed.len(), 10, "in round {round}: {committed:?}");
        told.extend(committed);
        while leaving.join_next().await.is_some() {}
    }
    let stored = fixture.stored().await;
    let lost: Vec<&String> = told.iter().filter(|key| !stored.contains(key)).collect();
    assert!(lost.is_empty(), "told that they were committed: {lost:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_told_to_everybody_it_concerns_and_to_nobody_else() {
    let fixture = Fixture::new().await;
    for round in 0..20 {
        let tx = fixture.store.begin_system().await.unwrap();
        // As many pages as there are, and eight more.
        tx.db().execute_unprepared("PRAGMA max_page_count = 1").await.unwrap();
        let pages = tx.db().query_one_raw(sqlite("PRAGMA page_count")).await.unwrap().unwrap();
        let pages: i64 = pages.try_get("", "page_count").unwrap();
        tx.db().execute_unprepared(&format!("PRAGMA max_page_count = {}", pages + 8)).await.unwrap();
        let before = fixture.stored().await;
        let mut tasks = JoinSet::new();
        for number in 0..12 {
            let store = fixture.store.clone();
            tasks.spawn(async move {
                let key = format!("{round:02}-{number:02}");
                let outcome = match number % 4 {
                    0 | 3 => write(&store, &key, String::new()).await,
                    1 => write(&store, &key, "x".repeat(1 << 20)).await,
                    _ => write_and_leave(&store, &key).await,
                };
                (key, outcome)
            });
        }
        drop(tx);
        let told = acknowledged(tasks).await;
        let mut stored = fixture.stored().await;
        stored.retain(|key| !before.contains(key));
        assert_eq!(stored, told, "in round {round}");
    }
    let tx = fixture.store.begin_system().await.unwrap();
    tx.db().execute_unprepared("PRAGMA max_page_count = 1000000").await.unwrap();
    drop(tx);
    write(&fixture.store, "after", String::new()).await.unwrap();
    assert!(fixture.stored().await.contains(&"after".to_owned()));
}

#[tokio::test]
async fn a_statement_is_told_what_it_changed_and_nothing_of_what_went_ahead_of_it() {
    let fixture = Fixture::new().await;
    for key in ["a", "b", "c"] {
        write(&fixture.store, key, String::new()).await.unwrap();
    }
    let touch =
        |kind: &str| sqlite(&format!("UPDATE webhook_events SET kind = 'touched' WHERE kind = '{kind}'"));
    for (kind, changed) in [("nothing", 0), ("test", 3), ("nothing", 0), ("touched", 3)] {
        for is_kept in [false, true] {
            let tx = fixture.store.begin_system().await.unwrap();
            let first = tx.db().execute_raw(touch(kind)).await.unwrap().rows_affected();
            assert_eq!(first, changed, "{kind}, as the first statement");
            let again = tx.db().execute_raw(touch("nothing")).await.unwrap().rows_affected();
            assert_eq!(again, 0, "{kind}");
            if is_kept {
                tx.commit().await.unwrap();
            }
        }
    }
    // What waits goes along with a question, and ahead of a change by itself.
    let tx = fixture.store.begin_system().await.unwrap();
    let remove = row::Entity::delete_many().filter(row::Column::Id.eq("a"));
    tx.write(remove).await.unwrap();
    let left = tx.db().query_all_raw(sqlite("SELECT id FROM webhook_events")).await.unwrap();
    assert_eq!(left.len(), 2);
    let remove = row::Entity::delete_many().filter(row::Column::Id.eq("b"));
    tx.write(remove).await.unwrap();
    assert_eq!(tx.db().execute_raw(touch("touched")).await.unwrap().rows_affected(), 1);
    tx.commit().await.unwrap();
    assert_eq!(fixture.stored().await, ["c"]);
}

#[tokio::test]
async fn a_transaction_whose_first_statement_failed_is_over() {
    let fixture = Fixture::new().await;
    let tx = fixture.store.begin_system().await.unwrap();
    let wrong = sqlite("INSERT INTO webhook_events (id) VALUES (NULL)");
    assert!(tx.db().execute_raw(wrong).await.is_err());
    assert!(tx.db().query_all_raw(sqlite("SELECT 1")).await.is_err());
    assert!(tx.commit().await.is_err());
    write(&fixture.store, "after", String::new()).await.unwrap();
    assert_eq!(fixture.stored().await, ["after"]);
}

#[tokio::test]
async fn whoever_cannot_have_a_turn_is_told_so() {
    let fixture = Fixture::with_patience(Duration::from_millis(50)).await;
    let held = fixture.store.begin_system().await.unwrap();
    let refused = write(&fixture.store, "refused", String::new()).await.unwrap_err();
    assert!(matches!(refused, StoreError::Database(DbErr::ConnectionAcquire(_))), "{refused:?}");
    drop(held);
    write(&fixture.store, "taken", String::new()).await.unwrap();
    assert_eq!(fixture.stored().await, ["taken"]);
}

#[tokio::test]
async fn a_database_that_another_process_holds_is_away_and_comes_back() {
    let fixture = Fixture::with_patience(Duration::from_millis(50)).await;
    let other = Store::connect(&fixture.settings).await.unwrap();
    let held = other.begin_system().await.unwrap();
    for _ in 0..3 {
        let refused = write(&fixture.store, "refused", String::new()).await.unwrap_err();
        assert!(matches!(refused, StoreError::Database(_)), "{refused:?}");
    }
    drop(held);
    other.close().await.unwrap();
    write(&fixture.store, "taken", String::new()).await.unwrap();
    assert_eq!(fixture.stored().await, ["taken"]);
}
