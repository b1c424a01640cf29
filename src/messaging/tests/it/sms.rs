//! SMS against a server in the provider's place: the documented request, and what is made of its answers.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpSocket};
use watchword_domain::FailureClass::{
    Blocked, HeldBack, NotReachable, Rejected, SenderUnavailable, TryLater,
};
use watchword_domain::{EmailAddress, Secret};
use watchword_messaging::sms::gateway::{self, Gateway};
use watchword_messaging::sms::twilio::Twilio;
use watchword_messaging::sms::vonage::Vonage;
use watchword_messaging::sms::{AccountSettings, SettingsRefusal, Times, Unread};
use watchword_messaging::{Channel, Outcome, OutgoingCode, Recipient};

use crate::Tested;
use crate::graph::{Answer, Graph, NUMBER, message};

const ACCOUNT: &str = "AC00000000000000000000000000000001";
const REPORTS: &str = "https://id.example.com/webhooks/sms/twilio";
const TEXT: &str =
    "Acme Market: use 482913 para entrar. Vale por 5 min. Nunca compartilhe.\n@id.example.com #482913";

const TIMES: Times = Times { connect: Duration::from_secs(20), whole: Duration::from_secs(60) };

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

fn twilio_settings(base_url: &str) -> AccountSettings {
    AccountSettings {
        base_url: base_url.to_owned(),
        account: ACCOUNT.to_owned(),
        secret: secret("auth-token"),
        from: "+15005550006".to_owned(),
        report_url: REPORTS.to_owned(),
        times: TIMES,
    }
}

fn vonage_settings(base_url: &str) -> AccountSettings {
    AccountSettings {
        base_url: base_url.to_owned(),
        account: "a1b2c3d4".to_owned(),
        secret: secret("api-secret"),
        from: "Acme".to_owned(),
        report_url: "https://id.example.com/webhooks/sms/vonage".to_owned(),
        times: TIMES,
    }
}

fn gateway_settings(base_url: &str) -> gateway::Settings {
    gateway::Settings {
        url: format!("{base_url}/send"),
        authorization: secret("Bearer gateway-token"),
        body: r#"{"messages":[{"to":{to},"text":{text}}],"otp":{code},"ref":{reference}}"#.to_owned(),
        id: "/messages/0/id".to_owned(),
        times: TIMES,
    }
}

/// Each provider's channel to this address.
fn channels(base_url: &str) -> Result<[Box<dyn Channel>; 3], SettingsRefusal> {
    Ok([
        Box::new(Twilio::new(&twilio_settings(base_url))?),
        Box::new(Vonage::new(&vonage_settings(base_url))?),
        Box::new(Gateway::new(&gateway_settings(base_url))?),
    ])
}

fn form(body: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(body).into_owned().collect()
}

fn is_unknown(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Unknown { .. })
}

