//! What every page has around it: headers that keep others out, and answers to HEAD.

use std::time::Duration;

use crate::on_each_database;
use crate::support::{Answer, House, random_phone, with_query};

fn is_dressed(page: &Answer, status: u16) {
    assert_eq!(page.status, status, "{}", page.text);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("x-frame-options"), "DENY");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(page.header("cross-origin-opener-policy"), "same-origin");
    assert!(page.header("access-control-allow-origin").is_empty());
    let policy = page.header("content-security-policy");
    for directive in [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "script-src 'self';",
    ] {
        assert!(policy.contains(directive), "{directive}: {policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
}

/// Everything a page loads comes from here, and nothing runs inside it.
fn loads_nothing_from_elsewhere(page: &Answer) {
    for source in page.text.split(" src=\"").skip(1) {
        assert!(source.starts_with("/assets/"), "{source:.40}");
    }
    for link in page.text.split("<link ").skip(1) {
        assert!(link.split_once('>').unwrap().0.contains("href=\"/assets/"), "{link:.60}");
    }
    assert_eq!(page.text.matches("<script").count(), page.text.matches("<script src=").count());
    assert!(!page.text.contains(" style=\"") && !page.text.contains("javascript:"));
}

async fn html(house: &House, request: reqwest::RequestBuilder) -> Answer {
    house.browser().send(request.header("accept", "text/html")).await
}

on_each_database! {
    fn every_page_of_a_sign_in_is_dressed(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let number = browser.open(&house).await;
        let refused = browser.type_phone(&house, &number, "12").await;
        let location = browser.type_phone(&house, &number, &phone).await;
        assert_eq!(location.header("cache-control"), "no-store");
        let code = browser.page(&house, &location.location()).await;
        let stranger = house.browser();
        let wait = stranger.type_phone(&house, &stranger.open(&house).await, &phone).await;
        let wrong = browser.type_code(&house, &code, "x").await;
        let change = browser.change_page(&house, &code).await;
        let stale = browser.post(&house.url("/sign-in/code"), &[]).await;
        house.clock.turn(Duration::from_secs(5 * 60));
        let expired = browser.look_again(&house, &code).await;
        house.clock.turn(Duration::from_secs(10 * 60));
        let over = browser.look_again(&house, &code).await;
        let pages = [
            (number, 200),
            (refused, 422),
            (code, 200),
            (wait, 429),
            (wrong, 422),
            (change, 200),
            (stale, 403),
            (expired, 200),
            (over, 410),
        ];
        for (page, status) in &pages {
            is_dressed(page, *status);
            loads_nothing_from_elsewhere(page);
        }
    }

    fn every_page_beside_a_sign_in_is_dressed(house) {
        let origin = format!("http://{}", house.provider);
        let browser = house.browser();
        browser.sign_in(&house, &random_phone()).await;
        let pages = [
            (html(&house, house.http.get(&origin)).await, 200),
            (html(&house, house.http.get(format!("{origin}/nowhere/authorize"))).await, 404),
            (html(&house, house.http.get(house.url("/nothing"))).await, 404),
            (html(&house, house.http.put(house.url("/authorize"))).await, 405),
            (html(&house, house.http.get(house.url("/authorize"))).await, 400),
            (browser.get(&house.url("/end-session")).await, 200),
        ];
        for (page, status) in &pages {
            is_dressed(page, *status);
            loads_nothing_from_elsewhere(page);
        }
    }

    fn a_form_leads_to_this_client_and_no_other(house) {
        let page = house.browser().open(&house).await;
        assert!(page.header("content-security-policy").ends_with("form-action 'self' https://shop.example"));
        assert!(page.text.contains("action=\"/acme/sign-in/phone\""));
    }

    fn no_two_pages_share_a_nonce(house) {
        let (one, other) = (house.browser().open(&house).await, house.browser().open(&house).await);
        assert_ne!(one.header("content-security-policy"), other.header("content-security-policy"));
    }

    fn head_is_answered_as_get_without_the_body(house) {
        let browser = house.browser();
        let code = browser.ask_code(&house, &random_phone()).await;
        let addresses = [
            (with_query(&house.url("/authorize"), &house.request()), 200),
            (house.url(&format!("/sign-in/code?sign_in={}", code.hidden("sign_in"))), 200),
            (house.url("/nothing"), 404),
            (format!("http://{}/", house.provider), 200),
            (format!("http://{}/healthz", house.provider), 200),
            (format!("http://{}/readyz", house.provider), 200),
        ];
        for (url, status) in addresses {
            let head = browser.send(house.http.head(&url).header("accept", "text/html")).await;
            assert_eq!((head.status, head.text.as_str()), (status, ""), "{url}");
            assert_eq!(head.header("x-content-type-options"), "nosniff");
        }
    }

    fn what_pages_load_is_kept_for_ever_and_found(house) {
        let page = house.browser().open(&house).await;
        let mut found = 0;
        for part in page.text.split("\"/assets/").skip(1) {
            let path = format!("/assets/{}", part.split_once('"').unwrap().0);
            let asset = house.browser().page(&house, &path).await;
            assert_eq!(
                (asset.status, asset.header("cache-control")),
                (200, "public, max-age=31536000, immutable")
            );
            assert!(!asset.text.is_empty() && !asset.header("content-type").is_empty());
            found += 1;
        }
        assert_eq!(found, 3);
        assert_eq!(house.browser().page(&house, "/assets/nothing.css").await.status, 404);
    }
}
