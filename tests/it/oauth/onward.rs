//! What another site posts comes without our cookies and travels on by query; what must stand in no address travels sealed.

use std::collections::HashMap;
use std::time::Duration;

use watchword_domain::client::ClientKind;

use super::client::{Request, asks_who, code_of, is_page_of_its_own, text, with};
use crate::on_each_database;
use crate::support::{Answer, House, SIGNED_OUT, query_of, random_phone, with_query};

const NUMBER: &str = "5511961234567";

/// A form that a page of another site posts: it brings no cookies of ours.
async fn post_from_elsewhere(house: &House, path: &str, form: &[(String, String)]) -> Answer {
    let request = house.http.post(house.url(path)).header("accept", "text/html").form(form);
    Answer::of(request.send().await.unwrap()).await
}

fn hinted(house: &House) -> Request {
    with(&house.request(), "login_hint", &format!("+{NUMBER}"))
}

/// What stands in an address of ours that begins with its path.
fn parameters(house: &House, location: &str) -> HashMap<String, String> {
    query_of(&format!("http://{}{location}", house.provider))
}

/// A sign-out request with this hint.
fn sign_out(hint: &str) -> Request {
    let params = [("id_token_hint", hint), ("post_logout_redirect_uri", SIGNED_OUT), ("state", "s")];
    params.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
}

/// All addresses that a page leads to.
fn addresses(page: &Answer) -> Vec<&str> {
    let of = |attribute| page.text.split(attribute).skip(1).filter_map(|rest| rest.split('"').next());
    of("href=\"").chain(of("action=\"")).chain(of("url=")).collect()
}

