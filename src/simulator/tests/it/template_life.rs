//! What becomes of a template: its review, what happens to it later, and what of that is told and refused.

use crate::support::{ANA, Receiver, Stage, VERIFY, WABA, code_message};
use reqwest::Method;
use serde_json::{Value, json};

const STATUS: &str = "message_template_status_update";
const QUALITY: &str = "message_template_quality_update";

fn authentication(name: &str) -> Value {
    json!({
        "name": name, "languages": ["en_US", "pt_BR"], "category": "AUTHENTICATION", "message_send_ttl_seconds": 300,
        "components": [
            {"type": "BODY", "add_security_recommendation": true},
            {"type": "FOOTER", "code_expiration_minutes": 5},
            {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]},
        ],
    })
}

async fn upsert(stage: &Stage, template: &Value) -> Value {
    let path = format!("{WABA}/upsert_message_templates");
    let (status, answer) = stage.graph(Method::POST, &path, Some(template)).await;
    assert_eq!(status, 200, "{answer}");
    answer["data"].clone()
}

async fn listed(stage: &Stage, query: &str) -> Value {
    stage.graph(Method::GET, &format!("{WABA}/message_templates?{query}"), None).await.1["data"].clone()
}

#[tokio::test]
async fn what_is_held_waits_until_somebody_decides() {
    let (stage, mut receiver) = Stage::with_receiver().await;
    stage.order("/simulator/templates", &json!({"review": "hold"})).await;
    let made = upsert(&stage, &authentication("signin_code")).await;
    assert_eq!((&made[0]["status"], &made[1]["language"]), (&json!("PENDING"), &json!("pt_BR")));
    let mut message = code_message(ANA, "482913");
    message["template"]["name"] = json!("signin_code");
    assert_eq!(stage.send(&message).await.1["error"]["code"], 132_001);
    let decision = json!({"name": "signin_code", "language": "pt_BR", "event": "APPROVED"});
    let answer = stage.order("/simulator/templates", &decision).await;
    assert_eq!(answer["templates"][0]["status"], "APPROVED");
    let (told, hook) = receiver.told(STATUS).await;
    assert_eq!(hook.json["entry"][0]["id"], WABA);
    let id: u64 = made[1]["id"].as_str().unwrap().parse().unwrap();
    let expected = json!({
        "event": "APPROVED", "message_template_id": id, "message_template_name": "signin_code",
        "message_template_language": "pt-BR", "message_template_category": "AUTHENTICATION", "reason": "NONE",
    });
    assert_eq!(told, expected);
    assert_eq!(listed(&stage, "name=signin_code&status=PENDING").await[0]["language"], "en_US");
}

#[tokio::test]
async fn a_review_can_reject_and_says_why() {
    let (stage, mut receiver) = Stage::with_receiver().await;
    let policy = json!({"review": "reject", "reason": "INCORRECT_CATEGORY", "waba_id": WABA});
    stage.order("/simulator/templates", &policy).await;
    upsert(&stage, &authentication("signin_code")).await;
    let (told, _) = receiver.told(STATUS).await;
    assert_eq!((&told["event"], &told["reason"]), (&json!("REJECTED"), &json!("INCORRECT_CATEGORY")));
    let list = listed(&stage, "name=signin_code&fields=status,rejected_reason").await;
    assert_eq!(list[0]["rejected_reason"], "INCORRECT_CATEGORY");
    stage.order("/simulator/templates", &json!({"review": "approve_after_ms", "delay_ms": 1})).await;
    assert_eq!(
        upsert(&stage, &authentication("signin_code")).await[0]["status"],
        "PENDING",
        "it is tried again"
    );
    loop {
        let (told, _) = receiver.told(STATUS).await;
        if told["event"] == "APPROVED" {
            break;
        }
    }
}

