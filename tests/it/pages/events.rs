//! `/sign-in/events`: the page is told how its message fares.

use serde_json::json;

use crate::on_each_database;
use crate::support::{Answer, Browser, CALLBACK, House, another, random_phone};

async fn events(house: &House, browser: &Browser, page: &Answer) -> Answer {
    browser.get(&house.url(&format!("/sign-in/events?sign_in={}", page.hidden("sign_in")))).await
}

on_each_database! {
    fn a_page_is_told_every_step_of_its_message(house) {
        let (browser, phone) = (house.browser(), random_phone());
        house.fault(json!({ "kind": "silence", "to": phone })).await;
        let page = browser.ask_code(&house, &phone).await;
        let mut live = browser.follow(&house, &page).await;
        let before = live.until("accepted").await;
        assert!(before.iter().all(|event| event["step"] == 0 && event["failed"] == false));
        let message = house.message_to(&phone, 0).await;
        for (step, state, text) in [
            (1, "sent", "Your code is on its way."),
            (2, "delivered", "It is on your phone. Open WhatsApp to see it."),
            (3, "read", "You have opened it. Enter the code below."),
        ] {
            house.report(&message, state).await;
            let event = live.next().await.unwrap();
            assert_eq!(
                (&event["state"], &event["step"], &event["text"]),
                (&json!(state), &json!(step), &json!(text))
            );
            assert_eq!(event["final"], false, "whoever read it may still say that they did not ask for it");
            assert_eq!(browser.look_again(&house, &page).await.element("told"), text);
        }
    }

    fn a_page_that_comes_late_is_told_where_the_message_is(house) {
        let browser = house.browser();
        let page = browser.ask_code(&house, &random_phone()).await;
        browser.told(&house, &page, "delivered").await;
        let first = browser.follow(&house, &page).await.next().await.unwrap();
        assert_eq!(first["state"], "delivered");
    }

    fn a_failure_is_told_with_its_reason_and_what_helps(house) {
        let (browser, phone) = (house.browser(), random_phone());
        house.fault(json!({ "kind": "status_failed", "code": 131026, "to": phone })).await;
        let page = browser.ask_code(&house, &phone).await;
        let event = browser.told(&house, &page, "failed").await;
        assert_eq!(
            event["text"],
            "This number does not seem to be on WhatsApp. Check it, or use another number."
        );
        assert_eq!(
            (&event["failed"], &event["final"], &event["offer"]),
            (&json!(true), &json!(true), &json!("change"))
        );
        assert_eq!(event["title"], "Your code could not be sent");
    }

    fn events_speak_the_language_of_the_page(house) {
        let browser = house.browser();
        let page = browser.ask_code(&house, &random_phone()).await;
        browser.get(&house.url(&format!("/sign-in/code?sign_in={}&lang=es", page.hidden("sign_in")))).await;
        let event = browser.told(&house, &page, "delivered").await;
        assert_eq!(event["text"], browser.look_again(&house, &page).await.element("told"));
        assert_ne!(event["text"], "It is on your phone. Open WhatsApp to see it.");
    }

    fn a_stream_ends_with_its_code(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        let mut live = browser.follow(&house, &page).await;
        live.until("delivered").await;
        let code = house.code_to(&phone, 0).await;
        assert!(browser.type_code(&house, &page, &code).await.location().starts_with(CALLBACK));
        assert_eq!(live.next().await, None);
        assert_eq!(events(&house, &browser, &page).await.status, 204, "and need not be opened again");
    }

    fn a_stream_ends_when_a_new_code_takes_over(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        let mut live = browser.follow(&house, &page).await;
        live.until("delivered").await;
        house.clock.turn(std::time::Duration::from_secs(30));
        browser.ask_new_code(&house, &page).await.location();
        assert_eq!(live.next().await, None);
        browser.told(&house, &page, "delivered").await;
        assert_eq!(house.messages_to(&phone).await.len(), 2);
    }

    fn there_is_nothing_to_wait_for_when_every_try_is_used(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        let code = house.code_to(&phone, 0).await;
        for _ in 0..5 {
            browser.type_code(&house, &page, &another(&code)).await;
        }
        assert_eq!(events(&house, &browser, &page).await.status, 204);
        house.clock.turn(std::time::Duration::from_secs(15 * 60));
        assert_eq!(events(&house, &browser, &page).await.status, 204);
    }
}
