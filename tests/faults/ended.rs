//! `SIGTERM`: what is in hand is finished, and then it ends.

use std::net::SocketAddr;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Browser, on_both, until};

const BODY: &str = "grant_type=authorization_code&code=none&client_id=nobody";

/// A request whose head was taken and whose body is still owed: the server said that it wants it.
async fn begin_request(provider: SocketAddr) -> TcpStream {
    let mut connection = TcpStream::connect(provider).await.unwrap();
    let head = format!(
        "POST /acme/token HTTP/1.1\r\nhost: {provider}\r\nconnection: close\r\nexpect: 100-continue\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
        BODY.len()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut said = [0; 25];
    connection.read_exact(&mut said).await.unwrap();
    assert_eq!(&said, b"HTTP/1.1 100 Continue\r\n\r\n");
    connection
}

on_both! {
    fn a_request_and_a_message_in_hand_are_finished_before_the_end(place) {
        place.meta.arrive().await;
        place.meta.fault(json!({ "kind": "slow_answer", "delay_ms": 1500 })).await;
        let provider = place.start().await;
        let address = provider.address;
        let mut person = Browser::new(&place);
        person.ask_code(address).await.unwrap();
        place.meta.code_to(&person.phone).await;
        // Meta has the message and is slow to say so.
        let mut request = begin_request(address).await;
        provider.ask_to_end();
        until("a closed door", async || TcpStream::connect(address).await.is_err().then_some(())).await;

        request.write_all(BODY.as_bytes()).await.unwrap();
        let mut answer = String::new();
        request.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
        let ended = tokio::time::timeout(std::time::Duration::from_secs(10), provider.ended()).await;
        assert_eq!(ended.expect("ten seconds").code(), Some(0));
        let recorded = "COUNT(*) FROM messages WHERE accepted_at IS NOT NULL AND provider_message_id IS NOT NULL";
        assert_eq!(place.count(recorded).await, 1);
        assert_eq!(place.meta.messages().await.len(), 1);
    }
}
