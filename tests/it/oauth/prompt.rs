//! `/authorize`: when a session is enough, and when the person is asked again (OpenID Connect Core 1.0, section 3.1.2.1).

use std::time::Duration;

use watchword_domain::client::ClientKind;
use watchword_domain::session::ANSWERS_PER_SESSION;

use super::client::{Public, asks_who, code_of, error_of, prove, with};
use crate::on_each_database;
use crate::support::{CALLBACK, claims_of, query_of, random_phone};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

on_each_database! {
    fn prompt_none_never_shows_a_page(house) {
        let silent = with(&house.request(), "prompt", "none");
        let browser = house.browser();
        assert_eq!(error_of(&house, &browser.authorize(&house, &silent).await), "login_required");
        browser.sign_in(&house, &random_phone()).await;
        let code = code_of(&browser.authorize(&house, &silent).await);
        assert_eq!(house.redeem(&code).await.status, 200);
        let strict = with(&silent, "max_age", "60");
        house.clock.turn(MINUTE * 2);
        assert_eq!(error_of(&house, &browser.authorize(&house, &strict).await), "login_required");
    }

    /// RFC 8252, section 8.6: any program on the device can listen there.
    fn a_session_alone_answers_no_application_whose_place_another_program_may_take(house) {
        for (kind, redirect_uri) in [
            (ClientKind::Native, "http://127.0.0.1/back"),
            (ClientKind::Native, "com.example.app:/back"),
            (ClientKind::Spa, "http://localhost:3000/back"),
        ] {
            let client = Public::of(&house, kind, redirect_uri).await;
            let asked = with(&client.request(), "redirect_uri", redirect_uri);
            let (browser, phone) = (house.browser(), random_phone());
            browser.sign_in(&house, &phone).await;
            let answer = browser.authorize(&house, &with(&asked, "prompt", "none")).await.location();
            assert!(answer.starts_with(redirect_uri), "{answer}");
            assert_eq!(query_of(&answer)["error"], "interaction_required", "{redirect_uri}");
            let page = browser.authorize(&house, &asked).await;
            assert!(asks_who(&page), "{redirect_uri}");
            let done = prove(&house, &browser, &page, &phone).await.location();
            assert!(done.starts_with(redirect_uri) && query_of(&done).contains_key("code"), "{done}");
            let stranger = house.browser().authorize(&house, &with(&asked, "prompt", "none")).await.location();
            assert_eq!(query_of(&stranger)["error"], "login_required");
        }
        let native = Public::of(&house, ClientKind::Native, CALLBACK).await;
        let browser = house.browser();
        browser.sign_in(&house, &random_phone()).await;
        code_of(&browser.authorize(&house, &native.request()).await);
    }

    fn a_session_answers_so_often_and_no_more(house) {
        let browser = house.browser();
        browser.sign_in(&house, &random_phone()).await;
        for _ in 0..ANSWERS_PER_SESSION {
            code_of(&browser.open(&house).await);
        }
        assert_eq!(error_of(&house, &browser.open(&house).await), "temporarily_unavailable");
        let codes = house.count("authorization_codes").await;
        assert_eq!(codes, ANSWERS_PER_SESSION as usize + 1, "that of the sign-in, too");
        house.clock.turn(HOUR);
        code_of(&browser.open(&house).await);
        // The codes of the hour before are of no use to anybody any more.
        house.clock.turn(HOUR);
        house.flow.sweep().await.unwrap();
        assert!(house.count("authorization_codes").await <= 1);
    }

    fn prompt_none_beside_another_value_is_refused(house) {
        for prompt in ["none login", "login none", "none none", "create", "None"] {
            let answer = house.browser().authorize(&house, &with(&house.request(), "prompt", prompt)).await;
            assert_eq!(error_of(&house, &answer), "invalid_request", "{prompt}");
        }
    }

    fn prompt_login_asks_although_somebody_is_signed_in(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let first = house.redeem(&browser.sign_in(&house, &phone).await).await.json();
        house.clock.turn(HOUR);
        for prompt in ["select_account", "login"] {
            let page = browser.authorize(&house, &with(&house.request(), "prompt", prompt)).await;
            assert!(asks_who(&page), "{prompt}");
        }
        let page = browser.authorize(&house, &with(&house.request(), "prompt", "login")).await;
        let again = house.redeem(&code_of(&prove(&house, &browser, &page, &phone).await)).await.json();
        let (first, again) =
            (claims_of(first["id_token"].as_str().unwrap()), claims_of(again["id_token"].as_str().unwrap()));
        assert_eq!(first["sub"], again["sub"]);
        let waited = again["auth_time"].as_i64().unwrap() - first["auth_time"].as_i64().unwrap();
        assert!(waited >= 3600, "{waited}");
    }

    fn prompt_consent_has_nothing_more_to_ask_of_whoever_is_signed_in(house) {
        let browser = house.browser();
        browser.sign_in(&house, &random_phone()).await;
        code_of(&browser.authorize(&house, &with(&house.request(), "prompt", "consent")).await);
    }

    fn max_age_asks_whoever_proved_themselves_longer_ago(house) {
        let browser = house.browser();
        let code = browser.sign_in(&house, &random_phone()).await;
        let first = claims_of(house.redeem(&code).await.json()["id_token"].as_str().unwrap());
        house.clock.turn(HOUR);
        for (age, asks) in [("0", true), ("3599", true), ("3700", false)] {
            let answer = browser.authorize(&house, &with(&house.request(), "max_age", age)).await;
            assert_eq!(asks_who(&answer), asks, "{age}");
        }
        let code = code_of(&browser.authorize(&house, &with(&house.request(), "max_age", "3700")).await);
        let again = claims_of(house.redeem(&code).await.json()["id_token"].as_str().unwrap());
        assert_eq!(again["auth_time"], first["auth_time"]);
        for age in ["-1", "1.5", "soon", "99999999999999999999"] {
            let answer = browser.authorize(&house, &with(&house.request(), "max_age", age)).await;
            assert_eq!(error_of(&house, &answer), "invalid_request", "{age}");
        }
    }
}
