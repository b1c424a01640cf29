//! What SMS providers post about a message: each in its own shape, signed in its own way at the moment it is posted,
//! because one of the signatures grows old.

use axum::body::Bytes;
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use openssl::{error::ErrorStack, hash::MessageDigest, pkey::PKey, sha::sha256, sign::Signer};
use reqwest::Url;
use serde_json::json;

use crate::{
    clock,
    phone::{Carried, Carrier, Message, Status},
    world::World,
};

/// The body of the report that a message reached this state; nothing where nobody is to be told. No SMS is ever reported
/// read.
pub(crate) fn of(world: &World, message: &Message, status: Status) -> Option<Bytes> {
    let carried = message.carried.as_deref()?;
    carried.report_to.as_ref()?;
    let code = message.failure.filter(|_| status == Status::Failed);
    match carried.by {
        Carrier::Gateway => {
            let word = word(status, ["sent", "delivered", "failed"])?;
            let told =
                json!({ "id": message.id, "reference": message.correlation, "status": word, "code": code });
            Some(told.to_string().into())
        }
        Carrier::Twilio => twilio(world, message, word(status, ["sent", "delivered", "undelivered"])?, code),
        Carrier::Vonage => {
            let word = word(status, ["submitted", "delivered", "rejected"])?;
            let mut told = json!({
                "message_uuid": message.id, "to": message.phone.digits(), "from": carried.from, "channel": "sms",
                "timestamp": message.at.to_string(), "status": word, "client_ref": message.correlation,
            });
            if let (Some(code), Some(fields)) = (code, told.as_object_mut()) {
                let kind = format!("https://developer.vonage.com/api-errors/messages#{code}");
                let error = json!({ "type": kind, "title": code, "detail": "Ordered by a fault", "instance": "simulator" });
                fields.insert("error".into(), error);
            }
            Some(told.to_string().into())
        }
    }
}

fn word(status: Status, [sent, delivered, failed]: [&'static str; 3]) -> Option<&'static str> {
    match status {
        Status::Sent => Some(sent),
        Status::Delivered => Some(delivered),
        Status::Failed => Some(failed),
        Status::Accepted | Status::Read => None,
    }
}

fn twilio(world: &World, message: &Message, word: &str, code: Option<u32>) -> Option<Bytes> {
    let from = message.carried.as_deref().map_or("", |carried| carried.from.as_str());
    let mut form = Url::parse("http://form/").ok()?;
    form.query_pairs_mut().extend_pairs([
        ("SmsSid", message.id.as_str()),
        ("SmsStatus", word),
        ("MessageStatus", word),
        ("To", message.phone.as_str()),
        ("MessageSid", &message.id),
        ("AccountSid", &world.sms.account),
        ("From", from),
        ("ApiVersion", "2010-04-01"),
    ]);
    if let Some(code) = code {
        form.query_pairs_mut().append_pair("ErrorCode", &code.to_string());
    }
    Some(form.query()?.to_owned().into())
}

/// Posts a report; whether it was taken.
pub(crate) async fn post(world: &World, carried: &Carried, body: &Bytes) -> bool {
    let Some(target) = &carried.report_to else { return true };
    let Ok((header, proof)) = proof(world, carried, target, body) else {
        tracing::error!("a report could not be signed");
        return true;
    };
    let kind = match carried.by {
        Carrier::Twilio => "application/x-www-form-urlencoded",
        Carrier::Gateway | Carrier::Vonage => "application/json",
    };
    let request = world.client.post(target).header("content-type", kind).header(header, proof);
    match request.body(body.clone()).send().await {
        Ok(answer) => {
            let taken = answer.status().is_success();
            // Read to the end, so that the connection can be used again.
            let _ = answer.bytes().await;
            taken
        }
        Err(_) => false,
    }
}

fn proof(
    world: &World,
    carried: &Carried,
    target: &str,
    body: &Bytes,
) -> Result<(&'static str, String), ErrorStack> {
    let key = world.sms.report_secret.as_bytes();
    Ok(match carried.by {
        Carrier::Gateway => ("x-signature", hex(&hmac(MessageDigest::sha256(), key, body)?)),
        Carrier::Twilio => {
            let signed = format!("{target}{}", sorted_fields(body));
            ("x-twilio-signature", STANDARD.encode(hmac(MessageDigest::sha1(), key, signed.as_bytes())?))
        }
        Carrier::Vonage => {
            let claims = json!({
                "iat": clock::now_ms() / 1_000,
                "iss": "Vonage",
                "api_key": world.sms.account,
                "payload_hash": hex(&sha256(body)),
            });
            let part = |part: serde_json::Value| URL_SAFE_NO_PAD.encode(part.to_string());
            let signed = format!("{}.{}", part(json!({ "alg": "HS256", "typ": "JWT" })), part(claims));
            let mark = URL_SAFE_NO_PAD.encode(hmac(MessageDigest::sha256(), key, signed.as_bytes())?);
            ("authorization", format!("Bearer {signed}.{mark}"))
        }
    })
}

fn sorted_fields(body: &Bytes) -> String {
    let Ok(mut form) = Url::parse("http://form/") else { return String::new() };
    form.set_query(std::str::from_utf8(body).ok());
    let mut fields: Vec<(String, String)> = form.query_pairs().into_owned().collect();
    fields.sort();
    fields.into_iter().map(|(name, value)| name + &value).collect()
}

fn hmac(digest: MessageDigest, key: &[u8], message: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    Signer::new(digest, &*PKey::hmac(key)?)?.sign_oneshot_to_vec(message)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
