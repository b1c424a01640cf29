//! The answer that posts itself back to the client (OAuth 2.0 Form Post Response Mode).

use crate::on_each_database;
use crate::support::{Answer, CALLBACK, House, random_phone};

fn form_post(house: &House) -> Vec<(String, String)> {
    let mut request = house.request();
    request.push(("response_mode".into(), "form_post".into()));
    request
}

fn is_form_to_the_client(answer: &Answer, house: &House) {
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(answer.text.contains(&format!("<form method=\"post\" action=\"{CALLBACK}\" data-send>")));
    assert!(answer.header("content-security-policy").contains("form-action 'self' https://shop.example"));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.hidden("state"), "st&amp;te=1");
    assert_eq!(answer.hidden("iss"), house.pool.issuer);
}

on_each_database! {
    fn a_right_code_is_answered_by_a_form(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.authorize(&house, &form_post(&house)).await;
        let location = browser.type_phone(&house, &page, &phone).await.location();
        let (page, code) = (browser.page(&house, &location).await, house.code_to(&phone, 0).await);
        let answer = browser.type_code(&house, &page, &code).await;
        is_form_to_the_client(&answer, &house);
        assert!(browser.cookie("session").is_some());
        assert_eq!(house.redeem(&answer.hidden("code")).await.status, 200);
        let again = browser.authorize(&house, &form_post(&house)).await;
        is_form_to_the_client(&again, &house);
        assert_eq!(house.redeem(&again.hidden("code")).await.status, 200);
    }

    fn an_error_is_answered_by_a_form_too(house) {
        let mut request = form_post(&house);
        request.push(("prompt".into(), "none".into()));
        let answer = house.browser().authorize(&house, &request).await;
        is_form_to_the_client(&answer, &house);
        assert_eq!(answer.hidden("error"), "login_required");
    }

    fn a_sign_in_that_took_too_long_asks_for_a_form_again(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.authorize(&house, &form_post(&house)).await;
        let location = browser.type_phone(&house, &page, &phone).await.location();
        house.clock.turn(std::time::Duration::from_secs(15 * 60));
        let over = browser.page(&house, &location).await;
        assert!(over.button().contains("response_mode=form_post"), "{}", over.button());
    }
}
