//! Inspection and the long-poll by which tests wait for a code.

use crate::support::{ANA, BEN, PHONE, Stage, TOKEN, code_message, settings};
use serde_json::json;
use watchword_simulator::Simulator;

#[tokio::test]
async fn messages_are_listed_newest_first_by_number() {
    let stage = Stage::alone().await;
    for code in ["1111", "2222", "3333"] {
        stage.send_code(ANA, code).await;
    }
    stage.send_code(BEN, "4444").await;
    let (_, messages) = stage.get(&format!("/simulator/messages?to={ANA}&limit=2")).await;
    let codes: Vec<_> = messages.as_array().unwrap().iter().map(|message| message["code"].clone()).collect();
    assert_eq!(codes, ["3333", "2222"]);
    let (_, all) = stage.get("/simulator/messages").await;
    assert_eq!(all.as_array().unwrap().len(), 4);
    let after = format!("/simulator/messages?after={}", messages[0]["wamid"].as_str().unwrap());
    assert_eq!(stage.get(&after).await.1[0]["code"], "4444");
    assert_eq!(stage.get("/simulator/messages?to=nobody").await.0, 400);
}

#[tokio::test]
async fn a_long_poll_answers_with_the_message_it_waited_for() {
    let stage = Stage::alone().await;
    stage.send_code(ANA, "1111").await;
    let path = format!("/simulator/messages?to={ANA}&after=1&wait_ms=15000");
    let (waited, ()) = tokio::join!(stage.get(&path), async {
        stage.send_code(BEN, "2222").await;
        stage.send_code(ANA, "3333").await;
    });
    assert_eq!(waited.1[0]["code"], "3333");
    assert_eq!(waited.1.as_array().unwrap().len(), 1);
    let patient = stage.get(&format!("/simulator/messages?to={ANA}&after=3&wait_ms=5")).await;
    assert_eq!(patient, (200, json!([])));
}

#[tokio::test]
async fn what_people_write_is_checked_and_can_be_listed() {
    let stage = Stage::alone().await;
    assert_eq!(stage.post("/simulator/inbound", &json!({"from": ANA, "text": "hello"})).await.0, 200);
    let (_, messages) = stage.get("/simulator/messages?direction=from").await;
    assert_eq!((&messages[0]["direction"], &messages[0]["body"]), (&json!("from"), &json!("hello")));
    assert_eq!(stage.get("/simulator/messages").await.1, json!([]));
    for wrong in [
        json!({"from": "me", "text": "hello"}),
        json!({"from": ANA}),
        json!({"from": ANA, "text": ""}),
        json!({"from": ANA, "text": "a", "button": {"payload": "b"}}),
        json!({"from": ANA, "text": "a", "context": "wamid.none"}),
        json!({"from": ANA, "text": "a", "colour": "red"}),
    ] {
        assert_eq!(stage.post("/simulator/inbound", &wrong).await.0, 400, "{wrong}");
    }
}

#[tokio::test]
async fn a_foreign_site_cannot_use_the_phone_through_a_visitors_browser() {
    let stage = Stage::alone().await;
    let write = |origin: String| {
        let request = stage.http.post(format!("{}/simulator/inbound", stage.base)).header("origin", origin);
        request.json(&json!({"from": ANA, "text": "hello"})).send()
    };
    assert_eq!(write("https://elsewhere.example".into()).await.unwrap().status(), 403);
    assert_eq!(write("null".into()).await.unwrap().status(), 403);
    assert_eq!(write(stage.base.clone()).await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_what_has_no_end() {
    let stage = Stage::alone().await;
    stage.fault(&json!([{"kind": "hang", "accept": true}])).await;
    let open = |path: &str| stage.http.get(format!("{}{path}", stage.base)).send();
    let page = open("/events").await.unwrap();
    let waiting = tokio::spawn(open(&format!("/simulator/messages?to={BEN}&wait_ms=60000")));
    let call = stage.http.post(format!("{}/v25.0/{PHONE}/messages", stage.base)).bearer_auth(TOKEN);
    let hanging = tokio::spawn(call.json(&code_message(ANA, "482913")).send());
    // Taken although it hangs: from here on all three requests are under way.
    stage.get(&format!("/simulator/messages?to={ANA}&wait_ms=15000")).await;
    stage.stop().await;
    assert!(hanging.await.unwrap().is_err());
    drop((page, waiting));
}

#[test]
fn a_setting_that_cannot_work_is_refused_with_its_name() {
    let refusal = |change: fn(&mut watchword_simulator::Sender)| {
        let mut settings = settings(None);
        change(&mut settings.sender);
        Simulator::new(settings).err().unwrap().to_string()
    };
    assert!(refusal(|it| it.app_secret.clear()).contains("app_secret"));
    assert!(refusal(|it| it.verify_token.clear()).contains("verify_token"));
    assert!(refusal(|it| it.phone_number_id = "+1".into()).contains("phone_number_id"));
    assert!(refusal(|it| it.webhook_url = Some("webhooks".into())).contains("webhook_url"));
    assert!(refusal(|it| it.waba_id = it.phone_number_id.clone()).contains("waba_id"));
}
