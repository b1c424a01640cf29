//! Several senders in one simulator: whose token opens what, whose webhook goes where, and what changes while it runs.

use crate::support::{
    ANA, OTHER_PHONE, OTHER_SECRET, OTHER_TOKEN, OTHER_WABA, PHONE, Receiver, SECRET, Stage, TOKEN, WABA,
    code_message, other_sender, text_message,
};
use reqwest::Method;
use serde_json::{Value, json};

/// Two senders with a receiver each.
async fn two() -> (Stage, Receiver, Receiver) {
    let (stage, receiver) = Stage::with_receiver().await;
    let other = Receiver::start().await;
    stage.order("/simulator/senders", &other_sender(&other.url)).await;
    (stage, receiver, other)
}

#[tokio::test]
async fn senders_are_listed_without_secrets_added_and_removed() {
    let (stage, receiver, other) = two().await;
    let (_, senders) = stage.get("/simulator/senders").await;
    let ids: Vec<_> = senders.as_array().unwrap().iter().map(|it| it["phone_number_id"].clone()).collect();
    assert_eq!(ids, [PHONE, OTHER_PHONE]);
    assert_eq!(
        (&senders[0]["webhook_url"], &senders[1]["webhook_url"]),
        (&json!(receiver.url), &json!(other.url))
    );
    for secret in [TOKEN, SECRET, OTHER_TOKEN, OTHER_SECRET] {
        assert!(!senders.to_string().contains(secret), "{secret} is shown");
    }
    for (field, value) in [
        ("phone_number_id", json!(PHONE)),
        ("phone_number_id", json!("+1")),
        ("waba_id", json!(PHONE)),
        ("display_phone_number", json!("+1 555 078 3881")),
        ("app_secret", json!("")),
        ("colour", json!("red")),
    ] {
        let mut wrong = other_sender(&other.url);
        wrong["phone_number_id"] = json!("306540352242922");
        wrong["waba_id"] = json!("302290129340398");
        wrong["display_phone_number"] = json!("+44 20 7946 0999");
        wrong[field] = value.clone();
        assert_eq!(stage.post("/simulator/senders", &wrong).await.0, 400, "{field} = {value}");
    }
    let (status, left) = stage.delete(&format!("/simulator/senders/{OTHER_PHONE}")).await;
    assert_eq!((status, left.as_array().unwrap().len()), (200, 1));
    assert_eq!(stage.delete(&format!("/simulator/senders/{OTHER_PHONE}")).await.0, 404);
    assert_eq!(stage.delete(&format!("/simulator/senders/{PHONE}")).await.0, 400);
    let gone = stage.graph_as(OTHER_TOKEN, Method::GET, OTHER_PHONE, None).await;
    assert_eq!((gone.0, &gone.1["error"]["code"]), (401, &json!(190)));
}

#[tokio::test]
async fn a_token_opens_its_own_senders_and_the_others_do_not_exist_for_it() {
    let (stage, ..) = two().await;
    let (_, own) = stage.graph_as(OTHER_TOKEN, Method::GET, OTHER_PHONE, None).await;
    assert_eq!(own["verified_name"], "Other Shop");
    let (_, templates) =
        stage.graph_as(OTHER_TOKEN, Method::GET, &format!("{OTHER_WABA}/message_templates"), None).await;
    assert_eq!(templates["data"].as_array().unwrap().len(), 1);
    let foreign_template = templates["data"][0]["id"].as_str().unwrap().to_owned();
    let message = code_message(ANA, "482913");
    let calls: [(Method, String, Option<&Value>); 6] = [
        (Method::GET, OTHER_PHONE.into(), None),
        (Method::GET, OTHER_WABA.into(), None),
        (Method::GET, foreign_template.clone(), None),
        (Method::POST, format!("{foreign_template}/unpause"), None),
        (Method::GET, format!("{OTHER_WABA}/message_templates"), None),
        (Method::POST, format!("{OTHER_PHONE}/messages"), Some(&message)),
    ];
    for (method, path, body) in calls {
        let (status, answer) = stage.graph(method, &path, body).await;
        let error = &answer["error"];
        assert_eq!(
            (status, &error["code"], &error["error_subcode"]),
            (400, &json!(100), &json!(33)),
            "{path}"
        );
    }
    assert_eq!(stage.get("/simulator/messages").await.1, json!([]));
}

