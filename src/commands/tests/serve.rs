//! A provider that starts, answers and stops.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use watchword_flow::crypto::MasterKey;
use watchword_flow::seams::SystemRandom;

use super::{config, free_port, sources};
use crate::commands::serve::{self, Serving};
use crate::commands::simulator::check_is_no_real_one;
use crate::config::Config;

/// A request without a client's help; gives the whole answer.
pub(super) async fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// The same with a body of JSON.
pub(super) async fn post(address: &str, path: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn it_serves_and_stops_when_told() {
    let directory = tempfile::tempdir().unwrap();
    let mut served = Config::read(sources(directory.path()).with("metrics_listen", "127.0.0.1:0")).unwrap();
    served.listen.set_port(free_port());
    let Serving { provider, metrics, running } = serve::start(&served).await.unwrap();
    assert!(get(&provider.to_string(), "/readyz").await.starts_with("HTTP/1.1 200"));
    let metrics = get(&metrics.unwrap().to_string(), "/metrics").await;
    assert!(metrics.contains("text/plain; version=0.0.4"), "{metrics}");
    running.stop().await.unwrap();
    assert!(TcpStream::connect(provider).await.is_err());
}

#[tokio::test]
async fn a_taken_port_is_named_with_the_setting_that_chooses_another() {
    let directory = tempfile::tempdir().unwrap();
    let other = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let taken = other.local_addr().unwrap();
    let mut config = config(&directory.path().join("data"));
    config.listen = taken;
    let refusal = serve::start(&config).await.err().unwrap().to_string();
    assert!(refusal.contains(&format!("port {} of 127.0.0.1 is taken", taken.port())), "{refusal}");
    assert!(refusal.contains("--listen"), "{refusal}");
    assert!(!directory.path().join("data").exists(), "nothing is made before the port is had");
}

#[tokio::test]
async fn metrics_that_were_asked_for_are_not_forgone() {
    let directory = tempfile::tempdir().unwrap();
    let other = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut config = config(directory.path());
    config.metrics.listen = Some(other.local_addr().unwrap());
    config.metrics.is_asked_for = true;
    let refusal = serve::start(&config).await.err().unwrap().to_string();
    assert!(refusal.contains("metrics_listen"), "{refusal}");
    config.metrics.is_asked_for = false;
    let serving = serve::start(&config).await.unwrap();
    assert_eq!(serving.metrics, None);
    serving.running.stop().await.unwrap();
}

#[tokio::test]
async fn a_database_that_nobody_listens_for_is_said_to_refuse() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("postgres://watchword:secret@127.0.0.1:{}/watchword", free_port());
    let key = MasterKey::generate(&SystemRandom);
    let given = sources(directory.path()).with("database_url", url).with("master_key", key.expose().clone());
    let refusal = serve::start(&Config::read(given).unwrap()).await.err().unwrap().to_string();
    assert!(refusal.contains("refused") && !refusal.contains("timed out"), "{refusal}");
    assert!(!refusal.contains("secret"), "{refusal}");
}

#[test]
fn the_simulator_plays_no_sender_whose_messages_are_real() {
    let directory = tempfile::tempdir().unwrap();
    let read = |api_url| Config::read(sources(directory.path()).with("whatsapp.api_url", api_url)).unwrap();
    assert!(check_is_no_real_one(&read("http://127.0.0.1:8081/v25.0")).is_ok());
    let refusal = check_is_no_real_one(&read("https://graph.facebook.com/v25.0")).unwrap_err().to_string();
    assert!(
        refusal.contains("for real messages") && refusal.contains("http://127.0.0.1:8081/v25.0"),
        "{refusal}"
    );
}
