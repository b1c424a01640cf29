//! The whole way with scripts switched off: plain forms, and a code page that refreshes by itself.

use serde_json::json;
use tokio::time::timeout;

use crate::support::{PATIENCE, SHORT_WAITS, Wishes, another_than, on_stage};

const WITHOUT: Wishes = Wishes { scripts: false, languages: "en-US,en" };

#[tokio::test]
async fn a_person_without_scripts_signs_in_and_out() {
    on_stage(WITHOUT, &SHORT_WAITS, async |stage| {
        let browser = &stage.browser;
        stage.open_sign_in().await;
        assert!(!browser.shows("html.js").await, "scripts run");
        browser.fill("#phone", "+91 98765").await;
        browser.click("#number button").await;
        browser.read("#error", "too short").await;

        browser.fill("#phone", stage.phone.number()).await;
        browser.click("#number button").await;
        // Nothing is touched until the page has refreshed by itself.
        browser.read("#told", "It is on your phone").await;
        browser.picture("no-scripts-code", 320).await;

        let code = stage.phone.next_code().await;
        browser.fill("#code", &another_than(&code)).await;
        browser.click("#entry > button").await;
        browser.read("#error", "That is not the code").await;
        browser.fill("#code", &code).await;
        browser.click("#entry > button").await;
        browser.read("#who", "210").await;
        browser.click("#refresh").await;
        browser.read("#latest", "The tokens were refreshed").await;
        browser.click("#sign-out").await;
        browser.read("h1", "You are signed out").await;
        browser.click("#sign-in").await;
        browser.see("#number").await;
    })
    .await;
}

#[tokio::test]
async fn what_is_heard_late_is_seen_without_scripts_too() {
    on_stage(WITHOUT, &SHORT_WAITS, async |stage| {
        let browser = &stage.browser;
        stage.phone.misbehave(json!({ "kind": "webhook_delay", "delay_ms": 9_000 })).await;
        stage.phone.misbehave(json!({ "kind": "status_failed", "code": 131026 })).await;
        stage.ask_for_code().await;
        // The page stops looking by itself while somebody may be typing, and says how to look.
        browser.see("noscript a").await;
        browser.picture("no-scripts-news", 320).await;
        let seen = async {
            while !browser.shows(".step.failed").await {
                browser.click("noscript a").await;
            }
        };
        timeout(PATIENCE, seen).await.expect("the failure is shown to whoever looks");
        browser.read("h1", "Your code could not be sent").await;
    })
    .await;
}

#[tokio::test]
async fn a_new_code_is_asked_for_without_scripts() {
    on_stage(WITHOUT, &SHORT_WAITS, async |stage| {
        let browser = &stage.browser;
        stage.ask_for_code().await;
        stage.phone.next_code().await;
        browser.read("#told", "It is on your phone").await;
        browser.click("#entry button[form=resend]").await;
        let code = stage.phone.next_code().await;
        browser.read("#told", "It is on your phone").await;
        browser.fill("#code", &code).await;
        browser.click("#entry > button").await;
        browser.see("#who").await;
    })
    .await;
}
