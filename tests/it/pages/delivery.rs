//! What the person who waits is told when a message does not simply arrive.

use serde_json::json;
use watchword_domain::client::front_page_of;

use crate::on_each_database;
use crate::support::{CALLBACK, random_phone};

on_each_database! {
    fn a_number_that_is_not_on_whatsapp_is_told_so_and_may_be_changed(house) {
        let (browser, phone) = (house.browser(), random_phone());
        house.fault(json!({ "kind": "status_failed", "code": 131026, "to": phone })).await;
        let page = browser.ask_code(&house, &phone).await;
        browser.told(&house, &page, "failed").await;
        let page = browser.look_again(&house, &page).await;
        assert_eq!((page.status, page.heading().as_str()), (200, "Your code could not be sent"));
        assert!(page.text.contains("data-offer=\"change\""));
        let other = random_phone();
        assert_eq!(browser.change_phone(&house, &page, &other).await.status, 303);
        let code = house.code_to(&other, 0).await;
        assert!(browser.type_code(&house, &page, &code).await.location().starts_with(CALLBACK));
    }

    fn our_own_trouble_is_not_blamed_on_the_number(house) {
        let (browser, phone) = (house.browser(), random_phone());
        house.fault(json!({ "kind": "error", "code": 190, "to": phone })).await;
        let page = browser.ask_code(&house, &phone).await;
        let event = browser.told(&house, &page, "failed").await;
        assert_eq!(event["offer"], "back", "a new code would fare no better");
        let page = browser.look_again(&house, &page).await;
        assert_eq!(
            page.element("told"),
            "We can’t send WhatsApp messages at the moment. The fault is ours, not your number’s. Try again later."
        );
        assert!(page.text.contains("data-offer=\"back\""));
        assert_eq!(page.link("Back to "), front_page_of(CALLBACK).unwrap());
        assert_eq!(house.values("SELECT failure_class FROM messages").await, ["sender_unavailable"]);
        assert_eq!(house.values("SELECT CAST(failure_code AS TEXT) FROM messages").await, ["190"]);
    }

    fn every_refusal_is_told_in_plain_words(house) {
        for (code, words) in [
            (131049, "WhatsApp did not deliver this message. Try again later"),
            (130472, "WhatsApp did not deliver this message. Try again later"),
            (131056, "This number got too many messages in a short time."),
            (130403, "WhatsApp does not let us write to this number."),
            (132018, "WhatsApp did not accept our message. The fault is ours"),
            (137000, "The WhatsApp account of this number changed recently."),
        ] {
            let (browser, phone) = (house.browser(), random_phone());
            house.fault(json!({ "kind": "error", "code": code, "to": phone })).await;
            let page = browser.ask_code(&house, &phone).await;
            browser.told(&house, &page, "failed").await;
            let told = browser.look_again(&house, &page).await.element("told");
            assert!(told.starts_with(words), "{code}: {told}");
        }
    }

    fn what_arrived_has_arrived_whatever_is_reported_later(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        browser.told(&house, &page, "delivered").await;
        let message = house.message_to(&phone, 0).await;
        house.report_failure(&message, 131026).await;
        house.report(&message, "sent").await;
        assert_eq!(house.values("SELECT state FROM messages").await, ["delivered"]);
        assert_eq!(house.values("SELECT failure_class FROM messages").await.len(), 0);
        assert_eq!(browser.look_again(&house, &page).await.heading(), "Enter the code from WhatsApp");
    }

    fn a_message_that_arrives_after_all_is_believed(house) {
        let (browser, phone) = (house.browser(), random_phone());
        house.fault(json!({ "kind": "silence", "to": phone })).await;
        let page = browser.ask_code(&house, &phone).await;
        let message = house.message_to(&phone, 0).await;
        house.report_failure(&message, 131026).await;
        browser.told(&house, &page, "failed").await;
        house.report(&message, "delivered").await;
        let event = browser.told(&house, &page, "delivered").await;
        assert_eq!(
            (&event["failed"], &event["title"]),
            (&json!(false), &json!("Enter the code from WhatsApp"))
        );
    }

    fn a_code_works_whatever_is_reported_of_its_message(house) {
        let (browser, phone) = (house.browser(), random_phone());
        house.fault(json!({ "kind": "silence", "to": phone })).await;
        let page = browser.ask_code(&house, &phone).await;
        let message = house.message_to(&phone, 0).await;
        house.report_failure(&message, 131026).await;
        let code = message["code"].as_str().unwrap();
        assert!(browser.type_code(&house, &page, code).await.location().starts_with(CALLBACK));
    }

    fn reports_twice_and_in_disorder_tell_the_same_story(house) {
        for kind in ["duplicate", "disorder"] {
            let (browser, phone) = (house.browser(), random_phone());
            house.fault(json!({ "kind": kind, "to": phone })).await;
            let page = browser.ask_code(&house, &phone).await;
            browser.told(&house, &page, "delivered").await;
        }
        assert_eq!(house.values("SELECT DISTINCT state FROM messages").await, ["delivered"]);
    }
}
