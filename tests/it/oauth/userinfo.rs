//! `/userinfo` (OpenID Connect Core 1.0, section 5.3; RFC 6750).

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::header::AUTHORIZATION;
use serde_json::{Value, json};
use watchword_domain::client::ClientKind;

use super::client::{code_of, post, sign_in, text, userinfo, with};
use crate::on_each_database;
use crate::support::{Answer, House, claims_of, random_phone, with_query};

/// What `/userinfo` tells for a sign-in with these scopes, and the ID token's claims.
async fn told(house: &House, scope: &str, phone: &str) -> (Value, Value) {
    let asked = with(&house.request(), "scope", scope);
    let code = code_of(&sign_in(house, &house.browser(), &asked, phone).await);
    let tokens = house.redeem(&code).await.json();
    let answer = userinfo(house, &text(&tokens, "access_token")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    (answer.json(), claims_of(&text(&tokens, "id_token")))
}

/// A refusal: its status, and the challenge after the realm, which is always the issuer.
fn challenged(house: &House, answer: &Answer) -> (u16, String) {
    let realm = format!("Bearer realm=\"{}\"", house.pool.issuer);
    let challenge = answer.header("www-authenticate");
    let rest = challenge.strip_prefix(&realm).unwrap_or_else(|| panic!("{challenge}"));
    assert_eq!(answer.header("cache-control"), "no-store");
    (answer.status, rest.to_owned())
}

/// Whether the token is refused as one that does not hold.
fn is_invalid(house: &House, answer: &Answer) {
    let (status, challenge) = challenged(house, answer);
    assert!(status == 401 && challenge.contains("error=\"invalid_token\""), "{status} {challenge}");
}

/// Whether the request is refused as malformed.
fn is_malformed(house: &House, answer: &Answer) {
    let (status, challenge) = challenged(house, answer);
    assert!(status == 400 && challenge.contains("error=\"invalid_request\""), "{status} {challenge}");
}

/// The token with one claim changed and its signature kept.
fn forged(token: &str, name: &str, value: Value) -> String {
    let mut claims = claims_of(token);
    claims[name] = value;
    let parts: Vec<&str> = token.split('.').collect();
    format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(claims.to_string()), parts[2])
}