#[tokio::test]
async fn webhooks_go_to_the_accounts_receiver_signed_with_its_secret() {
    let (stage, mut receiver, mut other) = two().await;
    let path = format!("{OTHER_PHONE}/messages");
    let (status, answer) =
        stage.graph_as(OTHER_TOKEN, Method::POST, &path, Some(&code_message(ANA, "482913"))).await;
    assert_eq!(status, 200, "{answer}");
    let hook = other.next().await;
    assert!(hook.is_signed_with(OTHER_SECRET) && !hook.is_signed_with(SECRET));
    assert_eq!(hook.json["entry"][0]["id"], OTHER_WABA);
    let metadata = json!({"display_phone_number": "442079460123", "phone_number_id": OTHER_PHONE});
    assert_eq!(hook.value()["metadata"], metadata);
    let theirs = hook.value()["contacts"][0]["user_id"].clone();
    stage.post("/simulator/inbound", &json!({"from": ANA, "text": "hi"})).await;
    let hook = receiver.next().await;
    assert!(hook.is_signed_with(SECRET));
    assert_eq!(hook.json["entry"][0]["id"], WABA);
    assert_eq!(hook.value()["messages"][0]["text"]["body"], "hi");
    assert_ne!(hook.value()["contacts"][0]["user_id"], theirs, "a user id is the account's own");
}

#[tokio::test]
async fn chats_windows_and_lists_are_apart_by_business_number() {
    let (stage, _receiver, mut other) = two().await;
    let hello = json!({"from": ANA, "text": "hello", "phone_number_id": OTHER_PHONE});
    stage.order("/simulator/inbound", &hello).await;
    assert_eq!(other.next().await.value()["metadata"]["phone_number_id"], OTHER_PHONE);
    let text = text_message(ANA, "hello");
    assert_eq!(stage.send(&text).await.1["error"]["code"], 131_047, "they wrote to another number");
    let path = format!("{OTHER_PHONE}/messages");
    assert_eq!(stage.graph_as(OTHER_TOKEN, Method::POST, &path, Some(&text)).await.0, 200);
    stage.send_code(ANA, "482913").await;
    let count = async |query: &str| {
        stage.get(&format!("/simulator/messages?to={ANA}{query}")).await.1.as_array().unwrap().len()
    };
    assert_eq!(count("").await, 2);
    assert_eq!(count(&format!("&phone_number_id={OTHER_PHONE}")).await, 1);
    let (_, own) = stage.get(&format!("/simulator/messages?phone_number_id={PHONE}")).await;
    assert_eq!((&own[0]["code"], &own[0]["phone_number_id"]), (&json!("482913"), &json!(PHONE)));
    let nobody = json!({"from": ANA, "text": "hello", "phone_number_id": "1"});
    assert_eq!(stage.post("/simulator/inbound", &nobody).await.0, 400);
}

#[tokio::test]
async fn a_tap_goes_to_the_business_whose_button_it_was() {
    let (stage, _receiver, mut other) = two().await;
    let path = format!("{OTHER_PHONE}/messages");
    let (_, answer) =
        stage.graph_as(OTHER_TOKEN, Method::POST, &path, Some(&code_message(ANA, "482913"))).await;
    assert_eq!(other.statuses(2).await.len(), 2);
    let wamid = &answer["messages"][0]["id"];
    let tap = json!({"from": ANA, "button": {"payload": "DID_NOT_REQUEST_CODE"}, "context": wamid});
    stage.order("/simulator/inbound", &tap).await;
    assert_eq!(other.next().await.value()["messages"][0]["context"]["from"], "442079460123");
    let elsewhere = json!({"from": ANA, "text": "x", "context": wamid, "phone_number_id": PHONE});
    assert_eq!(stage.post("/simulator/inbound", &elsewhere).await.0, 400);
}

#[tokio::test]
async fn numbers_can_share_an_account_its_templates_and_its_app() {
    let (stage, mut receiver) = Stage::with_receiver().await;
    let sibling = json!({
        "phone_number_id": OTHER_PHONE, "waba_id": WABA, "display_phone_number": "+44 20 7946 0123",
        "verified_name": "Acme Support", "access_token": OTHER_TOKEN, "app_secret": SECRET,
        "verify_token": "a-verify-token",
    });
    stage.order("/simulator/senders", &sibling).await;
    let (_, numbers) = stage.graph(Method::GET, &format!("{WABA}/phone_numbers"), None).await;
    assert_eq!(numbers["data"].as_array().unwrap().len(), 2);
    let path = format!("{OTHER_PHONE}/messages");
    let (status, _) =
        stage.graph_as(OTHER_TOKEN, Method::POST, &path, Some(&code_message(ANA, "482913"))).await;
    assert_eq!(status, 200, "the account's template serves both numbers");
    assert_eq!(receiver.next().await.value()["metadata"]["phone_number_id"], OTHER_PHONE);
    let mut other_app = sibling;
    other_app["phone_number_id"] = json!("306540352242922");
    other_app["display_phone_number"] = json!("+44 20 7946 0999");
    other_app["app_secret"] = json!("another");
    assert_eq!(stage.post("/simulator/senders", &other_app).await.0, 400);
}

#[tokio::test]
async fn a_rotated_app_secret_signs_from_then_on_and_a_user_keeps_their_id() {
    let (stage, mut receiver) = Stage::with_receiver().await;
    stage.order("/simulator/inbound", &json!({"from": ANA, "text": "one"})).await;
    let before = receiver.next().await;
    stage.change(&json!({"app_secret": "rotated"})).await;
    stage.order("/simulator/inbound", &json!({"from": ANA, "text": "two"})).await;
    let after = receiver.next().await;
    assert!(
        before.is_signed_with(SECRET) && after.is_signed_with("rotated") && !after.is_signed_with(SECRET)
    );
    assert_eq!(before.value()["contacts"], after.value()["contacts"]);
}

