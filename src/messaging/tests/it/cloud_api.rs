//! The client, against a server that behaves and servers that do not.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpSocket};
use watchword_domain::{EmailAddress, FailureClass, Secret};
use watchword_messaging::whatsapp::{
    ChosenTemplate, CloudApi, Graph as MetaGraph, SettingsRefusal, Times, is_template_name,
};
use watchword_messaging::{Outcome, Recipient};

use crate::Tested;
use crate::graph::{
    Answer, CODE, Graph, NUMBER, PATIENCE, PHONE_NUMBER_ID, TOKEN, api, message, send_to, template,
};

const ACCEPTED: &str = r#"{
    "messaging_product": "whatsapp",
    "contacts": [{ "input": "+5511987654321", "wa_id": "551187654321" }],
    "messages": [{ "id": "wamid.FIXTURE-SENT", "message_status": "accepted" }]
}"#;

fn graph_error(code: i64) -> String {
    json!({ "error": {
        "message": "(#1) Something +5511987654321", "type": "OAuthException", "code": code,
        "error_data": { "messaging_product": "whatsapp", "details": "…" }, "fbtrace_id": "AbC\n"
    } })
    .to_string()
}

fn is_unknown(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Unknown { .. })
}

#[tokio::test]
async fn an_accepted_code_comes_back_with_metas_id_and_spelling_of_the_number() -> Tested {
    let graph = Graph::answering(200, ACCEPTED).await?;
    let expected = Outcome::Accepted {
        provider_message_id: "wamid.FIXTURE-SENT".to_owned(),
        recipient_id: Some("551187654321".to_owned()),
    };
    assert_eq!(graph.send().await?, expected);
    Ok(())
}

