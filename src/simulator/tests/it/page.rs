//! The phone in the browser, as HTML: nothing is injected, opening a chat reads it, forms work without scripts.

use crate::support::{ANA, BEN, OTHER_PHONE, OTHER_TOKEN, PHONE, Stage, code_message, other_sender};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn what_people_write_is_shown_and_never_run() {
    let stage = Stage::alone().await;
    let attack = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'\u{0}";
    let (status, _) =
        stage.post("/simulator/inbound", &json!({"from": ANA, "text": attack, "name": attack})).await;
    assert_eq!(status, 200);
    for path in ["/".to_owned(), format!("/chats/{ANA}")] {
        let page = stage.page(&path).await;
        assert!(!page.contains("<script>alert") && !page.contains("<img"), "{path}");
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{path}");
        assert!(!page.contains('\u{0}'));
    }
    let page = stage.page("/?to=%22%3E%3Cscript%3E").await;
    assert!(page.contains("&quot;&gt;&lt;script&gt;") && !page.contains("\"><script>\""));
}

#[tokio::test]
async fn opening_a_chat_reads_its_messages_and_says_so() {
    let (stage, mut receiver) = Stage::with_receiver().await;
    let wamid = stage.send_code(ANA, "482913").await;
    stage.send_code(BEN, "111111").await;
    receiver.statuses(4).await;
    let page = stage.page(&format!("/chats/{ANA}")).await;
    assert!(page.contains(">482913</b> is your verification code."), "{page}");
    assert!(page.contains("data-copy=\"482913\"") && page.contains("Copy code"));
    let hook = receiver.next().await;
    assert_eq!(hook.value()["statuses"][0]["status"], "read");
    assert_eq!(hook.value()["statuses"][0]["id"], wamid);
    assert_eq!(stage.get(&format!("/simulator/messages?to={BEN}")).await.1[0]["status"], "delivered");
}

#[tokio::test]
async fn whoever_only_looks_reads_nothing() {
    let stage = Stage::alone().await;
    stage.send_code(ANA, "482913").await;
    stage.until(ANA, "delivered").await;
    let looked = stage.http.head(format!("{}/chats/{ANA}", stage.base)).send().await.unwrap();
    assert_eq!(looked.status(), 200);
    assert_eq!(stage.get(&format!("/simulator/messages?to={ANA}")).await.1[0]["status"], "delivered");
}

#[tokio::test]
async fn a_message_is_shown_in_its_language_and_direction() {
    let stage = Stage::alone().await;
    let mut message = code_message(ANA, "482913");
    message["template"]["language"]["code"] = json!("ar");
    stage.send(&message).await;
    stage.until(ANA, "delivered").await;
    let page = stage.page(&format!("/chats/{ANA}")).await;
    assert!(page.contains("dir=\"auto\" lang=\"ar\"") && page.contains("نسخ الرمز"), "{page}");
}

#[tokio::test]
async fn a_plain_form_writes_and_leads_back_to_the_chat() {
    let (stage, mut receiver) = Stage::with_receiver().await;
    let path = format!("/chats/{ANA}/reply");
    let answer = stage.fill(&path, &[("text", "LOGIN 7F3K")]).await;
    assert_eq!(answer.status(), 303);
    assert_eq!(answer.headers()["location"], format!("/chats/{ANA}"));
    assert_eq!(receiver.next().await.value()["messages"][0]["text"]["body"], "LOGIN 7F3K");
    assert_eq!(stage.fill(&path, &[("text", "")]).await.status(), 400);
}

