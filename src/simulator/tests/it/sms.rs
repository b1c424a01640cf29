//! SMS by the three interfaces: what they refuse, and the reports they post.

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openssl::{hash::MessageDigest, pkey::PKey, sha::sha256, sign::Signer};
use reqwest::Url;
use serde_json::{Value, json};
use std::future::IntoFuture as _;
use tokio::{net::TcpListener, sync::mpsc};
use watchword_simulator::SmsAccount;

use crate::support::{ANA, Stage, TOKEN, read, settings};

const ACCOUNT: &str = "AC00000000000000000000000000000001";
const MESSAGES: &str = "/sms/twilio/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages.json";
const SECRET: &str = "an-sms-secret";
const REPORT_SECRET: &str = "a-report-secret";

/// A report as it came in.
struct Report {
    headers: HeaderMap,
    body: Bytes,
}

/// A simulator with an SMS account, the address of a receiver of reports, and what that got.
async fn stage() -> (Stage, String, mpsc::UnboundedReceiver<Report>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/reports?message=m-1", listener.local_addr().unwrap());
    let (sender, reports) = mpsc::unbounded_channel();
    let router = Router::new().route("/reports", post(take)).with_state(sender);
    tokio::spawn(axum::serve(listener, router).into_future());
    let sms = SmsAccount {
        account: ACCOUNT.into(),
        secret: SECRET.into(),
        report_secret: REPORT_SECRET.into(),
        report_url: Some(url.clone()),
    };
    (Stage::with_sms(settings(None), sms).await, url, reports)
}

async fn take(State(sender): State<mpsc::UnboundedSender<Report>>, headers: HeaderMap, body: Bytes) {
    let _ = sender.send(Report { headers, body });
}

async fn next(reports: &mut mpsc::UnboundedReceiver<Report>) -> Report {
    tokio::time::timeout(std::time::Duration::from_secs(20), reports.recv()).await.unwrap().unwrap()
}

