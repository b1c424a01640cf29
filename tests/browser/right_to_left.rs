//! The whole way in Arabic: from right to left, with the digits of its script.

use serde_json::json;

use crate::support::{Wishes, on_stage};

/// The same number or code as an Arabic keyboard writes it.
fn in_arabic_digits(text: &str) -> String {
    text.chars()
        .map(|c| c.to_digit(10).and_then(|digit| char::from_u32(0x0660 + digit)).unwrap_or(c))
        .collect()
}

#[tokio::test]
async fn an_arabic_reader_signs_in_with_arabic_digits() {
    on_stage(Wishes { languages: "ar", ..Wishes::default() }, &[], async |stage| {
        let browser = &stage.browser;
        stage.open_sign_in().await;
        let page = browser.run("return [document.documentElement.lang, document.dir]", vec![]).await;
        assert_eq!(page, json!(["ar", "rtl"]));
        browser.inspect("ar-number").await;

        browser.fill("#phone", &in_arabic_digits(stage.phone.number())).await;
        browser.click("#number button").await;
        browser.see("#code").await;
        let code = stage.phone.next_code().await;
        browser.see("#dots li:nth-child(2).done").await;
        browser.inspect("ar-code").await;

        browser.fill("#code", &in_arabic_digits(&code)).await;
        browser.read("#who", "210").await;
    })
    .await;
}

#[tokio::test]
async fn a_reader_of_another_language_chooses_it_on_the_page() {
    on_stage(Wishes::default(), &[], async |stage| {
        let browser = &stage.browser;
        stage.open_sign_in().await;
        browser.click(".menu summary").await;
        browser.click(".menu a[lang=hi]").await;
        browser.see("html[lang=hi] #number").await;
        browser.inspect("hi-number").await;
        browser.fill("#phone", stage.phone.number()).await;
        browser.click("#number button").await;
        browser.see("html[lang=hi] #code").await;
    })
    .await;
}
