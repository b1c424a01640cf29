//! `SIGTERM`: what is in hand is finished, and then it ends; what cannot be finished does not keep it.

use std::net::SocketAddr;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Browser, Provider, on_both, until};

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

/// Asks it to end, and waits until it did so by itself and in good order.
async fn ends_in_order(provider: Provider) {
    provider.ask_to_end();
    assert_eq!(provider.ended().await.code(), Some(0));
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

    fn a_page_that_follows_its_message_does_not_keep_it(place) {
        place.meta.arrive().await;
        // Nothing more is heard of the message, so there is always something to wait for.
        place.meta.close_the_way();
        let provider = place.start().await;
        let mut person = Browser::new(&place);
        let page = person.ask_code(provider.address).await.unwrap();
        let mut events = person.follow(provider.address, &page).await;
        let first = events.chunk().await.unwrap().unwrap();
        assert!(first.starts_with(b"event: delivery"), "{first:?}");
        ends_in_order(provider).await;
        while events.chunk().await.expect("an end of the stream, and no break").is_some() {}
    }

    /// The Graph API has the message and says nothing for longer than there is to end.
    fn a_message_without_an_answer_does_not_keep_it_and_is_not_sent_again(place) {
        place.meta.arrive().await;
        place.meta.close_the_way();
        place.meta.fault(json!({ "kind": "hang", "accept": true })).await;
        let provider = place.start_with(&[("WATCHWORD_WHATSAPP_TIMEOUT_SECONDS", "45")]).await;
        let mut person = Browser::new(&place);
        let page = person.ask_code(provider.address).await.unwrap();
        place.meta.code_to(&person.phone).await;
        ends_in_order(provider).await;
        assert_eq!(place.texts("state FROM messages").await, ["sending"]);
        place.execute("UPDATE messages SET lease_until = 1").await;

        let provider = place.start().await;
        until("the admission", async || {
            (place.texts("state FROM messages").await == ["unknown"]).then_some(())
        })
        .await;
        // One that is sent afterwards leaves after whatever was due before it.
        let mut other = Browser::new(&place);
        other.ask_code(provider.address).await.unwrap();
        place.meta.code_to(&other.phone).await;
        assert_eq!(place.meta.messages_to(&person.phone).await.len(), 1);
        let seen = person.look(provider.address, &page).await.unwrap();
        assert_eq!(seen.status, 200, "{}", seen.text);
    }

    fn half_a_request_does_not_keep_it(place) {
        let provider = place.start().await;
        let mut request = begin_request(provider.address).await;
        request.write_all(&BODY.as_bytes()[..BODY.len() / 2]).await.unwrap();
        ends_in_order(provider).await;
        let mut answer = Vec::new();
        // Broken off or closed: either way there is none.
        let _ = request.read_to_end(&mut answer).await;
        assert!(answer.is_empty(), "{}", String::from_utf8_lossy(&answer));
    }
}
