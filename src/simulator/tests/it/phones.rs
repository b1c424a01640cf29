//! Phones that are out of the ordinary: without WhatsApp, in other hands, or set up anew.

use crate::support::{ANA, BEN, PHONE, Receiver, Stage, TOKEN, code_message, text_message};
use reqwest::Method;
use serde_json::{Value, json};

async fn checked() -> (Stage, Receiver) {
    let (stage, receiver) = Stage::with_receiver().await;
    let check = json!({"user_identity_change": {"enable_identity_key_check": true}});
    let path = format!("{PHONE}/settings");
    assert_eq!(stage.graph(Method::POST, &path, Some(&check)).await, (200, json!({"success": true})));
    assert_eq!(stage.graph(Method::GET, &path, None).await.1, check);
    (stage, receiver)
}

/// The first status of the next webhook that has one.
async fn status(receiver: &mut Receiver) -> (Value, Value) {
    loop {
        let hook = receiver.next().await;
        if let Some(value) = hook.of_field("messages").into_iter().find(|value| value["statuses"].is_array())
        {
            return (value["statuses"][0].clone(), value["contacts"][0].clone());
        }
    }
}

async fn send_to(stage: &Stage, identity: &Value) -> u16 {
    let mut message = code_message(ANA, "482913");
    message["recipient_identity_key_hash"] = identity.clone();
    stage.send(&message).await.0
}

#[tokio::test]
async fn a_number_without_whatsapp_is_accepted_and_then_fails() {
    let (stage, mut receiver) = Stage::with_receiver().await;
    let answer = stage.order("/simulator/phones", &json!({"number": ANA, "whatsapp": false})).await;
    assert_eq!(answer["whatsapp"], false);
    let wamid = stage.send_code(ANA, "482913").await;
    let (failed, contact) = status(&mut receiver).await;
    assert_eq!((&failed["id"], &failed["status"]), (&json!(wamid), &json!("failed")));
    assert_eq!((&failed["errors"][0]["code"], contact), (&json!(131_026), Value::Null));
    assert_eq!(stage.post("/simulator/inbound", &json!({"from": ANA, "text": "hi"})).await.0, 400);
    let sms = stage.http.post(format!("{}/sms", stage.base)).bearer_auth(TOKEN);
    let sms = sms.json(&json!({"to": ANA, "text": "482913"})).send().await.unwrap();
    assert_eq!(sms.status(), 200, "an SMS needs no WhatsApp");
    stage.until(ANA, "delivered").await;
    assert!(stage.page(&format!("/chats/{ANA}")).await.contains("This phone has no WhatsApp"));
    assert_eq!(stage.get("/simulator/phones").await.1[0]["number"], ANA);
    stage.order("/simulator/phones", &json!({"number": ANA, "whatsapp": true})).await;
    assert_eq!(stage.get("/simulator/phones").await.1, json!([]));
    stage.send_code(ANA, "482913").await;
    assert_eq!(status(&mut receiver).await.0["status"], "sent");
}

#[tokio::test]
async fn identities_are_told_only_where_somebody_asked_to_be_told() {
    let (stage, mut receiver) = Stage::with_receiver().await;
    stage.send_code(ANA, "482913").await;
    let (sent, contact) = status(&mut receiver).await;
    assert!(sent.get("recipient_identity_key_hash").is_none() && contact.get("identity_key_hash").is_none());
    let (stage, mut receiver) = checked().await;
    stage.order("/simulator/inbound", &json!({"from": ANA, "text": "hi"})).await;
    let hook = receiver.next().await;
    let identity = hook.value()["contacts"][0]["identity_key_hash"].clone();
    assert_eq!(identity.as_str().unwrap().len(), 12);
    stage.send_code(ANA, "482913").await;
    let (sent, contact) = status(&mut receiver).await;
    assert_eq!((&sent["recipient_identity_key_hash"], &contact["identity_key_hash"]), (&identity, &identity));
    let path = format!("{PHONE}/settings");
    for wrong in [
        json!({}),
        json!({"user_identity_change": {"enabled": true}}),
        json!({"user_identity_change": {"enable_identity_key_check": "yes"}}),
    ] {
        assert_eq!(stage.graph(Method::POST, &path, Some(&wrong)).await.0, 400, "{wrong}");
    }
}

#[tokio::test]
async fn a_number_in_other_hands_does_not_get_what_was_for_the_first() {
    let (stage, mut receiver) = checked().await;
    stage.order("/simulator/inbound", &json!({"from": ANA, "text": "hi", "name": "Ana"})).await;
    let hook = receiver.next().await;
    let first = hook.value()["contacts"][0].clone();
    assert_eq!(send_to(&stage, &first["identity_key_hash"]).await, 200);
    assert_eq!(status(&mut receiver).await.0["status"], "sent");
    stage.order("/simulator/phones", &json!({"number": ANA, "owner": "changed"})).await;
    assert_eq!(send_to(&stage, &first["identity_key_hash"]).await, 200, "it is found out later");
    let failed = loop {
        let (told, _) = status(&mut receiver).await;
        if told["status"] == "failed" {
            break told;
        }
    };
    assert_eq!(failed["errors"][0]["code"], 137_000);
    assert_ne!(failed["recipient_identity_key_hash"], first["identity_key_hash"]);
    assert_eq!(stage.send(&text_message(ANA, "hello")).await.1["error"]["code"], 131_047, "they never wrote");
    stage.order("/simulator/inbound", &json!({"from": ANA, "text": "hello"})).await;
    let second = loop {
        let hook = receiver.next().await;
        if hook.json.to_string().contains("\"messages\":[") {
            break hook.value()["contacts"][0].clone();
        }
    };
    assert_ne!(second["user_id"], first["user_id"]);
    assert_ne!(second["profile"]["name"], "Ana");
    assert_eq!(second["identity_key_hash"], failed["recipient_identity_key_hash"]);
}

#[tokio::test]
async fn a_new_device_is_another_identity_of_the_same_person() {
    let (stage, mut receiver) = checked().await;
    let hello = json!({"from": BEN, "text": "hi"});
    stage.order("/simulator/inbound", &hello).await;
    let before = receiver.next().await.value()["contacts"][0].clone();
    stage.order("/simulator/phones", &json!({"number": BEN, "device": "changed"})).await;
    stage.order("/simulator/inbound", &hello).await;
    let after = receiver.next().await.value()["contacts"][0].clone();
    assert_eq!(before["user_id"], after["user_id"]);
    assert_ne!(before["identity_key_hash"], after["identity_key_hash"]);
    for wrong in [json!({"number": "me"}), json!({"number": BEN, "owner": "Ben"}), json!({"whatsapp": true})]
    {
        assert_eq!(stage.post("/simulator/phones", &wrong).await.0, 400, "{wrong}");
    }
}
