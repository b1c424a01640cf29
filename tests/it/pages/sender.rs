//! A sender that is out of order: found out once, left alone, and used again as soon as it works.

use std::time::Duration;

use serde_json::json;
use watchword_domain::{FailureClass, Phone};

use crate::on_each_database;
use crate::support::{CALLBACK, House, random_phone, report};

/// What became of a code asked for now: none when it arrived, else Meta's code; and whether Meta was asked at all.
async fn ask(house: &House, phone: &str) -> (Option<i64>, bool) {
    let browser = house.browser();
    let page = browser.ask_code(house, phone).await;
    let mut live = browser.follow(house, &page).await;
    while let Some(event) = live.next().await {
        if ["delivered", "failed"].contains(&event["state"].as_str().unwrap()) {
            break;
        }
    }
    let number = Phone::from_e164(phone).unwrap();
    let message = house.flow.messages_to(&house.pool, &number).await.unwrap().remove(0);
    if let Some((class, _)) = message.failure {
        assert_eq!(class, FailureClass::SenderUnavailable);
    }
    (message.failure.map(|(_, code)| code), !house.messages_to(phone).await.is_empty())
}

/// The account is locked for everybody.
async fn locked(house: &House) {
    house.fault(json!({ "kind": "error", "code": 131031, "times": 0 })).await;
}

on_each_database! {
    fn a_sender_that_is_locked_is_asked_no_more_and_again_after_a_while(house) {
        locked(&house).await;
        for _ in 0..3 {
            assert_eq!(ask(&house, &random_phone()).await, (Some(131031), false));
        }
        house.forget_faults().await;
        assert_eq!(ask(&house, &random_phone()).await, (Some(131031), false), "nobody asks Meta for it");
        house.clock.turn(Duration::from_secs(10));
        assert_eq!(ask(&house, &random_phone()).await, (None, true));
        assert_eq!(ask(&house, &random_phone()).await, (None, true));
    }

    fn what_is_reported_later_counts_as_well(house) {
        for _ in 0..3 {
            let (browser, phone) = (house.browser(), random_phone());
            house.fault(json!({ "kind": "silence", "to": phone })).await;
            let page = browser.ask_code(&house, &phone).await;
            browser.told(&house, &page, "accepted").await;
            let message = house.message_to(&phone, 0).await;
            assert_eq!(house.webhook(&report(&message, "failed", &[131042]).to_string()).await, 200);
        }
        assert_eq!(ask(&house, &random_phone()).await, (Some(131042), false));
    }

    fn what_is_wrong_with_one_number_stops_nobody_else(house) {
        for code in [131026, 131056, 131026, 131030, 131056] {
            let (browser, phone) = (house.browser(), random_phone());
            house.fault(json!({ "kind": "error", "code": code, "to": phone })).await;
            let page = browser.ask_code(&house, &phone).await;
            browser.told(&house, &page, "failed").await;
        }
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        let code = house.code_to(&phone, 0).await;
        assert!(browser.type_code(&house, &page, &code).await.location().starts_with(CALLBACK));
    }
}
