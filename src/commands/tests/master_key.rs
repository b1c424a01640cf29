//! When a master key is made, and when a start is refused for want of the right one.

use std::os::unix::fs::PermissionsExt;

use super::{KEY, config, sources};
use crate::commands::{files, installation};
use crate::config::{Config, Database, KeySource};

#[tokio::test]
async fn a_new_database_gets_a_key_that_only_its_owner_reads_and_that_stays() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("new/data");
    let key = data.join("master.key");
    installation::open(&config(&data)).await.unwrap().store.close().await.unwrap();
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
    let made = std::fs::read_to_string(&key).unwrap();
    installation::open(&config(&data)).await.unwrap().store.close().await.unwrap();
    assert_eq!(std::fs::read_to_string(&key).unwrap(), made);
}

#[tokio::test]
async fn a_database_without_its_key_is_refused_and_gets_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let config = config(directory.path());
    installation::open(&config).await.unwrap().store.close().await.unwrap();
    let key = directory.path().join("master.key");
    std::fs::remove_file(&key).unwrap();
    let refusal = installation::open(&config).await.err().unwrap().to_string();
    assert!(refusal.contains("master.key") && refusal.contains("Put the file back"), "{refusal}");
    assert!(!key.exists());
}

#[tokio::test]
async fn a_database_in_which_nothing_is_sealed_yet_may_get_one() {
    let directory = tempfile::tempdir().unwrap();
    let config = config(directory.path());
    let migrated = installation::open_store(&config.storage.database).await.unwrap();
    migrated.close().await.unwrap();
    installation::open(&config).await.unwrap().store.close().await.unwrap();
    assert!(directory.path().join("master.key").exists());
}

#[tokio::test]
async fn a_wrong_key_is_refused_with_the_reason_and_the_remedy() {
    let directory = tempfile::tempdir().unwrap();
    installation::open(&config(directory.path())).await.unwrap().store.close().await.unwrap();
    let other = Config::read(sources(directory.path()).with("master_key", KEY)).unwrap();
    let refusal = installation::open(&other).await.err().unwrap().to_string();
    assert!(refusal.starts_with("master_key (WATCHWORD_MASTER_KEY) is not the key that"), "{refusal}");
    assert!(refusal.contains("Use the key of this database") && !refusal.contains(KEY), "{refusal}");
}

#[tokio::test]
async fn a_file_that_holds_no_key_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("master.key"), "").unwrap();
    let refusal = installation::open(&config(directory.path())).await.err().unwrap().to_string();
    assert!(refusal.contains("master.key does not hold a key"), "{refusal}");
    let named = Config::read(sources(directory.path()).with("master_key_file", "/nowhere/key")).unwrap();
    let refusal = installation::open(&named).await.err().unwrap().to_string();
    assert!(refusal.contains("/nowhere/key is not there"), "{refusal}");
}

#[tokio::test]
async fn without_a_file_beside_it_no_key_is_ever_made() {
    let directory = tempfile::tempdir().unwrap();
    let mut config = config(directory.path());
    config.storage.database = Database::sqlite(directory.path().join("w.db")).unwrap();
    // As it is with PostgreSQL.
    config.storage.master_key = KeySource::Nowhere;
    let refusal = installation::open(&config).await.err().unwrap().to_string();
    assert!(refusal.starts_with("master_key (WATCHWORD_MASTER_KEY) is missing"), "{refusal}");
    assert!(refusal.contains("openssl rand -base64 32"), "{refusal}");
}

#[test]
fn nothing_is_written_over() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("key");
    files::write_new(&path, "first").unwrap();
    let error = files::write_new(&path, "second").unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AlreadyExists);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "first");
}
