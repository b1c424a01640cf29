//! `/authorize`: nobody but the person a client expects is answered with (OpenID Connect Core 1.0, sections 3.1.2.1 and
//! 5.5.1).

use std::time::Duration;

use serde_json::json;
use watchword_domain::client::ClientKind;

use super::client::{Public, Request, asks_who, code_of, error_of, prove, text, with};
use crate::on_each_database;
use crate::support::{House, claims_of, query_of, random_phone, request, with_query};

/// Requests that expect this person: by an ID token of theirs, and by the two places of the `claims` parameter.
fn expecting(house: &House, id_token: &str) -> [Request; 3] {
    let subject = claims_of(id_token)["sub"].clone();
    let claims = |place: &str| json!({ place: { "sub": { "value": subject } } }).to_string();
    [
        with(&house.request(), "id_token_hint", id_token),
        with(&house.request(), "claims", &claims("id_token")),
        with(&house.request(), "claims", &claims("userinfo")),
    ]
}

on_each_database! {
    fn whoever_is_expected_and_signed_in_is_answered_with(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let tokens = house.redeem(&browser.sign_in(&house, &phone).await).await.json();
        for asked in expecting(&house, &text(&tokens, "id_token")) {
            for asked in [with(&asked, "prompt", "none"), asked] {
                code_of(&browser.authorize(&house, &asked).await);
            }
        }
    }

    fn a_session_of_somebody_else_is_not_answered_with(house) {
        let browser = house.browser();
        browser.sign_in(&house, &random_phone()).await;
        let other = house.tokens_of(&random_phone()).await;
        for asked in expecting(&house, &text(&other, "id_token")) {
            assert!(asks_who(&browser.authorize(&house, &asked).await));
            let silent = browser.authorize(&house, &with(&asked, "prompt", "none")).await;
            assert_eq!(error_of(&house, &silent), "login_required");
        }
    }

    fn whoever_signs_in_instead_of_the_expected_person_gets_no_code(house) {
        let expected = house.tokens_of(&random_phone()).await;
        for asked in expecting(&house, &text(&expected, "id_token")) {
            let browser = house.browser();
            let page = browser.authorize(&house, &asked).await;
            let answer = prove(&house, &browser, &page, &random_phone()).await;
            assert_eq!(error_of(&house, &answer), "login_required");
            assert!(asks_who(&browser.open(&house).await), "nobody was signed in by it");
        }
    }

    fn an_id_token_that_has_expired_is_a_hint_all_the_same(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let tokens = house.redeem(&browser.sign_in(&house, &phone).await).await.json();
        house.clock.turn(Duration::from_secs(20 * 3600));
        code_of(
            &browser
                .authorize(&house, &with(&house.request(), "id_token_hint", &text(&tokens, "id_token")))
                .await,
        );
    }

    fn an_id_token_of_another_client_of_the_pool_is_a_hint_too(house) {
        let browser = house.browser();
        let tokens = house.redeem(&browser.sign_in(&house, &random_phone()).await).await.json();
        let spa = Public::spa(&house).await;
        code_of(
            &browser
                .authorize(&house, &with(&spa.request(), "id_token_hint", &text(&tokens, "id_token")))
                .await,
        );
    }

    fn what_is_no_id_token_of_this_issuer_is_no_hint(house) {
        let browser = house.browser();
        let tokens = house.redeem(&browser.sign_in(&house, &random_phone()).await).await.json();
        let other = house.project("other", ClientKind::Web).await;
        let theirs = house.browser();
        let page = format!("{}/authorize", other.pool.issuer);
        let page = theirs.get(&with_query(&page, &request(other.client.id.as_str()))).await;
        assert!(asks_who(&page), "{}", page.text);
        let id_token = text(&tokens, "id_token");
        // Another pool was handed a token of ours, and this one of its own kind but for another purpose, or broken.
        let foreign = with_query(
            &format!("{}/authorize", other.pool.issuer),
            &with(&request(other.client.id.as_str()), "id_token_hint", &id_token),
        );
        assert_eq!(query_of(&theirs.get(&foreign).await.location())["error"], "invalid_request");
        let unsigned = format!("{}.", id_token.rsplit_once('.').unwrap().0);
        for hint in [text(&tokens, "access_token"), text(&tokens, "refresh_token"), unsigned, "x".to_owned()]
        {
            let answer = browser.authorize(&house, &with(&house.request(), "id_token_hint", &hint)).await;
            assert_eq!(error_of(&house, &answer), "invalid_request", "{hint}");
        }
    }

    fn claims_that_cannot_be_read_or_contradict_the_hint_are_refused(house) {
        let browser = house.browser();
        let tokens = house.redeem(&browser.sign_in(&house, &random_phone()).await).await.json();
        for claims in ["{", "[]", "\"sub\"", "null"] {
            let answer = browser.authorize(&house, &with(&house.request(), "claims", claims)).await;
            assert_eq!(error_of(&house, &answer), "invalid_request", "{claims}");
        }
        let hinted = with(&house.request(), "id_token_hint", &text(&tokens, "id_token"));
        let claims = json!({ "id_token": { "sub": { "value": "somebody-else" } } }).to_string();
        let answer = browser.authorize(&house, &with(&hinted, "claims", &claims)).await;
        assert_eq!(error_of(&house, &answer), "invalid_request");
    }
}
