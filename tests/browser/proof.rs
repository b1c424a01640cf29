//! The proof of work in a real browser: found by the page itself, and an honest word where no script runs.

use crate::support::{Wishes, on_stage};

/// One free start, then each takes a proof.
const ONE_FREE: [(&str, &str); 1] = [("WATCHWORD_LIMITS_STARTS_BEFORE_PROOF", "1")];

#[tokio::test]
async fn a_person_beyond_the_free_starts_gets_a_code_all_the_same() {
    on_stage(Wishes::default(), &ONE_FREE, async |stage| {
        let browser = &stage.browser;
        stage.ask_for_code().await;
        browser.forget_cookies().await;
        stage.open_sign_in().await;
        browser.fill("#phone", "+91 98765 43211").await;
        browser.click("#number button").await;
        // Nobody touches anything while the page works.
        browser.see("#code").await;
    })
    .await;
}

#[tokio::test]
async fn a_person_without_scripts_is_told_how_long_to_wait() {
    on_stage(Wishes { scripts: false, languages: "en-US,en" }, &ONE_FREE, async |stage| {
        let browser = &stage.browser;
        stage.ask_for_code().await;
        browser.forget_cookies().await;
        stage.open_sign_in().await;
        browser.fill("#phone", "+91 98765 43211").await;
        browser.click("#number button").await;
        browser.read("#proof", "needs JavaScript").await;
        browser.read("#proof", "Try again in").await;
        browser.picture("no-scripts-proof", 320).await;
    })
    .await;
}
