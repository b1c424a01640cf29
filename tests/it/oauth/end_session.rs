//! `/end-session` (OpenID Connect RP-Initiated Logout 1.0).

use std::time::Duration;

use watchword_domain::client::ClientKind;

use super::client::{Public, asks_who, code_of, is_page_of_its_own, text, with};
use crate::on_each_database;
use crate::support::{Answer, Browser, CALLBACK, House, SIGNED_OUT, query_of, random_phone, with_query};

/// A browser in which somebody signed in to the house's client, and the ID token of that.
async fn signed_in(house: &House) -> (Browser, String) {
    let browser = house.browser();
    let tokens = house.redeem(&browser.sign_in(house, &random_phone()).await).await;
    (browser, text(&tokens.json(), "id_token"))
}

/// A sign-out request by query.
async fn sign_out(house: &House, browser: &Browser, params: &[(&str, &str)]) -> Answer {
    browser.get(&with_query(&house.url("/end-session"), params)).await
}

async fn is_signed_in(house: &House, browser: &Browser) -> bool {
    !asks_who(&browser.open(house).await)
}

on_each_database! {
    /// Sections 2 and 3.
    fn a_hint_signs_out_and_leads_back_with_the_state(house) {
        let (browser, hint) = signed_in(&house).await;
        let state = "a b&c=d#é";
        let params =
            [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", SIGNED_OUT), ("state", state)];
        let location = sign_out(&house, &browser, &params).await.location();
        assert!(location.starts_with(&format!("{SIGNED_OUT}?")), "{location}");
        assert_eq!(query_of(&location)["state"], state);
        assert!(!is_signed_in(&house, &browser).await);
        let silent = browser.authorize(&house, &with(&house.request(), "prompt", "none")).await;
        assert_eq!(query_of(&silent.location())["error"], "login_required");
    }

    fn a_session_that_was_ended_is_dead_even_for_whoever_kept_its_cookie(house) {
        let (browser, hint) = signed_in(&house).await;
        let kept = format!("watchword-session-{}={}", house.pool.id, browser.cookie("session").unwrap());
        sign_out(&house, &browser, &[("id_token_hint", &hint)]).await;
        assert_eq!(browser.cookie("session"), None);
        let url = with_query(&house.url("/authorize"), &house.request());
        assert_eq!(house.http.get(url).header("cookie", kept).send().await.unwrap().status(), 200);
    }

    fn a_code_that_waits_is_worth_nothing_once_its_session_was_signed_out(house) {
        let (browser, hint) = signed_in(&house).await;
        let code = code_of(&browser.open(&house).await);
        sign_out(&house, &browser, &[("id_token_hint", &hint)]).await;
        let answer = house.redeem(&code).await;
        assert_eq!((answer.status, answer.json()["error"].as_str()), (400, Some("invalid_grant")));
    }

    fn without_an_address_a_page_says_that_it_is_done(house) {
        let (browser, hint) = signed_in(&house).await;
        is_page_of_its_own(&sign_out(&house, &browser, &[("id_token_hint", &hint)]).await, 200);
        assert!(!is_signed_in(&house, &browser).await);
    }

    /// Section 2: an expired hint is a hint.
    fn a_hint_that_has_expired_is_taken(house) {
        let (browser, hint) = signed_in(&house).await;
        house.clock.turn(Duration::from_secs(20 * 3600));
        let params = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", SIGNED_OUT)];
        assert_eq!(sign_out(&house, &browser, &params).await.location(), SIGNED_OUT);
        assert!(!is_signed_in(&house, &browser).await);
    }

    fn without_a_hint_the_person_is_asked_and_says_yes_on_our_page(house) {
        let (browser, _) = signed_in(&house).await;
        let params = [
            ("client_id", house.client_id.as_str()),
            ("post_logout_redirect_uri", SIGNED_OUT),
            ("state", "s&1"),
        ];
        let page = sign_out(&house, &browser, &params).await;
        is_page_of_its_own(&page, 200);
        assert!(is_signed_in(&house, &browser).await);
        let mut form = params.to_vec();
        form.push(("csrf", "made up"));
        is_page_of_its_own(&browser.post(&house.url("/end-session"), &form).await, 403);
        assert!(is_signed_in(&house, &browser).await);
        let csrf = page.hidden("csrf");
        form.pop();
        form.push(("csrf", &csrf));
        let location = browser.post(&house.url("/end-session"), &form).await.location();
        assert_eq!(query_of(&location)["state"], "s&1");
        assert!(location.starts_with(SIGNED_OUT), "{location}");
        assert!(!is_signed_in(&house, &browser).await);
    }

    fn the_hint_of_another_person_asks_whoever_is_signed_in(house) {
        let (browser, _) = signed_in(&house).await;
        let (_, foreign) = signed_in(&house).await;
        let page = sign_out(&house, &browser, &[("id_token_hint", &foreign)]).await;
        assert!(page.text.contains("name=\"csrf\""), "{}", page.text);
        assert!(is_signed_in(&house, &browser).await);
    }

    /// Section 2: a hint is an ID token that this issuer wrote.
    fn what_is_no_id_token_of_ours_signs_nobody_out(house) {
        let (browser, hint) = signed_in(&house).await;
        let tokens = house.tokens_of(&random_phone()).await;
        let unsigned = format!("{}.", hint.rsplit_once('.').unwrap().0);
        let spa = Public::spa(&house).await;
        // The person is asked, and the way is led by nothing that only the hint vouches for.
        let away = ("post_logout_redirect_uri", SIGNED_OUT);
        for no_hint in ["x", &unsigned, tokens["access_token"].as_str().unwrap()] {
            let page = sign_out(&house, &browser, &[("id_token_hint", no_hint), away]).await;
            is_page_of_its_own(&page, 200);
            assert!(page.text.contains("name=\"csrf\""), "{no_hint}");
            assert!(is_signed_in(&house, &browser).await);
        }
        for params in [
            vec![("id_token_hint", hint.as_str()), ("client_id", &spa.id)],
            vec![("id_token_hint", &hint), ("id_token_hint", &hint)],
        ] {
            is_page_of_its_own(&sign_out(&house, &browser, &params).await, 400);
            assert!(is_signed_in(&house, &browser).await);
        }
        let other = house.project("other", ClientKind::Web).await;
        let there = with_query(&format!("{}/end-session", other.pool.issuer), &[("id_token_hint", &hint)]);
        is_page_of_its_own(&browser.get(&there).await, 200);
        assert!(is_signed_in(&house, &browser).await);
        let csrf = sign_out(&house, &browser, &[("id_token_hint", "x")]).await.hidden("csrf");
        let form = [("id_token_hint", "x"), away, ("csrf", &csrf)];
        is_page_of_its_own(&browser.post(&house.url("/end-session"), &form).await, 200);
        assert!(!is_signed_in(&house, &browser).await, "who says yes is signed out");
    }

    /// Section 3: to the letter, or a page and still signed in.
    fn an_address_that_is_not_registered_is_a_page_and_nobody_is_signed_out(house) {
        let (browser, hint) = signed_in(&house).await;
        for uri in [
            CALLBACK,
            "https://shop.example/signed-out/",
            "https://evil.example/",
            "javascript:alert(1)",
            "//evil.example",
        ] {
            let params = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", uri)];
            let page = sign_out(&house, &browser, &params).await;
            is_page_of_its_own(&page, 400);
            assert!(!page.text.contains("evil.example"), "{uri}");
        }
        for params in [
            vec![("post_logout_redirect_uri", SIGNED_OUT)],
            vec![("post_logout_redirect_uri", SIGNED_OUT), ("client_id", "nobody")],
        ] {
            is_page_of_its_own(&sign_out(&house, &browser, &params).await, 400);
        }
        assert!(is_signed_in(&house, &browser).await);
        is_page_of_its_own(
            &sign_out(&house, &house.browser(), &[("post_logout_redirect_uri", "https://evil.example/")])
                .await,
            400,
        );
    }

    fn whoever_is_not_signed_in_is_led_back_all_the_same(house) {
        let (_, hint) = signed_in(&house).await;
        let stranger = house.browser();
        let params =
            [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", SIGNED_OUT), ("state", "s")];
        assert_eq!(query_of(&sign_out(&house, &stranger, &params).await.location())["state"], "s");
    }

    fn a_form_from_any_site_signs_nobody_out_unasked(house) {
        let (browser, _) = signed_in(&house).await;
        let (_, strangers) = signed_in(&house).await;
        let url = house.url("/end-session");
        let hinted = house.http.post(&url).form(&[("id_token_hint", &strangers)]).send().await.unwrap();
        let cookies = hinted.headers().get_all("set-cookie").iter().map(|line| line.to_str().unwrap());
        assert_eq!(cookies.filter(|line| line.contains("watchword-session")).count(), 0);
        let bare = Answer::of(house.http.post(&url).form(&[("state", "s")]).send().await.unwrap()).await;
        let next = bare.location();
        assert_eq!(bare.header("set-cookie"), "");
        // The browser brings its cookies when it is led on, and the person is asked.
        let page = browser.page(&house, &next).await;
        assert!(page.text.contains("name=\"csrf\""), "{}", page.text);
        assert!(is_signed_in(&house, &browser).await);
    }

    fn one_session_ends_and_others_of_the_person_stay(house) {
        let (first, second, phone) = (house.browser(), house.browser(), random_phone());
        let tokens = house.redeem(&first.sign_in(&house, &phone).await).await.json();
        house.clock.turn(Duration::from_secs(3600));
        second.sign_in(&house, &phone).await;
        sign_out(&house, &first, &[("id_token_hint", &text(&tokens, "id_token"))]).await;
        assert!(!is_signed_in(&house, &first).await);
        code_of(&second.open(&house).await);
    }

    fn no_token_stands_in_an_address_of_ours(house) {
        let (browser, hint) = signed_in(&house).await;
        let params = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", SIGNED_OUT)];
        assert!(!sign_out(&house, &browser, &params).await.location().contains(&hint));
    }
}
