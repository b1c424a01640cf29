//! Misbehaviour on order, as the provider would suffer it.

use crate::support::{ANA, BEN, PHONE, Stage, TOKEN, code_message, read};
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn an_ordered_error_strikes_once_and_only_the_phone_it_is_for() {
    let stage = Stage::alone().await;
    stage.fault(&json!([{"to": ANA, "kind": "error", "code": 131_026}])).await;
    stage.send_code(BEN, "482913").await;
    let (status, answer) = stage.send(&code_message(ANA, "482913")).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(131_026)));
    stage.send_code(ANA, "482913").await;
    stage.fault(&json!([{"kind": "error", "code": 131_016, "http_status": 503}])).await;
    assert_eq!(stage.send(&code_message(ANA, "482913")).await.0, 503);
}

#[tokio::test]
async fn a_message_can_fail_after_it_was_accepted_and_then_has_no_contacts() {
    let (stage, mut receiver) = Stage::with_receiver().await;
    stage.fault(&json!([{"kind": "status_failed", "code": 131_026}])).await;
    let wamid = stage.send_code(ANA, "482913").await;
    let hook = receiver.next().await;
    let value = hook.value();
    assert!(value.get("contacts").is_none());
    let status = &value["statuses"][0];
    assert_eq!((&status["id"], &status["status"]), (&json!(wamid), &json!("failed")));
    assert_eq!(status["errors"][0]["code"], 131_026);
    assert!(status.get("recipient_user_id").is_none() && status.get("pricing").is_none());
    assert_eq!(status["biz_opaque_callback_data"], "m-1");
    let (_, messages) = stage.get(&format!("/simulator/messages?to={ANA}")).await;
    assert_eq!((&messages[0]["status"], &messages[0]["failed_with"]), (&json!("failed"), &json!(131_026)));
}

#[tokio::test]
async fn webhooks_can_come_twice() {
    let (stage, mut receiver) = Stage::with_receiver().await;
    stage.fault(&json!([{"kind": "duplicate"}])).await;
    stage.send_code(ANA, "482913").await;
    let mut words = receiver.statuses(4).await;
    words.sort();
    assert_eq!(words, ["delivered", "delivered", "sent", "sent"]);
}

#[tokio::test]
async fn webhooks_can_come_in_disorder() {
    let (stage, mut receiver) = Stage::with_receiver().await;
    stage.fault(&json!([{"kind": "disorder"}])).await;
    stage.send_code(ANA, "482913").await;
    assert_eq!(receiver.next().await.statuses()[0], "delivered");
}

#[tokio::test]
async fn a_silenced_message_arrives_and_nobody_says_so() {
    let (stage, mut receiver) = Stage::with_receiver().await;
    stage.fault(&json!([{"to": ANA, "kind": "silence"}])).await;
    stage.send_code(ANA, "482913").await;
    stage.until(ANA, "delivered").await;
    stage.page(&format!("/chats/{ANA}")).await;
    let wamid = stage.send_code(BEN, "482913").await;
    let hook = receiver.next().await;
    assert_eq!(hook.value()["statuses"][0]["id"], wamid);
}

#[tokio::test]
async fn reports_can_be_late_while_the_message_is_there_and_keep_their_time() {
    let (stage, mut receiver) = Stage::with_receiver().await;
    stage.fault(&json!([{"to": ANA, "kind": "webhook_delay", "delay_ms": 3_600_000}])).await;
    stage.fault(&json!([{"to": BEN, "kind": "webhook_delay", "delay_ms": 1_500}])).await;
    stage.send_code(ANA, "482913").await;
    stage.until(ANA, "delivered").await;
    let wamid = stage.send_code(BEN, "482913").await;
    stage.until(BEN, "delivered").await;
    let (_, messages) = stage.get(&format!("/simulator/messages?to={BEN}")).await;
    let taken = messages[0]["at"].as_u64().unwrap();
    let hook = receiver.next().await;
    let status = &hook.value()["statuses"][0];
    assert_eq!(status["id"], wamid, "the other's reports are an hour late");
    let told: u64 = status["timestamp"].as_str().unwrap().parse().unwrap();
    let posted = hook.json["entry"][0]["time"].as_u64().unwrap();
    assert!(posted > taken / 1_000, "posted at {posted}, taken at {taken}");
    assert!(told < posted, "the report says when it was, not when it was told");
}

