//! Reading what the Cloud API answered to a send.
//!
//! Owns the one rule that keeps people from getting two codes: only an answer that is recognisably Graph's
//! own accepts or rejects a message; everything else leaves the outcome unknown. Knows no transport.

use std::time::Duration;

use reqwest::StatusCode;

use super::errors;
use crate::{Outcome, json};

/// What an answer that was read to its end means. `retry_after` is the header's, where there was one.
pub(super) fn outcome_of(status: StatusCode, retry_after: Option<Duration>, body: &[u8]) -> Outcome {
    let Ok(body) = json::parse(body) else {
        return Outcome::Unknown { why: unreadable(status) };
    };
    if status.is_success() {
        return match json::text(&body, "/messages/0/id") {
            Some(provider_message_id) => Outcome::Accepted {
                provider_message_id,
                recipient_id: json::text(&body, "/contacts/0/wa_id"),
            },
            None => Outcome::Unknown { why: unreadable(status) },
        };
    }
    match json::integer(&body, "/error/code") {
        Some(code) if status.is_client_error() || status.is_server_error() => {
            let transient = body.pointer("/error/is_transient").and_then(|flag| flag.as_bool()) == Some(true);
            let (status_code, trace) = (status.as_u16(), json::text(&body, "/error/fbtrace_id"));
            // The texts of the error are left out: they can name the number.
            tracing::warn!(code, status_code, ?trace, "the Cloud API rejected a message");
            rejected(code, status, transient, retry_after)
        }
        _ => Outcome::Unknown { why: unreadable(status) },
    }
}

fn rejected(code: i64, status: StatusCode, transient: bool, retry_after: Option<Duration>) -> Outcome {
    let known = errors::known(code);
    let class = known.map_or_else(|| errors::class_by_status(status, transient), |known| known.class);
    Outcome::Rejected { code, class, retry_after: retry_after.or(known.and_then(|known| known.wait)) }
}

fn unreadable(status: StatusCode) -> &'static str {
    if status.is_success() {
        "a success without a readable message id"
    } else if status.is_redirection() {
        "a redirect, which is never followed"
    } else if status.is_server_error() {
        "a server error that is not the Cloud API's own"
    } else {
        "an answer that is not the Cloud API's own"
    }
}
