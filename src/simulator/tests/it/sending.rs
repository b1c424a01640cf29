//! `POST …/messages` and `POST /sms`: what is taken, and the exact refusal of everything that is not.

use crate::support::{ANA, BEN, PHONE, Stage, TOKEN, code_message, read, text_message};
use reqwest::Method;
use serde_json::{Value, json};

/// The code message with one place of it replaced; null removes.
fn altered(pointer: &str, value: Value) -> Value {
    let mut message = code_message(ANA, "482913");
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = message.pointer_mut(parent).unwrap();
    match parent {
        Value::Array(list) if value.is_null() => {
            list.remove(key.parse().unwrap());
        }
        Value::Array(list) => list[key.parse::<usize>().unwrap()] = value,
        other => other[key] = value,
    }
    message
}

#[tokio::test]
async fn a_code_is_taken_and_stands_on_the_phone_in_its_language() {
    let stage = Stage::alone().await;
    let (status, answer) = stage.send(&altered("/template/language/code", json!("es"))).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["messaging_product"], "whatsapp");
    assert_eq!(answer["contacts"], json!([{"input": ANA, "wa_id": "16505551234"}]));
    let wamid = answer["messages"][0]["id"].as_str().unwrap();
    assert!(wamid.starts_with("wamid."));
    let (_, messages) = stage.get(&format!("/simulator/messages?to={ANA}")).await;
    let message = &messages[0];
    assert_eq!(message["wamid"], wamid);
    assert_eq!(message["code"], "482913");
    assert_eq!(message["channel"], "whatsapp");
    assert_eq!(message["template"], "watchword_code");
    assert_eq!(message["language"], "es");
    assert_eq!(message["correlation"], "m-1");
    assert_eq!(message["body"], "482913 es tu código de verificación. Por tu seguridad, no lo compartas.");
    assert_eq!(message["buttons"][0]["title"], "Copiar código");
}

#[tokio::test]
async fn every_mistake_in_a_code_message_has_its_own_refusal() {
    let stage = Stage::alone().await;
    let parameter = |text: &str| json!([{"type": "text", "text": text}]);
    let long = "1234567890123456";
    let mut too_long = altered("/template/components/0/parameters", parameter(long));
    too_long["template"]["components"][1]["parameters"] = parameter(long);
    let cases = [
        ("/messaging_product", Value::Null, 400, 100),
        ("/messaging_product", json!("telegram"), 400, 100),
        ("/recipient_type", json!("group"), 400, 100),
        ("/to", Value::Null, 400, 100),
        ("/to", json!("16505551234"), 400, 100),
        ("/to", json!("+1 650 555 1234"), 400, 100),
        ("/to", json!("US.13491208655302741918"), 400, 100),
        ("/to", json!(16_505_551_234_u64), 400, 100),
        ("/to", json!("+15550783881"), 400, 131_021),
        ("/type", json!("carrier_pigeon"), 400, 100),
        ("/type", json!("image"), 400, 131_051),
        ("/surprise", json!(1), 400, 100),
        ("/biz_opaque_callback_data", json!("x".repeat(513)), 400, 131_009),
        ("/context", json!({"message_id": "wamid.unknown"}), 400, 131_009),
        ("/template/name", json!("nobody"), 404, 132_001),
        ("/template/name", Value::Null, 400, 131_008),
        ("/template/language/code", json!("fr"), 404, 132_001),
        ("/template/language/policy", json!("fallback"), 400, 100),
        ("/template/components", Value::Null, 400, 132_000),
        ("/template/components/0", Value::Null, 400, 132_000),
        ("/template/components/1", Value::Null, 400, 131_008),
        ("/template/components/0/parameters", json!([]), 400, 132_000),
        ("/template/components/1/parameters", json!([]), 400, 132_000),
        ("/template/components/1/parameters", parameter("111111"), 400, 132_018),
        ("/template/components/1/index", json!(0), 400, 100),
        ("/template/components/1/index", json!("1"), 400, 132_018),
        ("/template/components/1/sub_type", json!("quick_reply"), 400, 132_018),
        ("/template/components/0/parameters/0/text", json!(""), 400, 131_009),
    ];
    for (pointer, value, status, code) in cases {
        let (got, answer) = stage.send(&altered(pointer, value.clone())).await;
        assert_eq!((got, &answer["error"]["code"]), (status, &json!(code)), "{pointer} = {value}: {answer}");
        assert_eq!(answer["error"]["type"], "OAuthException");
        assert!(answer["error"]["fbtrace_id"].is_string() && answer["error"]["message"].is_string());
        assert!(!answer.to_string().contains("6505551234"), "a refusal repeats the number: {answer}");
    }
    assert_eq!(stage.send(&too_long).await.1["error"]["code"], 132_005);
    let user = json!({"messaging_product": "whatsapp", "recipient": "US.1", "type": "template",
                      "template": code_message(ANA, "1234")["template"]});
    assert_eq!(stage.send(&user).await.1["error"]["code"], 131_062);
    assert_eq!(stage.get("/simulator/messages").await.1, json!([]), "a refused message was stored");
}

