//! The bearer face: a challenge that says what was wrong with an access token (RFC 6750, section 3).

use axum::response::{IntoResponse, Response};
use http::header::WWW_AUTHENTICATE;
use http::{HeaderValue, StatusCode};
use serde_json::json;
use watchword_domain::pool::Pool;
use watchword_flow::userinfo::UserinfoRefusal;

use crate::extract::bearer_token::BearerRefusal;
use crate::extract::form::FormRefusal;
use crate::respond::cors::{ANY_ORIGIN, REASONS};
use crate::respond::oauth::private_json;

/// What is wrong with a request for something behind an access token.
struct Challenge {
    status: StatusCode,
    error: &'static str,
    description: String,
    scope: Option<&'static str>,
}

/// Says that no access token could be read.
pub fn unread(pool: &Pool, refusal: BearerRefusal) -> Response {
    let status = match refusal {
        // Nothing was wrong with what was not sent: no error code (RFC 6750, section 3.1).
        BearerRefusal::Missing => return respond(StatusCode::UNAUTHORIZED, &realm(pool), &json!({})),
        BearerRefusal::Form(FormRefusal::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
        BearerRefusal::Twice | BearerRefusal::InAddress | BearerRefusal::Header | BearerRefusal::Form(_) => {
            StatusCode::BAD_REQUEST
        }
    };
    Challenge { status, error: "invalid_request", description: refusal.to_string(), scope: None }
        .respond(pool)
}

/// Says that an access token does not open what was asked for.
pub fn refused(pool: &Pool, refusal: UserinfoRefusal) -> Response {
    let (status, error, scope) = match refusal {
        UserinfoRefusal::InvalidToken => (StatusCode::UNAUTHORIZED, "invalid_token", None),
        UserinfoRefusal::InsufficientScope => (StatusCode::FORBIDDEN, "insufficient_scope", Some("openid")),
    };
    Challenge { status, error, description: refusal.to_string(), scope }.respond(pool)
}

impl Challenge {
    fn respond(&self, pool: &Pool) -> Response {
        let Self { status, error, description, scope } = self;
        let mut challenge = format!(r#"{}, error="{error}", error_description="{description}""#, realm(pool));
        if let Some(scope) = scope {
            challenge.push_str(&format!(r#", scope="{scope}""#));
        }
        respond(*status, &challenge, &json!({ "error": error, "error_description": description }))
    }
}

/// The challenge as far as it is always the same: whose tokens are wanted.
fn realm(pool: &Pool) -> String {
    format!(r#"Bearer realm="{}""#, pool.issuer)
}

fn respond(status: StatusCode, challenge: &str, body: &serde_json::Value) -> Response {
    let mut response = (status, [ANY_ORIGIN, REASONS], private_json(body)).into_response();
    if let Ok(challenge) = HeaderValue::from_str(challenge) {
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use watchword_domain::pool::PoolSettings;

    fn told(response: &Response) -> (u16, &str) {
        (response.status().as_u16(), response.headers()[WWW_AUTHENTICATE].to_str().unwrap())
    }

    fn pool() -> Pool {
        Pool {
            id: "local_000000000".into(),
            name: "Acme".into(),
            domain: "acme".into(),
            issuer: "https://id.example.com/acme".into(),
            settings: PoolSettings::default(),
            created_at: watchword_domain::Timestamp::from_seconds(0),
        }
    }

    #[test]
    fn without_a_token_nothing_is_said_to_be_wrong() {
        let response = unread(&pool(), BearerRefusal::Missing);
        assert_eq!(told(&response), (401, r#"Bearer realm="https://id.example.com/acme""#));
    }

    #[test]
    fn a_token_that_does_not_hold_is_named_so() {
        let response = refused(&pool(), UserinfoRefusal::InvalidToken);
        let (status, challenge) = told(&response);
        assert_eq!(status, 401);
        assert!(challenge.contains(r#"error="invalid_token", error_description=""#), "{challenge}");
    }

    #[test]
    fn a_token_for_less_is_told_what_it_lacks() {
        let response = refused(&pool(), UserinfoRefusal::InsufficientScope);
        let (status, challenge) = told(&response);
        assert_eq!(status, 403);
        assert!(
            challenge.contains(r#"error="insufficient_scope""#) && challenge.ends_with(r#"scope="openid""#)
        );
    }

    #[test]
    fn a_token_sent_twice_is_a_malformed_request() {
        for refusal in [BearerRefusal::Twice, BearerRefusal::InAddress, BearerRefusal::Header] {
            assert_eq!(unread(&pool(), refusal).status(), StatusCode::BAD_REQUEST);
        }
        let large = unread(&pool(), BearerRefusal::Form(FormRefusal::TooLarge));
        assert_eq!(large.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }
}