#[tokio::test]
async fn a_paused_or_disabled_template_is_refused_with_its_own_code() {
    let (stage, mut receiver) = Stage::with_receiver().await;
    let happen = async |event: &str| {
        let order = json!({"waba_id": WABA, "name": "watchword_code", "language": "en_US", "event": event});
        stage.order("/simulator/templates", &order).await;
    };
    for (event, code) in [
        ("PAUSED", json!(132_015)),
        ("DISABLED", json!(132_016)),
        ("REINSTATED", Value::Null),
        ("FLAGGED", Value::Null),
        ("REJECTED", json!(132_001)),
        ("APPROVED", Value::Null),
        ("DELETED", json!(132_001)),
    ] {
        happen(event).await;
        let (told, _) = receiver.told(STATUS).await;
        assert_eq!((&told["event"], &told["message_template_language"]), (&json!(event), &json!("en-US")));
        match event {
            "PAUSED" => assert_eq!(told["other_info"]["title"], "FIRST_PAUSE"),
            "DISABLED" => assert!(told["disable_info"]["disable_date"].is_u64()),
            "REJECTED" => assert!(told["rejection_info"]["recommendation"].is_string()),
            _ => assert!(told.get("other_info").is_none()),
        }
        assert_eq!(stage.send(&code_message(ANA, "482913")).await.1["error"]["code"], code, "{event}");
    }
    let languages = listed(&stage, "fields=language").await;
    assert_eq!(languages.as_array().unwrap().len(), 2, "only one language was deleted");
}

#[tokio::test]
async fn a_quality_is_told_once_and_stands_in_the_list() {
    let (stage, mut receiver) = Stage::with_receiver().await;
    let order = json!({"name": "watchword_code", "language": "ar", "quality": "YELLOW"});
    stage.order("/simulator/templates", &order).await;
    let (told, _) = receiver.told(QUALITY).await;
    assert_eq!(told["previous_quality_score"], "UNKNOWN");
    assert_eq!(told["new_quality_score"], "YELLOW");
    assert_eq!(
        (&told["message_template_language"], told["message_template_id"].is_u64()),
        (&json!("ar"), true)
    );
    stage.order("/simulator/templates", &order).await;
    stage
        .order("/simulator/templates", &json!({"name": "watchword_code", "language": "ar", "quality": "RED"}))
        .await;
    assert_eq!(receiver.told(QUALITY).await.0["previous_quality_score"], "YELLOW");
    let list = listed(&stage, "quality_score=RED&fields=quality_score,language").await;
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert!(
        list[0]["quality_score"]["score"] == "RED" && list[0]["quality_score"]["date"].is_u64(),
        "{list}"
    );
}

#[tokio::test]
async fn an_edit_is_reviewed_again_and_a_paused_template_can_be_unpaused() {
    let (stage, mut receiver) = Stage::with_receiver().await;
    stage.order("/simulator/templates", &json!({"review": "hold"})).await;
    let id = listed(&stage, "name=watchword_code&language=es").await[0]["id"].as_str().unwrap().to_owned();
    let call = async |path: &str, body: &Value| stage.graph(Method::POST, path, Some(body)).await;
    let edit = json!({"message_send_ttl_seconds": 600});
    assert_eq!(call(&id, &edit).await, (200, json!({"success": true})));
    let (_, one) = stage.graph(Method::GET, &id, None).await;
    assert_eq!((&one["status"], &one["message_send_ttl_seconds"]), (&json!("PENDING"), &json!(600)));
    assert_eq!(call(&id, &edit).await.0, 400, "what waits for its review cannot be edited");
    for event in ["APPROVED", "PAUSED"] {
        let order = json!({"name": "watchword_code", "language": "es", "event": event});
        stage.order("/simulator/templates", &order).await;
        assert_eq!(receiver.told(STATUS).await.0["event"], event);
    }
    let unpause = format!("{id}/unpause");
    assert_eq!(call(&unpause, &json!({})).await.1, json!({"success": true}));
    let (told, _) = receiver.told(STATUS).await;
    assert_eq!((&told["event"], &told["other_info"]["title"]), (&json!("APPROVED"), &json!("UNPAUSE")));
    assert_eq!(call(&unpause, &json!({})).await.1["success"], false);
    assert_eq!(call(&id, &json!({"name": "another"})).await.0, 400);
    assert_eq!(call(&id, &json!({"category": "UTILITY"})).await.0, 400);
}

