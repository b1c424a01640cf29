//! Reports of SMS providers: whose they are, and what they say.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sha::sha256;
use openssl::sign::Signer;
use serde_json::{Value, json};
use watchword_domain::DeliveryState::{Delivered, Failed, Read, Sent};
use watchword_domain::{FailureClass, Secret};
use watchword_messaging::sms::SettingsRefusal;
use watchword_messaging::sms::reports::{Reports, Request, Shape};

use crate::Tested;

const NOW: i64 = 1_795_000_000;
const URL: &str = "https://id.example.com/webhooks/sms/twilio";

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

fn hmac(digest: MessageDigest, key: &str, message: &[u8]) -> Result<Vec<u8>, openssl::error::ErrorStack> {
    Signer::new(digest, &*PKey::hmac(key.as_bytes())?)?.sign_oneshot_to_vec(message)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// As Twilio signs: the address, then every field in the order of their names.
fn twilio_proof(url: &str, sorted: &str) -> Result<String, openssl::error::ErrorStack> {
    Ok(STANDARD.encode(hmac(MessageDigest::sha1(), "12345", format!("{url}{sorted}").as_bytes())?))
}

/// The example of Twilio's page "Webhooks security", whose signature is printed there.
#[test]
fn twilios_own_example_is_proven() -> Tested {
    let reports = Reports::twilio(secret("12345"), "https://example.com/myapp.php")?;
    let raw =
        b"Digits=1234&To=%2B18005551212&From=%2B14158675310&Caller=%2B14158675310&CallSid=CA1234567890ABCDE";
    let query = Some("foo=1&bar=2");
    assert!(reports.prove(&Request { raw, query, proof: "L/OH5YylLD5NRKLltdqwSvS0BnU=" }, NOW));
    assert_eq!(reports.header(), "x-twilio-signature");
    Ok(())
}

#[test]
fn twilio_signs_address_query_and_every_field() -> Tested {
    let reports = Reports::twilio(secret("12345"), URL)?;
    let raw = b"MessageStatus=sent&MessageSid=SM01&Empty=&A=2&A=1&A=2";
    let sorted = "A1A2EmptyMessageSidSM01MessageStatussent";
    let query = Some("message=0197a1");
    let right = twilio_proof(&format!("{URL}?message=0197a1"), sorted)?;
    assert!(reports.prove(&Request { raw, query, proof: &right }, NOW));
    let with_port = twilio_proof("https://id.example.com:443/webhooks/sms/twilio?message=0197a1", sorted)?;
    assert!(reports.prove(&Request { raw, query, proof: &with_port }, NOW));
    let changed: [(&[u8], Option<&str>, &str); 7] = [
        (b"MessageStatus=read&MessageSid=SM01&Empty=&A=2&A=1", query, &right),
        (raw, Some("message=0197a2"), &right),
        (raw, None, &right),
        (raw, query, ""),
        (raw, query, "not base64"),
        (raw, query, right.trim_end_matches('=')),
        (b"", query, &right),
    ];
    for (raw, query, proof) in changed {
        assert!(!reports.prove(&Request { raw, query, proof }, NOW), "{query:?} {proof}");
    }
    let other_host = Reports::twilio(secret("12345"), "https://other.example/webhooks/sms/twilio")?;
    assert!(!other_host.prove(&Request { raw, query, proof: &right }, NOW));
    Ok(())
}

#[test]
fn what_twilio_says_is_read() -> Tested {
    let reports = Reports::twilio(secret("12345"), URL)?;
    let read = |form: &str, query| reports.read(&Request { raw: form.as_bytes(), query, proof: "" });
    let query = Some("message=0197a1");
    for (word, state) in [
        ("queued", None),
        ("sending", None),
        ("sent", Some(Sent)),
        ("delivered", Some(Delivered)),
        ("read", Some(Read)),
        ("pondered", None),
    ] {
        let report = read(&format!("MessageSid=SM01&MessageStatus={word}&ErrorCode="), query)?;
        assert_eq!((report.state, report.failure), (state, None), "{word}");
        assert_eq!(report.correlation.as_deref(), Some("0197a1"));
        assert_eq!(report.provider_message_id.as_deref(), Some("SM01"));
    }
    for (code, failure) in [
        ("30005", (FailureClass::NotReachable, 30_005)),
        ("30007", (FailureClass::HeldBack, 30_007)),
        ("31999", (FailureClass::HeldBack, 31_999)),
        ("", (FailureClass::HeldBack, 0)),
    ] {
        let report = read(&format!("MessageSid=SM01&MessageStatus=undelivered&ErrorCode={code}"), None)?;
        assert_eq!((report.state, report.failure, report.correlation), (Some(Failed), Some(failure), None));
    }
    for nothing in ["", "MessageSid=SM01", "MessageStatus=sent", "MessageStatus=sent&MessageSid=%20", "{}"] {
        assert!(read(nothing, None).is_err(), "{nothing}");
    }
    Ok(())
}

fn token(secret: &str, header: &Value, claims: &Value) -> Result<String, openssl::error::ErrorStack> {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = hmac(MessageDigest::sha256(), secret, signed.as_bytes())?;
    Ok(format!("Bearer {signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

#[test]
fn vonages_token_proves_body_account_and_hour() -> Tested {
    let reports = Reports::vonage("a1b2c3d4", secret("short secret"))?;
    let raw = br#"{"message_uuid":"aaaa","status":"delivered"}"#;
    let hs256 = json!({ "alg": "HS256", "typ": "JWT" });
    let claims = |iat: i64| json!({ "iat": iat, "api_key": "a1b2c3d4", "payload_hash": hex(&sha256(raw)) });
    let right = token("short secret", &hs256, &claims(NOW))?;
    let proves = |proof: &str| reports.prove(&Request { raw, query: None, proof }, NOW);
    assert!(proves(&right) && proves(&token("short secret", &hs256, &claims(NOW - 299))?));
    let mut without_hash = claims(NOW);
    without_hash.as_object_mut().ok_or("no object")?.remove("payload_hash");
    let mut without_time = claims(NOW);
    without_time.as_object_mut().ok_or("no object")?.remove("iat");
    let mut of_another = claims(NOW);
    of_another["api_key"] = json!("e5f6");
    let (signed, _) = right.rsplit_once('.').ok_or("no token")?;
    for wrong in [
        String::new(),
        "Bearer ".to_owned(),
        right.replace("Bearer ", ""),
        format!("{signed}."),
        token("another secret", &hs256, &claims(NOW))?,
        token("short secret", &json!({ "alg": "none" }), &claims(NOW))?,
        token("short secret", &json!({ "alg": "hs256" }), &claims(NOW))?,
        token("short secret", &hs256, &claims(NOW - 301))?,
        token("short secret", &hs256, &claims(NOW + 61))?,
        token("short secret", &hs256, &without_hash)?,
        token("short secret", &hs256, &without_time)?,
        token("short secret", &hs256, &of_another)?,
    ] {
        assert!(!proves(&wrong), "{wrong}");
    }
    assert!(!reports.prove(&Request { raw: b"{}", query: None, proof: &right }, NOW), "another body");
    assert_eq!(reports.header(), "authorization");
    Ok(())
}

#[test]
fn what_vonage_says_is_read() -> Tested {
    let reports = Reports::vonage("a1b2c3d4", secret("short secret"))?;
    let read =
        |body: Value| reports.read(&Request { raw: body.to_string().as_bytes(), query: None, proof: "" });
    for (word, state) in
        [("submitted", Some(Sent)), ("delivered", Some(Delivered)), ("read", Some(Read)), ("x", None)]
    {
        let report = read(json!({ "message_uuid": "aaaa", "client_ref": "0197a1", "status": word }))?;
        assert_eq!((report.state, report.correlation.as_deref()), (state, Some("0197a1")));
    }
    let rejected =
        |error: Value| read(json!({ "message_uuid": "aaaa", "status": "rejected", "error": error }));
    let by_type = rejected(
        json!({ "type": "https://developer.vonage.com/api-errors/messages#1240", "title": "1240" }),
    )?;
    assert_eq!(by_type.failure, Some((FailureClass::Blocked, 1240)));
    let by_title = rejected(json!({ "type": "https://developer.vonage.com/api-errors", "title": 1190 }))?;
    assert_eq!(by_title.failure, Some((FailureClass::NotReachable, 1190)));
    assert_eq!(rejected(Value::Null)?.failure, Some((FailureClass::HeldBack, 0)));
    for nothing in [json!({}), json!([]), json!({ "status": "delivered" }), json!({ "message_uuid": "aaaa" })]
    {
        assert!(read(nothing).is_err());
    }
    Ok(())
}

fn shape() -> Shape {
    let states = [("DELIVRD", Delivered), ("undeliv", Failed)];
    Shape {
        header: "X-Gateway-Signature".to_owned(),
        id: "/message/id".to_owned(),
        reference: "/ref".to_owned(),
        status: "/message/state".to_owned(),
        states: states.map(|(word, state)| (word.to_owned(), state)).into_iter().collect::<BTreeMap<_, _>>(),
    }
}

#[test]
fn a_gateways_reports_are_proven_by_their_secret_and_read_by_their_shape() -> Tested {
    let reports = Reports::gateway(secret("shared"), shape())?;
    let raw = br#"{"message":{"id":77,"state":"delivrd"},"ref":"0197a1"}"#;
    let right = hex(&hmac(MessageDigest::sha256(), "shared", raw)?);
    let prove = |raw: &[u8], proof: &str| reports.prove(&Request { raw, query: None, proof }, NOW);
    assert!(
        prove(raw, &right) && prove(raw, &format!("sha256={right}")) && prove(raw, &right.to_uppercase())
    );
    for wrong in ["", "sha256=", &right[..62], "zz", &hex(&hmac(MessageDigest::sha256(), "another", raw)?)] {
        assert!(!prove(raw, wrong), "{wrong}");
    }
    assert!(!prove(b"{}", &right));
    let report = reports.read(&Request { raw, query: None, proof: "" })?;
    assert_eq!((report.state, report.correlation.as_deref()), (Some(Delivered), Some("0197a1")));
    assert_eq!(report.provider_message_id.as_deref(), Some("77"));
    let failed = br#"{"message":{"id":77,"state":"UNDELIV"}}"#;
    let failed = reports.read(&Request { raw: failed, query: None, proof: "" })?;
    assert_eq!(failed.failure, Some((FailureClass::HeldBack, 0)));
    assert_eq!(reports.header(), "x-gateway-signature");
    Ok(())
}

#[test]
fn without_a_secret_no_report_is_ever_taken() {
    assert!(Reports::twilio(secret(""), URL).is_err());
    assert!(Reports::vonage("a1b2c3d4", secret("")).is_err());
    assert!(Reports::gateway(secret(""), shape()).is_err());
    let odd = Reports::gateway(secret("x"), Shape { header: "no header".into(), ..shape() });
    assert!(matches!(odd.err(), Some(SettingsRefusal::Header)));
    let odd = Reports::gateway(secret("x"), Shape { status: "status".into(), ..shape() });
    assert!(matches!(odd.err(), Some(SettingsRefusal::Pointer)));
}

#[test]
fn news_is_recognised_by_message_and_word_and_its_key_names_nobody() -> Tested {
    let reports = Reports::twilio(secret("12345"), URL)?;
    let key = |form: &str| -> Result<String, Box<dyn std::error::Error>> {
        let request = Request { raw: form.as_bytes(), query: None, proof: "" };
        Ok(reports.read(&request)?.dedupe_key(reports.provider()))
    };
    let sent = key("MessageSid=SM01&MessageStatus=sent&To=%2B5511987654321")?;
    assert_eq!(sent, key("MessageStatus=sent&MessageSid=SM01&New=field")?);
    assert_ne!(sent, key("MessageSid=SM01&MessageStatus=delivered")?);
    assert_ne!(sent, key("MessageSid=SM02&MessageStatus=sent")?);
    assert!(sent.len() == 64 && !sent.contains("551198"));
    Ok(())
}
