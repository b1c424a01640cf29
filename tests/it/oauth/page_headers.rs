//! What every page that takes part in a sign-in or a sign-out carries (RFC 9700, sections 4.2.4, 4.12 and 4.16).

use super::client::{Request, sign_in, with};
use crate::on_each_database;
use crate::support::{Answer, House, random_phone};

/// One of each: number, code, wrong code, form post, error, sign-out question, signed out, unknown pool.
async fn every_page(house: &House) -> Vec<(&'static str, Answer)> {
    let browser = house.browser();
    let posted: Request = with(&house.request(), "response_mode", "form_post");
    let number = browser.open(house).await;
    let code = browser.ask_code(house, &random_phone()).await;
    let wrong = browser.type_code(house, &code, "abc").await;
    let answer = sign_in(house, &browser, &posted, &random_phone()).await;
    let error = browser.authorize(house, &with(&posted, "redirect_uri", "https://evil.example/")).await;
    let question = browser.get(&house.url("/end-session")).await;
    let ended = browser.post(&house.url("/end-session"), &[("csrf", &question.hidden("csrf"))]).await;
    let lost = browser.get(&format!("http://{}/nobody/authorize", house.provider)).await;
    vec![
        ("number", number),
        ("code", code),
        ("wrong code", wrong),
        ("form post", answer),
        ("error", error),
        ("sign-out question", question),
        ("signed out", ended),
        ("unknown pool", lost),
    ]
}

/// The addresses a page loads something from.
fn loaded(page: &str) -> Vec<&str> {
    let after = |marker: &'static str| page.split(marker).skip(1).filter_map(|rest| rest.split('"').next());
    after("src=\"").chain(after("<link rel=\"stylesheet\" href=\"")).collect()
}

on_each_database! {
    fn no_page_can_be_framed_stored_or_followed_home(house) {
        for (name, page) in every_page(&house).await {
            assert!(page.header("content-type").starts_with("text/html"), "{name}: {}", page.text);
            assert_eq!(page.header("x-frame-options"), "DENY", "{name}");
            assert_eq!(page.header("referrer-policy"), "no-referrer", "{name}");
            assert_eq!(page.header("cache-control"), "no-store", "{name}");
            assert_eq!(page.header("x-content-type-options"), "nosniff", "{name}");
            let policy = page.header("content-security-policy");
            for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
                assert!(policy.contains(part), "{name}: {policy}");
            }
            assert!(!policy.contains("unsafe") && !policy.contains('*'), "{name}: {policy}");
        }
    }

    fn no_page_loads_anything_from_elsewhere(house) {
        for (name, page) in every_page(&house).await {
            let foreign = loaded(&page.text).into_iter().find(|address| !address.starts_with("/assets/"));
            assert_eq!(foreign, None, "{name}");
        }
    }

    fn a_form_that_was_answered_leads_on_with_303(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let number = browser.open(&house).await;
        let typed = browser.type_phone(&house, &number, &phone).await;
        assert_eq!(typed.status, 303);
        let code_page = browser.get(&format!("http://{}{}", house.provider, typed.location())).await;
        let code = house.code_to(&phone, 0).await;
        assert_eq!(browser.type_code(&house, &code_page, &code).await.status, 303);
    }
}
