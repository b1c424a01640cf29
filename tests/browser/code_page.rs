//! The code page when things do not go well.

use serde_json::json;

use crate::support::{SHORT_WAITS, Stage, Wishes, another_than, on_stage};

/// Types a code that is not the one, so often.
async fn guess_wrong(stage: &Stage, code: &str, times: usize) {
    for left in (5 - times..5).rev() {
        stage.browser.fill("#code", &another_than(code)).await;
        if left > 0 {
            stage.browser.read("#error", "That is not the code").await;
            stage.browser.read("#error", &format!("You have {left} ")).await;
        }
    }
}

#[tokio::test]
async fn five_wrong_codes_end_it_and_a_new_one_signs_in() {
    on_stage(Wishes::default(), &SHORT_WAITS, async |stage| {
        let browser = &stage.browser;
        stage.ask_for_code().await;
        let code = stage.phone.next_code().await;
        guess_wrong(stage, &code, 5).await;
        browser.read("h1", "Too many wrong tries").await;
        assert!(!browser.shows("#code").await);

        browser.click("button[form=resend]").await;
        browser.read("#left", "5 tries").await;
        let code = stage.phone.next_code().await;
        browser.fill("#code", &code).await;
        browser.see("#who").await;
    })
    .await;
}

#[tokio::test]
async fn a_new_code_replaces_the_old_one_after_a_wait() {
    on_stage(Wishes::default(), &SHORT_WAITS, async |stage| {
        let browser = &stage.browser;
        stage.ask_for_code().await;
        let old = stage.phone.next_code().await;
        browser.click("#entry button[form=resend]").await;
        let new = stage.phone.next_code().await;
        browser.read("#told", "It is on your phone").await;
        if old != new {
            browser.fill("#code", &old).await;
            browser.read("#error", "That is not the code").await;
        }
        browser.fill("#code", &new).await;
        browser.see("#who").await;
    })
    .await;
}

#[tokio::test]
async fn the_wait_for_a_new_code_is_counted_down_before_there_is_a_button() {
    on_stage(Wishes::default(), &[], async |stage| {
        let browser = &stage.browser;
        stage.ask_for_code().await;
        browser.read("#entry .resend", "New code in 0:").await;
        assert!(!browser.shows("button[form=resend]").await);
    })
    .await;
}

#[tokio::test]
async fn a_number_without_whatsapp_is_told_so_live_and_gets_its_code_by_sms() {
    on_stage(Wishes::default(), &SHORT_WAITS, async |stage| {
        let browser = &stage.browser;
        stage.phone.misbehave(json!({"kind": "status_failed", "code": 131_026, "channel": "whatsapp"})).await;
        stage.open_sign_in().await;
        browser.fill("#phone", stage.phone.number()).await;
        browser.click("#number button").await;
        browser.read("#told", "does not seem to be on WhatsApp. Send the code by SMS?").await;
        browser.read("h1", "Your code could not be sent").await;
        browser.inspect("code-other-channel").await;
        browser.click(".offer-other .other button").await;
        browser.read("h1", "Enter the code from the SMS").await;
        browser.read("#told", "Look at your text messages").await;
        assert!(!browser.shows(".other button").await, "no further channel is offered");
        browser.inspect("code-by-sms").await;
        browser.fill("#code", &stage.phone.newest_code().await).await;
        browser.see("#who").await;
    })
    .await;
}

#[tokio::test]
async fn a_number_in_other_hands_is_told_so_live_and_changed() {
    on_stage(Wishes::default(), &SHORT_WAITS, async |stage| {
        let browser = &stage.browser;
        stage.phone.misbehave(json!({"kind": "status_failed", "code": 137_000})).await;
        stage.open_sign_in().await;
        browser.fill("#phone", stage.phone.number()).await;
        browser.click("#number button").await;
        browser.read("#told", "changed recently").await;
        browser.read("h1", "Your code could not be sent").await;
        assert!(!browser.shows("#code").await);

        stage.phone.behave().await;
        browser.click(".offer-change").await;
        browser.fill("#phone", "+91 98765 43211").await;
        browser.click("#number button").await;
        browser.read("#told", "It is on your phone").await;
        browser.see("#code").await;
    })
    .await;
}

#[tokio::test]
async fn coming_back_after_a_wrong_code_shows_an_empty_field_and_the_tries_that_are_left() {
    on_stage(Wishes::default(), &[], async |stage| {
        let browser = &stage.browser;
        stage.ask_for_code().await;
        let code = stage.phone.next_code().await;
        guess_wrong(stage, &code, 1).await;
        browser.run("history.back()", vec![]).await;
        browser.read("#tries", "4 tries left").await;
        assert_eq!(browser.run("return document.querySelector('#code').value", vec![]).await, json!(""));
        browser.fill("#code", &code).await;
        browser.see("#who").await;
    })
    .await;
}

#[tokio::test]
async fn while_the_server_is_gone_the_page_says_so_and_keeps_the_code() {
    on_stage(Wishes::default(), &[], async |stage| {
        let browser = &stage.browser;
        stage.ask_for_code().await;
        let code = stage.phone.next_code().await;
        browser.read("#told", "It is on your phone").await;
        stage.demo.end();
        browser.read("#told", "Connection lost").await;
        browser.fill("#code", &code).await;
        browser.read("#told", "Connection lost").await;
        let kept = browser.run("return document.querySelector('#code').value", vec![]).await;
        assert_eq!(kept, json!(code), "the page is still there, and the code in it");
    })
    .await;
}

#[tokio::test]
async fn a_busy_whatsapp_offers_a_new_code() {
    on_stage(Wishes::default(), &SHORT_WAITS, async |stage| {
        let browser = &stage.browser;
        stage.phone.misbehave(json!({"kind": "error", "code": 131_000, "channel": "whatsapp"})).await;
        stage.open_sign_in().await;
        browser.fill("#phone", stage.phone.number()).await;
        browser.click("#number button").await;
        browser.read("#told", "WhatsApp did not deliver your code. Send it by SMS?").await;
        stage.phone.behave().await;
        browser.click(".offer-other .resend button").await;
        browser.read("#told", "It is on your phone").await;
    })
    .await;
}

#[tokio::test]
async fn a_page_whose_code_nobody_asked_for_says_that_it_was_stopped() {
    on_stage(Wishes::default(), &[], async |stage| {
        let browser = &stage.browser;
        stage.ask_for_code().await;
        browser.read("#told", "It is on your phone").await;
        stage.phone.disown().await;
        browser.read("h1", "This sign-in was stopped on the phone").await;
        browser.inspect("ended-disowned").await;
    })
    .await;
}

#[tokio::test]
async fn after_the_last_try_the_clock_becomes_the_button_for_a_new_code() {
    let settings = [("WATCHWORD_LIMITS_TRIES_PER_CODE", "1"), ("WATCHWORD_LIMITS_RESEND_WAITS_SECONDS", "8")];
    on_stage(Wishes::default(), &settings, async |stage| {
        let browser = &stage.browser;
        stage.ask_for_code().await;
        let code = stage.phone.next_code().await;
        browser.fill("#code", &another_than(&code)).await;
        browser.read("h1", "Too many wrong tries").await;
        browser.click(".resend .button").await;
        browser.read("#told", "It is on your phone").await;
    })
    .await;
}
