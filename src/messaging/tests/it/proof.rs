//! The handshake and the signature.

use watchword_domain::Secret;
use watchword_messaging::whatsapp::webhook::{signature_matches, subscription};

// Made with the openssl command line: openssl dgst -sha256 -hmac KEY.
const BODY: &[u8] = br#"{"object":"whatsapp_business_account","entry":[]}"#;
const BODY_SIGNATURE: &str = "sha256=d3e4f9da0ce6c71ab3dba55929b8eeeee2455349e534924ead19f98d143e904f";
const ESCAPED_BODY: &[u8] = br#"{"body":"ol\u00e1 \ud83d\ude00 \u0928"}"#;
const ESCAPED_SIGNATURE: &str = "sha256=570d046ce513ddfa19e19f81e2468720dcaae3510702d61f3fa52eb50b62a0b6";
const RAW_BODY: &str = r#"{"body":"olá 😀 न"}"#;
const RAW_SIGNATURE: &str = "sha256=3e85f71c58140039efd017405e359ffce89a035b511255bab9776278d1da6820";
const EMPTY_SIGNATURE: &str = "sha256=f685db4c946698bf105ff5b62e30bc1f78216f3914b12bb750f8992aa6748824";
// Test case 2 of RFC 4231 section 4.3.
const RFC_4231: &str = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

fn secrets(values: &[&str]) -> Vec<Secret<String>> {
    values.iter().map(|value| Secret::new((*value).to_owned())).collect()
}

#[test]
fn a_body_signed_with_the_app_secret_is_metas() {
    let ours = secrets(&["app-secret"]);
    assert!(signature_matches(BODY, Some(BODY_SIGNATURE), &ours));
    assert!(signature_matches(b"", Some(EMPTY_SIGNATURE), &ours));
    assert!(signature_matches(b"what do ya want for nothing?", Some(RFC_4231), &secrets(&["Jefe"])));
}

#[test]
fn the_bytes_are_signed_as_they_arrive_whether_escaped_or_not() {
    let ours = secrets(&["app-secret"]);
    assert!(signature_matches(ESCAPED_BODY, Some(ESCAPED_SIGNATURE), &ours));
    assert!(signature_matches(RAW_BODY.as_bytes(), Some(RAW_SIGNATURE), &ours));
    assert!(!signature_matches(RAW_BODY.as_bytes(), Some(ESCAPED_SIGNATURE), &ours));
}

#[test]
fn either_of_two_secrets_will_do_while_one_replaces_the_other() {
    assert!(signature_matches(BODY, Some(BODY_SIGNATURE), &secrets(&["new-secret", "app-secret"])));
    assert!(signature_matches(BODY, Some(BODY_SIGNATURE), &secrets(&["app-secret", "old-secret"])));
    assert!(!signature_matches(BODY, Some(BODY_SIGNATURE), &secrets(&["new-secret", "old-secret"])));
}

#[test]
fn capital_hexadecimal_digits_are_the_same_signature() {
    let capital = BODY_SIGNATURE.to_uppercase().replace("SHA256=", "sha256=");
    assert!(signature_matches(BODY, Some(&capital), &secrets(&["app-secret"])));
}

#[test]
fn one_changed_byte_is_one_too_many() {
    let mut changed = BODY.to_vec();
    changed.push(b' ');
    assert!(!signature_matches(&changed, Some(BODY_SIGNATURE), &secrets(&["app-secret"])));
}

#[test]
fn a_header_of_any_other_form_matches_nothing() {
    let ours = secrets(&["app-secret"]);
    let hex = BODY_SIGNATURE.trim_start_matches("sha256=");
    let refused = [
        String::new(),
        hex.to_owned(),
        format!("sha1={hex}"),
        format!("SHA256={hex}"),
        format!(" sha256={hex}"),
        format!("sha256={hex} "),
        format!("sha256= {hex}"),
        format!("sha256={hex}00"),
        format!("sha256={}", hex.get(..62).unwrap_or_default()),
        format!("sha256={}", hex.get(..63).unwrap_or_default()),
        format!("sha256={}", hex.replace('0', "+")),
        "sha256=".to_owned(),
        format!("sha256={}", "é".repeat(32)),
    ];
    for header in refused {
        assert!(!signature_matches(BODY, Some(&header), &ours), "{header}");
    }
    assert!(!signature_matches(BODY, None, &ours));
}

#[test]
fn without_a_secret_nothing_matches() {
    // The signature one gets with an empty key, which anybody can make.
    let empty_key = "sha256=704eb71c28bbe7c091ca5b8f9446c2bceec023435f33ff17e7fb9634d46333bc";
    assert!(!signature_matches(BODY, Some(empty_key), &[]));
    assert!(!signature_matches(BODY, Some(empty_key), &secrets(&[""])));
    assert!(signature_matches(BODY, Some(BODY_SIGNATURE), &secrets(&["", "app-secret"])));
}

fn query(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn challenge_for(fields: &[(&str, &str)], expected: &str) -> Option<String> {
    let fields = query(fields);
    let asked = subscription(&fields)?;
    asked.offers(&Secret::new(expected.to_owned())).then(|| asked.challenge.to_owned())
}

const MODE: (&str, &str) = ("hub.mode", "subscribe");
const CHALLENGE: (&str, &str) = ("hub.challenge", "1158201444");
const VERIFY_TOKEN: (&str, &str) = ("hub.verify_token", "verify-me");

#[test]
fn the_handshake_returns_the_challenge_for_the_right_token() {
    let challenge = challenge_for(&[MODE, CHALLENGE, VERIFY_TOKEN], "verify-me");
    assert_eq!(challenge.as_deref(), Some("1158201444"));
    let with_more = [VERIFY_TOKEN, ("utm", "x"), CHALLENGE, MODE];
    assert_eq!(challenge_for(&with_more, "verify-me").as_deref(), Some("1158201444"));
}

#[test]
fn the_handshake_answers_nobody_else() {
    let refused: &[&[(&str, &str)]] = &[
        &[],
        &[MODE, CHALLENGE],
        &[MODE, VERIFY_TOKEN],
        &[CHALLENGE, VERIFY_TOKEN],
        &[("hub.mode", "unsubscribe"), CHALLENGE, VERIFY_TOKEN],
        &[MODE, CHALLENGE, ("hub.verify_token", "verify-m")],
        &[MODE, CHALLENGE, ("hub.verify_token", "VERIFY-ME")],
        &[MODE, CHALLENGE, ("hub.verify_token", "")],
        &[MODE, ("hub.challenge", ""), VERIFY_TOKEN],
        &[MODE, CHALLENGE, VERIFY_TOKEN, VERIFY_TOKEN],
        &[MODE, CHALLENGE, CHALLENGE, VERIFY_TOKEN],
    ];
    for fields in refused {
        assert_eq!(challenge_for(fields, "verify-me"), None, "{fields:?}");
    }
    assert_eq!(challenge_for(&[MODE, CHALLENGE, ("hub.verify_token", "")], ""), None);
}