on_each_database! {
    /// ASVS 5.0, 14.2.1.
    fn nothing_that_was_posted_stands_in_an_address(house) {
        let tokens = house.tokens_of(&random_phone()).await;
        let token = text(&tokens, "id_token");
        let form = with(&hinted(&house), "id_token_hint", &token);
        let location = post_from_elsewhere(&house, "/authorize", &form).await.location();
        assert!(!location.contains(NUMBER) && !location.contains(&token), "{location}");
        assert_eq!(parameters(&house, &location).len(), 1, "{location}");
        let browser = house.browser();
        let page = browser.page(&house, &location).await;
        assert_eq!(page.value("phone"), format!("+{NUMBER}"));
        for address in addresses(&page) {
            assert!(!address.contains(NUMBER) && !address.contains(&token), "{address}");
        }
    }

    fn a_posted_request_is_answered_from_the_session(house) {
        let (browser, phone) = (house.browser(), random_phone());
        browser.sign_in(&house, &phone).await;
        let location = post_from_elsewhere(&house, "/authorize", &house.request()).await.location();
        assert_eq!(house.redeem(&code_of(&browser.page(&house, &location).await)).await.status, 200);
    }

    fn a_posted_request_may_be_loaded_again_until_it_is_over(house) {
        let browser = house.browser();
        let location = post_from_elsewhere(&house, "/authorize", &hinted(&house)).await.location();
        for _ in 0..2 {
            assert!(asks_who(&browser.page(&house, &location).await));
        }
        house.clock.turn(Duration::from_secs(16 * 60));
        is_page_of_its_own(&browser.page(&house, &location).await, 403);
    }

    fn no_hint_stands_in_a_link_of_any_page_and_no_long_address_stands_there_six_times(house) {
        let (number, browser) = ("+14155550123", house.browser());
        let hinted = |path: &str, hint: &str| with_query(&house.url(path), &[(hint, number), ("client_id", "nobody")]);
        for (path, hint) in [("/authorize", "login_hint"), ("/end-session", "logout_hint"), ("/end-session", "login_hint")] {
            let page = browser.get(&hinted(path, hint)).await;
            assert!(page.text.contains("<h1>") && !page.text.contains("4155550123"), "{path} {hint}: {}", page.text);
        }
        let usual = browser.authorize(&house, &house.request()).await;
        assert_eq!(usual.text.matches("hreflang=").count(), 6);
        let long = with(&house.request(), "state", &"s".repeat(4_050));
        let page = browser.authorize(&house, &long).await;
        assert_eq!((page.status, page.text.matches("hreflang=").count()), (200, 0));
        assert!(page.text.len() < usual.text.len() + 10_000, "{}", page.text.len());
    }

    fn a_sealed_request_is_of_no_use_elsewhere_or_altered(house) {
        let browser = house.browser();
        let other = house.project("other", ClientKind::Web).await;
        let posted = post_from_elsewhere(&house, "/authorize", &hinted(&house)).await.location();
        let sealed = parameters(&house, &posted)["sealed_request"].clone();
        let with_sealed = |url: &str, sealed: &str| with_query(url, &[("sealed_request", sealed)]);
        for url in [
            with_sealed(&house.url("/end-session"), &sealed),
            with_sealed(&format!("{}/authorize", other.pool.issuer), &sealed),
            with_sealed(&house.url("/authorize"), &sealed[..sealed.len() - 2]),
            with_sealed(&house.url("/authorize"), "x"),
        ] {
            is_page_of_its_own(&browser.get(&url).await, 403);
        }
        assert!(asks_who(&browser.page(&house, &posted).await));
    }

    fn a_posted_request_too_long_for_an_address_is_refused_on_a_page(house) {
        let long = with(&house.request(), "unknown", &"x".repeat(40_000));
        is_page_of_its_own(&post_from_elsewhere(&house, "/authorize", &long).await, 413);
    }

    fn a_number_that_a_client_put_into_its_query_stands_in_none_of_ours(house) {
        let browser = house.browser();
        let page = browser.authorize(&house, &hinted(&house)).await;
        for address in addresses(&page) {
            assert!(!address.contains(NUMBER), "{address}");
        }
        let spanish = browser.page(&house, &page.in_language("es")).await;
        assert!(spanish.text.contains("<html lang=\"es\""));
        assert_eq!(spanish.value("phone"), format!("+{NUMBER}"));
        let refused = browser.type_phone(&house, &spanish, "12").await;
        assert_eq!(refused.status, 422);
        assert!(addresses(&refused).iter().all(|address| !address.contains(NUMBER)));
    }

    fn starting_again_repeats_no_number_and_speaks_the_language_the_client_wished_for(house) {
        let browser = house.browser();
        let asked = with(&hinted(&house), "ui_locales", "hi");
        let page = browser.authorize(&house, &asked).await;
        let location = browser.type_phone(&house, &page, &random_phone()).await.location();
        house.clock.turn(Duration::from_secs(16 * 60));
        let over = browser.page(&house, &location).await;
        assert_eq!(over.status, 410);
        assert!(!over.button().contains(NUMBER), "{}", over.button());
        let again = browser.page(&house, &over.button()).await;
        assert!(asks_who(&again) && again.text.contains("<html lang=\"hi\""), "{}", again.text);
    }

    /// OpenID Connect RP-Initiated Logout 1.0, section 2: GET and POST.
    fn a_form_of_the_clients_own_site_signs_this_browser_out(house) {
        let browser = house.browser();
        let tokens = house.redeem(&browser.sign_in(&house, &random_phone()).await).await.json();
        let token = text(&tokens, "id_token");
        let location = post_from_elsewhere(&house, "/end-session", &sign_out(&token)).await.location();
        assert!(!location.contains(&token) && !location.contains("shop.example"), "{location}");
        assert!(!asks_who(&browser.open(&house).await), "nothing has ended yet");
        let back = browser.page(&house, &location).await.location();
        assert_eq!(query_of(&back)["state"], "s");
        assert!(asks_who(&browser.open(&house).await));
    }

    fn a_token_in_hand_signs_nobody_out(house) {
        let browser = house.browser();
        let tokens = house.redeem(&browser.sign_in(&house, &random_phone()).await).await.json();
        let params = sign_out(&text(&tokens, "id_token"));
        let stranger = house.browser();
        let posted = post_from_elsewhere(&house, "/end-session", &params).await.location();
        for back in [
            stranger.get(&with_query(&house.url("/end-session"), &params)).await,
            stranger.page(&house, &posted).await,
        ] {
            assert_eq!(query_of(&back.location())["state"], "s", "they are led on all the same");
            assert!(!asks_who(&browser.open(&house).await));
        }
    }

    /// RFC 9110, section 9.2.1.
    fn whoever_only_looks_gets_no_code_and_ends_no_session(house) {
        let browser = house.browser();
        let tokens = house.redeem(&browser.sign_in(&house, &random_phone()).await).await.json();
        let codes = house.count("authorization_codes").await;
        let token = text(&tokens, "id_token");
        for url in [
            with_query(&house.url("/authorize"), &house.request()),
            with_query(&house.url("/end-session"), &sign_out(&token)),
        ] {
            let answer = browser.send(house.http.head(&url)).await;
            assert!(answer.status < 400, "{}", answer.status);
            assert!(!answer.header("location").contains("code="), "{}", answer.header("location"));
        }
        assert_eq!(house.count("authorization_codes").await, codes);
        assert!(!asks_who(&browser.open(&house).await));
    }
}
