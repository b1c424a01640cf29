//! SMS where a range of numbers is suspicious: none steps in by itself, and whoever asks for one works for it.

use std::time::Duration;

use serde_json::json;
use watchword_domain::channel::Fallback;
use watchword_domain::conversion::TRAFFIC_WINDOW;
use watchword_domain::limits::Limits;

use super::conversion::{asks, kinds, protect, sent};
use super::other_channel::{BOTH, ask_by, by, decide, sms_to, unheard};
use crate::on_each_database;
use crate::support::{Answer, Browser, House, random_phone, solved};

fn one_sms(usual: Limits) -> Limits {
    Limits { sms_per_number_day: 1, ..usual }
}

fn one_sms_of_a_pool(usual: Limits) -> Limits {
    Limits { sms_per_pool_day: 1, ..usual }
}

/// A code that waits on WhatsApp, in a range where afterwards it turned out that so many of thirty came back; and the time at
/// which an SMS may carry it.
async fn waiting(house: &House, fallback: Fallback, verified: u32) -> (Browser, String, Answer) {
    house.clock.turn_to_next(TRAFFIC_WINDOW);
    decide(house, &BOTH, fallback).await;
    let waiting = unheard(house).await;
    sent(house, 2, 30, verified).await;
    house.clock.turn(Duration::from_secs(20));
    waiting
}

/// Posts a form of a code page that asks for a proof of work, with the proof.
async fn prove(house: &House, browser: &Browser, page: &Answer, (path, channel): (&str, &str)) -> Answer {
    let [csrf, sign_in, challenge] = ["csrf", "sign_in", "challenge"].map(|name| page.hidden(name));
    let nonce = solved(&challenge);
    let form = [
        ("csrf", csrf.as_str()),
        ("sign_in", &sign_in),
        ("channel", channel),
        ("challenge", &challenge),
        ("nonce", &nonce),
    ];
    browser.post(&house.url(path), &form).await
}

/// Waits until nobody waits for an SMS that steps in by itself, and gives why none did.
async fn given_up(house: &House) -> Vec<String> {
    let waits = "EXISTS (SELECT 1 FROM messages WHERE fallback_at IS NOT NULL)";
    house.eventually(&format!("SELECT id FROM pools WHERE NOT {waits}")).await;
    house.flow.sweep().await.unwrap();
    house.values("SELECT reason FROM refusals").await
}