#[tokio::test]
async fn an_answer_without_the_number_is_still_an_acceptance() -> Tested {
    let graph = Graph::answering(200, r#"{"messages":[{"id":"wamid.X"}]}"#).await?;
    let expected = Outcome::Accepted { provider_message_id: "wamid.X".to_owned(), recipient_id: None };
    assert_eq!(graph.send().await?, expected);
    Ok(())
}

#[tokio::test]
async fn the_request_is_the_documented_one_and_the_code_is_in_it_twice() -> Tested {
    let graph = Graph::answering(200, ACCEPTED).await?;
    graph.send().await?;
    let asked = graph.asked();
    let [request] = asked.as_slice() else { return Err("not exactly one request".into()) };
    assert_eq!(request.method, "POST");
    assert_eq!(request.path, "/v25.0/106540352242922/messages");
    assert_eq!(request.headers.get("authorization").ok_or("no token")?, &format!("Bearer {TOKEN}"));
    assert_eq!(request.headers.get("content-type").ok_or("no type")?, "application/json");
    assert_eq!(
        serde_json::from_slice::<Value>(&request.body)?,
        json!({
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": NUMBER,
            "type": "template",
            "template": {
                "name": "watchword_code",
                "language": { "code": "pt_BR" },
                "components": [
                    { "type": "body", "parameters": [{ "type": "text", "text": CODE }] },
                    { "type": "button", "sub_type": "url", "index": "0",
                      "parameters": [{ "type": "text", "text": CODE }] }
                ]
            },
            "biz_opaque_callback_data": "0197a1"
        })
    );
    Ok(())
}

#[tokio::test]
async fn one_client_sends_many_codes() -> Tested {
    let graph = Graph::answering(200, ACCEPTED).await?;
    let api = api(&graph.base_url(), PATIENCE)?;
    for _ in 0..3 {
        assert!(matches!(api.send_code(&message()?, &template()).await, Outcome::Accepted { .. }));
    }
    assert_eq!(graph.asked().len(), 3);
    Ok(())
}

#[tokio::test]
async fn every_class_of_refusal_is_told_apart() -> Tested {
    let cases = [
        (400, 131_026, FailureClass::NotReachable, None),
        (400, 131_056, FailureClass::TooFast, Some(6)),
        (401, 190, FailureClass::SenderUnavailable, None),
        (403, 200, FailureClass::SenderUnavailable, None),
        (404, 132_001, FailureClass::SenderUnavailable, None),
        (500, 131_000, FailureClass::TryLater, None),
        (503, 131_016, FailureClass::TryLater, None),
        (400, 131_057, FailureClass::TryLater, Some(20)),
        (400, 132_000, FailureClass::Rejected, None),
        (400, 130_497, FailureClass::Blocked, None),
        (400, 137_000, FailureClass::IdentityChanged, None),
        // Codes nobody documented, by the status they came with.
        (400, 999_999, FailureClass::Rejected, None),
        (401, 999_999, FailureClass::SenderUnavailable, None),
        (429, 999_999, FailureClass::TryLater, None),
        (502, 999_999, FailureClass::TryLater, None),
    ];
    for (status, code, class, seconds) in cases {
        let graph = Graph::answering(status, graph_error(code)).await?;
        let expected = Outcome::Rejected { code, class, retry_after: seconds.map(Duration::from_secs) };
        assert_eq!(graph.send().await?, expected, "{status} {code}");
        assert_eq!(graph.asked().len(), 1, "a refused code is not sent again");
    }
    Ok(())
}

#[tokio::test]
async fn an_undocumented_error_that_calls_itself_transient_is_tried_later() -> Tested {
    let graph = Graph::answering(400, r#"{"error":{"code":999999,"is_transient":true}}"#).await?;
    let expected = Outcome::Rejected { code: 999_999, class: FailureClass::TryLater, retry_after: None };
    assert_eq!(graph.send().await?, expected);
    Ok(())
}

#[tokio::test]
async fn a_wait_the_server_names_is_kept_within_reason() -> Tested {
    for (header, expected) in [("30", 30), ("86400", 3600), ("Wed, 21 Oct 2026 07:28:00 GMT", 6)] {
        let headers = vec![("retry-after", header.to_owned())];
        let graph = Graph::open(Answer::With { status: 429, headers, body: graph_error(131_056) }).await?;
        let Outcome::Rejected { retry_after, .. } = graph.send().await? else {
            return Err("not rejected".into());
        };
        assert_eq!(retry_after, Some(Duration::from_secs(expected)), "{header}");
    }
    Ok(())
}

#[tokio::test]
async fn what_is_not_graphs_own_answer_leaves_the_outcome_unknown() -> Tested {
    let error_with_success = graph_error(131_026);
    let cases = [
        (200, ""),
        (200, "<html>welcome to the network</html>"),
        (200, "{"),
        (200, r#"{"success":true}"#),
        (200, r#"{"messages":[]}"#),
        (200, r#"{"messages":[{"id":""}]}"#),
        (200, error_with_success.as_str()),
        (202, "[]"),
        (500, ""),
        (502, "<html>bad gateway</html>"),
        (503, r#"{"error":"upstream"}"#),
        (504, r#"{"error":{"message":"no code"}}"#),
        (400, "<html>bad request</html>"),
        (404, "not found"),
    ];
    for (status, body) in cases {
        let graph = Graph::answering(status, body).await?;
        assert!(is_unknown(&graph.send().await?), "{status} {body}");
        assert_eq!(graph.asked().len(), 1, "{status} {body}");
    }
    Ok(())
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() -> Tested {
    let padding = "x".repeat(1 << 20);
    let body = json!({ "messages": [{ "id": "wamid.X" }], "padding": padding }).to_string();
    let graph = Graph::answering(200, body).await?;
    assert!(is_unknown(&graph.send().await?));
    Ok(())
}

#[tokio::test]
async fn a_redirect_is_not_followed_even_with_the_token_in_hand() -> Tested {
    let elsewhere = Graph::answering(200, ACCEPTED).await?;
    for status in [301, 302, 303, 307, 308] {
        let headers = vec![("location", format!("{}/elsewhere", elsewhere.base_url()))];
        let graph = Graph::open(Answer::With { status, headers, body: String::new() }).await?;
        assert!(is_unknown(&graph.send().await?), "{status}");
    }
    assert!(elsewhere.asked().is_empty());
    Ok(())
}

#[tokio::test]
async fn silence_until_the_time_out_leaves_the_outcome_unknown() -> Tested {
    let graph = Graph::open(Answer::Never).await?;
    let patience = Times { connect: Duration::from_millis(200), whole: Duration::from_millis(400) };
    assert!(is_unknown(&send_to(&graph.base_url(), patience).await?));
    Ok(())
}

#[tokio::test]
async fn a_refused_connection_proves_that_nothing_left() -> Tested {
    // Bound, so that nobody else gets the port; not listening, so that connecting is refused.
    let socket = TcpSocket::new_v4()?;
    socket.bind("127.0.0.1:0".parse()?)?;
    let outcome = send_to(&format!("http://{}/v25.0", socket.local_addr()?), PATIENCE).await?;
    assert!(matches!(outcome, Outcome::NotSent { .. }), "{outcome:?}");
    Ok(())
}

#[tokio::test]
async fn a_failed_tls_handshake_proves_that_nothing_left() -> Tested {
    let graph = Graph::answering(200, ACCEPTED).await?;
    let outcome = send_to(&graph.base_url().replace("http:", "https:"), PATIENCE).await?;
    assert!(matches!(outcome, Outcome::NotSent { .. }), "{outcome:?}");
    Ok(())
}

#[tokio::test]
async fn a_tls_handshake_nobody_answers_proves_that_nothing_left() -> Tested {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let base_url = format!("https://{}/v25.0", listener.local_addr()?);
    let outcome = send_to(&base_url, Times { connect: Duration::from_millis(200), ..PATIENCE }).await?;
    assert!(matches!(outcome, Outcome::NotSent { .. }), "{outcome:?}");
    Ok(())
}

#[tokio::test]
async fn a_connection_that_breaks_off_leaves_the_outcome_unknown() -> Tested {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let base_url = format!("http://{}/v25.0", listener.local_addr()?);
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await?;
        // Once something of the request is there, drop it unread, which resets the connection.
        stream.readable().await?;
        stream.set_zero_linger()
    });
    assert!(is_unknown(&send_to(&base_url, PATIENCE).await?));
    server.await??;
    Ok(())
}

#[tokio::test]
async fn what_meta_cannot_take_is_refused_before_it_leaves() -> Tested {
    let graph = Graph::answering(200, ACCEPTED).await?;
    let api = api(&graph.base_url(), PATIENCE)?;
    for code in ["", "1234567890123456", "12 34", "٤٨٢٩١٣", "12\n34"] {
        let mut refused = message()?;
        refused.code = Secret::new(code.to_owned());
        assert!(matches!(api.send_code(&refused, &template()).await, Outcome::NotSent { .. }), "{code:?}");
    }
    for correlation in [String::new(), "x".repeat(513)] {
        let mut refused = message()?;
        refused.correlation = correlation;
        assert!(matches!(api.send_code(&refused, &template()).await, Outcome::NotSent { .. }));
    }
    let refused = ChosenTemplate { language: String::new(), ..template() };
    assert!(matches!(api.send_code(&message()?, &refused).await, Outcome::NotSent { .. }));
    let mut refused = message()?;
    refused.to = Recipient::Email(EmailAddress::parse("ana@example.com")?);
    assert!(matches!(api.send_code(&refused, &template()).await, Outcome::NotSent { .. }));
    assert!(graph.asked().is_empty());
    Ok(())
}

fn refusal(base_url: &str, phone_number_id: &str, token: &str) -> Option<SettingsRefusal> {
    let graph = match MetaGraph::new(base_url, PATIENCE) {
        Ok(graph) => graph,
        Err(refusal) => return Some(refusal),
    };
    CloudApi::new(&graph, phone_number_id, &Secret::new(token.to_owned())).err()
}

#[test]
fn settings_no_code_could_be_sent_with_are_refused_at_the_start() {
    const URL: &str = "https://graph.facebook.com/v25.0";
    assert!(refusal(URL, PHONE_NUMBER_ID, TOKEN).is_none());
    assert!(refusal("https://graph.facebook.com/v25.0/", PHONE_NUMBER_ID, TOKEN).is_none());
    for url in [
        "",
        "graph.facebook.com/v25.0",
        "ftp://graph.facebook.com/v25.0",
        "https://graph.facebook.com",
        "https://user:pass@graph.facebook.com/v25.0",
        "https://graph.facebook.com/v25.0?x=1",
        "https://graph.facebook.com/v25.0#x",
    ] {
        let refused = refusal(url, PHONE_NUMBER_ID, TOKEN);
        assert!(matches!(refused, Some(SettingsRefusal::BaseUrl)), "{url}");
    }
    for id in ["", "+15550100200", "1/2", "../1"] {
        assert!(matches!(refusal(URL, id, TOKEN), Some(SettingsRefusal::PhoneNumberId)), "{id}");
    }
    for token in ["", " ", "a\r\nb", "a b", "tokén"] {
        let refused = refusal(URL, PHONE_NUMBER_ID, token);
        assert!(matches!(refused, Some(SettingsRefusal::AccessToken)), "{token:?}");
    }
    for template in ["", "Watchword", "watchword-code", "a b"] {
        assert!(!is_template_name(template), "{template}");
    }
    let refused = MetaGraph::new(URL, Times { connect: PATIENCE.whole, ..PATIENCE }).err();
    assert!(matches!(refused, Some(SettingsRefusal::Timeouts)));
}

#[tokio::test]
async fn neither_number_nor_code_nor_message_id_is_shown_by_debug() -> Tested {
    let graph = Graph::answering(200, ACCEPTED).await?;
    let shown = format!("{:?} {:?}", message()?, graph.send().await?);
    for secret in ["551198", "551187", CODE, "wamid"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(shown.contains("0197a1") && shown.contains("Accepted"), "{shown}");
    Ok(())
}
