//! The template calls and the objects a health check reads.

use crate::support::{ANA, PHONE, Stage, WABA, code_message};
use reqwest::Method;
use serde_json::{Value, json};

fn authentication(name: &str) -> Value {
    json!({
        "name": name, "language": "en_US", "category": "authentication", "message_send_ttl_seconds": 300,
        "components": [
            {"type": "body", "add_security_recommendation": true},
            {"type": "footer", "code_expiration_minutes": 5},
            {"type": "buttons", "buttons": [{"type": "otp", "otp_type": "copy_code", "text": "Copy it"}]},
        ],
    })
}

async fn approved(stage: &Stage, name: &str) {
    loop {
        let path = format!("{WABA}/message_templates?name={name}&status=APPROVED");
        if stage.graph(Method::GET, &path, None).await.1["data"][0].is_object() {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_new_template_is_approved_and_can_then_be_sent() {
    let stage = Stage::alone().await;
    let path = format!("{WABA}/message_templates");
    let (status, answer) = stage.graph(Method::POST, &path, Some(&authentication("signin_code"))).await;
    assert_eq!((status, &answer["category"]), (200, &json!("AUTHENTICATION")), "{answer}");
    approved(&stage, "signin_code").await;
    let mut message = code_message(ANA, "482913");
    message["template"]["name"] = json!("signin_code");
    assert_eq!(stage.send(&message).await.0, 200);
    let (_, messages) = stage.get(&format!("/simulator/messages?to={ANA}")).await;
    assert_eq!(messages[0]["buttons"][0]["title"], "Copy it");
    let again = stage.graph(Method::POST, &path, Some(&authentication("signin_code"))).await.1;
    assert_eq!(again["error"]["error_subcode"], 2_388_024);
    let (_, one) =
        stage.graph(Method::GET, &format!("{}?fields=status", answer["id"].as_str().unwrap()), None).await;
    assert_eq!(one["status"], "APPROVED");
}

#[tokio::test]
async fn a_template_that_breaks_a_rule_is_refused() {
    let stage = Stage::alone().await;
    let changes = [
        ("/name", json!("Sign-In")),
        ("/language", json!("en-US")),
        ("/category", json!("otp")),
        ("/message_send_ttl_seconds", json!(29)),
        ("/components/0/text", json!("Your code is {{1}}")),
        ("/components/1/code_expiration_minutes", json!(91)),
        ("/components/2/buttons", json!([])),
        ("/components/2/buttons/0/text", json!("A label of more than 25 signs")),
        ("/components/2/buttons/0/otp_type", json!("zero_tap")),
        ("/components/2", json!({"type": "header"})),
        ("/components", Value::Null),
    ];
    for (pointer, value) in changes {
        let mut template = authentication("signin_code");
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        match template.pointer_mut(parent).unwrap() {
            Value::Array(list) => list[key.parse::<usize>().unwrap()] = value,
            other => other[key] = value,
        }
        let (status, answer) =
            stage.graph(Method::POST, &format!("{WABA}/message_templates"), Some(&template)).await;
        assert_eq!(status, 400, "{pointer}: {answer}");
    }
}

#[tokio::test]
async fn an_upsert_makes_all_languages_and_repeating_it_changes_nothing() {
    let stage = Stage::alone().await;
    let path = format!("{WABA}/upsert_message_templates");
    let template = json!({
        "name": "signin_code", "languages": ["en_US", "pt_BR"], "category": "AUTHENTICATION",
        "components": [{"type": "BODY"}, {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]}],
    });
    let (status, first) = stage.graph(Method::POST, &path, Some(&template)).await;
    assert_eq!((status, first["data"].as_array().unwrap().len()), (200, 2), "{first}");
    approved(&stage, "signin_code").await;
    let (_, second) = stage.graph(Method::POST, &path, Some(&template)).await;
    assert_eq!(first["data"][0]["id"], second["data"][0]["id"]);
    assert_eq!(second["data"][0]["status"], "APPROVED");
}

#[tokio::test]
async fn templates_are_listed_page_by_page_and_deleted_by_name() {
    let stage = Stage::alone().await;
    let mut path = format!("{WABA}/message_templates?limit=2&fields=name,language");
    let mut languages = Vec::new();
    loop {
        let (_, page) = stage.graph(Method::GET, &path, None).await;
        languages.extend(page["data"].as_array().unwrap().iter().map(|one| one["language"].clone()));
        let Some(next) = page["paging"]["next"].as_str() else { break };
        path = next.strip_prefix(&format!("{}/v25.0/", stage.base)).unwrap().to_owned();
        assert!(path.contains("fields=name") && page["data"][0].get("status").is_none(), "{path}");
    }
    assert_eq!(languages, ["en_US", "es", "ar"]);
    let (_, last) = stage.graph(Method::GET, &path, None).await;
    let back = last["paging"]["previous"].as_str().unwrap().rsplit_once("/v25.0/").unwrap().1.to_owned();
    let (_, first) = stage.graph(Method::GET, &back, None).await;
    assert_eq!(first["data"][1]["language"], "es");
    let lost = format!("{WABA}/message_templates?after=nowhere");
    assert_eq!(stage.graph(Method::GET, &lost, None).await.1["error"]["code"], 100);
    let path = format!("{WABA}/message_templates?name=watchword_code");
    assert_eq!(stage.graph(Method::DELETE, &path, None).await, (200, json!({"success": true})));
    assert_eq!(stage.graph(Method::DELETE, &path, None).await.0, 400);
    assert_eq!(stage.send(&code_message(ANA, "482913")).await.1["error"]["code"], 132_001);
}

#[tokio::test]
async fn a_worded_template_takes_exactly_its_parameters_and_returns_payloads() {
    let stage = Stage::alone().await;
    let template = json!({
        "name": "approve", "language": "en_US", "category": "UTILITY", "components": [
            {"type": "BODY", "text": "Sign-in from {{1}} with {{2}}?"},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Yes"}, {"type": "QUICK_REPLY", "text": "No"}]},
        ],
    });
    let (status, answer) =
        stage.graph(Method::POST, &format!("{WABA}/message_templates"), Some(&template)).await;
    assert_eq!(status, 200, "{answer}");
    approved(&stage, "approve").await;
    let message = |values: Value| {
        json!({"messaging_product": "whatsapp", "to": ANA, "type": "template",
            "template": {"name": "approve", "language": {"code": "en_US"}, "components": [
                {"type": "body", "parameters": values},
                {"type": "button", "sub_type": "quick_reply", "index": "0",
                 "parameters": [{"type": "payload", "payload": "p-1"}]}]}})
    };
    let text = |text: &str| json!({"type": "text", "text": text});
    assert_eq!(stage.send(&message(json!([text("Pune")]))).await.1["error"]["code"], 132_000);
    assert_eq!(stage.send(&message(json!([text("{{2}}"), text("Firefox")]))).await.0, 200);
    let (_, messages) = stage.get(&format!("/simulator/messages?to={ANA}")).await;
    assert_eq!(messages[0]["body"], "Sign-in from {{2}} with Firefox?");
    assert_eq!(messages[0]["buttons"][0]["payload"], "p-1");
    assert_eq!(messages[0]["buttons"][1]["payload"], "No");
}

#[tokio::test]
async fn previews_show_the_wording_of_each_language() {
    let stage = Stage::alone().await;
    let path = format!(
        "{WABA}/message_template_previews?category=AUTHENTICATION&languages=en_US,hi&add_security_recommendation=true\
         &code_expiration_minutes=5&button_types=OTP"
    );
    let (status, answer) = stage.graph(Method::GET, &path, None).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["data"][0]["footer"], "This code expires in 5 minutes.");
    assert_eq!(answer["data"][1]["buttons"][0]["text"], "कोड कॉपी करें");
}

#[tokio::test]
async fn a_health_check_reads_the_number_and_the_account() {
    let stage = Stage::alone().await;
    let fields = "?fields=verified_name,display_phone_number,quality_rating";
    let (status, number) = stage.graph(Method::GET, &format!("{PHONE}{fields}"), None).await;
    assert_eq!((status, &number["verified_name"]), (200, &json!("Acme Market")));
    assert_eq!(number["id"], PHONE);
    let (_, all) = stage.graph(Method::GET, &format!("{WABA}/phone_numbers"), None).await;
    assert_eq!(all["data"][0]["id"], PHONE);
    let (status, answer) = stage.graph(Method::GET, &format!("{PHONE}?fields=shoe_size"), None).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(100)));
}