#[tokio::test]
async fn an_upsert_leaves_alone_what_says_the_same_and_reviews_what_does_not() {
    let stage = Stage::alone().await;
    stage.order("/simulator/templates", &json!({"review": "hold"})).await;
    let mut same = authentication("watchword_code");
    same["languages"] = json!(["en_US", "es", "hi"]);
    let statuses = |data: &Value| -> Vec<Value> {
        data.as_array().unwrap().iter().map(|one| one["status"].clone()).collect()
    };
    assert_eq!(statuses(&upsert(&stage, &same).await), ["APPROVED", "APPROVED", "PENDING"]);
    same["message_send_ttl_seconds"] = json!(600);
    assert_eq!(statuses(&upsert(&stage, &same).await), ["PENDING", "PENDING", "PENDING"]);
    let list = listed(&stage, "name=watchword_code&language=es").await;
    let footer = &list[0]["components"][1];
    assert_eq!(footer["code_expiration_minutes"], 5);
    assert_eq!(footer["text"], "Este código caduca en 5 minutos.");
    let button = &list[0]["components"][2]["buttons"][0];
    assert_eq!((&button["type"], &button["text"]), (&json!("URL"), &json!("Copiar código")));
    let mut wrong = same.clone();
    wrong["components"][2]["buttons"][0]["text"] = json!("Copy");
    let path = format!("{WABA}/upsert_message_templates");
    assert_eq!(stage.graph(Method::POST, &path, Some(&wrong)).await.0, 400, "a label in several languages");
}

#[tokio::test]
async fn an_order_that_cannot_be_followed_is_refused_and_accounts_show_their_review() {
    let stage = Stage::alone().await;
    for wrong in [
        json!({}),
        json!({"review": "perhaps"}),
        json!({"review": "approve_after_ms"}),
        json!({"review": "reject", "reason": "UGLY"}),
        json!({"review": "hold", "waba_id": "1"}),
        json!({"review": "hold", "name": "watchword_code"}),
        json!({"name": "watchword_code"}),
        json!({"name": "nobody", "event": "PAUSED"}),
        json!({"name": "watchword_code", "event": "EXPLODED"}),
        json!({"name": "watchword_code", "quality": "BLUE"}),
        json!({"name": "watchword_code", "event": "PAUSED", "reason": "SCAM"}),
    ] {
        assert_eq!(stage.post("/simulator/templates", &wrong).await.0, 400, "{wrong}");
    }
    stage.order("/simulator/templates", &json!({"review": "reject", "reason": "SCAM"})).await;
    let (_, accounts) = stage.get(&format!("/simulator/templates?waba_id={WABA}")).await;
    assert_eq!((&accounts[0]["review"], &accounts[0]["reason"]), (&json!("reject"), &json!("SCAM")));
    assert_eq!(accounts[0]["templates"][0]["name"], "watchword_code");
}

#[tokio::test]
async fn what_concerns_the_account_goes_to_the_app_whatever_the_subscription_overrides() {
    let (stage, mut app) = Stage::with_receiver().await;
    let mut elsewhere = Receiver::start().await;
    let subscription = json!({"override_callback_uri": elsewhere.url, "verify_token": VERIFY});
    let path = format!("{WABA}/subscribed_apps");
    assert_eq!(stage.graph(Method::POST, &path, Some(&subscription)).await.0, 200);
    stage.order("/simulator/inbound", &json!({"from": ANA, "text": "hi"})).await;
    stage
        .order(
            "/simulator/templates",
            &json!({"name": "watchword_code", "language": "es", "event": "PAUSED"}),
        )
        .await;
    assert_eq!(elsewhere.next().await.value()["messages"][0]["text"]["body"], "hi");
    assert_eq!(app.next().await.value()["event"], "PAUSED");
}