#[tokio::test]
async fn a_token_can_expire_and_be_replaced() {
    let stage = Stage::alone().await;
    stage.change(&json!({"token_expired": true})).await;
    let (status, answer) = stage.send(&code_message(ANA, "482913")).await;
    let error = &answer["error"];
    assert_eq!((status, &error["code"], &error["error_subcode"]), (401, &json!(190), &json!(463)));
    for path in [PHONE.to_owned(), format!("{WABA}/message_templates")] {
        assert_eq!(stage.graph(Method::GET, &path, None).await.0, 401, "{path}");
    }
    stage.change(&json!({"access_token": "fresh"})).await;
    assert_eq!(stage.graph_as("fresh", Method::GET, PHONE, None).await.0, 200);
    let (status, answer) = stage.graph(Method::GET, PHONE, None).await;
    assert_eq!((status, answer["error"].get("error_subcode")), (401, None), "the old token is nobody's");
    for wrong in [json!({"access_token": ""}), json!({"restriction": 5}), json!({"waba_id": "1"})] {
        assert_eq!(stage.patch(&format!("/simulator/senders/{PHONE}"), &wrong).await.0, 400, "{wrong}");
    }
    assert_eq!(stage.patch("/simulator/senders/1", &json!({})).await.0, 404);
}

#[tokio::test]
async fn a_handshake_is_made_with_the_sender_that_is_named() {
    let (stage, ..) = two().await;
    let ask = async |body: Value| stage.post("/simulator/verify-webhook", &body).await;
    assert_eq!(ask(json!({"phone_number_id": OTHER_PHONE})).await.1["verified"], true);
    let path = format!("/simulator/senders/{OTHER_PHONE}");
    assert_eq!(stage.patch(&path, &json!({"verify_token": "wrong"})).await.0, 200);
    assert_eq!(ask(json!({"phone_number_id": OTHER_PHONE})).await.1["verified"], false);
    assert_eq!(ask(json!({})).await.1["verified"], true, "the first sender's is meant where none is named");
    assert_eq!(ask(json!({"phone_number_id": "1"})).await.0, 400);
}

#[tokio::test]
async fn a_token_does_what_it_was_made_for_and_says_what_that_is() {
    let (stage, _receiver) = Stage::with_receiver().await;
    let patch = format!("/simulator/senders/{PHONE}");
    let asked = format!("debug_token?input_token={TOKEN}");
    let (_, whole) = stage.graph(Method::GET, &asked, None).await;
    assert_eq!(
        (&whole["data"]["scopes"], &whole["data"]["app_id"], &whole["data"]["is_valid"]),
        (
            &json!(["whatsapp_business_messaging", "whatsapp_business_management"]),
            &json!("1000000000000001"),
            &json!(true)
        )
    );
    let (_, unknown) = stage.graph(Method::GET, "debug_token?input_token=another", None).await;
    assert_eq!(unknown["data"]["is_valid"], false);

    stage.patch(&patch, &json!({ "permissions": ["whatsapp_business_management"] })).await;
    let message = code_message(ANA, "482913");
    let (status, refused) = stage.graph(Method::POST, &format!("{PHONE}/messages"), Some(&message)).await;
    assert_eq!((status, &refused["error"]["code"]), (403, &json!(200)));
    stage.patch(&patch, &json!({ "permissions": ["whatsapp_business_messaging"] })).await;
    assert_eq!(stage.graph(Method::POST, &format!("{PHONE}/messages"), Some(&message)).await.0, 200);
    let (status, refused) = stage.graph(Method::GET, &format!("{WABA}/message_templates"), None).await;
    assert_eq!((status, &refused["error"]["code"]), (403, &json!(200)));
}

#[tokio::test]
async fn a_number_that_is_not_connected_sends_nothing_and_another_app_hears_nothing_for_ours() {
    let (stage, _receiver) = Stage::with_receiver().await;
    let patch = format!("/simulator/senders/{PHONE}");
    stage.patch(&patch, &json!({ "status": "PENDING", "subscription": "another" })).await;
    let message = code_message(ANA, "482913");
    let (_, refused) = stage.graph(Method::POST, &format!("{PHONE}/messages"), Some(&message)).await;
    assert_eq!(refused["error"]["code"], 133_010);
    let (_, apps) = stage.graph(Method::GET, &format!("{WABA}/subscribed_apps"), None).await;
    let ids: Vec<_> = apps["data"].as_array().unwrap().iter().collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(ids[0]["whatsapp_business_api_data"]["id"], "1000000000000002");
    let (_, senders) = stage.get("/simulator/senders").await;
    assert_eq!(senders[0]["webhooks_go_to"], Value::Null);
}
