//! Reading what the Cloud API answered to a send.
//!
//! Owns the one rule that keeps people from getting two codes: only an answer that is recognisably Graph's
//! own accepts or rejects a message; everything else leaves the outcome unknown. Knows no transport.

use super::errors;
use crate::http::{Answer, unreadable};
use crate::{Outcome, json};

/// What an answer that was read to its end means.
pub(super) fn outcome_of(answer: &Answer) -> Outcome {
    let status = answer.status;
    let Ok(body) = json::parse(&answer.body) else { return unreadable(status) };
    if status.is_success() {
        return match json::text(&body, "/messages/0/id") {
            Some(provider_message_id) => Outcome::Accepted {
                provider_message_id,
                recipient_id: json::text(&body, "/contacts/0/wa_id"),
            },
            None => unreadable(status),
        };
    }
    match json::integer(&body, "/error/code") {
        Some(code) if status.is_client_error() || status.is_server_error() => {
            let transient = body.pointer("/error/is_transient").and_then(|flag| flag.as_bool()) == Some(true);
            let (status_code, trace) = (status.as_u16(), json::text(&body, "/error/fbtrace_id"));
            // The texts of the error are left out: they can name the number.
            tracing::warn!(code, status_code, ?trace, "the Cloud API rejected a message");
            rejected(code, transient, answer)
        }
        _ => unreadable(status),
    }
}

fn rejected(code: i64, transient: bool, answer: &Answer) -> Outcome {
    let known = errors::known(code);
    let class = known.map_or_else(|| errors::class_by_status(answer.status, transient), |known| known.class);
    Outcome::Rejected { code, class, retry_after: answer.retry_after.or(known.and_then(|known| known.wait)) }
}
