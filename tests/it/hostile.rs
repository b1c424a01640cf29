//! What strangers try: each of these once worked.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use watchword_domain::limits::{ADDRESS_WINDOW, Limits};
use watchword_http::ConnectionLimits;

use crate::on_each_database;
use crate::support::{CALLBACK, query_of, random_phone};

/// What comes over a connection that sends this and then nothing, until it is closed.
async fn heard(address: SocketAddr, sent: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(sent.as_bytes()).await.unwrap();
    let mut heard = String::new();
    stream.read_to_string(&mut heard).await.unwrap();
    heard
}

/// A connection over which a request was answered, unless it was closed at once.
async fn answered(address: SocketAddr) -> Option<TcpStream> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await.ok()?;
    let mut answer = [0; 15];
    stream.read_exact(&mut answer).await.ok().map(|_| stream)
}

/// A webhook that says it is signed, and whose body does not end.
async fn unfinished_webhook(address: SocketAddr, sent: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = "POST /webhooks/whatsapp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3000000\r\n\
                X-Hub-Signature-256: sha256=00\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(sent).await.unwrap();
    stream
}

fn two_starts(usual: Limits) -> Limits {
    Limits { starts_per_address: 2, ..usual }
}

on_each_database! {
    fn a_connection_that_stays_silent_is_closed(house) {
        let silence = Duration::from_millis(100);
        let (address, _) = house.doors_with(ConnectionLimits { silence, ..Default::default() }).await;
        assert_eq!(heard(address, "").await, "");
        assert_eq!(heard(address, "GET /healthz HTTP/1.1\r\n").await, "");
        let asked = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
        assert!(heard(address, asked).await.starts_with("HTTP/1.1 200 OK"));
    }

    fn a_connection_that_does_not_read_its_answers_is_closed(house) {
        let limits = ConnectionLimits { silence: Duration::from_millis(500), per_address: 1 };
        let (address, _) = house.doors_with(limits).await;
        let asked = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
        let mut deaf = TcpStream::connect(address).await.unwrap();
        let many = asked.repeat(1_000);
        // Until nothing more is taken: the answers have filled what lies between.
        while let Ok(Ok(())) = timeout(Duration::from_secs(1), deaf.write_all(many.as_bytes())).await {}
        let mut waited = 0;
        while answered(address).await.is_none() {
            waited += 1;
            assert!(waited < 100, "it holds the only place for ever");
            sleep(Duration::from_millis(100)).await;
        }
    }

    fn a_page_that_follows_its_message_is_not_silent(house) {
        let silence = Duration::from_millis(100);
        let (address, pool) = house.doors_with(ConnectionLimits { silence, ..Default::default() }).await;
        house.meta_leaves().await;
        let browser = house.browser();
        let page = browser.ask_code(&house, &random_phone()).await;
        let mut live = browser.follow_at(&house, &pool, &page).await;
        // Queued, or with the worker that tries again and again.
        assert!(live.next().await.is_some());
        assert_eq!(heard(address, "").await, "");
        house.meta_returns().await;
        live.until("delivered").await;
    }

    fn a_webhook_that_is_nobodys_costs_no_more_than_its_length(house) {
        // Read as events, each change would keep a copy of the account's name: gigabytes of a body that fits one page.
        let (id, changes) = ("9".repeat(1_000_000), vec!["1"; 900_000].join(","));
        let body = format!(r#"{{"object":"whatsapp_business_account","entry":[{{"id":"{id}","changes":[{changes}]}}]}}"#);
        assert_eq!(house.webhook_signed(&body, Some("sha256=00")).await, 401);
        // Nor does a name that is none cost anything when the body is ours.
        let (id, changes) = ("9".repeat(10_000), vec!["{}"; 300].join(","));
        let body = format!(r#"{{"object":"whatsapp_business_account","entry":[{{"id":"{id}","changes":[{changes}]}}]}}"#);
        assert_eq!(house.webhook(&body).await, 200);
        let kept = house.values("SELECT body FROM webhook_events").await;
        assert!(kept.iter().all(|body| !body.contains(&id)), "a copy of what is no name");
    }

    fn webhooks_that_trickle_in_keep_nobody_elses_out(house) {
        let mut held = Vec::new();
        for _ in 0..100 {
            held.push(unfinished_webhook(house.provider, b"{").await);
        }
        let answer = timeout(Duration::from_secs(8), house.webhook("{}")).await;
        assert_eq!(answer.expect("nobody waits for the others' bodies"), 200);
    }

    fn one_address_holds_its_share_of_large_webhooks_and_no_more(house) {
        let large = vec![b'x'; 100 * 1024];
        let padded = format!("{{}}{}", " ".repeat(100 * 1024));
        let mut held = Vec::new();
        // What is held ends after ten seconds: on a slow day it is held again.
        while held.len() < 4 || house.webhook(&padded).await != 503 {
            held.push(unfinished_webhook(house.provider, &large).await);
        }
        assert_eq!(house.webhook("{}").await, 200);
        drop(held);
        while house.webhook(&padded).await != 200 {}
    }

    fn one_address_holds_its_share_of_connections_and_no_more(house) {
        let limits = ConnectionLimits { per_address: 2, ..Default::default() };
        let (address, _) = house.doors_with(limits).await;
        let (first, _second) = (answered(address).await.unwrap(), answered(address).await.unwrap());
        assert!(answered(address).await.is_none());
        drop(first);
        while answered(address).await.is_none() {}
    }

    fn a_request_followed_by_a_stray_line_is_answered(house) {
        let mut stream = TcpStream::connect(house.provider).await.unwrap();
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n\r\n").await.unwrap();
        let mut answer = [0; 15];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200 OK");
    }

    /// RFC 9112, section 3.2.
    fn a_request_that_names_two_hosts_is_refused(house) {
        for (hosts, status) in [("Host: localhost\r\nhost: localhost\r\n", 400), ("Host: localhost\r\n", 200)] {
            let asked = format!("GET /healthz HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
            let answer = heard(house.provider, &asked).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        }
    }

    fn a_browser_somebody_signed_in_with_has_a_limit_of_its_own(house with two_starts) {
        house.clock.turn_to_next(ADDRESS_WINDOW);
        let (browser, phone) = (house.browser(), random_phone());
        browser.sign_in(&house, &phone).await;
        for sent in 1..=2 {
            let page = browser.ask_code_again(&house, &phone).await;
            let code = house.code_to(&phone, sent).await;
            browser.type_code(&house, &page, &code).await.location();
        }
        let page = browser.authorize(&house, &house.prompted()).await;
        assert_eq!(browser.type_phone(&house, &page, &phone).await.status, 429);
    }

    fn a_code_that_was_replaced_before_it_left_is_not_sent(house) {
        let (browser, phone) = (house.browser(), random_phone());
        house.meta_leaves().await;
        let page = browser.ask_code(&house, &phone).await;
        house.eventually("SELECT id FROM messages WHERE attempts > 0 AND state = 'queued'").await;
        house.clock.turn(Duration::from_secs(31));
        assert_eq!(browser.ask_new_code(&house, &page).await.status, 303);
        let queued = "SELECT state FROM messages WHERE state = 'expired' AND code_sealed IS NULL";
        house.eventually(queued).await;
        house.meta_returns().await;
        let code = house.code_to(&phone, 0).await;
        house.wait_for_outbox().await;
        assert_eq!(house.messages_to(&phone).await.len(), 1);
        assert!(browser.type_code(&house, &page, &code).await.location().starts_with(CALLBACK));
    }

    fn whom_a_client_expects_is_not_forgotten_by_starting_again(house) {
        let expected = house.tokens_of(&random_phone()).await;
        let mut request = house.request();
        request.push(("id_token_hint".into(), expected["id_token"].as_str().unwrap().into()));
        let browser = house.browser();
        let page = browser.authorize(&house, &request).await;
        let location = browser.type_phone(&house, &page, &random_phone()).await.location();
        house.clock.turn(Duration::from_secs(16 * 60));
        let over = browser.page(&house, &location).await;
        assert_eq!(over.status, 410);
        assert!(!over.text.contains("/authorize?"), "{}", over.text);
    }

    fn claims_that_name_a_subject_in_a_way_we_do_not_read_are_refused(house) {
        for claims in [
            json!({ "id_token": { "sub": { "values": ["somebody"] } } }),
            json!({ "id_token": { "sub": { "value": 7 } } }),
            json!({ "id_token": { "sub": { "value": "a" } }, "userinfo": { "sub": { "value": "b" } } }),
        ] {
            let mut request = house.request();
            request.push(("claims".into(), claims.to_string()));
            let location = house.browser().authorize(&house, &request).await.location();
            assert_eq!(query_of(&location)["error"], "invalid_request", "{claims}");
        }
    }

    fn a_long_state_that_was_accepted_comes_back(house) {
        let state = "s".repeat(4000);
        let mut request = house.request();
        request.retain(|(name, _)| name != "state");
        request.push(("state".into(), state.clone()));
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.authorize(&house, &request).await;
        let location = browser.type_phone(&house, &page, &phone).await.location();
        let page = browser.page(&house, &location).await;
        let code = house.code_to(&phone, 0).await;
        let location = browser.type_code(&house, &page, &code).await.location();
        assert_eq!(query_of(&location)["state"], state);
    }

    fn a_dead_code_is_forgotten_whatever_became_of_its_message(house) {
        let phone = random_phone();
        house.fault(json!({ "kind": "error", "code": 131026, "to": phone })).await;
        let browser = house.browser();
        let page = browser.ask_code(&house, &phone).await;
        browser.told(&house, &page, "failed").await;
        let sealed = "SELECT id FROM messages WHERE code_sealed IS NOT NULL";
        assert_eq!(house.values(sealed).await.len(), 1);
        house.clock.turn(Duration::from_secs(6 * 60));
        house.flow.sweep().await.unwrap();
        assert_eq!(house.values(sealed).await.len(), 0);
    }

    fn a_fifth_page_that_follows_one_code_is_told_to_ask_instead(house) {
        let browser = house.browser();
        let page = browser.ask_code(&house, &random_phone()).await;
        let url = house.url(&format!("/sign-in/events?sign_in={}", page.hidden("sign_in")));
        let mut open = Vec::new();
        for expected in [200, 200, 200, 200, 204] {
            let request = house.http.get(&url).header("cookie", browser.cookie_line());
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), expected);
            open.push(answer);
        }
    }
}
