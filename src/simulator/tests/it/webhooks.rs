//! What the receiver of webhooks sees: envelope, signature, repetition, batches and the subscription.

use crate::support::{ANA, PHONE, SECRET, Stage, VERIFY, WABA, settings};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_code_is_reported_as_sent_and_then_delivered_and_signed_over_its_bytes() {
    let (stage, mut receiver) = Stage::with_receiver().await;
    let wamid = stage.send_code(ANA, "482913").await;
    let hook = receiver.next().await;
    assert!(hook.is_signed_with(SECRET));
    assert!(!hook.is_signed_with("another secret"));
    assert_eq!(hook.json["object"], "whatsapp_business_account");
    assert_eq!(hook.json["entry"][0]["id"], WABA);
    assert_eq!(hook.json["entry"][0]["changes"][0]["field"], "messages");
    let value = hook.value();
    assert_eq!(value["metadata"], json!({"display_phone_number": "15550783881", "phone_number_id": PHONE}));
    assert_eq!(value["contacts"][0]["wa_id"], "16505551234");
    let user_id = value["contacts"][0]["user_id"].as_str().unwrap();
    assert!(user_id.starts_with("US."));
    let status = &value["statuses"][0];
    assert_eq!(status["id"], wamid);
    assert_eq!(status["status"], "sent");
    assert_eq!(status["recipient_id"], "16505551234");
    assert_eq!(status["recipient_user_id"], user_id);
    assert_eq!(status["biz_opaque_callback_data"], "m-1");
    assert_eq!(
        status["pricing"],
        json!({"billable": true, "pricing_model": "PMP", "type": "regular", "category": "authentication"})
    );
    assert!(status["timestamp"].as_str().unwrap().parse::<u64>().is_ok());
    let mut words = hook.statuses();
    if words.len() < 2 {
        words.extend(receiver.statuses(1).await);
    }
    assert_eq!(words, ["sent", "delivered"]);
}

#[tokio::test]
async fn what_a_person_writes_arrives_with_everything_beyond_ascii_escaped() {
    let (stage, mut receiver) = Stage::with_receiver().await;
    let text = "¿Qué? नमस्ते 😀";
    stage.post("/simulator/inbound", &json!({"from": ANA, "text": text, "name": "Añá"})).await;
    let hook = receiver.next().await;
    assert!(hook.raw.is_ascii());
    assert!(hook.is_signed_with(SECRET));
    let message = &hook.value()["messages"][0];
    assert_eq!(message["type"], "text");
    assert_eq!(message["text"]["body"], text);
    assert_eq!(message["from"], "16505551234");
    assert_eq!(message["from_user_id"], hook.value()["contacts"][0]["user_id"]);
    assert_eq!(hook.value()["contacts"][0]["profile"]["name"], "Añá");
}

#[tokio::test]
async fn a_tap_names_the_message_whose_button_it_was() {
    let (stage, mut receiver) = Stage::with_receiver().await;
    let wamid = stage.send_code(ANA, "482913").await;
    assert_eq!(receiver.statuses(2).await.len(), 2);
    let tap = json!({"from": ANA, "button": {"payload": "DID_NOT_REQUEST_CODE", "text": "Not me"}, "context": wamid});
    stage.post("/simulator/inbound", &tap).await;
    let hook = receiver.next().await;
    let message = &hook.value()["messages"][0];
    assert_eq!(message["type"], "button");
    assert_eq!(message["button"], json!({"payload": "DID_NOT_REQUEST_CODE", "text": "Not me"}));
    assert_eq!(message["context"], json!({"from": "15550783881", "id": wamid}));
    let question = json!({
        "messaging_product": "whatsapp", "to": ANA, "type": "interactive",
        "interactive": {"type": "button", "body": {"text": "You?"},
            "action": {"buttons": [{"type": "reply", "reply": {"id": "b-7", "title": "Yes"}}]}},
    });
    let (_, answer) = stage.send(&question).await;
    assert_eq!(receiver.statuses(2).await.len(), 2);
    let tap = json!({"from": ANA, "button": {"payload": "b-7"}, "context": answer["messages"][0]["id"]});
    stage.post("/simulator/inbound", &tap).await;
    let hook = receiver.next().await;
    assert_eq!(
        hook.value()["messages"][0]["interactive"],
        json!({"type": "button_reply", "button_reply": {"id": "b-7", "title": "Yes"}})
    );
}

#[tokio::test]
async fn a_webhook_that_is_not_answered_with_200_comes_again() {
    let (stage, mut receiver) = Stage::with_receiver().await;
    receiver.answer_with(&[503, 401, 204]);
    stage.post("/simulator/inbound", &json!({"from": ANA, "text": "hi"})).await;
    let first = receiver.next().await;
    for _ in 0..3 {
        assert_eq!(receiver.next().await.raw, first.raw);
    }
    stage.post("/simulator/inbound", &json!({"from": ANA, "text": "done"})).await;
    assert_eq!(receiver.next().await.value()["messages"][0]["text"]["body"], "done");
}

#[tokio::test]
async fn without_a_subscribed_app_no_webhook_leaves() {
    let (stage, mut receiver) = Stage::with_receiver().await;
    let path = format!("{WABA}/subscribed_apps");
    let (_, apps) = stage.graph(Method::GET, &path, None).await;
    assert_eq!(apps["data"].as_array().unwrap().len(), 1);
    assert_eq!(stage.graph(Method::DELETE, &path, None).await.0, 200);
    assert_eq!(stage.graph(Method::GET, &path, None).await.1, json!({"data": []}));
    stage.send_code(ANA, "482913").await;
    stage.until(ANA, "delivered").await;
    let wrong = json!({"override_callback_uri": receiver.url, "verify_token": "wrong"});
    assert_eq!(stage.graph(Method::POST, &path, Some(&wrong)).await.1["error"]["code"], 2200);
    let right = json!({"override_callback_uri": receiver.url, "verify_token": VERIFY});
    assert_eq!(stage.graph(Method::POST, &path, Some(&right)).await.1, json!({"success": true}));
    stage.post("/simulator/inbound", &json!({"from": ANA, "text": "now"})).await;
    assert_eq!(receiver.next().await.value()["messages"][0]["text"]["body"], "now");
}

#[tokio::test]
async fn the_handshake_is_reported_as_it_went() {
    let (stage, receiver) = Stage::with_receiver().await;
    let (status, answer) = stage.post("/simulator/verify-webhook", &json!({})).await;
    assert_eq!((status, &answer["verified"]), (200, &json!(true)), "{answer}");
    let mut other = settings(Some(receiver.url.clone()));
    other.sender.verify_token = "wrong".into();
    let stage = Stage::with(other).await;
    let (_, answer) = stage.post("/simulator/verify-webhook", &json!({})).await;
    assert_eq!((&answer["verified"], &answer["status"]), (&json!(false), &json!(403)));
    assert_eq!(Stage::alone().await.post("/simulator/verify-webhook", &json!({})).await.0, 400);
}
