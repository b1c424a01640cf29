//! The message itself: sent once, whatever the provider does.

use std::time::Duration;

use serde_json::json;

use crate::on_each_database;
use crate::support::{CALLBACK, House, random_phone};

/// Long enough for every wait and every lease to be over.
const LATER: Duration = Duration::from_secs(120);

/// The worker has looked at all that is due by now: what was written later has left.
async fn outbox_has_passed(house: &House) {
    let phone = random_phone();
    house.browser().ask_code(house, &phone).await;
    house.code_to(&phone, 0).await;
}

/// How often the message to a number was taken up, and its state.
async fn attempts(house: &House, phone: &str) -> String {
    let query =
        format!("SELECT CAST(attempts AS TEXT) || ' ' || state FROM messages WHERE recipient = '{phone}'");
    house.values(&query).await.join(", ")
}

on_each_database! {
    fn an_outcome_nobody_knows_is_never_sent_again(house) {
        for kind in ["garbage", "http_error", "drop", "hang"] {
            for accept in [true, false] {
                let (browser, phone) = (house.browser(), random_phone());
                house.fault(json!({ "kind": kind, "accept": accept, "to": phone })).await;
                if accept {
                    house.fault(json!({ "kind": "silence", "to": phone })).await;
                }
                let page = browser.ask_code(&house, &phone).await;
                browser.told(&house, &page, "unknown").await;
                house.clock.turn(LATER);
                house.flow.sweep().await.unwrap();
                outbox_has_passed(&house).await;
                assert_eq!(house.messages_to(&phone).await.len(), usize::from(accept), "{kind}");
                assert_eq!(attempts(&house, &phone).await, "1 unknown", "{kind}");
                let told = browser.look_again(&house, &page).await.element("told");
                assert_eq!(told, "WhatsApp has not confirmed your message. It may still arrive.");
            }
        }
    }

    fn a_report_settles_an_outcome_nobody_knew(house) {
        let (browser, phone) = (house.browser(), random_phone());
        house.fault(json!({ "kind": "garbage", "accept": true, "to": phone })).await;
        let page = browser.ask_code(&house, &phone).await;
        browser.told(&house, &page, "delivered").await;
        assert_eq!(attempts(&house, &phone).await, "1 delivered");
        let code = house.code_to(&phone, 0).await;
        assert!(browser.type_code(&house, &page, &code).await.location().starts_with(CALLBACK));
    }

    fn a_message_that_could_not_leave_leaves_later_and_once(house) {
        house.meta_leaves().await;
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        house.eventually("SELECT id FROM messages WHERE attempts > 0 AND state = 'queued'").await;
        assert_eq!(browser.look_again(&house, &page).await.element("told"), "Sending your code…");
        house.meta_returns().await;
        house.clock.turn(Duration::from_secs(30));
        let code = house.code_to(&phone, 0).await;
        browser.told(&house, &page, "delivered").await;
        house.clock.turn(LATER);
        house.flow.sweep().await.unwrap();
        outbox_has_passed(&house).await;
        assert_eq!(house.messages_to(&phone).await.len(), 1);
        assert!(browser.type_code(&house, &page, &code).await.location().starts_with(CALLBACK));
    }

    fn what_fails_before_the_provider_is_asked_costs_no_message(house) {
        house.clock.turn(Duration::from_secs(3)); // What is kept in memory is looked up again.
        house.execute("ALTER TABLE template_states RENAME TO template_states_away").await;
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        house.eventually("SELECT id FROM messages WHERE attempts > 0 AND state = 'queued'").await;
        house.execute("ALTER TABLE template_states_away RENAME TO template_states").await;
        house.clock.turn(Duration::from_secs(30));
        browser.told(&house, &page, "delivered").await;
        assert_eq!(house.messages_to(&phone).await.len(), 1);
    }

    fn a_message_nobody_reports_on_is_given_up_when_its_code_is_long_dead(house) {
        let (browser, phone) = (house.browser(), random_phone());
        house.fault(json!({ "kind": "silence", "to": phone })).await;
        let page = browser.ask_code(&house, &phone).await;
        browser.told(&house, &page, "accepted").await;
        house.clock.turn(Duration::from_secs(5 * 60));
        house.flow.sweep().await.unwrap();
        assert_eq!(attempts(&house, &phone).await, "1 accepted", "a report may still come");
        house.clock.turn(Duration::from_secs(61));
        house.flow.sweep().await.unwrap();
        assert_eq!(attempts(&house, &phone).await, "1 expired");
        house.report(&house.message_to(&phone, 0).await, "delivered").await;
        assert_eq!(attempts(&house, &phone).await, "1 delivered", "proof of arrival counts whenever it comes");
    }

    fn a_message_whose_code_died_waiting_is_not_sent(house) {
        house.meta_leaves().await;
        let (browser, phone) = (house.browser(), random_phone());
        browser.ask_code(&house, &phone).await;
        house.eventually("SELECT id FROM messages WHERE attempts > 0 AND state = 'queued'").await;
        house.clock.turn(Duration::from_secs(5 * 60));
        house.flow.sweep().await.unwrap();
        house.meta_returns().await;
        house.clock.turn(LATER);
        house.flow.sweep().await.unwrap();
        outbox_has_passed(&house).await;
        assert_eq!(house.messages_to(&phone).await.len(), 0);
        assert!(attempts(&house, &phone).await.ends_with("expired"), "{}", attempts(&house, &phone).await);
        let query = format!("SELECT code_sealed FROM messages WHERE recipient = '{phone}'");
        assert_eq!(house.values(&query).await.len(), 0, "its code is forgotten");
    }

    fn a_provider_that_is_busy_is_asked_again(house) {
        let (browser, phone) = (house.browser(), random_phone());
        house.fault(json!({ "kind": "error", "code": 131016, "to": phone, "times": 2 })).await;
        let page = browser.ask_code(&house, &phone).await;
        browser.told(&house, &page, "delivered").await;
        assert_eq!(attempts(&house, &phone).await, "3 delivered");
        assert_eq!(house.messages_to(&phone).await.len(), 1);
    }

    fn a_provider_that_stays_busy_is_given_up(house) {
        let (browser, phone) = (house.browser(), random_phone());
        house.fault(json!({ "kind": "error", "code": 131016, "to": phone, "times": 0 })).await;
        let page = browser.ask_code(&house, &phone).await;
        let event = browser.told(&house, &page, "failed").await;
        assert_eq!(event["text"], "WhatsApp is busy. Send a new code in a moment.");
        assert_eq!(attempts(&house, &phone).await, "3 failed");
    }

    fn a_message_of_a_worker_that_died_is_not_sent_again(house) {
        let (browser, phone) = (house.browser(), random_phone());
        house.fault(json!({ "kind": "silence", "to": phone })).await;
        let page = browser.ask_code(&house, &phone).await;
        browser.told(&house, &page, "accepted").await;
        // As if the worker had died between sending and writing down what came of it.
        house
            .execute("UPDATE messages SET state = 'sending', accepted_at = NULL, provider_message_id = NULL")
            .await;
        house.clock.turn(LATER);
        house.flow.sweep().await.unwrap();
        outbox_has_passed(&house).await;
        assert_eq!(house.messages_to(&phone).await.len(), 1);
        assert_eq!(attempts(&house, &phone).await, "1 unknown");
        house.report(&house.message_to(&phone, 0).await, "delivered").await;
        assert_eq!(attempts(&house, &phone).await, "1 delivered");
    }
}
