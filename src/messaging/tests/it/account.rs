//! What is read of the account, over shapes as Meta answers them.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpSocket;
use watchword_domain::Secret;
use watchword_messaging::whatsapp::{Account, Number, SettingsRefusal, Template, Unread};

use crate::Tested;
use crate::graph::{Answer, Graph, TOKEN};

const TEMPLATES: &str = include_str!("../../fixtures/templates.json");
const NUMBER: &str = "106540352242922";
const ACCOUNT: &str = "102290129340398";

fn account(base_url: &str) -> Result<Account, SettingsRefusal> {
    let times = (Duration::from_secs(20), Duration::from_secs(60));
    Account::new(base_url, (NUMBER, ACCOUNT), &Secret::new(TOKEN.to_owned()), times)
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
    };
    assert_eq!(found, [of("en_US", "APPROVED", Some(10), Some(600)), of("pt_BR", "PENDING", None, None)]);
    let paths: Vec<String> = graph.asked().into_iter().map(|request| request.path).collect();
    assert_eq!(paths, [format!("/v25.0/{ACCOUNT}/message_templates?name=watchword_code&limit=50")]);
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
    let first = format!("/v25.0/{ACCOUNT}/message_templates?name=watchword_code&limit=50");
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
    assert_eq!(account(&graph.base_url())?.subscribers().await?, ["Acme sign-in", "2"]);
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
    let times = (Duration::from_millis(200), Duration::from_millis(400));
    let ids = (NUMBER, ACCOUNT);
    let silent = Account::new(&graph.base_url(), ids, &Secret::new(TOKEN.to_owned()), times)?.number().await;
    assert_eq!(silent, Err(Unread::NoAnswer));
    Ok(())
}

#[test]
fn ids_that_are_none_are_refused_before_anything_is_asked() {
    let times = (Duration::from_secs(1), Duration::from_secs(2));
    let made = |ids| Account::new("https://graph.example/v25.0", ids, &Secret::new(TOKEN.to_owned()), times);
    assert!(matches!(made(("+91 98765", ACCOUNT)), Err(SettingsRefusal::PhoneNumberId)));
    assert!(matches!(made((NUMBER, "my account")), Err(SettingsRefusal::WabaId)));
}
