//! The portal against a provider that tells the truth, and against one that does not.

mod support;

use axum::http::{StatusCode, header};
use serde_json::{Value, json};
use support::{Answer, Browser, Provider, portal, shop, with_parameter};
use url::Url;

/// The page names `reason`, and nobody is signed in.
async fn assert_refused(browser: &mut Browser, answer: &Answer, status: StatusCode, reason: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert!(answer.has(&format!("<code id=\"reason\">{reason}</code>")), "{}", answer.body);
    assert!(browser.get("/").await.has("Sign in with WhatsApp"));
}

/// Signs in at a provider whose ID tokens are twisted, and expects to be refused for `reason`.
async fn assert_token_refused(twist: fn(&mut Value), reason: &str) {
    let provider = Provider::start().await;
    provider.script().twist = twist;
    let mut browser = shop(&provider);
    let answer = browser.sign_in(&provider).await;
    assert_refused(&mut browser, &answer, StatusCode::BAD_GATEWAY, &format!("id_token_refused: {reason}"))
        .await;
}

#[tokio::test]
async fn a_person_signs_in_and_sees_what_the_token_says() {
    let provider = Provider::start().await;
    let mut browser = shop(&provider);
    let answer = browser.sign_in(&provider).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"));

    let page = browser.get("/").await;
    assert!(page.has("<strong>the number ending in 210</strong>"), "{}", page.body);
    for shown in ["user-1", "urn:watchword:acr:1", "otp, whatsapp", "session-1", "RS256", "offline_access"] {
        assert!(page.has(shown), "{shown} is missing");
    }
    for kept_back in ["access-1", "refresh-1", "s3cret"] {
        assert!(!page.has(kept_back), "{kept_back} is on the page");
    }
}

#[tokio::test]
async fn the_session_gets_a_new_id_when_somebody_signs_in() {
    let provider = Provider::start().await;
    let mut browser = shop(&provider);
    let callback = browser.reach_callback(&provider).await;
    let before = browser.cookie.clone();
    let answer = browser.get(&callback).await;
    assert_ne!(browser.cookie, before);
    let cookie =
        answer.headers.get(header::SET_COOKIE).and_then(|cookie| cookie.to_str().ok()).unwrap_or_default();
    assert!(cookie.contains("HttpOnly; SameSite=Lax"), "{cookie}");

    browser.cookie = before;
    assert!(browser.get("/").await.has("Sign in with WhatsApp"));
}

#[tokio::test]
async fn an_id_token_of_another_sign_in_is_refused() {
    assert_token_refused(|claims| claims["nonce"] = json!("another"), "nonce").await;
}

#[tokio::test]
async fn an_id_token_for_another_client_is_refused() {
    assert_token_refused(|claims| claims["aud"] = json!("another"), "aud").await;
}

#[tokio::test]
async fn an_id_token_of_another_issuer_is_refused() {
    assert_token_refused(|claims| claims["iss"] = json!("https://another.example"), "iss").await;
}

#[tokio::test]
async fn an_id_token_that_has_ended_is_refused() {
    assert_token_refused(|claims| claims["exp"] = json!(1_700_000_000), "exp").await;
}

#[tokio::test]
async fn an_id_token_beside_another_access_token_is_refused() {
    assert_token_refused(|claims| claims["at_hash"] = json!("AAAAAAAAAAAAAAAAAAAAAA"), "at_hash").await;
}

#[tokio::test]
async fn a_forged_signature_is_refused() {
    let provider = Provider::start().await;
    provider.script().forge = true;
    let mut browser = shop(&provider);
    let answer = browser.sign_in(&provider).await;
    assert_refused(&mut browser, &answer, StatusCode::BAD_GATEWAY, "id_token_refused: signature").await;
}

#[tokio::test]
async fn a_key_the_provider_has_changed_is_fetched_again() {
    let provider = Provider::start().await;
    let mut browser = shop(&provider);
    let callback = browser.reach_callback(&provider).await;
    provider.rotate_key();
    assert_eq!(browser.get(&callback).await.status, StatusCode::SEE_OTHER);
    assert!(browser.get("/").await.has("You are signed in"));
}