fn hmac(digest: MessageDigest, message: &[u8]) -> Vec<u8> {
    let key = PKey::hmac(REPORT_SECRET.as_bytes()).unwrap();
    Signer::new(digest, &key).unwrap().sign_oneshot_to_vec(message).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn form(fields: &[(&str, &str)]) -> String {
    Url::parse_with_params("http://form/", fields).unwrap().query().unwrap().to_owned()
}

async fn twilio(stage: &Stage, fields: &[(&str, &str)]) -> (u16, Value) {
    let request = stage.http.post(format!("{}{MESSAGES}", stage.base)).basic_auth(ACCOUNT, Some(SECRET));
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(form(fields));
    read(request.send().await.unwrap()).await
}

async fn vonage(stage: &Stage, message: &Value) -> (u16, Value) {
    let request = stage.http.post(format!("{}/sms/vonage/v1/messages", stage.base));
    read(request.basic_auth(ACCOUNT, Some(SECRET)).json(message).send().await.unwrap()).await
}

#[tokio::test]
async fn twilio_takes_a_form_shows_it_on_the_phone_and_signs_its_callbacks() {
    let (stage, url, mut reports) = stage().await;
    let text = "Acme: 482913 is your code.\n@id.example.com #482913";
    let fields =
        [("To", ANA), ("From", "Acme"), ("Body", text), ("StatusCallback", &url), ("ValidityPeriod", "300")];
    let (status, answer) = twilio(&stage, &fields).await;
    assert_eq!((status, &answer["status"]), (201, &json!("queued")), "{answer}");
    let (_, messages) = stage.get(&format!("/simulator/messages?to={ANA}")).await;
    assert_eq!(messages[0]["channel"], "sms");
    assert_eq!((&messages[0]["body"], &messages[0]["code"]), (&json!(text), &json!("482913")));
    assert_eq!(messages[0]["wamid"], answer["sid"]);
    let mut words = Vec::new();
    for _ in 0..2 {
        let report = next(&mut reports).await;
        let address = format!("http://form/?{}", std::str::from_utf8(&report.body).unwrap());
        let mut fields: Vec<(String, String)> =
            Url::parse(&address).unwrap().query_pairs().into_owned().collect();
        fields.sort();
        let signed: String = fields.iter().map(|(name, value)| format!("{name}{value}")).collect();
        let mark = hmac(MessageDigest::sha1(), format!("{url}{signed}").as_bytes());
        let proof = openssl::base64::encode_block(&mark);
        assert_eq!(report.headers["x-twilio-signature"].to_str().unwrap(), proof);
        let field = |wanted: &str| fields.iter().find(|(name, _)| name == wanted).unwrap().1.clone();
        assert_eq!(json!(field("MessageSid")), answer["sid"]);
        words.push(field("MessageStatus"));
    }
    words.sort();
    assert_eq!(words, ["delivered", "sent"]);
}

#[tokio::test]
async fn twilio_refuses_what_twilio_refuses() {
    let (stage, url, _) = stage().await;
    let right = [("To", ANA), ("From", "Acme"), ("Body", "hi"), ("StatusCallback", url.as_str())];
    let with = |name: &'static str, value: &'static str| {
        let mut fields: Vec<(&str, &str)> = right.iter().copied().filter(|(it, _)| *it != name).collect();
        fields.push((name, value));
        fields
    };
    for (fields, code) in [
        (with("To", "6505551234"), 21_211),
        (with("From", ""), 21_212),
        (with("MessagingServiceSid", "MG1"), 21_212),
        (with("Body", ""), 21_602),
        (with("StatusCallback", "id.example.com"), 21_609),
        (with("ValidityPeriod", "0"), 21_624),
        (with("Colour", "red"), 20_422),
        (vec![("To", ANA), ("Body", "hi")], 21_603),
    ] {
        let (status, answer) = twilio(&stage, &fields).await;
        assert_eq!((status, &answer["code"]), (400, &json!(code)), "{fields:?}");
    }
    let stranger = stage.http.post(format!("{}{MESSAGES}", stage.base)).basic_auth(ACCOUNT, Some("wrong"));
    let (status, answer) = read(stranger.send().await.unwrap()).await;
    assert_eq!((status, &answer["code"]), (401, &json!(20_003)));
    let account = format!("{}/sms/twilio/2010-04-01/Accounts/{ACCOUNT}.json", stage.base);
    let (status, answer) =
        read(stage.http.get(account).basic_auth(ACCOUNT, Some(SECRET)).send().await.unwrap()).await;
    assert_eq!((status, &answer["status"]), (200, &json!("active")));
}

#[tokio::test]
async fn vonage_takes_json_and_signs_a_token_over_each_webhook() {
    let (stage, url, mut reports) = stage().await;
    stage.fault(&json!([{ "kind": "status_failed", "code": 1240, "channel": "sms" }])).await;
    let message = json!({
        "message_type": "text", "channel": "sms", "to": ANA.trim_start_matches('+'), "from": "Acme",
        "text": "Acme: 482913", "client_ref": "m-1", "webhook_url": url, "webhook_version": "v1",
    });
    let (status, answer) = vonage(&stage, &message).await;
    assert_eq!(status, 202, "{answer}");
    let report = next(&mut reports).await;
    let told: Value = serde_json::from_slice(&report.body).unwrap();
    assert_eq!((&told["status"], &told["client_ref"]), (&json!("rejected"), &json!("m-1")));
    assert_eq!(told["message_uuid"], answer["message_uuid"]);
    assert!(told["error"]["type"].as_str().unwrap().ends_with("#1240"));
    let token = report.headers["authorization"].to_str().unwrap().strip_prefix("Bearer ").unwrap();
    let (signed, mark) = token.rsplit_once('.').unwrap();
    assert_eq!(URL_SAFE_NO_PAD.decode(mark).unwrap(), hmac(MessageDigest::sha256(), signed.as_bytes()));
    let claims = URL_SAFE_NO_PAD.decode(signed.split_once('.').unwrap().1).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(claims["payload_hash"], hex(&sha256(&report.body)));
    assert_eq!(claims["api_key"], ACCOUNT);
    for (field, wrong, code) in [
        ("to", json!(ANA), "1170"),
        ("from", json!("+1"), "1120"),
        ("text", json!(""), "1090"),
        ("channel", json!("mms"), "1020"),
        ("ttl", json!(5), "1010"),
    ] {
        let mut odd = message.clone();
        odd[field] = wrong;
        let (status, answer) = vonage(&stage, &odd).await;
        assert_eq!(status, 422);
        assert!(answer["type"].as_str().unwrap().ends_with(&format!("#{code}")), "{field}: {answer}");
    }
}

#[tokio::test]
async fn the_plain_gateway_signs_reports_and_faults_apply_to_them() {
    let (stage, _, mut reports) = stage().await;
    stage.fault(&json!([{ "kind": "duplicate", "channel": "sms" }])).await;
    let request = stage.http.post(format!("{}/sms", stage.base)).bearer_auth(TOKEN);
    let body = json!({ "to": ANA, "text": "Acme: 482913", "reference": "m-1" });
    let (status, answer) = read(request.json(&body).send().await.unwrap()).await;
    assert_eq!(status, 200, "{answer}");
    let mut words = Vec::new();
    for _ in 0..4 {
        let report = next(&mut reports).await;
        assert_eq!(
            report.headers["x-signature"].to_str().unwrap(),
            hex(&hmac(MessageDigest::sha256(), &report.body))
        );
        let told: Value = serde_json::from_slice(&report.body).unwrap();
        assert_eq!((&told["id"], &told["reference"]), (&answer["id"], &json!("m-1")));
        words.push(told["status"].as_str().unwrap().to_owned());
    }
    words.sort();
    assert_eq!(words, ["delivered", "delivered", "sent", "sent"]);
    let by_secret = stage.http.post(format!("{}/sms", stage.base)).header("authorization", SECRET);
    assert_eq!(read(by_secret.json(&body).send().await.unwrap()).await.0, 200);
}

#[tokio::test]
async fn without_an_account_twilio_and_vonage_know_nobody() {
    let stage = Stage::alone().await;
    for path in [MESSAGES, "/sms/vonage/v1/messages"] {
        for (user, password) in [("", ""), (ACCOUNT, SECRET)] {
            let request = stage.http.post(format!("{}{path}", stage.base)).basic_auth(user, Some(password));
            assert_eq!(request.send().await.unwrap().status(), 401);
        }
    }
}
