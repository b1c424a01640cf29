//! The whole way, as a newcomer walks it.

use serde_json::json;

use crate::support::{Stage, Wishes, on_stage};

/// From the portal's button to the sign-out, and back to the number page.
async fn the_whole_way(stage: &Stage) {
    let browser = &stage.browser;
    stage.ask_for_code().await;
    browser.read("#told", "It is on your phone").await;
    browser.in_another_tab(async |phone| read_on_the_phone(phone, stage).await).await;
    browser.read("#told", "You have opened it").await;
    let done = browser.run("return document.querySelectorAll('#dots .done').length", vec![]).await;
    assert_eq!(done, json!(3));

    let code = stage.phone.next_code().await;
    browser.fill("#code", &code).await;
    browser.read("#who", "210").await;
    assert!(browser.address().await.as_str().starts_with(&stage.demo.portal));

    browser.click("#refresh").await;
    browser.read("#latest", "The tokens were refreshed").await;
    browser.click("#userinfo").await;
    browser.read("#latest", "/userinfo answered").await;
    browser.read("#latest", "\"sub\"").await;

    browser.click("#sign-out").await;
    browser.read("h1", "You are signed out").await;
    browser.click("#sign-in").await;
    browser.see("#number").await;
}

mod a_person_signs_in_refreshes_asks_and_signs_out {
    use super::*;

    #[tokio::test]
    async fn on_sqlite() {
        on_stage(Wishes::default(), &[], the_whole_way).await;
    }

    #[cfg(feature = "test-postgres")]
    #[tokio::test]
    async fn on_postgres() {
        crate::support::on_postgres(the_whole_way).await;
    }
}

/// The chat shows the code and a button to copy it.
async fn read_on_the_phone(phone: &crate::support::Browser, stage: &Stage) {
    phone.goto(&stage.phone.chat()).await;
    let code = phone.read(".bubble .code", "").await;
    assert_eq!(code.len(), 6, "{code}");
    phone.read("[data-copy]", "Copy code").await;
}

#[tokio::test]
async fn who_is_signed_in_is_not_asked_again() {
    on_stage(Wishes::default(), &[], async |stage| {
        let browser = &stage.browser;
        stage.sign_in().await;
        browser.goto(&format!("{}/sign-in", stage.demo.portal)).await;
        browser.read("#who", "210").await;
    })
    .await;
}

#[tokio::test]
async fn numbers_are_judged_while_they_are_typed() {
    on_stage(Wishes::default(), &[], async |stage| {
        let browser = &stage.browser;
        stage.open_sign_in().await;
        browser.fill("#phone", "+91 98765").await;
        browser.click("#number button").await;
        browser.read("#error", "too short").await;
        // As somebody pastes it from an address book.
        browser.fill("#phone", "(00 91) 98765-43210").await;
        assert!(!browser.shows("#phone[aria-invalid]").await);
        browser.click("#number button").await;
        browser.see("#code").await;
    })
    .await;
}

#[tokio::test]
async fn sign_in_pages_weigh_less_than_30_kb() {
    const WEIGHT: &str = "
        const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
        return entries.reduce((sum, entry) => sum + entry.encodedBodySize, 0);";
    on_stage(Wishes::default(), &[], async |stage| {
        let browser = &stage.browser;
        stage.open_sign_in().await;
        let number = browser.run(WEIGHT, vec![]).await.as_u64().unwrap();
        stage.ask_for_code().await;
        let code = browser.run(WEIGHT, vec![]).await.as_u64().unwrap();
        for weight in [number, code] {
            assert!((1..30_000).contains(&weight), "number page {number}, code page {code} bytes");
        }
    })
    .await;
}

#[tokio::test]
async fn the_country_of_the_last_number_stands_first_the_next_time() {
    on_stage(Wishes::default(), &[], async |stage| {
        let browser = &stage.browser;
        let country = async || browser.run("return document.querySelector('#country').value", vec![]).await;
        stage.open_sign_in().await;
        assert_eq!(country().await, "US");
        browser.fill("#phone", "+55 11 98765-4321").await;
        browser.click("#number button").await;
        browser.see("#code").await;
        browser.forget_cookies().await;
        stage.open_sign_in().await;
        assert_eq!(country().await, "BR");
    })
    .await;
}
