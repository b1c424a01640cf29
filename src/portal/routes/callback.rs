//! `/callback`: the browser is back with an answer of the provider.
//!
//! The order matters: first whose answer it is, then whether it is good news, and only then is the code used.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use openidconnect::CsrfToken;
use serde::Deserialize;

use super::Shared;
use crate::claims::who;
use crate::client::Client;
use crate::clock::now;
use crate::failure::Failure;
use crate::tokens::Tokens;

/// The authorization response (RFC 6749 §4.1.2, RFC 9207 §2). A parameter that comes twice is refused by the
/// reader.
#[derive(Deserialize)]
pub struct Answer {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

pub async fn get(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    answer: Result<Query<Answer>, QueryRejection>,
) -> Result<Response, Failure> {
    let Ok(Query(answer)) = answer else { return Err(Failure::AnswerIncomplete) };
    let state = CsrfToken::new(answer.state.ok_or(Failure::AnswerIncomplete)?);
    let browser = shared.browser(&headers).ok_or(Failure::StateUnknown)?;
    // Sign-ins that are open end with the one that succeeds: carried into the new session, one that somebody planted
    // before it could be finished after it.
    let signed_in = || shared.sessions.find(&browser, now()).is_some();
    let lost = || if signed_in() { Failure::SignedInAlready } else { Failure::StateUnknown };
    let pending = shared.sessions.claim(&browser, &state, now()).ok_or_else(lost)?;
    shared.client.check_issuer(answer.iss.as_deref()).await?;
    if let Some(error) = answer.error {
        return Err(Failure::from_error_parameter(&error));
    }
    let code = answer.code.ok_or(Failure::AnswerIncomplete)?;

    let tokens = shared.client.finish(code, pending).await?;
    let who = ask_who(&shared.client, &tokens).await?;
    let id = shared.sessions.sign_in(&browser, tokens, who, now());
    Ok((shared.cookie(&id), Redirect::to("/")).into_response())
}

/// What to call the person: as the ID token says, else as `/userinfo` does. That it cannot be asked right now
/// keeps nobody out; that it speaks of somebody else does.
async fn ask_who(client: &Client, tokens: &Tokens) -> Result<String, Failure> {
    if let Some(who) = who(&tokens.claims) {
        return Ok(who);
    }
    let told = match client.userinfo(tokens).await {
        Ok(answer) => who(&answer),
        Err(Failure::OtherSubject) => return Err(Failure::OtherSubject),
        Err(_) => None,
    };
    Ok(told.unwrap_or_else(|| "a customer without a name".into()))
}