#[tokio::test]
async fn twilio_is_sent_the_documented_form() -> Tested {
    let graph = Graph::answering(201, r#"{"sid":"SM01","status":"queued"}"#).await?;
    let outcome = Twilio::new(&twilio_settings(&graph.origin()))?.send_code(&message()?).await;
    assert!(outcome == Outcome::Accepted { provider_message_id: "SM01".into(), recipient_id: None });
    let asked = graph.asked();
    let [request] = asked.as_slice() else { return Err("not exactly one request".into()) };
    assert_eq!(request.path, format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json"));
    let authorization = request.headers.get("authorization").ok_or("no authorization")?.to_str()?;
    // RFC 7617: base64 of account:secret.
    assert_eq!(authorization, "Basic QUMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMTphdXRoLXRva2Vu");
    let fields = form(&request.body);
    let expected = [
        ("To", NUMBER),
        ("From", "+15005550006"),
        ("Body", TEXT),
        ("StatusCallback", "https://id.example.com/webhooks/sms/twilio?message=0197a1"),
        ("ValidityPeriod", "300"),
    ];
    assert_eq!(fields, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    Ok(())
}

#[tokio::test]
async fn twilios_messaging_service_is_named_by_its_own_field() -> Tested {
    let graph = Graph::answering(201, r#"{"sid":"SM01"}"#).await?;
    let service = "MG00000000000000000000000000000001";
    let settings = AccountSettings { from: service.to_owned(), ..twilio_settings(&graph.origin()) };
    Twilio::new(&settings)?.send_code(&message()?).await;
    let asked = graph.asked();
    let fields = form(&asked.first().ok_or("nothing was asked")?.body);
    assert!(fields.contains(&("MessagingServiceSid".to_owned(), service.to_owned())));
    assert!(fields.iter().all(|(name, _)| name != "From"));
    Ok(())
}

#[tokio::test]
async fn vonage_is_sent_the_documented_json() -> Tested {
    let graph = Graph::answering(202, r#"{"message_uuid":"aaaa-bbbb"}"#).await?;
    let outcome = Vonage::new(&vonage_settings(&graph.origin()))?.send_code(&message()?).await;
    assert!(outcome == Outcome::Accepted { provider_message_id: "aaaa-bbbb".into(), recipient_id: None });
    let asked = graph.asked();
    let [request] = asked.as_slice() else { return Err("not exactly one request".into()) };
    assert_eq!(request.path, "/v1/messages");
    let authorization = request.headers.get("authorization").ok_or("no authorization")?.to_str()?;
    assert_eq!(authorization, "Basic YTFiMmMzZDQ6YXBpLXNlY3JldA==");
    let expected = json!({
        "message_type": "text",
        "channel": "sms",
        "to": NUMBER.trim_start_matches('+'),
        "from": "Acme",
        "text": TEXT,
        "client_ref": "0197a1",
        "webhook_url": "https://id.example.com/webhooks/sms/vonage",
        "webhook_version": "v1",
    });
    assert_eq!(serde_json::from_slice::<Value>(&request.body)?, expected);
    Ok(())
}

#[tokio::test]
async fn a_gateway_is_sent_what_its_description_says() -> Tested {
    let graph = Graph::answering(200, r#"{"messages":[{"id":77}]}"#).await?;
    let outcome = Gateway::new(&gateway_settings(&graph.origin()))?.send_code(&message()?).await;
    assert!(outcome == Outcome::Accepted { provider_message_id: "77".into(), recipient_id: None });
    let asked = graph.asked();
    let [request] = asked.as_slice() else { return Err("not exactly one request".into()) };
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/send"));
    assert_eq!(request.headers.get("authorization").ok_or("no authorization")?, "Bearer gateway-token");
    assert_eq!(request.headers.get("content-type").ok_or("no type")?, "application/json");
    let expected = json!({ "messages": [{ "to": NUMBER, "text": TEXT }], "otp": "482913", "ref": "0197a1" });
    assert_eq!(serde_json::from_slice::<Value>(&request.body)?, expected);
    Ok(())
}

#[tokio::test]
async fn every_class_of_refusal_is_told_apart() -> Tested {
    let [twilio, vonage, gateway] = [0, 1, 2];
    let twilios =
        |code: i64| json!({ "code": code, "message": "to +5511987654321", "status": 400 }).to_string();
    let problem = |kind: &str| json!({ "type": kind, "title": "Not today" }).to_string();
    let vonages = |code: i64| problem(&format!("https://developer.vonage.com/api-errors/messages#{code}"));
    let cases = [
        (twilio, 401, twilios(20_003), 20_003, SenderUnavailable),
        (twilio, 429, twilios(20_429), 20_429, TryLater),
        (twilio, 400, twilios(21_211), 21_211, NotReachable),
        (twilio, 400, twilios(21_408), 21_408, Blocked),
        (twilio, 400, twilios(21_610), 21_610, Blocked),
        (twilio, 400, twilios(21_614), 21_614, NotReachable),
        (twilio, 400, twilios(99_999), 99_999, Rejected),
        (vonage, 422, vonages(1120), 1120, SenderUnavailable),
        (vonage, 422, vonages(1240), 1240, Blocked),
        (vonage, 429, vonages(1000), 1000, TryLater),
        (
            vonage,
            401,
            problem("https://developer.vonage.com/api-errors#unauthorized"),
            401,
            SenderUnavailable,
        ),
        (vonage, 402, problem("https://developer.vonage.com/api-errors#low-balance"), 402, SenderUnavailable),
        (gateway, 400, String::new(), 400, Rejected),
        (gateway, 401, String::new(), 401, SenderUnavailable),
        (gateway, 403, "{}".to_owned(), 403, Rejected),
        (gateway, 429, "slow down".to_owned(), 429, TryLater),
    ];
    for (which, status, body, code, class) in cases {
        let graph = Graph::answering(status, body).await?;
        let outcome = channels(&graph.origin())?[which].send_code(&message()?).await;
        assert_eq!(outcome, Outcome::Rejected { code, class, retry_after: None }, "{which} {status} {code}");
        assert_eq!(graph.asked().len(), 1, "a refused code is not sent again");
    }
    assert_ne!(HeldBack, NotReachable);
    Ok(())
}

#[tokio::test]
async fn what_is_not_the_providers_own_answer_leaves_the_outcome_unknown() -> Tested {
    for (status, body) in [
        (200, ""),
        (200, "<html>welcome to the network</html>"),
        (200, r#"{"ok":true}"#),
        (200, r#"{"sid":"","message_uuid":"","messages":[{"id":""}]}"#),
        (202, "[]"),
        (408, "{}"),
        (500, ""),
        (500, r#"{"code":20500,"type":"x#1030","title":"internal error"}"#),
        (502, "<html>bad gateway</html>"),
        (503, r#"{"code":20503}"#),
    ] {
        for which in 0..3 {
            let graph = Graph::answering(status, body).await?;
            let outcome = channels(&graph.origin())?[which].send_code(&message()?).await;
            assert!(is_unknown(&outcome), "{which} {status} {body}: {outcome:?}");
            assert_eq!(graph.asked().len(), 1);
        }
    }
    for (which, body) in [(0, "<html>blocked</html>"), (1, "<html>blocked</html>"), (0, "{}"), (1, "{}")] {
        let graph = Graph::answering(403, body).await?;
        assert!(is_unknown(&channels(&graph.origin())?[which].send_code(&message()?).await));
    }
    Ok(())
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() -> Tested {
    let padding = "x".repeat(1 << 20);
    let body = json!({ "sid": "SM1", "message_uuid": "a", "messages": [{ "id": "1" }], "p": padding });
    for which in 0..3 {
        let graph = Graph::answering(200, body.to_string()).await?;
        assert!(is_unknown(&channels(&graph.origin())?[which].send_code(&message()?).await));
    }
    Ok(())
}

#[tokio::test]
async fn a_redirect_is_not_followed_even_with_the_secret_in_hand() -> Tested {
    let elsewhere = Graph::answering(200, r#"{"sid":"SM1"}"#).await?;
    for which in 0..3 {
        let headers = vec![("location", format!("{}/elsewhere", elsewhere.origin()))];
        let graph = Graph::open(Answer::With { status: 307, headers, body: String::new() }).await?;
        assert!(is_unknown(&channels(&graph.origin())?[which].send_code(&message()?).await));
    }
    assert!(elsewhere.asked().is_empty());
    Ok(())
}

#[tokio::test]
async fn silence_until_the_time_out_leaves_the_outcome_unknown() -> Tested {
    let graph = Graph::open(Answer::Never).await?;
    let times = Times { connect: Duration::from_millis(200), whole: Duration::from_millis(400) };
    let settings = AccountSettings { times, ..twilio_settings(&graph.origin()) };
    assert!(is_unknown(&Twilio::new(&settings)?.send_code(&message()?).await));
    Ok(())
}

#[tokio::test]
async fn a_connection_that_was_never_made_proves_that_nothing_left() -> Tested {
    // Bound, so that nobody else gets the port; not listening, so that connecting is refused.
    let socket = TcpSocket::new_v4()?;
    socket.bind("127.0.0.1:0".parse()?)?;
    for channel in channels(&format!("http://{}", socket.local_addr()?))? {
        let outcome = channel.send_code(&message()?).await;
        assert!(matches!(outcome, Outcome::NotSent { .. }), "{outcome:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_connection_that_breaks_off_leaves_the_outcome_unknown() -> Tested {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let base_url = format!("http://{}", listener.local_addr()?);
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await?;
        // Once something of the request is there, drop it unread, which resets the connection.
        stream.readable().await?;
        stream.set_zero_linger()
    });
    assert!(is_unknown(&Twilio::new(&twilio_settings(&base_url))?.send_code(&message()?).await));
    server.await??;
    Ok(())
}

#[tokio::test]
async fn a_wait_the_provider_names_is_told() -> Tested {
    let headers = vec![("retry-after", "7".to_owned())];
    let body = r#"{"code":20429}"#.to_owned();
    let graph = Graph::open(Answer::With { status: 429, headers, body }).await?;
    let outcome = Twilio::new(&twilio_settings(&graph.origin()))?.send_code(&message()?).await;
    let Outcome::Rejected { retry_after, .. } = outcome else { return Err("not rejected".into()) };
    assert_eq!(retry_after, Some(Duration::from_secs(7)));
    Ok(())
}

#[tokio::test]
async fn a_mailbox_gets_no_sms() -> Tested {
    let graph = Graph::answering(200, "{}").await?;
    let to = Recipient::Email(EmailAddress::parse("ana@example.com")?);
    let mail = OutgoingCode { to, ..message()? };
    for channel in channels(&graph.origin())? {
        assert!(matches!(channel.send_code(&mail).await, Outcome::NotSent { .. }));
    }
    assert!(graph.asked().is_empty());
    Ok(())
}

#[tokio::test]
async fn an_operator_may_ask_of_the_account_without_sending() -> Tested {
    let graph = Graph::answering(200, r#"{"sid":"AC1","status":"active"}"#).await?;
    assert_eq!(Twilio::new(&twilio_settings(&graph.origin()))?.status().await, Ok("active".to_owned()));
    let graph_of_vonage = Graph::answering(200, r#"{"value":10.28,"autoReload":false}"#).await?;
    assert_eq!(Vonage::new(&vonage_settings(&graph_of_vonage.origin()))?.balance().await, Ok(10.28));
    let asked: Vec<String> = [graph.asked(), graph_of_vonage.asked()]
        .into_iter()
        .flatten()
        .map(|it| format!("{} {}", it.method, it.path))
        .collect();
    assert_eq!(
        asked,
        [format!("GET /2010-04-01/Accounts/{ACCOUNT}.json"), "GET /account/get-balance".to_owned()]
    );
    let refusing = Graph::answering(401, r#"{"code":20003}"#).await?;
    let status = Twilio::new(&twilio_settings(&refusing.origin()))?.status().await;
    assert_eq!(status, Err(Unread::Refused { status: 401 }));
    Ok(())
}

#[test]
fn settings_no_code_could_be_sent_with_are_refused_at_the_start() {
    let twilio = |change: &dyn Fn(&mut AccountSettings)| {
        let mut settings = twilio_settings("https://api.twilio.com");
        change(&mut settings);
        Twilio::new(&settings).err().map(|refusal| refusal.to_string())
    };
    assert_eq!(twilio(&|_| {}), None);
    let wrong: [&dyn Fn(&mut AccountSettings); 9] = [
        &|it| it.base_url = "api.twilio.com".into(),
        &|it| it.base_url = "https://user:pass@api.twilio.com".into(),
        &|it| it.report_url = "https://id.example.com/x?y".into(),
        &|it| it.account = "SK00000000000000000000000000000001".into(),
        &|it| it.account = "AC/../x".into(),
        &|it| it.secret = secret(""),
        &|it| it.secret = secret("a b"),
        &|it| it.from = "Acme Market Limited".into(),
        &|it| it.times.connect = it.times.whole,
    ];
    for (at, wrong) in wrong.into_iter().enumerate() {
        let refusal = twilio(wrong);
        assert!(refusal.as_ref().is_some_and(|it| !it.contains("auth-token")), "{at}: {refusal:?}");
    }
    let gateway = |change: &dyn Fn(&mut gateway::Settings)| {
        let mut settings = gateway_settings("https://sms.example.com");
        change(&mut settings);
        Gateway::new(&settings).err()
    };
    assert!(gateway(&|_| {}).is_none());
    assert!(matches!(gateway(&|it| it.id = "id".into()), Some(SettingsRefusal::Pointer)));
    assert!(matches!(gateway(&|it| it.body = "{}".into()), Some(SettingsRefusal::Body)));
    assert!(matches!(gateway(&|it| it.authorization = secret("")), Some(SettingsRefusal::Secret)));
    assert!(matches!(gateway(&|it| it.authorization = secret("a\nb")), Some(SettingsRefusal::Secret)));
}