#[tokio::test]
async fn token_version_and_object_are_checked_before_anything_else() {
    let stage = Stage::alone().await;
    let url = format!("{}/v25.0/{PHONE}/messages", stage.base);
    let post = |url: &str| stage.http.post(url).json(&json!({}));
    let (status, answer) = read(post(&url).send().await.unwrap()).await;
    assert_eq!((status, &answer["error"]["code"]), (401, &json!(190)));
    let wrong = post(&url).bearer_auth("another").send().await.unwrap();
    assert!(wrong.headers()["www-authenticate"].to_str().unwrap().starts_with("OAuth"));
    assert_eq!(read(wrong).await.1["error"]["code"], 190);
    let basic = post(&url).basic_auth("a", Some("b")).send().await.unwrap();
    assert_eq!(read(basic).await.0, 401);
    let (status, answer) = stage.graph(Method::POST, "999/messages", Some(&code_message(ANA, "1234"))).await;
    assert_eq!(
        (status, &answer["error"]["code"], &answer["error"]["error_subcode"]),
        (400, &json!(100), &json!(33))
    );
    let unversioned = post(&format!("{}/25.0/{PHONE}/messages", stage.base)).bearer_auth(TOKEN).send().await;
    assert_eq!(read(unversioned.unwrap()).await.1["error"]["code"], 2500);
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused() {
    let stage = Stage::alone().await;
    let url = format!("{}/v25.0/{PHONE}/messages", stage.base);
    for (kind, body) in [("application/json", "{"), ("text/plain", "{}"), ("application/json", "[]")] {
        let request = stage.http.post(&url).bearer_auth(TOKEN).header("content-type", kind).body(body);
        let (status, answer) = read(request.send().await.unwrap()).await;
        assert_eq!((status, &answer["error"]["code"]), (400, &json!(100)), "{kind} {body}");
    }
}

#[tokio::test]
async fn free_form_needs_an_open_window() {
    let stage = Stage::alone().await;
    let (status, answer) = stage.send(&text_message(ANA, "hello")).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(131_047)));
    stage.post("/simulator/inbound", &json!({"from": ANA, "text": "hi"})).await;
    assert_eq!(stage.send(&text_message(ANA, "hello")).await.0, 200);
    assert_eq!(stage.send(&text_message(BEN, "hello")).await.0, 400);
}

#[tokio::test]
async fn interactive_messages_keep_their_limits() {
    let stage = Stage::alone().await;
    stage.post("/simulator/inbound", &json!({"from": ANA, "text": "hi"})).await;
    let message = |kind: &str, action: Value| {
        json!({"messaging_product": "whatsapp", "to": ANA, "type": "interactive",
               "interactive": {"type": kind, "body": {"text": "Choose"}, "action": action}})
    };
    let button = |id: &str, title: &str| json!({"type": "reply", "reply": {"id": id, "title": title}});
    let link = |url: &str| json!({"name": "cta_url", "parameters": {"display_text": "Open", "url": url}});
    let row = json!({"id": "r", "title": "Row"});
    let right = [
        message("button", json!({"buttons": [button("a", "Yes"), button("b", "No")]})),
        message("cta_url", link("https://example.com/finish")),
        message("list", json!({"button": "Show", "sections": [{"title": "One", "rows": [row]}]})),
    ];
    for message in right {
        let (status, answer) = stage.send(&message).await;
        assert_eq!(status, 200, "{answer}");
    }
    let wrong = [
        message("button", json!({"buttons": []})),
        message("button", json!({"buttons": [button("a", "A title of 21 signs.")  , button("a", "No")]})),
        message("button", json!({"buttons": [button("a", "This title is far too long")]})),
        message("cta_url", link("javascript:alert(1)")),
        message("list", json!({"button": "Show", "sections": [{"rows": vec![row.clone(); 11]}]})),
        message("poll", json!({})),
    ];
    for message in wrong {
        assert_eq!(stage.send(&message).await.0, 400, "{message}");
    }
}

#[tokio::test]
async fn the_same_person_is_not_written_to_without_pause() {
    let stage = Stage::alone().await;
    for _ in 0..45 {
        stage.send_code(ANA, "482913").await;
    }
    let (status, answer) = stage.send(&code_message(ANA, "482913")).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(131_056)));
    stage.send_code(BEN, "482913").await;
}

#[tokio::test]
async fn a_read_receipt_is_taken_for_a_persons_message_only() {
    let stage = Stage::alone().await;
    let (_, inbound) = stage.post("/simulator/inbound", &json!({"from": ANA, "text": "hi"})).await;
    let receipt = |id: &str| {
        json!({"messaging_product": "whatsapp", "status": "read", "message_id": id,
               "typing_indicator": {"type": "text"}})
    };
    assert_eq!(
        stage.send(&receipt(inbound["wamid"].as_str().unwrap())).await,
        (200, json!({"success": true}))
    );
    assert_eq!(stage.send(&receipt("wamid.none")).await.1["error"]["code"], 100);
}

#[tokio::test]
async fn the_sms_gateway_takes_a_text_and_refuses_what_is_wrong() {
    let stage = Stage::alone().await;
    let url = format!("{}/sms", stage.base);
    let send = |body: Value| stage.http.post(&url).bearer_auth(TOKEN).json(&body).send();
    let sms = json!({"to": BEN, "text": "Acme Market: 482913 is your code.", "reference": "m-2"});
    let (status, answer) = read(send(sms.clone()).await.unwrap()).await;
    assert_eq!((status, &answer["status"]), (200, &json!("accepted")));
    let (_, messages) = stage.get(&format!("/simulator/messages?to={BEN}")).await;
    assert_eq!(messages[0]["channel"], "sms");
    assert_eq!(messages[0]["code"], "482913");
    assert_eq!(messages[0]["wamid"], answer["id"]);
    assert_eq!(messages[0]["correlation"], "m-2");
    for wrong in
        [json!({"to": "919876543210", "text": "x"}), json!({"to": BEN, "text": ""}), json!({"to": BEN})]
    {
        assert_eq!(read(send(wrong).await.unwrap()).await.0, 400);
    }
    assert_eq!(stage.http.post(&url).json(&sms).send().await.unwrap().status(), 401);
}
