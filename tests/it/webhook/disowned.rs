//! The button by which whoever got a code says that they did not ask for it.

use serde_json::{Value, json};
use watchword_domain::Phone;
use watchword_domain::timeline::Step;

use crate::on_each_database;
use crate::support::{Answer, Browser, CALLBACK, House, random_phone};

/// A sign-in that waits for its code, and the message with it.
async fn waiting(house: &House) -> (Browser, Answer, Value, String) {
    let (browser, phone) = (house.browser(), random_phone());
    let page = browser.ask_code(house, &phone).await;
    browser.told(house, &page, "delivered").await;
    let message = house.message_to(&phone, 0).await;
    (browser, page, message, phone)
}

/// Whoever has this phone taps a button of this message, and Meta says so; returns once that was heard.
async fn tap(house: &House, phone: &str, message: &Value, payload: &str) {
    let heard = house.count("webhook_events").await;
    let url = format!("http://{}/simulator/inbound", house.simulator);
    let body = json!({
        "from": phone,
        "context": message["wamid"],
        "button": { "payload": payload, "text": "I didn't request a code" },
    });
    let answer = house.http.post(url).json(&body).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    while house.values("SELECT kind FROM webhook_events WHERE kind = 'inbound'").await.is_empty()
        || house.count("webhook_events").await == heard
    {}
}

async fn steps(house: &House, phone: &str) -> Vec<Step> {
    let phone = Phone::from_e164(phone).unwrap();
    let messages = house.flow.messages_to(&house.pool, &phone).await.unwrap();
    messages[0].steps.iter().map(|(step, _)| *step).collect()
}

const DISOWNED: &str = "DID_NOT_REQUEST_CODE";

on_each_database! {
    fn a_code_that_was_not_asked_for_is_dead_and_its_sign_in_stopped(house) {
        let (browser, page, message, phone) = waiting(&house).await;
        tap(&house, &phone, &message, DISOWNED).await;
        let stopped = browser.look_again(&house, &page).await;
        assert_eq!(
            (stopped.status, stopped.heading().as_str()),
            (403, "This sign-in was stopped on the phone")
        );
        let code = message["code"].as_str().unwrap();
        let typed = browser.type_code(&house, &page, code).await;
        assert_eq!((typed.status, browser.cookie("session")), (403, None));
        assert_eq!(browser.ask_new_code(&house, &page).await.status, 403, "nor does it get another");
        assert_eq!(house.count("users").await, 0);
        assert!(steps(&house, &phone).await.contains(&Step::Disowned));
    }

    fn codes_that_nobody_asked_for_are_told_to_the_project_once(house) {
        for count in 1..=4 {
            let (browser, phone) = (house.browser(), format!("+9198765{count}3210"));
            let page = browser.ask_code(&house, &phone).await;
            browser.told(&house, &page, "delivered").await;
            if count > 3 {
                house.eventually("SELECT kind FROM limit_alerts").await;
            } else {
                assert!(house.flow.alerts(&house.pool).await.unwrap().is_empty(), "too few to tell of");
            }
            tap(&house, &phone, &house.message_to(&phone, 0).await, DISOWNED).await;
        }
        let alerts = house.flow.alerts(&house.pool).await.unwrap();
        assert_eq!((alerts.len(), alerts[0].kind.as_str(), alerts[0].amount), (1, "disowned", 3));
    }

    fn an_sms_that_waits_for_a_code_nobody_asked_for_does_not_go(house) {
        let (browser, page, message, phone) = waiting(&house).await;
        // Written as the fallback would, by a time that no worker reaches.
        house
            .execute("INSERT INTO messages (pool_id, id, challenge_id, channel, recipient, language, code_sealed, state, attempts, due_at, created_at, expires_at, sender_id, chosen) \
                      SELECT pool_id, 'sms-of-it', challenge_id, 'sms', recipient, language, 'x', 'queued', 0, 9000000000000000, created_at, 9000000000000000, 'sms', 0 FROM messages")
            .await;
        tap(&house, &phone, &message, DISOWNED).await;
        browser.look_again(&house, &page).await;
        assert_eq!(house.values("SELECT state FROM messages WHERE id = 'sms-of-it'").await, ["expired"]);
        assert!(house.values("SELECT code_sealed FROM messages WHERE code_sealed IS NOT NULL AND channel = 'sms'").await.is_empty());
    }

    fn a_message_whose_answer_was_lost_is_known_by_its_first_report(house) {
        let (browser, phone) = (house.browser(), random_phone());
        house.fault(json!({ "kind": "garbage", "accept": true, "to": phone })).await;
        let page = browser.ask_code(&house, &phone).await;
        browser.told(&house, &page, "delivered").await;
        tap(&house, &phone, &house.message_to(&phone, 0).await, DISOWNED).await;
        assert_eq!(browser.look_again(&house, &page).await.status, 403, "its button is about it");
    }

    fn whoever_tapped_by_mistake_starts_again(house) {
        let (browser, _, message, phone) = waiting(&house).await;
        tap(&house, &phone, &message, DISOWNED).await;
        house.clock.turn(std::time::Duration::from_secs(30));
        let page = browser.ask_code(&house, &phone).await;
        let code = house.code_to(&phone, 1).await;
        assert!(browser.type_code(&house, &page, &code).await.location().starts_with(CALLBACK));
    }

    fn other_buttons_and_other_messages_stop_nothing(house) {
        let (browser, page, message, phone) = waiting(&house).await;
        tap(&house, &phone, &message, "SOMETHING_ELSE").await;
        let (_, _, other, stranger) = waiting(&house).await;
        tap(&house, &stranger, &other, DISOWNED).await;
        let code = message["code"].as_str().unwrap();
        assert!(browser.type_code(&house, &page, code).await.location().starts_with(CALLBACK));
    }

    fn a_sign_in_that_was_completed_stays_and_the_message_keeps_what_was_said(house) {
        let (browser, page, message, phone) = waiting(&house).await;
        let code = message["code"].as_str().unwrap();
        browser.type_code(&house, &page, code).await.location();
        tap(&house, &phone, &message, DISOWNED).await;
        let steps = steps(&house, &phone).await;
        assert!(steps.contains(&Step::Verified) && steps.contains(&Step::Disowned));
        assert_eq!(house.values("SELECT id FROM sign_ins WHERE disowned_at IS NOT NULL").await.len(), 0);
    }
}