#[tokio::test]
async fn a_number_in_any_usual_spelling_opens_its_chat() {
    let stage = Stage::alone().await;
    for typed in ["+16505551234", "%2B1%20650%20555-1234"] {
        let answer = stage.http.get(format!("{}/?to={typed}", stage.base)).send().await.unwrap();
        assert_eq!(answer.headers()["location"], format!("/chats/{ANA}"), "{typed}");
    }
    assert_eq!(stage.http.get(format!("{}/chats/nobody", stage.base)).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn the_panel_orders_faults_and_takes_them_back() {
    let stage = Stage::alone().await;
    let fields = [
        ("kind", "error"),
        ("code", "131056"),
        ("delay_ms", "5000"),
        ("to", ""),
        ("times", "1"),
        ("back", "/"),
    ];
    assert_eq!(stage.fill("/misbehave", &fields).await.status(), 303);
    assert_eq!(
        stage.get("/simulator/faults").await.1,
        json!([{"times": 1, "kind": "error", "code": 131_056}])
    );
    assert!(stage.page("/misbehave").await.contains("Refused at once"));
    let cleared = stage.fill("/misbehave/clear", &[("back", "https://elsewhere.example")]).await;
    assert_eq!(cleared.headers()["location"], "/");
    assert_eq!(stage.get("/simulator/faults").await.1, json!([]));
}

#[tokio::test]
async fn pages_allow_no_foreign_and_no_inline_code() {
    let stage = Stage::alone().await;
    stage.send_code(ANA, "482913").await;
    for path in ["/", "/misbehave", "/chats/+16505551234", "/nothing"] {
        let answer = stage.http.get(format!("{}{path}", stage.base)).send().await.unwrap();
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"));
        let page = answer.text().await.unwrap();
        for forbidden in [" style=", " onclick", "<style", "http://", "https://"] {
            assert!(!page.contains(forbidden), "{path} contains {forbidden}");
        }
    }
}

#[tokio::test]
async fn an_open_page_hears_of_a_change() {
    let stage = Stage::alone().await;
    let mut answer = stage.http.get(format!("{}/events", stage.base)).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    stage.send_code(ANA, "482913").await;
    let event = answer.chunk().await.unwrap().unwrap();
    assert_eq!(event, "event: change\ndata: look\n\n");
}

#[tokio::test]
async fn with_several_senders_each_has_its_chat_and_one_switches_between_them() {
    let stage = Stage::alone().await;
    stage.send_code(ANA, "482913").await;
    let alone = stage.page("/").await;
    assert!(!alone.contains("Senders") && alone.contains(&format!("href=\"/chats/{ANA}\"")));
    stage.order("/simulator/senders", &other_sender("http://127.0.0.1:1/")).await;
    let path = format!("{OTHER_PHONE}/messages");
    stage.graph_as(OTHER_TOKEN, Method::POST, &path, Some(&code_message(ANA, "111111"))).await;
    let all = stage.page("/").await;
    for business in [PHONE, OTHER_PHONE] {
        assert!(all.contains(&format!("href=\"/chats/{ANA}/{business}\"")), "{all}");
        assert!(all.contains(&format!("href=\"/senders/{business}\"")), "{all}");
    }
    let of_one = stage.page(&format!("/senders/{OTHER_PHONE}")).await;
    assert!(of_one.contains(&format!("/chats/{ANA}/{OTHER_PHONE}")));
    assert!(!of_one.contains(&format!("/chats/{ANA}/{PHONE}")));
    stage.until(ANA, "delivered").await;
    let newest = stage.page(&format!("/chats/{ANA}")).await;
    assert!(newest.contains("<h1><bdi>Other Shop</bdi></h1>") && newest.contains("111111"), "{newest}");
    let first = stage.page(&format!("/chats/{ANA}/{PHONE}")).await;
    assert!(first.contains("<h1><bdi>Acme Market</bdi></h1>") && first.contains("482913"), "{first}");
    assert!(!first.contains("111111"));
    let fields = [("text", "hello"), ("business", OTHER_PHONE)];
    let answer = stage.fill(&format!("/chats/{ANA}/reply"), &fields).await;
    assert_eq!(answer.headers()["location"], format!("/chats/{ANA}/{OTHER_PHONE}"));
    let (_, written) = stage.get("/simulator/messages?direction=from").await;
    assert_eq!(written[0]["phone_number_id"], OTHER_PHONE);
    for nowhere in ["/senders/1", "/chats/+16505551234/1"] {
        let answer = stage.http.get(format!("{}{nowhere}", stage.base)).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{nowhere}");
    }
}

#[tokio::test]
async fn the_panel_decides_about_templates_and_about_the_phone() {
    let stage = Stage::alone().await;
    let (_, accounts) = stage.get("/simulator/templates").await;
    let waba = accounts[0]["waba_id"].as_str().unwrap();
    let one = format!("{waba} watchword_code es");
    for happens in ["PAUSED", "red"] {
        let fields = [("template", one.as_str()), ("happens", happens), ("back", "/")];
        assert_eq!(stage.fill("/misbehave/template", &fields).await.status(), 303);
    }
    let (_, accounts) = stage.get("/simulator/templates").await;
    let spanish = &accounts[0]["templates"][1];
    assert_eq!((&spanish["status"], &spanish["quality_score"]["score"]), (&json!("PAUSED"), &json!("RED")));
    assert_eq!(accounts[0]["templates"][0]["status"], "APPROVED");
    let page = stage.page("/misbehave").await;
    assert!(page.contains("1 of 3 not approved") && page.contains("quality red"), "{page}");
    let wrong = [("template", "1 nobody"), ("happens", "PAUSED"), ("back", "/")];
    assert_eq!(stage.fill("/misbehave/template", &wrong).await.status(), 400);
    let hold = [("review", "hold"), ("back", "/misbehave")];
    assert_eq!(stage.fill("/misbehave/review", &hold).await.headers()["location"], "/misbehave");
    assert_eq!(stage.get("/simulator/templates").await.1[0]["review"], "hold");
    for (change, back, place) in [
        ("without_whatsapp", "/", "/chats/+16505551234"),
        ("owner", "/misbehave", "/misbehave?phone=16505551234"),
        ("device", "https://elsewhere.example", "/chats/+16505551234"),
    ] {
        let answer = stage.fill(&format!("/chats/{ANA}/phone"), &[("change", change), ("back", back)]).await;
        assert_eq!((answer.status().as_u16(), &answer.headers()["location"]), (303, &place.parse().unwrap()));
    }
    let (_, phones) = stage.get("/simulator/phones").await;
    assert_eq!(
        (&phones[0]["whatsapp"], &phones[0]["owner_changes"], &phones[0]["device_changes"]),
        (&json!(false), &json!(1), &json!(1))
    );
    assert!(stage.page("/misbehave?phone=16505551234").await.contains("has no WhatsApp"));
}