#[tokio::test]
async fn an_answer_of_another_issuer_is_refused_before_its_code_is_used() {
    for iss in [Some("https://another.example"), None] {
        let provider = Provider::start().await;
        let mut browser = shop(&provider);
        let callback = browser.reach_callback(&provider).await;
        let answer = browser.get(&with_parameter(&callback, "iss", iss)).await;
        assert_refused(&mut browser, &answer, StatusCode::BAD_REQUEST, "foreign_issuer").await;
        assert_eq!(provider.script().issued, 0);
    }
}

#[tokio::test]
async fn an_answer_with_another_state_is_refused() {
    let provider = Provider::start().await;
    let mut browser = shop(&provider);
    let callback = browser.reach_callback(&provider).await;
    let answer = browser.get(&with_parameter(&callback, "state", Some("another"))).await;
    assert_refused(&mut browser, &answer, StatusCode::BAD_REQUEST, "state_unknown").await;
    assert_eq!(provider.script().issued, 0);
}

#[tokio::test]
async fn an_answer_in_another_browser_is_refused() {
    let provider = Provider::start().await;
    let mut browser = shop(&provider);
    let mut other = browser.another();
    other.reach_callback(&provider).await;
    let callback = browser.reach_callback(&provider).await;
    let answer = other.get(&callback).await;
    assert_refused(&mut other, &answer, StatusCode::BAD_REQUEST, "state_unknown").await;
}

#[tokio::test]
async fn an_answer_works_once() {
    let provider = Provider::start().await;
    let mut browser = shop(&provider);
    let callback = browser.reach_callback(&provider).await;
    let mut copy = browser.another();
    copy.cookie = browser.cookie.clone();
    assert_eq!(browser.get(&callback).await.status, StatusCode::SEE_OTHER);
    let answer = copy.get(&callback).await;
    assert_refused(&mut copy, &answer, StatusCode::BAD_REQUEST, "state_unknown").await;
}

#[tokio::test]
async fn a_second_tab_finds_the_person_signed_in() {
    let provider = Provider::start().await;
    let mut browser = shop(&provider);
    let second = browser.reach_callback(&provider).await;
    let first = browser.reach_callback(&provider).await;
    assert_eq!(browser.get(&first).await.status, StatusCode::SEE_OTHER);
    for spent in [second, first] {
        let answer = browser.get(&spent).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        assert!(answer.has("You are signed in already") && answer.has("href=\"/\""));
    }
    assert_eq!(provider.script().issued, 1);
    assert!(browser.get("/").await.has("You are signed in"));
}

#[tokio::test]
async fn a_parameter_that_comes_twice_is_refused() {
    let provider = Provider::start().await;
    let mut browser = shop(&provider);
    let callback = browser.reach_callback(&provider).await;
    let answer = browser.get(&format!("{callback}&code=other")).await;
    assert_refused(&mut browser, &answer, StatusCode::BAD_REQUEST, "answer_incomplete").await;
}

#[tokio::test]
async fn who_says_no_is_told_so_and_nothing_of_the_answer_is_repeated() {
    let provider = Provider::start().await;
    let mut browser = shop(&provider);
    let callback = browser.reach_callback(&provider).await;
    let denied = with_parameter(&with_parameter(&callback, "code", None), "error", Some("access_denied"));
    let answer = browser.get(&format!("{denied}&error_description=call+555")).await;
    assert!(!answer.has("call 555"));
    assert_refused(&mut browser, &answer, StatusCode::FORBIDDEN, "access_denied").await;
}

#[tokio::test]
async fn a_provider_that_is_away_is_asked_again_at_the_next_press() {
    let provider = Provider::start().await;
    provider.script().away = true;
    let mut browser = shop(&provider);
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
    let answer = browser.get("/sign-in").await;
    assert_refused(&mut browser, &answer, StatusCode::SERVICE_UNAVAILABLE, "provider_away").await;

    provider.script().away = false;
    browser.sign_in(&provider).await;
    assert!(browser.get("/").await.has("You are signed in"));
}