on_each_database! {
    /// Sections 5.3.1 and 5.3.2.
    fn it_answers_get_and_post_with_the_subject_of_the_id_token(house) {
        let tokens = house.tokens_of(&random_phone()).await;
        let (access, subject) =
            (text(&tokens, "access_token"), claims_of(&text(&tokens, "id_token"))["sub"].clone());
        let bearer = format!("Bearer {access}");
        let by_get = userinfo(&house, &access).await;
        let by_post =
            house.http.post(house.url("/userinfo")).header(AUTHORIZATION, &bearer).send().await.unwrap();
        let by_form = post(&house, "/userinfo", &[("access_token", &access)]).await;
        for answer in [by_get, Answer::of(by_post).await, by_form] {
            assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
            assert_eq!(
                (answer.header("cache-control"), answer.header("access-control-allow-origin")),
                ("no-store", "*")
            );
            assert_eq!(answer.json()["sub"], subject);
        }
    }

    /// Section 5.4.
    fn it_tells_what_the_scopes_open_and_no_more(house) {
        let phone = random_phone();
        let (claims, id) = told(&house, "openid", &phone).await;
        assert_eq!(claims, json!({ "sub": id["sub"] }));
        let phone = random_phone();
        let (claims, id) = told(&house, "openid phone", &phone).await;
        assert_eq!(claims, json!({ "sub": id["sub"], "phone_number": phone, "phone_number_verified": true }));
        let (claims, id) = told(&house, "openid profile", &random_phone()).await;
        assert!(claims["updated_at"].is_i64(), "{claims}");
        assert_eq!(claims, json!({ "sub": id["sub"], "locale": "en", "updated_at": claims["updated_at"] }));
    }

    /// RFC 6750, section 3.1: whoever sent no token is told nothing but how.
    fn without_a_token_there_is_only_a_challenge(house) {
        for answer in [
            house.http.get(house.url("/userinfo")).send().await.unwrap(),
            house.http.post(house.url("/userinfo")).send().await.unwrap(),
            house.http.post(house.url("/userinfo")).form(&[("x", "y")]).send().await.unwrap(),
        ] {
            assert_eq!(challenged(&house, &Answer::of(answer).await), (401, String::new()));
        }
    }

    fn what_is_no_access_token_of_this_pool_is_refused(house) {
        let tokens = house.tokens_of(&random_phone()).await;
        let access = text(&tokens, "access_token");
        let other = house.project("other", ClientKind::Web).await;
        let elsewhere = house.http.get(format!("{}/userinfo", other.pool.issuer)).bearer_auth(&access);
        assert_eq!(elsewhere.send().await.unwrap().status(), 401);
        let unsigned = format!("{}.", access.rsplit_once('.').unwrap().0);
        let none = format!(
            "{}.{}.",
            URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"at+jwt"}"#),
            access.split('.').nth(1).unwrap()
        );
        let json =
            json!({ "payload": access.split('.').nth(1), "signature": access.split('.').nth(2) }).to_string();
        for token in [
            "x".to_owned(),
            text(&tokens, "id_token"),
            text(&tokens, "refresh_token"),
            forged(&access, "sub", json!("somebody-else")),
            forged(&access, "exp", json!(99_999_999_999_i64)),
            unsigned,
            none,
            json,
            format!("{access}."),
            format!("{access}="),
        ] {
            is_invalid(&house, &userinfo(&house, &token).await);
        }
        assert_eq!(userinfo(&house, &access).await.status, 200);
    }

    fn an_access_token_ends_after_an_hour(house) {
        let access = text(&house.tokens_of(&random_phone()).await, "access_token");
        house.clock.turn(Duration::from_secs(3590));
        assert_eq!(userinfo(&house, &access).await.status, 200);
        house.clock.turn(Duration::from_secs(10));
        is_invalid(&house, &userinfo(&house, &access).await);
    }

    fn a_token_in_the_address_is_refused_even_beside_the_header(house) {
        let access = text(&house.tokens_of(&random_phone()).await, "access_token");
        let url = with_query(&house.url("/userinfo"), &[("access_token", &access)]);
        is_malformed(&house, &Answer::of(house.http.get(&url).send().await.unwrap()).await);
        is_malformed(
            &house,
            &Answer::of(house.http.get(&url).bearer_auth(&access).send().await.unwrap()).await,
        );
    }

    /// RFC 6750, section 2.
    fn two_tokens_at_once_are_refused(house) {
        let access = text(&house.tokens_of(&random_phone()).await, "access_token");
        let url = house.url("/userinfo");
        let both = house.http.post(&url).bearer_auth(&access).form(&[("access_token", &access)]);
        is_malformed(&house, &Answer::of(both.send().await.unwrap()).await);
        is_malformed(
            &house,
            &post(&house, "/userinfo", &[("access_token", &access), ("access_token", &access)]).await,
        );
        let basic = house.http.get(&url).basic_auth(&house.client_id, Some(&house.client_secret));
        is_malformed(&house, &Answer::of(basic.send().await.unwrap()).await);
    }

    /// RFC 6750, section 3.1.
    fn a_token_without_openid_is_told_what_it_lacks(house) {
        let kept = text(&house.tokens_of(&random_phone()).await, "refresh_token");
        let narrow = [("grant_type", "refresh_token"), ("refresh_token", kept.as_str()), ("scope", "phone")];
        let access = text(&house.token(&narrow).await.json(), "access_token");
        let (status, challenge) = challenged(&house, &userinfo(&house, &access).await);
        assert_eq!(status, 403);
        assert!(
            challenge.contains("error=\"insufficient_scope\"") && challenge.ends_with("scope=\"openid\""),
            "{challenge}"
        );
    }

    fn a_page_of_any_origin_may_call_it(house) {
        for method in ["GET", "POST"] {
            let preflight = house.http.request(reqwest::Method::OPTIONS, house.url("/userinfo"));
            let preflight = preflight.header("origin", "https://shop.example");
            let preflight = preflight.header("access-control-request-method", method);
            let answer = Answer::of(
                preflight.header("access-control-request-headers", "authorization").send().await.unwrap(),
            )
            .await;
            assert_eq!((answer.status, answer.header("access-control-allow-origin")), (204, "*"));
            assert!(answer.header("access-control-allow-methods").contains(method));
            assert!(answer.header("access-control-allow-headers").contains("Authorization"));
            assert_eq!(answer.header("access-control-allow-credentials"), "");
        }
        let refusal = userinfo(&house, "x").await;
        assert_eq!(refusal.header("access-control-allow-origin"), "*");
        assert!(refusal.header("access-control-expose-headers").contains("WWW-Authenticate"));
    }
}
