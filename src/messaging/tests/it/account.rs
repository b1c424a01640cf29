//! What is read of the account, over shapes as Meta answers them.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpSocket;
use watchword_domain::Secret;
use watchword_messaging::whatsapp::{
    Account, Graph as MetaGraph, MANAGEMENT, MESSAGING, NewTemplate, Number, SettingsRefusal, Standing,
    Template, Times, Unread,
};

use crate::Tested;
use crate::graph::{Answer, Graph, PATIENCE, TOKEN};

const TEMPLATES: &str = include_str!("../../fixtures/templates.json");
const FIELDS: &str = "&fields=name%2Clanguage%2Cstatus%2Ccategory%2Ccomponents%2Cmessage_send_ttl_seconds\
                      %2Crejected_reason%2Cquality_score";
const NUMBER: &str = "106540352242922";
const ACCOUNT: &str = "102290129340398";

fn account(base_url: &str) -> Result<Account, SettingsRefusal> {
    account_within(base_url, PATIENCE)
}

fn account_within(base_url: &str, times: Times) -> Result<Account, SettingsRefusal> {
    Account::new(&MetaGraph::new(base_url, times)?, (NUMBER, ACCOUNT), &Secret::new(TOKEN.to_owned()))
}

#[tokio::test]
async fn the_number_is_asked_for_with_the_token() -> Tested {
    let answer = json!({
        "id": NUMBER, "display_phone_number": "+1 631-555-5555", "verified_name": "Acme", "status": "CONNECTED"
    });
    let graph = Graph::answering(200, answer.to_string()).await?;
    let expected = Number {
        display: Some("+1 631-555-5555".to_owned()),
        verified_name: Some("Acme".to_owned()),
        status: Some("CONNECTED".to_owned()),
    };
    assert_eq!(account(&graph.base_url())?.number().await?, expected);
    let asked = graph.asked();
    let [request] = asked.as_slice() else { return Err("not exactly one request".into()) };
    assert_eq!(request.method, "GET");
    assert!(request.path.starts_with(&format!("/v25.0/{NUMBER}?fields=id")), "{}", request.path);
    assert_eq!(request.headers.get("authorization").ok_or("no token")?, &format!("Bearer {TOKEN}"));
    Ok(())
}

#[tokio::test]
async fn templates_of_exactly_this_name_are_read_and_languages_spelled_as_sends_spell_them() -> Tested {
    let graph = Graph::answering(200, TEMPLATES).await?;
    let found = account(&graph.base_url())?.templates("watchword_code").await?;
    let of = |language: &str, status: &str, expires_minutes, ttl_seconds| Template {
        language: language.to_owned(),
        status: status.to_owned(),
        category: "AUTHENTICATION".to_owned(),
        expires_minutes,
        ttl_seconds,
        rejected_reason: None,
        quality: None,
    };
    assert_eq!(found, [of("en_US", "APPROVED", Some(10), Some(600)), of("pt_BR", "PENDING", None, None)]);
    let paths: Vec<String> = graph.asked().into_iter().map(|request| request.path).collect();
    assert_eq!(paths, [format!("/v25.0/{ACCOUNT}/message_templates?name=watchword_code{FIELDS}&limit=50")]);
    Ok(())
}

#[tokio::test]
async fn the_next_page_is_asked_for_by_its_cursor_and_pages_end() -> Tested {
    let elsewhere = Graph::answering(200, TEMPLATES).await?;
    let mut page: Value = serde_json::from_str(TEMPLATES)?;
    let paging = page.pointer_mut("/paging").and_then(Value::as_object_mut).ok_or("no paging")?;
    paging.insert("next".to_owned(), elsewhere.base_url().into());
    let graph = Graph::answering(200, page.to_string()).await?;
    account(&graph.base_url())?.templates("watchword_code").await?;
    let paths: Vec<String> = graph.asked().into_iter().map(|request| request.path).collect();
    assert_eq!(paths.len(), 4);
    let first = format!("/v25.0/{ACCOUNT}/message_templates?name=watchword_code{FIELDS}&limit=50");
    assert_eq!(paths.iter().filter(|path| **path == first).count(), 1);
    assert_eq!(paths.iter().filter(|path| **path == format!("{first}&after=QVFJ")).count(), 3);
    assert!(elsewhere.asked().is_empty(), "an address in an answer is not followed");
    Ok(())
}

