//! How much a sender may send, what it is when it may not at all, and what a health check reads of that.

use crate::support::{ANA, BEN, PHONE, Stage, WABA, code_message};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn the_pair_rate_can_be_lifted() {
    let stage = Stage::alone().await;
    stage.change(&json!({"pair_rate": false})).await;
    for _ in 0..60 {
        stage.send_code(ANA, "482913").await;
    }
}

#[tokio::test]
async fn a_number_that_sends_too_fast_is_told_to_wait() {
    let stage = Stage::alone().await;
    let mut person = 1_000;
    let mut code = async || {
        person += 1;
        stage.send(&code_message(&format!("+1650555{person}"), "482913")).await.1["error"]["code"].clone()
    };
    for _ in 0..100 {
        assert_eq!(code().await, Value::Null, "nothing slows a sender down unless it is ordered");
    }
    stage.change(&json!({"messages_per_second": 1})).await;
    assert_eq!(code().await, Value::Null);
    // One a second: soon one is not a second after the one before.
    let refusal = loop {
        let code = code().await;
        if !code.is_null() {
            break code;
        }
    };
    assert_eq!(refusal, 130_429);
    stage.change(&json!({"messages_per_second": 0})).await;
    assert_eq!(code().await, Value::Null);
}

#[tokio::test]
async fn a_restricted_account_sends_nothing_until_it_is_free() {
    let stage = Stage::alone().await;
    for (code, http) in [(131_031, 403), (131_042, 400), (368, 403)] {
        stage.change(&json!({"restriction": code})).await;
        let (status, answer) = stage.send(&code_message(BEN, "482913")).await;
        assert_eq!((status, &answer["error"]["code"]), (http, &json!(code)));
    }
    assert_eq!(stage.get("/simulator/messages").await.1, json!([]));
    stage.change(&json!({"restriction": 0})).await;
    stage.send_code(BEN, "482913").await;
}

#[tokio::test]
async fn the_limit_and_the_quality_are_what_a_health_check_reads() {
    let stage = Stage::alone().await;
    stage.change(&json!({"messaging_limit": "TIER_250", "quality_rating": "RED"})).await;
    let limit = "whatsapp_business_manager_messaging_limit";
    let (_, number) = stage.graph(Method::GET, &format!("{PHONE}?fields={limit},quality_rating"), None).await;
    assert_eq!((&number[limit], &number["quality_rating"]), (&json!("TIER_250"), &json!("RED")));
    let (_, account) = stage.graph(Method::GET, &format!("{WABA}?fields={limit}"), None).await;
    assert_eq!(account[limit], "TIER_250");
}