#[tokio::test]
async fn a_refresh_brings_new_tokens_and_shows_what_changed() {
    let provider = Provider::start().await;
    let mut browser = shop(&provider);
    browser.sign_in(&provider).await;
    for _ in 0..2 {
        let answer = browser.press("/refresh").await;
        assert_eq!(answer.location(), "/", "{}", answer.body);
    }
    assert_eq!(provider.script().issued, 3);
    let page = browser.get("/").await;
    assert!(page.has("The tokens were refreshed"));
    assert!(page.has(
        ">generation</th><td role=\"cell\" class=\"value\">2</td><td role=\"cell\" class=\"value\">3</td>"
    ));
}

#[tokio::test]
async fn a_refreshed_token_of_somebody_else_is_refused() {
    let provider = Provider::start().await;
    let mut browser = shop(&provider);
    browser.sign_in(&provider).await;
    provider.script().twist = |claims| claims["sub"] = json!("user-2");
    let answer = browser.press("/refresh").await;
    assert!(answer.has("id_token_refused: sub"), "{}", answer.body);
    assert!(!browser.get("/").await.has("user-2"));
}

#[tokio::test]
async fn a_refused_refresh_signs_the_person_out() {
    let provider = Provider::start().await;
    let mut browser = shop(&provider);
    browser.sign_in(&provider).await;
    provider.script().refreshes = false;
    let answer = browser.press("/refresh").await;
    assert_refused(&mut browser, &answer, StatusCode::UNAUTHORIZED, "refresh_refused").await;
}

#[tokio::test]
async fn userinfo_is_called_with_the_access_token_and_shown() {
    let provider = Provider::start().await;
    let mut browser = shop(&provider);
    browser.sign_in(&provider).await;
    let answer = browser.press("/userinfo").await;
    assert_eq!(answer.location(), "/", "{}", answer.body);
    assert!(browser.get("/").await.has("favourite_stall"));
}

#[tokio::test]
async fn userinfo_about_somebody_else_is_refused() {
    let provider = Provider::start().await;
    let mut browser = shop(&provider);
    browser.sign_in(&provider).await;
    provider.script().userinfo = json!({ "sub": "user-2", "name": "Somebody Else" });
    let answer = browser.press("/userinfo").await;
    assert_eq!(answer.status, StatusCode::BAD_GATEWAY);
    assert!(answer.has("other_subject"));
    assert!(!browser.get("/").await.has("Somebody Else"));
}

#[tokio::test]
async fn a_person_the_id_token_does_not_name_is_named_by_userinfo() {
    let provider = Provider::start().await;
    provider.script().twist = |claims| claims["phone_number"] = json!(null);
    provider.script().userinfo = json!({ "sub": "user-1", "name": "<b>Asha</b>" });
    let mut browser = shop(&provider);
    browser.sign_in(&provider).await;
    assert!(browser.get("/").await.has("<strong>&lt;b&gt;Asha&lt;/b&gt;</strong>"));
}

#[tokio::test]
async fn signing_out_ends_it_here_and_at_the_provider() {
    let provider = Provider::start().await;
    let mut browser = shop(&provider);
    browser.sign_in(&provider).await;
    let mut stolen = browser.another();
    stolen.cookie = browser.cookie.clone();

    let answer = browser.press("/sign-out").await;
    let address = Url::parse(answer.location()).unwrap_or_else(|_| unreachable!("{}", answer.location()));
    assert!(address.as_str().starts_with(&format!("{}/end-session?", provider.issuer)));
    let parameter =
        |name: &str| address.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    assert_eq!(parameter("id_token_hint").map(|token| token.split('.').count()), Some(3));
    assert_eq!(parameter("post_logout_redirect_uri").as_deref(), Some("http://portal.test/signed-out"));
    assert_eq!(provider.script().revoked, ["refresh-1"]);
    assert!(stolen.get("/").await.has("Sign in with WhatsApp"));

    let state = parameter("state").unwrap_or_default();
    let page = browser.get(&format!("/signed-out?state={state}")).await;
    assert!(page.has("Here, and at the sign-in service."));
    assert!(browser.get("/").await.has("Sign in with WhatsApp"));
}

