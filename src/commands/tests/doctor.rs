//! What `doctor` finds.

use std::os::unix::fs::PermissionsExt;

use super::{KEY, config, sources};
use crate::commands::doctor::examine;
use crate::commands::installation;

const SENDER: [(&str, &str); 5] = [
    ("whatsapp.phone_number_id", "106540352242922"),
    ("whatsapp.waba_id", "102290129340398"),
    ("whatsapp.access_token", "token"),
    ("whatsapp.app_secret", "secret"),
    ("whatsapp.verify_token", "word"),
];

async fn found(directory: &std::path::Path, more: &[(&'static str, &str)]) -> Vec<String> {
    let given = SENDER.iter().chain(more);
    let sources = given.fold(sources(directory), |sources, (name, value)| sources.with(name, *value));
    examine(sources).await.into_iter().map(|problem| problem.to_string()).collect()
}

#[tokio::test]
async fn a_new_installation_is_well_and_nothing_is_made_of_looking() {
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(found(directory.path(), &[]).await, Vec::<String>::new());
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn an_installation_that_served_is_well() {
    let directory = tempfile::tempdir().unwrap();
    installation::open(&config(directory.path())).await.unwrap().store.close().await.unwrap();
    assert_eq!(found(directory.path(), &[]).await, Vec::<String>::new());
}

#[tokio::test]
async fn problems_of_all_kinds_are_found_in_one_go() {
    let directory = tempfile::tempdir().unwrap();
    installation::open(&config(directory.path())).await.unwrap().store.close().await.unwrap();
    let found = found(
        directory.path(),
        &[
            ("master_key", KEY),
            ("listen", "0.0.0.0:0"),
            ("whatsapp.api_url", "http://graph.example/v25.0"),
            ("whatsapp.phone_number_id", "+91 98765"),
        ],
    )
    .await;
    for (problem, beginning) in
        found.iter().zip(["public_url", "whatsapp.api_url", "whatsapp.phone", "master_key"])
    {
        assert!(problem.starts_with(beginning), "{found:?}");
    }
    assert_eq!(found.len(), 4, "{found:?}");
}

#[tokio::test]
async fn a_broken_setting_does_not_hide_the_database() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("watchword.db"), "this is no database, and long enough to tell")
        .unwrap();
    let found = found(directory.path(), &[("region", "Ä"), ("limits.code_digits", "4")]).await;
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found[2].starts_with("the SQLite database"), "{found:?}");
}

#[tokio::test]
async fn a_key_that_others_can_read_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let key = directory.path().join("master.key");
    std::fs::write(&key, KEY).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let found = found(directory.path(), &[]).await;
    assert!(found.len() == 1 && found[0].contains("chmod 600"), "{found:?}");
}
