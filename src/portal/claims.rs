//! Claims in words: what each part of a token says, for people who read one for the first time.
//!
//! Owns the explanations and the order of the rows. Believes what it is handed: tokens were verified before.

use serde::Serialize;
use serde_json::Value;

use crate::moment::Moment;
use crate::tokens::Object;

/// Claims (OpenID Connect Core §2 and §5.1, RFC 7519 §4.1) in the order a person would ask for them.
const CLAIMS: [(&str, &str); 26] = [
    ("sub", "Who signed in. An id that stays when the number changes: store this, never the number."),
    ("name", "What the person wants to be called."),
    ("given_name", "First name."),
    ("family_name", "Last name."),
    ("preferred_username", "A name to show. Not unique, so never an id."),
    ("phone_number", "The number, as +country and digits. It can be given to somebody else one day."),
    ("phone_number_verified", "Whether the provider saw the person receive a message there."),
    ("email", "Where to write to."),
    ("email_verified", "Whether the provider saw the person receive an e-mail there."),
    ("locale", "The language the person reads."),
    ("zoneinfo", "The time zone the person lives in."),
    ("picture", "Where a picture of the person is."),
    ("updated_at", "When any of this last changed."),
    ("iss", "Who says so. It must be exactly the provider this shop was set up with."),
    ("aud", "For whom. It must be this shop\u{2019}s client ID: a token meant for another shop is refused."),
    ("azp", "The client that asked, where the token is meant for several."),
    ("iat", "When the token was written."),
    ("exp", "When it stops being proof of anything."),
    ("auth_time", "When the person last proved to be there. A refresh does not change it."),
    ("acr", "How strong the proof was, as a class the provider has defined."),
    ("amr", "How it was proved: otp is a one-time code, whatsapp or sms how it travelled, mfa two factors."),
    ("nonce", "The random value this shop sent along. It ties the token to this one sign-in."),
    ("sid", "The session at the provider. Signing out ends it."),
    ("at_hash", "A fingerprint of the access token that came with it, so that neither can be swapped."),
    ("c_hash", "A fingerprint of the code it was redeemed with."),
    ("jti", "The token\u{2019}s own number."),
];

/// Header parameters (RFC 7515 §4.1).
const HEADER: [(&str, &str); 3] = [
    ("alg", "How it is signed. This shop takes RS256 and nothing else."),
    ("kid", "Which of the provider\u{2019}s published keys signed it."),
    ("typ", "What kind of token it is."),
];

/// Scopes (OpenID Connect Core §5.4 and §11).
const SCOPES: [(&str, &str); 5] = [
    ("openid", "Know who you are"),
    ("profile", "See your name, if it is known: a sign-in by WhatsApp asks for none"),
    ("phone", "See your number"),
    ("email", "See your e-mail address"),
    ("offline_access", "Stay connected while you are away"),
];

const NOT_STANDARD: &str = "Not a standard claim. The provider\u{2019}s documentation explains it.";

/// One line of a table: a name, what it holds, what that means.
#[derive(Debug, Serialize)]
pub struct Row {
    /// The claim's name, as in the token.
    pub name: String,
    /// Its value as text; empty where `moment` says it better.
    pub value: String,
    /// Its value as a time.
    pub moment: Option<Moment>,
    /// What it means, in plain words.
    pub meaning: &'static str,
}

/// The claims of a token, explained.
pub fn claim_rows(claims: &Object, now: i64) -> Vec<Row> {
    rows(claims, &CLAIMS, now)
}

/// The header of a token, explained.
pub fn header_rows(header: &Object, now: i64) -> Vec<Row> {
    rows(header, &HEADER, now)
}

/// What a scope allows; the name itself for a scope we have no words for.
pub fn scope_meaning(scope: &str) -> &str {
    find(&SCOPES, scope).map_or(scope, |(_, meaning)| meaning)
}

fn rows(object: &Object, known: &[(&'static str, &'static str)], now: i64) -> Vec<Row> {
    let mut names: Vec<&String> = object.keys().collect();
    let position = |name: &str| known.iter().position(|(known, _)| *known == name).unwrap_or(known.len());
    names.sort_by_key(|name| (position(name), name.as_str()));
    names.into_iter().filter_map(|name| Some(row(name, object.get(name)?, known, now))).collect()
}

fn row(name: &str, value: &Value, known: &[(&'static str, &'static str)], now: i64) -> Row {
    let moment = match name {
        "iat" | "exp" | "auth_time" | "updated_at" | "nbf" => {
            value.as_i64().and_then(|at| Moment::at(at, now))
        }
        _ => None,
    };
    let meaning = find(known, name).map_or(NOT_STANDARD, |(_, meaning)| meaning);
    Row { name: name.into(), value: text(value), moment, meaning }
}

fn find(known: &[(&'static str, &'static str)], name: &str) -> Option<(&'static str, &'static str)> {
    known.iter().find(|(known, _)| *known == name).copied()
}

/// A value as one reads it: text without quotes, lists with commas.
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        Value::Array(values) => values.iter().map(text).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// What to call a person: the name, or the end of the number, or nothing better than a visitor.
pub fn who(claims: &Object) -> Option<String> {
    let claim = |name: &str| claims.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    claim("name")
        .or_else(|| claim("preferred_username"))
        .map(String::from)
        .or_else(|| masked(claim("phone_number")?))
}

/// A number its owner recognises and nobody else can dial.
fn masked(number: &str) -> Option<String> {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    let end: String = digits.last_chunk::<3>()?.iter().collect();
    Some(format!("the number ending in {end}"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Object, claim_rows, who};

    fn object(value: Value) -> Object {
        match value {
            Value::Object(object) => object,
            _ => Object::new(),
        }
    }

    #[test]
    fn a_person_is_called_by_name_and_otherwise_by_the_end_of_the_number() {
        let named = object(json!({ "name": "Asha", "phone_number": "+919876543210" }));
        assert_eq!(who(&named).as_deref(), Some("Asha"));
        let unnamed = object(json!({ "phone_number": "+919876543210" }));
        assert_eq!(who(&unnamed).as_deref(), Some("the number ending in 210"));
        assert_eq!(who(&object(json!({ "sub": "x" }))), None);
    }

    #[test]
    fn claims_come_in_the_order_people_ask_and_unknown_ones_last() {
        let rows = claim_rows(&object(json!({ "zebra": [1, 2], "exp": 60, "sub": "x", "acr": "y" })), 0);
        let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["sub", "exp", "acr", "zebra"]);
        assert_eq!(rows.last().map(|row| row.value.as_str()), Some("1, 2"));
    }

    #[test]
    fn times_are_read_as_times() {
        let rows = claim_rows(&object(json!({ "exp": 3600 })), 0);
        let moment = rows.first().and_then(|row| row.moment.as_ref());
        assert_eq!(moment.map(|moment| moment.relative.as_str()), Some("in 60 min"));
    }
}