#[tokio::test]
async fn a_link_signs_nobody_out() {
    let provider = Provider::start().await;
    let mut browser = shop(&provider);
    browser.sign_in(&provider).await;
    assert_eq!(browser.get("/sign-out").await.location(), "/");
    assert_eq!(browser.get("/signed-out").await.location(), "/");
    assert!(browser.get("/").await.has("You are signed in"));
}

#[tokio::test]
async fn a_form_without_its_token_does_nothing() {
    let provider = Provider::start().await;
    let mut browser = shop(&provider);
    browser.sign_in(&provider).await;
    for form in ["", "csrf=", "csrf=guess"] {
        let answer = browser.post("/sign-out", form).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.has("form_refused"));
    }
    assert!(browser.get("/").await.has("You are signed in"));
}

#[tokio::test]
async fn a_button_pressed_after_the_session_ended_says_so() {
    let provider = Provider::start().await;
    let mut browser = shop(&provider);
    browser.cookie = Some("portal_session=gone".into());
    let answer = browser.post("/refresh", "csrf=old").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.has("session_over"));
    assert!(browser.get("/").await.has("your time here has ended, or the shop was restarted"));
}

#[tokio::test]
async fn every_page_is_strict_about_what_it_loads() {
    let provider = Provider::start().await;
    let mut browser = shop(&provider);
    browser.sign_in(&provider).await;
    for path in ["/", "/nowhere", "/callback"] {
        let page = browser.get(path).await;
        let header =
            |name: &str| page.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        assert!(
            header("content-security-policy")
                .starts_with("default-src 'none'; style-src 'self'; script-src 'self'")
        );
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert!(!page.has("<style") && !page.has("style=") && !page.has("<script>") && !page.has("onclick"));
    }
}

#[tokio::test]
async fn every_asset_of_the_pages_is_there() {
    let provider = Provider::start().await;
    let mut browser = shop(&provider);
    for asset in ["portal.css", "portal.js", "mark.svg", "awning.svg"] {
        assert_eq!(browser.get(&format!("/assets/{asset}")).await.status, StatusCode::OK);
    }
    assert_eq!(browser.get("/assets/../lib.rs").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_portal_serves_until_it_is_told_to_stop() {
    let provider = Provider::start().await;
    let Ok(listener) = tokio::net::TcpListener::bind("127.0.0.1:0").await else {
        unreachable!("no loopback")
    };
    let served = portal(&provider).run(listener, async {}).await;
    assert!(served.is_ok());
}

#[tokio::test]
async fn a_name_that_leads_here_from_elsewhere_is_not_answered() {
    let mut browser = shop(&Provider::start().await);
    for host in ["rebound.example", "portal.test.rebound.example:8082", "localhost.rebound.example"] {
        assert_eq!(browser.get_as(host, "/").await.status, StatusCode::MISDIRECTED_REQUEST, "{host}");
    }
    for host in ["portal.test", "localhost:8082", "127.0.0.1:8082", "[::1]:8082", "10.0.0.7:8082"] {
        assert_eq!(browser.get_as(host, "/").await.status, StatusCode::OK, "{host}");
    }
}

#[tokio::test]
async fn whoever_only_looks_uses_up_no_code() {
    let provider = Provider::start().await;
    let mut browser = shop(&provider);
    assert_eq!(browser.head("/sign-in").await.status, StatusCode::METHOD_NOT_ALLOWED);
    let callback = browser.reach_callback(&provider).await;
    assert_eq!(browser.head(&callback).await.status, StatusCode::METHOD_NOT_ALLOWED);
    let answer = browser.get(&callback).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"));
}