on_each_database! {
    fn no_sms_steps_in_where_nothing_is_sent_and_none_is_to_be_had(house with protect) {
        let (browser, phone, page) = waiting(&house, Fallback::Automatic, 0).await;
        assert_eq!(given_up(&house).await, ["no_conversion"]);
        let refused = ask_by(&house, &browser, &page, "sms").await;
        assert_eq!(refused.status, 429);
        assert!(refused.text.contains("Codes to numbers like this one are paused"), "{}", refused.text);
        house.wait_for_outbox().await;
        assert!(by(&house, &phone, "sms").await.is_empty());
    }

    fn no_sms_steps_in_where_a_proof_of_work_is_asked_for_and_whoever_asks_for_one_proves(house with protect) {
        let (browser, phone, page) = waiting(&house, Fallback::Automatic, 5).await;
        assert_eq!(given_up(&house).await, ["proof_of_work"]);
        let asked = ask_by(&house, &browser, &page, "sms").await;
        assert!(asks(&asked), "{}", asked.text);
        assert_eq!(asked.heading(), page.heading(), "the code page, on which the code may still be typed");
        assert!(asked.text.contains("this step needs JavaScript"), "{}", asked.text);
        house.wait_for_outbox().await;
        assert!(by(&house, &phone, "sms").await.is_empty());
        let other = ("/sign-in/channel", "sms");
        assert_eq!(prove(&house, &browser, &asked, other).await.status, 303);
        let sms = sms_to(&house, &phone).await;
        assert_eq!(house.count("spent_proofs").await, 1);
        browser.type_code(&house, &page, sms["code"].as_str().unwrap()).await.location();
    }

    fn a_number_out_of_reach_gets_no_sms_at_once_where_a_proof_of_work_is_asked_for(house with protect) {
        house.clock.turn_to_next(TRAFFIC_WINDOW);
        decide(&house, &BOTH, Fallback::Automatic).await;
        let (phone, browser) = (random_phone(), house.browser());
        house.fault(json!({ "kind": "error", "code": 131026, "to": phone, "channel": "whatsapp" })).await;
        house.browser().ask_code(&house, &phone).await;
        sms_to(&house, &phone).await;
        house.wait_for_outbox().await;
        house.clock.turn(Duration::from_secs(130));
        sent(&house, 2, 30, 5).await;
        let page = browser.authorize(&house, &house.prompted()).await;
        let asked = browser.type_phone(&house, &page, &phone).await;
        assert!(asks(&asked), "{}", asked.text);
        let nonce = solved(&asked.hidden("challenge"));
        assert_eq!(browser.type_phone_with(&house, &asked, &phone, &nonce).await.status, 303);
        house.wait_for_outbox().await;
        assert_eq!((by(&house, &phone, "whatsapp").await.len(), by(&house, &phone, "sms").await.len()), (1, 1));
    }

    fn a_spent_proof_brings_no_further_sms(house with protect) {
        let (browser, phone, page) = waiting(&house, Fallback::OnRequest, 5).await;
        let asked = ask_by(&house, &browser, &page, "sms").await;
        let (challenge, nonce) = (asked.hidden("challenge"), solved(&asked.hidden("challenge")));
        let [csrf, sign_in] = ["csrf", "sign_in"].map(|name| asked.hidden(name));
        let form = |nonce| [("csrf", csrf.as_str()), ("sign_in", &sign_in), ("channel", "sms"), ("challenge", &challenge), ("nonce", nonce)];
        assert!(asks(&browser.post(&house.url("/sign-in/channel"), &form("1.2.3")).await), "no proof at all");
        assert_eq!(browser.post(&house.url("/sign-in/channel"), &form(&nonce)).await.status, 303);
        sms_to(&house, &phone).await;
        house.clock.turn(Duration::from_secs(120));
        let new_code = [("csrf", csrf.as_str()), ("sign_in", &sign_in), ("challenge", &challenge), ("nonce", &nonce)];
        assert!(asks(&browser.post(&house.url("/sign-in/new-code"), &new_code).await));
        assert_eq!(by(&house, &phone, "sms").await.len(), 1);
    }

    fn whoever_waits_as_told_gets_the_sms_without_a_proof(house with protect) {
        let (browser, phone, page) = waiting(&house, Fallback::OnRequest, 5).await;
        let asked = ask_by(&house, &browser, &page, "sms").await;
        let wait: u64 = asked.header("retry-after").parse().unwrap();
        for table in ["challenges", "sign_ins"] {
            house.execute(&format!("UPDATE {table} SET expires_at = 9000000000000000")).await;
        }
        house.clock.turn(Duration::from_secs(wait - 61));
        assert!(asks(&ask_by(&house, &browser, &page, "sms").await));
        house.clock.turn(Duration::from_secs(61));
        assert_eq!(ask_by(&house, &browser, &page, "sms").await.status, 303);
        sms_to(&house, &phone).await;
    }

    fn a_new_code_takes_a_proof_by_sms_and_none_by_whatsapp(house with protect) {
        house.clock.turn_to_next(TRAFFIC_WINDOW);
        decide(&house, &BOTH, Fallback::OnRequest).await;
        let ((whatsapp, _, whatsapp_page), (browser, phone, page)) = (unheard(&house).await, unheard(&house).await);
        house.clock.turn(Duration::from_secs(20));
        ask_by(&house, &browser, &page, "sms").await;
        sms_to(&house, &phone).await;
        sent(&house, 2, 30, 5).await;
        house.clock.turn(Duration::from_secs(100));
        assert_eq!(whatsapp.ask_new_code(&house, &whatsapp_page).await.status, 303);
        let asked = browser.ask_new_code(&house, &page).await;
        assert!(asks(&asked), "{}", asked.text);
        assert_eq!(prove(&house, &browser, &asked, ("/sign-in/new-code", "")).await.status, 303);
        house.wait_for_outbox().await;
        assert_eq!(by(&house, &phone, "sms").await.len(), 2);
    }

    fn a_number_gets_so_many_sms_a_day_and_goes_on_by_whatsapp(house with one_sms) {
        decide(&house, &BOTH, Fallback::OnRequest).await;
        let phone = random_phone();
        let ask = async || {
            let browser = house.browser();
            house.fault(json!({ "kind": "status_failed", "code": 131026, "to": phone, "channel": "whatsapp" })).await;
            let page = browser.ask_code(&house, &phone).await;
            let told = browser.told(&house, &page, "failed").await;
            ask_by(&house, &browser, &page, "sms").await;
            house.wait_for_outbox().await;
            house.clock.turn(Duration::from_secs(3600));
            told["other"].clone()
        };
        assert_eq!((ask().await, ask().await), (json!("now"), json!("")), "what is not to be had is not offered");
        assert_eq!((by(&house, &phone, "sms").await.len(), by(&house, &phone, "whatsapp").await.len()), (1, 2));
        house.clock.turn(Duration::from_secs(86_400));
        assert_eq!(ask().await, json!("now"));
        assert_eq!(by(&house, &phone, "sms").await.len(), 2);
    }

    fn a_project_spends_its_sms_and_no_more(house with one_sms_of_a_pool) {
        house.clock.turn_to_next(Duration::from_secs(86_400));
        decide(&house, &BOTH, Fallback::Automatic).await;
        let (_, phone, _) = unheard(&house).await;
        house.clock.turn(Duration::from_secs(20));
        sms_to(&house, &phone).await;
        let (browser, second, page) = unheard(&house).await;
        house.clock.turn(Duration::from_secs(20));
        assert_eq!(given_up(&house).await, ["sms_day"]);
        let refused = ask_by(&house, &browser, &page, "sms").await;
        assert_eq!(refused.status, 429);
        assert!(refused.text.contains("We can’t send codes right now."), "{}", refused.text);
        house.flow.change_settings(&house.pool, |own| own.sms_per_day = Some(2)).await.unwrap();
        assert_eq!(ask_by(&house, &browser, &page, "sms").await.status, 303);
        sms_to(&house, &second).await;
        assert_eq!(kinds(&house).await.iter().filter(|kind| *kind == "sms_day").count(), 3, "50, 80 and 100 %");
    }

    fn who_only_observes_is_told_of_an_sms_that_steps_in(house) {
        let (_, phone, _) = waiting(&house, Fallback::Automatic, 0).await;
        sms_to(&house, &phone).await;
        assert_eq!(kinds(&house).await, ["no_conversion"]);
    }
}
