//! The whole way without a mouse.

use fantoccini::key::Key;

use crate::support::{Wishes, on_stage};

#[tokio::test]
async fn everything_is_reached_by_keyboard() {
    on_stage(Wishes::default(), &[], async |stage| {
        let browser = &stage.browser;
        browser.goto(&stage.demo.portal).await;
        browser.tab_to("#sign-in").await;
        browser.press(Key::Enter).await;

        // The one question of the page has the focus already.
        browser.see("#number").await;
        browser.expect_focus("#phone").await;
        browser.type_keys(stage.phone.number()).await;
        browser.press(Key::Enter).await;

        browser.see("#code").await;
        browser.expect_focus("#code").await;
        browser.tab_to("summary").await;
        browser.press(Key::Enter).await;
        browser.see("details[open] li").await;
        let code = stage.phone.next_code().await;
        browser.tab_back_to("#code").await;
        browser.type_keys(&code).await;

        browser.see("#who").await;
        browser.tab_to("#refresh").await;
        browser.press(Key::Enter).await;
        browser.read("#latest", "The tokens were refreshed").await;
        browser.tab_to("#sign-out").await;
        browser.press(Key::Enter).await;
        browser.read("h1", "You are signed out").await;
    })
    .await;
}

#[tokio::test]
async fn what_has_the_focus_is_seen_to_have_it() {
    on_stage(Wishes::default(), &[], async |stage| {
        let browser = &stage.browser;
        stage.open_sign_in().await;
        for css in ["#country", "#phone", "#number button"] {
            browser.tab_to(css).await;
            assert!(browser.focus_is_drawn().await, "{css} shows no focus");
        }
    })
    .await;
}
