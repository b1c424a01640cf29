//! Refusals in the one shape Graph has for them, with the HTTP status and title Meta's table gives each code.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::WWW_AUTHENTICATE},
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::ids;

/// What an endpoint of the Graph API answers instead of a result.
#[derive(Debug)]
pub(crate) struct GraphError {
    pub(crate) code: u32,
    subcode: Option<u32>,
    http: StatusCode,
    family: &'static str,
    message: String,
    details: Option<String>,
}

impl GraphError {
    /// A code of Meta's table with a sentence about this very request. The sentence never repeats a value.
    pub(crate) fn new(code: u32, details: impl Into<String>) -> Self {
        let (http, title) = known(code);
        Self {
            code,
            subcode: None,
            http: StatusCode::from_u16(http).unwrap_or(StatusCode::BAD_REQUEST),
            family: "OAuthException",
            message: format!("(#{code}) {title}"),
            details: Some(details.into()),
        }
    }

    /// The family of invalid parameters: code 100, the sentence in `message` itself.
    pub(crate) fn parameter(sentence: &str) -> Self {
        Self { message: format!("(#100) {sentence}"), ..Self::new(100, sentence) }
    }

    /// The token is missing or not ours.
    pub(crate) fn token(sentence: &str) -> Self {
        Self { message: sentence.to_owned(), details: None, ..Self::new(190, "") }
    }

    /// The id in the path is none of this account's.
    pub(crate) fn no_such_object(method: &str, id: &str) -> Self {
        let message = format!(
            "Unsupported {method} request. Object with ID '{id}' does not exist, cannot be loaded due to missing \
             permissions, or does not support this operation."
        );
        Self {
            subcode: Some(33),
            family: "GraphMethodException",
            message,
            details: None,
            ..Self::new(100, "")
        }
    }

    /// Adds the older, finer number some calls carry.
    pub(crate) const fn with_subcode(mut self, subcode: u32) -> Self {
        self.subcode = Some(subcode);
        self
    }

    /// Answers with another HTTP status than the table's.
    pub(crate) fn with_status(mut self, http: Option<u16>) -> Self {
        if let Some(http) = http.and_then(|http| StatusCode::from_u16(http).ok()) {
            self.http = http;
        }
        self
    }
}

impl IntoResponse for GraphError {
    fn into_response(self) -> Response {
        let mut error = json!({
            "message": self.message,
            "type": self.family,
            "code": self.code,
            "fbtrace_id": ids::trace(),
        });
        if let Some(fields) = error.as_object_mut() {
            if let Some(details) = self.details {
                fields.insert(
                    "error_data".into(),
                    json!({"messaging_product": "whatsapp", "details": details}),
                );
            }
            if let Some(subcode) = self.subcode {
                fields.insert("error_subcode".into(), subcode.into());
            }
            if is_transient(self.code) {
                fields.insert("is_transient".into(), true.into());
            }
        }
        let mut response = (self.http, Json(json!({ "error": error }))).into_response();
        if self.http == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static(r#"OAuth "Facebook Platform" "invalid_token""#);
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// The title of a code, also used in `failed` webhooks.
pub(crate) fn title(code: u32) -> &'static str {
    known(code).1
}

const fn is_transient(code: u32) -> bool {
    matches!(code, 1 | 2 | 4 | 80007 | 130_429 | 131_000 | 131_016 | 131_056 | 131_057 | 133_004)
}

/// HTTP status and title of Meta's error table; an unlisted code is a plain 400.
const fn known(code: u32) -> (u16, &'static str) {
    match code {
        0 => (401, "AuthException"),
        1 => (400, "API Unknown"),
        2 => (503, "API Service"),
        3 => (500, "API Method"),
        4 => (400, "API Too Many Calls"),
        10 => (403, "Permission Denied"),
        33 => (400, "Parameter value is not valid"),
        100 => (400, "Invalid parameter"),
        190 => (401, "Access token has expired"),
        200..=299 => (403, "API Permission"),
        368 => (403, "Temporarily blocked for policies violations"),
        2500 => (400, "Unknown path components"),
        80007 => (400, "Rate limit issues"),
        130_403 => (403, "The business has blocked this user"),
        130_429 => (400, "Rate limit hit"),
        130_472 => (400, "User's number is part of an experiment"),
        130_497 => (403, "Business account is restricted from messaging users in this country"),
        131_000 => (500, "Something went wrong"),
        131_005 => (403, "Access denied"),
        131_008 => (400, "Required parameter is missing"),
        131_009 => (400, "Parameter value is not valid"),
        131_016 => (500, "Service unavailable"),
        131_021 => (400, "Recipient cannot be sender"),
        131_026 => (400, "Message undeliverable"),
        131_030 => (400, "Recipient phone number not in allowed list"),
        131_031 => (403, "Account has been locked"),
        131_037 => (400, "Display name needs approval"),
        131_042 => (400, "Business eligibility payment issue"),
        131_045 => (500, "Incorrect certificate"),
        131_047 => (400, "Re-engagement message"),
        131_048 => (400, "Spam rate limit hit"),
        131_049 => (400, "Held back to keep engagement healthy"),
        131_050 => (400, "User has stopped marketing messages"),
        131_051 => (400, "Unsupported message type"),
        131_052 => (400, "Media download error"),
        131_053 => (400, "Media upload error"),
        131_056 => (400, "(Business Account, Consumer Account) pair rate limit hit"),
        131_057 => (400, "Account in maintenance mode"),
        131_062 => (400, "Message kind cannot go to a business-scoped user id"),
        131_064 => (400, "Limited for misclassified templates"),
        132_000 => (400, "Number of parameters does not match the expected number of params"),
        132_001 => (404, "Template name does not exist in the translation"),
        132_005 => (400, "Translated text too long"),
        132_007 => (400, "Template format character policy violated"),
        132_012 => (400, "Template parameter format mismatch"),
        132_015 => (400, "Template is paused"),
        132_016 => (400, "Template is disabled"),
        132_018 => (400, "Template parameters do not fit together"),
        132_068 => (400, "Flow is blocked"),
        132_069 => (400, "Flow is throttled"),
        133_004 => (503, "Server temporarily unavailable"),
        133_010 => (400, "Phone number not registered"),
        134_011 => (400, "Payments terms not accepted"),
        135_000 => (400, "Generic user error"),
        137_000 => (400, "Identity key hash of the recipient has changed"),
        _ => (400, "Request failed"),
    }
}
