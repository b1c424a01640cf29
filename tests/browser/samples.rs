//! The sample of every page in every state and language, also of those that no journey comes to: no barriers in light and
//! in dark, nothing cut off at 320 pixels. Those in English and in Arabic leave pictures.

use watchword_domain::Language;

use crate::support::{Browser, Gallery, Wishes};

async fn nothing_is_wrong_in(language: Language) {
    let gallery = Gallery::open(language).await;
    let browser = Browser::open(Wishes::default()).await;
    // The colours of a project are the same in every language: they are looked at where its name is Arabic, too.
    let samples = gallery.samples.iter();
    let samples = samples.filter(|(name, _)| language == Language::Ar || !name.contains("-coloured-"));
    let mut complaints = Vec::new();
    let mut seen = 0;
    for (name, address) in samples {
        browser.narrow().await;
        browser.goto(address).await;
        complaints.extend(browser.complaints(name).await);
        if matches!(language, Language::En | Language::Ar) {
            leave_pictures(&browser, name).await;
        }
        seen += 1;
    }
    browser.close().await;
    assert!(seen > 60, "{seen} samples");
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

async fn leave_pictures(browser: &Browser, name: &str) {
    browser.picture(&format!("sample-{name}-320"), 320).await;
    browser.prefer("dark").await;
    browser.picture(&format!("sample-{name}-dark"), 640).await;
    browser.prefer("light").await;
}

#[tokio::test]
async fn every_sample_in_english() {
    nothing_is_wrong_in(Language::En).await;
}

#[tokio::test]
async fn every_sample_in_spanish() {
    nothing_is_wrong_in(Language::Es).await;
}

#[tokio::test]
async fn every_sample_in_portuguese() {
    nothing_is_wrong_in(Language::Pt).await;
}

#[tokio::test]
async fn every_sample_in_indonesian() {
    nothing_is_wrong_in(Language::Id).await;
}

#[tokio::test]
async fn every_sample_in_hindi() {
    nothing_is_wrong_in(Language::Hi).await;
}

#[tokio::test]
async fn every_sample_in_arabic() {
    nothing_is_wrong_in(Language::Ar).await;
}
