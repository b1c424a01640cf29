//! Whether a call may send SMS. Knows no provider's shapes.

use axum::http::{HeaderMap, header::AUTHORIZATION};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::settings::SmsAccount;

/// Whether these headers carry account and secret (RFC 7617).
pub(super) fn is_shown(sms: &SmsAccount, headers: &HeaderMap) -> bool {
    let right = format!("Basic {}", STANDARD.encode(format!("{}:{}", sms.account, sms.secret)));
    !sms.account.is_empty() && !sms.secret.is_empty() && authorization(headers) == Some(right.as_str())
}

/// Whether these headers carry the secret as the plain gateway wants it.
pub(super) fn is_authorized(sms: &SmsAccount, headers: &HeaderMap) -> bool {
    !sms.secret.is_empty() && authorization(headers) == Some(sms.secret.as_str())
}

fn authorization(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()
}