#[tokio::test]
async fn a_call_can_hang_for_a_while_only() {
    let stage = Stage::alone().await;
    stage.fault(&json!([{"kind": "hang", "delay_ms": 1}])).await;
    let call = stage.http.post(format!("{}/v25.0/{PHONE}/messages", stage.base)).bearer_auth(TOKEN);
    let hung = call.json(&code_message(ANA, "482913")).send().await.unwrap_err();
    assert!(!hung.is_timeout(), "{hung}");
}

#[tokio::test]
async fn an_answer_can_be_a_bare_5xx_or_garbage_whether_the_message_is_taken_or_not() {
    let stage = Stage::alone().await;
    let count = async || stage.get("/simulator/messages").await.1.as_array().unwrap().len();
    stage
        .fault(&json!([{"kind": "http_error", "http_status": 502}, {"kind": "garbage", "accept": true}]))
        .await;
    let (status, answer) = stage.send(&code_message(ANA, "482913")).await;
    assert_eq!(status, 502);
    assert!(answer.as_str().unwrap().starts_with("<html>"));
    assert_eq!(count().await, 0);
    let (status, answer) = stage.send(&code_message(ANA, "482913")).await;
    assert!(status == 200 && answer.is_string(), "{answer}");
    assert_eq!(count().await, 1);
}

#[tokio::test]
async fn a_connection_can_be_dropped_and_a_call_can_hang() {
    let stage = Stage::alone().await;
    stage.fault(&json!([{"kind": "drop"}, {"kind": "hang", "accept": true}])).await;
    let url = format!("{}/v25.0/{PHONE}/messages", stage.base);
    let send = || stage.http.post(&url).bearer_auth(TOKEN).json(&code_message(ANA, "482913"));
    let dropped = send().send().await.unwrap_err();
    assert!(!dropped.is_timeout(), "{dropped}");
    let hanging = send().timeout(Duration::from_millis(200)).send().await.unwrap_err();
    assert!(hanging.is_timeout(), "{hanging}");
    let (_, messages) = stage.get(&format!("/simulator/messages?to={ANA}")).await;
    assert_eq!(
        messages.as_array().unwrap().len(),
        1,
        "the hanging call was to be taken, the dropped one not"
    );
}

#[tokio::test]
async fn faults_reach_the_sms_gateway_and_can_spare_it() {
    let stage = Stage::alone().await;
    let sms = || {
        let request = stage.http.post(format!("{}/sms", stage.base)).bearer_auth(TOKEN);
        request.json(&json!({"to": ANA, "text": "482913"})).send()
    };
    stage.fault(&json!([{"channel": "whatsapp", "kind": "http_error"}])).await;
    assert_eq!(sms().await.unwrap().status(), 200);
    stage.fault(&json!([{"channel": "sms", "kind": "http_error"}])).await;
    assert_eq!(sms().await.unwrap().status(), 503);
}

#[tokio::test]
async fn faults_can_be_seen_and_taken_back() {
    let stage = Stage::alone().await;
    stage.fault(&json!([{"to": ANA, "kind": "silence", "times": 3}, {"kind": "delay", "delay_ms": 5}])).await;
    assert_eq!(
        stage.get("/simulator/faults").await.1,
        json!([{"to": ANA, "times": 3, "kind": "silence"}, {"times": 1, "kind": "delay", "delay_ms": 5}])
    );
    let delete = |query: &str| stage.http.delete(format!("{}/simulator/faults{query}", stage.base)).send();
    let (_, left) = read(delete("?to=%2B16505551234").await.unwrap()).await;
    assert_eq!(left.as_array().unwrap().len(), 1);
    assert_eq!(read(delete("").await.unwrap()).await.1, json!([]));
    for wrong in [json!([{"kind": "melt"}]), json!({"kind": "hang"}), json!([{"kind": "hang", "colour": 1}])]
    {
        let (status, answer): (u16, Value) = stage.post("/simulator/faults", &wrong).await;
        assert!(status == 400 && answer["error"].is_string(), "{answer}");
    }
}