#[tokio::test]
async fn subscribed_apps_are_named() -> Tested {
    let app =
        json!({ "whatsapp_business_api_data": { "name": "Acme sign-in", "id": "1", "link": "https://…" } });
    let nameless = json!({ "whatsapp_business_api_data": { "id": "2" } });
    let graph = Graph::answering(200, json!({ "data": [app, nameless] }).to_string()).await?;
    let apps = account(&graph.base_url())?.subscribers().await?;
    let named: Vec<_> = apps.iter().map(|app| (app.name.as_str(), app.id.as_deref())).collect();
    assert_eq!(named, [("Acme sign-in", Some("1")), ("2", Some("2"))]);
    let nobody = Graph::answering(200, r#"{"data":[]}"#).await?;
    assert!(account(&nobody.base_url())?.subscribers().await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_refusal_is_metas_own_numbers_and_anything_else_is_strange() -> Tested {
    let refusal = json!({ "error": {
        "message": "Unsupported get request.", "type": "GraphMethodException", "code": 100, "error_subcode": 33
    } });
    for (status, body, expected) in [
        (400, refusal.to_string(), Unread::Refused { status: 400, code: 100, subcode: Some(33) }),
        (
            401,
            r#"{"error":{"code":190}}"#.to_owned(),
            Unread::Refused { status: 401, code: 190, subcode: None },
        ),
        (200, r#"{"error":{"code":2}}"#.to_owned(), Unread::Refused { status: 200, code: 2, subcode: None }),
        (200, "<html>welcome to the network</html>".to_owned(), Unread::Strange { status: 200 }),
        (200, "[]".to_owned(), Unread::Strange { status: 200 }),
        (502, "{}".to_owned(), Unread::Strange { status: 502 }),
    ] {
        let graph = Graph::answering(status, body).await?;
        assert_eq!(account(&graph.base_url())?.number().await, Err(expected));
    }
    Ok(())
}

#[tokio::test]
async fn who_is_not_there_and_who_is_silent_are_told_apart() -> Tested {
    let socket = TcpSocket::new_v4()?;
    socket.bind("127.0.0.1:0".parse()?)?;
    let absent = account(&format!("http://{}/v25.0", socket.local_addr()?))?.number().await;
    assert!(matches!(absent, Err(Unread::NoConnection(_))), "{absent:?}");

    let graph = Graph::open(Answer::Never).await?;
    let times = Times { connect: Duration::from_millis(200), whole: Duration::from_millis(400) };
    let silent = account_within(&graph.base_url(), times)?.number().await;
    assert_eq!(silent, Err(Unread::NoAnswer));
    Ok(())
}

#[test]
fn ids_that_are_none_are_refused_before_anything_is_asked() {
    let graph = MetaGraph::new("https://graph.example/v25.0", PATIENCE).unwrap();
    let made = |ids| Account::new(&graph, ids, &Secret::new(TOKEN.to_owned()));
    assert!(matches!(made(("+91 98765", ACCOUNT)), Err(SettingsRefusal::PhoneNumberId)));
    assert!(matches!(made((NUMBER, "my account")), Err(SettingsRefusal::WabaId)));
}

#[tokio::test]
async fn how_a_number_stands_is_read_as_far_as_it_is_told() -> Tested {
    let answer = r#"{"id":"1","quality_rating":"GREEN","throughput":{"level":"STANDARD"},"whatsapp_business_manager_messaging_limit":"TIER_250"}"#;
    let graph = Graph::answering(200, answer).await?;
    let expected = Standing {
        quality: Some("GREEN".to_owned()),
        messaging_limit: Some("TIER_250".to_owned()),
        throughput: Some("STANDARD".to_owned()),
    };
    assert_eq!(account(&graph.base_url())?.standing().await?, expected);
    let silent = Graph::answering(200, r#"{"id":"1"}"#).await?;
    assert_eq!(account(&silent.base_url())?.standing().await?, Standing::default());
    Ok(())
}

#[tokio::test]
async fn the_numbers_of_an_account_are_listed_by_id() -> Tested {
    let graph = Graph::answering(200, r#"{"data":[{"id":"1"},{"id":22},{"name":"?"}]}"#).await?;
    assert_eq!(account(&graph.base_url())?.number_ids().await?, ["1", "22"]);
    Ok(())
}

#[tokio::test]
async fn a_template_is_made_in_all_languages_by_one_call() -> Tested {
    let answer = r#"{"data":[{"id":"5","status":"APPROVED","language":"en_US"},{"id":"6","status":"PENDING","language":"pt_BR"}]}"#;
    let graph = Graph::answering(200, answer).await?;
    let new = NewTemplate {
        name: "watchword_code",
        languages: &["en_US", "pt_BR"],
        expires_minutes: 5,
        ttl_seconds: 300,
    };
    let made = account(&graph.base_url())?.save_template(new).await?;
    let told: Vec<_> = made.iter().map(|made| (made.language.as_str(), made.status.as_str())).collect();
    assert_eq!(told, [("en_US", "APPROVED"), ("pt_BR", "PENDING")]);
    let asked = graph.asked();
    let [request] = asked.as_slice() else { return Err("not exactly one request".into()) };
    assert_eq!(request.path, format!("/v25.0/{ACCOUNT}/upsert_message_templates"));
    assert_eq!(
        serde_json::from_slice::<Value>(&request.body)?,
        json!({
            "name": "watchword_code", "languages": ["en_US", "pt_BR"], "category": "AUTHENTICATION",
            "message_send_ttl_seconds": 300,
            "components": [
                { "type": "BODY", "add_security_recommendation": true },
                { "type": "FOOTER", "code_expiration_minutes": 5 },
                { "type": "BUTTONS", "buttons": [{ "type": "OTP", "otp_type": "COPY_CODE" }] }
            ]
        })
    );
    Ok(())
}

#[tokio::test]
async fn subscribing_is_one_call_and_a_refusal_is_told() -> Tested {
    let graph = Graph::answering(200, r#"{"success":true}"#).await?;
    account(&graph.base_url())?.subscribe().await?;
    let asked = graph.asked();
    let [request] = asked.as_slice() else { return Err("not exactly one request".into()) };
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("POST", &*format!("/v25.0/{ACCOUNT}/subscribed_apps"))
    );
    let refusing = Graph::answering(403, r#"{"error":{"code":200}}"#).await?;
    let expected = Unread::Refused { status: 403, code: 200, subcode: None };
    assert_eq!(account(&refusing.base_url())?.subscribe().await, Err(expected));
    Ok(())
}

#[tokio::test]
async fn what_a_token_may_do_is_read_of_itself() -> Tested {
    let answer = json!({ "data": {
        "app_id": "55", "is_valid": true, "expires_at": 0, "scopes": ["whatsapp_business_messaging", "public_profile"]
    } });
    let graph = Graph::answering(200, answer.to_string()).await?;
    let granted = account(&graph.base_url())?.granted().await?;
    assert_eq!((granted.app_id.as_deref(), granted.expires_at), (Some("55"), None));
    assert_eq!(granted.lacks(&[MESSAGING, MANAGEMENT]), [MANAGEMENT]);
    let asked = graph.asked();
    let [request] = asked.as_slice() else { return Err("not exactly one request".into()) };
    assert_eq!(request.path, format!("/v25.0/debug_token?input_token={TOKEN}"));

    let silent = Graph::answering(200, r#"{"data":{"expires_at":1790000000}}"#).await?;
    let granted = account(&silent.base_url())?.granted().await?;
    assert_eq!((granted.lacks(&[MESSAGING]), granted.expires_at), (Vec::new(), Some(1_790_000_000)));
    Ok(())
}

#[tokio::test]
async fn why_a_template_was_rejected_and_how_people_take_it_is_read() -> Tested {
    let template = |language: &str, reason: &str, quality: &str| {
        json!({
            "name": "watchword_code", "language": language, "status": "REJECTED", "category": "AUTHENTICATION",
            "rejected_reason": reason, "quality_score": { "score": quality, "date": 1_750_000_000 }
        })
    };
    let data = [template("en_US", "INVALID_FORMAT", "RED"), template("es", "NONE", "UNKNOWN")];
    let graph = Graph::answering(200, json!({ "data": data }).to_string()).await?;
    let found = account(&graph.base_url())?.templates("watchword_code").await?;
    let told: Vec<_> =
        found.iter().map(|it| (it.rejected_reason.as_deref(), it.quality.as_deref())).collect();
    assert_eq!(told, [(Some("INVALID_FORMAT"), Some("RED")), (None, Some("UNKNOWN"))]);
    Ok(())
}
