//! Every page a person can meet, in each of its states: no barriers (axe-core) in light and in dark, nothing cut off
//! at 320 pixels. The pictures are for people to look at.

use serde_json::json;

use crate::support::{SHORT_WAITS, Wishes, another_than, on_stage};

#[tokio::test]
async fn the_number_page() {
    on_stage(Wishes::default(), &[], async |stage| {
        let browser = &stage.browser;
        stage.open_sign_in().await;
        browser.inspect("number").await;
        browser.fill("#phone", "+91 98765").await;
        browser.click("#number button").await;
        browser.read("#error", "too short").await;
        browser.inspect("number-error").await;
        browser.click(".menu summary").await;
        browser.inspect("number-languages").await;
        // A second code so soon, asked for by a browser that has not asked for the first.
        stage.ask_for_code().await;
        browser.forget_cookies().await;
        stage.open_sign_in().await;
        browser.fill("#phone", stage.phone.number()).await;
        browser.click("#number button").await;
        browser.read(".notice", "Try again in").await;
        browser.inspect("number-wait").await;
        browser.fill("#phone", "111 111 1111").await;
        browser.click("#number button").await;
        browser.read("#error", "This is not a valid number in India (+91)").await;
        browser.inspect("number-not-valid").await;
    })
    .await;
}

#[tokio::test]
async fn the_code_page_on_the_way_of_a_message() {
    on_stage(Wishes::default(), &[], async |stage| {
        let browser = &stage.browser;
        stage.phone.misbehave(json!({"kind": "silence"})).await;
        stage.ask_for_code().await;
        browser.read("#told", "WhatsApp has your code").await;
        browser.inspect("code-accepted").await;
        let code = stage.phone.next_code().await;
        browser.fill("#code", &another_than(&code)).await;
        browser.read("#error", "That is not the code").await;
        browser.click(".help summary").await;
        browser.inspect("code-wrong").await;
    })
    .await;
}

#[tokio::test]
async fn the_code_page_when_the_message_arrived_and_when_tries_are_over() {
    on_stage(Wishes::default(), &[("WATCHWORD_LIMITS_TRIES_PER_CODE", "1")], async |stage| {
        let browser = &stage.browser;
        stage.ask_for_code().await;
        browser.read("#told", "It is on your phone").await;
        browser.inspect("code-delivered").await;
        let code = stage.phone.next_code().await;
        browser.fill("#code", &another_than(&code)).await;
        browser.read("h1", "Too many wrong tries").await;
        browser.inspect("code-ended").await;
    })
    .await;
}

#[tokio::test]
async fn the_code_page_when_the_message_failed() {
    on_stage(Wishes::default(), &SHORT_WAITS, async |stage| {
        let browser = &stage.browser;
        stage.phone.misbehave(json!({"kind": "status_failed", "code": 131_026})).await;
        stage.open_sign_in().await;
        browser.fill("#phone", stage.phone.number()).await;
        browser.click("#number button").await;
        browser.read("#told", "does not seem to be on WhatsApp").await;
        browser.inspect("code-not-reachable").await;
    })
    .await;
}

#[tokio::test]
async fn the_code_page_when_the_sender_is_down() {
    on_stage(Wishes::default(), &SHORT_WAITS, async |stage| {
        let browser = &stage.browser;
        stage.phone.misbehave(json!({"kind": "error", "code": 190})).await;
        stage.open_sign_in().await;
        browser.fill("#phone", stage.phone.number()).await;
        browser.click("#number button").await;
        browser.read("#told", "WhatsApp did not deliver your code. Send it by SMS?").await;
        // Neither does the gateway for SMS take anything.
        browser.click(".offer-other .other button").await;
        browser.read("#told", "Your SMS could not be sent").await;
        assert!(!browser.shows(".offer-resend").await, "no new code is promised");
        browser.inspect("code-sender-down").await;
        browser.click(".offer-back a").await;
        browser.see("#sign-in").await;
    })
    .await;
}

#[tokio::test]
async fn the_pages_that_end_a_sign_in() {
    on_stage(Wishes::default(), &[], async |stage| {
        let (browser, issuer) = (&stage.browser, &stage.demo.issuer);
        for (place, address) in [
            ("landing", stage.demo.provider.clone()),
            ("error-unknown-pool", format!("{}/nobody/authorize", stage.demo.provider)),
            ("error-unknown-client", format!("{issuer}/authorize?client_id=nobody&response_type=code")),
            ("error-not-found", format!("{issuer}/nothing")),
            ("ended-unknown", format!("{issuer}/sign-in/code?sign_in=nothing")),
            ("sign-out-nobody", format!("{issuer}/end-session")),
        ] {
            browser.goto(&address).await;
            browser.see("h1").await;
            browser.inspect(place).await;
        }
        stage.ask_for_code().await;
        let code_page = browser.address().await;
        browser.fill("#code", &stage.phone.next_code().await).await;
        browser.see("#who").await;
        browser.goto(code_page.as_str()).await;
        browser.read("h1", "This sign-in is finished").await;
        browser.inspect("ended-already-used").await;
        browser.goto(&format!("{issuer}/end-session")).await;
        browser.see("form button").await;
        browser.inspect("sign-out").await;
        browser.click("form button").await;
        browser.read("h1", "signed out").await;
        browser.inspect("signed-out").await;
    })
    .await;
}

#[tokio::test]
async fn the_portal() {
    on_stage(Wishes::default(), &[], async |stage| {
        let (browser, portal) = (&stage.browser, &stage.demo.portal);
        browser.goto(portal).await;
        browser.see("#sign-in").await;
        browser.inspect("portal-home").await;
        browser.goto(&format!("{portal}/callback?error=access_denied&state=none")).await;
        browser.see("#reason").await;
        browser.inspect("portal-failure").await;
        stage.sign_in().await;
        browser.inspect("portal-account").await;
        browser.click("#refresh").await;
        browser.see("#latest").await;
        browser.inspect("portal-refreshed").await;
        browser.click("#userinfo").await;
        browser.read("#latest", "/userinfo answered").await;
        browser.inspect("portal-userinfo").await;
        browser.click("#sign-out").await;
        browser.read("h1", "You are signed out").await;
        browser.inspect("portal-signed-out").await;
    })
    .await;
}

#[tokio::test]
async fn the_simulator() {
    on_stage(Wishes::default(), &[], async |stage| {
        let (browser, simulator) = (&stage.browser, &stage.demo.simulator);
        browser.goto(simulator).await;
        browser.see("#empty").await;
        browser.inspect("simulator-empty").await;
        stage.ask_for_code().await;
        browser.read("#told", "It is on your phone").await;
        browser.goto(simulator).await;
        browser.see("#list").await;
        browser.inspect("simulator-chats").await;
        browser.goto(&stage.phone.chat()).await;
        browser.see(".bubble .code").await;
        browser.inspect("simulator-chat").await;
        browser.click("[data-copy]").await;
        browser.read("[data-copy].done", "Copied").await;
        browser.read("[data-copy]:not(.done)", "Copy code").await;
        stage.phone.misbehave(json!({"kind": "silence"})).await;
        browser.goto(&format!("{simulator}/misbehave")).await;
        browser.see(".armed").await;
        browser.inspect("simulator-misbehave").await;
    })
    .await;
}
