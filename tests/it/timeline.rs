//! What is kept of a message: its steps, why it failed, what it costs.

use std::time::Duration;

use serde_json::{Value, json};
use watchword_domain::timeline::{Step, Timeline};
use watchword_domain::{DeliveryState, FailureClass, Phone};

use crate::on_each_database;
use crate::support::{House, random_phone, report};

async fn messages(house: &House, phone: &str) -> Vec<Timeline> {
    house.flow.messages_to(&house.pool, &Phone::from_e164(phone).unwrap()).await.unwrap()
}

fn steps(message: &Timeline) -> Vec<Step> {
    message.steps.iter().map(|(step, _)| *step).collect()
}

/// Sweeps until there is nothing more to sweep.
async fn swept(house: &House) {
    while house.flow.sweep().await.unwrap() > 0 {}
}

/// A report with what the message costs.
fn priced(message: &Value, status: &str, pricing: &Value) -> String {
    let mut report = report(message, status, &[]);
    report["entry"][0]["changes"][0]["value"]["statuses"][0]["pricing"] = pricing.clone();
    report.to_string()
}

/// A message that Meta took and tells nothing of by itself.
async fn quiet(house: &House, phone: &str) -> Value {
    let browser = house.browser();
    house.fault(json!({ "kind": "silence", "to": phone })).await;
    let page = browser.ask_code(house, phone).await;
    browser.told(house, &page, "accepted").await;
    house.message_to(phone, 0).await
}

on_each_database! {
    fn a_message_keeps_its_steps_from_the_outbox_to_the_right_code(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        browser.told(&house, &page, "delivered").await;
        let code = house.code_to(&phone, 0).await;
        house.clock.turn(Duration::from_secs(20));
        browser.type_code(&house, &page, &code).await.location();
        // Reports come in any order: that it was sent may be told last.
        let way = [Step::Queued, Step::Sending, Step::Accepted, Step::Sent, Step::Delivered, Step::Verified];
        let message = loop {
            let [message] = messages(&house, &phone).await.try_into().unwrap();
            if steps(&message).contains(&Step::Sent) {
                break message;
            }
        };
        assert_eq!(steps(&message), way);
        assert_eq!((message.channel.as_str(), message.language.as_str()), ("whatsapp", "en_US"));
        assert_eq!((message.state, message.attempts, message.failure), (DeliveryState::Delivered, 1, None));
        let price = message.price.unwrap();
        assert_eq!((price.billable, price.category.as_deref()), (Some(true), Some("authentication")));
    }

    fn a_message_that_failed_keeps_the_reason_with_metas_code(house) {
        let phone = random_phone();
        let message = quiet(&house, &phone).await;
        house.report_failure(&message, 131026).await;
        let [message] = messages(&house, &phone).await.try_into().unwrap();
        assert_eq!(message.failure, Some((FailureClass::NotReachable, 131026)));
        assert!(steps(&message).contains(&Step::Failed) && !steps(&message).contains(&Step::Verified));
        assert_eq!(message.price, None);
    }

    fn a_step_that_is_told_late_is_kept_and_takes_nothing_back(house) {
        let phone = random_phone();
        let message = quiet(&house, &phone).await;
        for status in ["read", "delivered", "sent", "sent"] {
            house.report(&message, status).await;
        }
        house.report_failure(&message, 131026).await;
        let [message] = messages(&house, &phone).await.try_into().unwrap();
        assert_eq!((message.state, message.failure), (DeliveryState::Read, None));
        let way = [Step::Queued, Step::Sending, Step::Accepted, Step::Sent, Step::Delivered, Step::Read];
        assert_eq!(steps(&message), way);
    }

    fn a_price_is_kept_from_whichever_report_tells_it_first(house) {
        let phone = random_phone();
        let message = quiet(&house, &phone).await;
        assert_eq!(house.webhook(&priced(&message, "delivered", &Value::Null)).await, 200);
        assert_eq!(messages(&house, &phone).await[0].price, None);
        // It comes too late to be news of the state, and is news of the price.
        let pricing = json!({ "billable": true, "category": "authentication-international" });
        assert_eq!(house.webhook(&priced(&message, "sent", &pricing)).await, 200);
        let other = json!({ "billable": false, "category": "service" });
        assert_eq!(house.webhook(&priced(&message, "read", &other)).await, 200);
        let [message] = messages(&house, &phone).await.try_into().unwrap();
        assert_eq!(message.state, DeliveryState::Read);
        let price = message.price.unwrap();
        assert_eq!(price.billable, Some(true));
        assert_eq!(price.category.as_deref(), Some("authentication-international"));
    }

    fn messages_and_reports_are_kept_for_thirty_days_and_no_longer(house) {
        let hour = Duration::from_secs(60 * 60);
        let phone = random_phone();
        let message = quiet(&house, &phone).await;
        for status in ["sent", "delivered"] {
            house.report(&message, status).await;
        }
        let reports = house.count("webhook_events").await;
        assert!(reports >= 2);
        house.clock.turn(30 * 24 * hour - hour);
        swept(&house).await;
        let kept = messages(&house, &phone).await;
        assert!(steps(&kept[0]).contains(&Step::Delivered), "every step is still there: {kept:?}");
        assert_eq!(house.count("webhook_events").await, reports);
        house.clock.turn(hour);
        swept(&house).await;
        assert_eq!(messages(&house, &phone).await, []);
        assert_eq!((house.count("messages").await, house.count("webhook_events").await), (0, 0));
    }

    fn only_the_message_whose_code_was_answered_is_verified(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        house.code_to(&phone, 0).await;
        house.clock.turn(Duration::from_secs(30));
        browser.ask_new_code(&house, &page).await.location();
        let code = house.code_to(&phone, 1).await;
        browser.type_code(&house, &page, &code).await.location();
        let verified: Vec<bool> = messages(&house, &phone)
            .await
            .iter()
            .map(|message| steps(message).contains(&Step::Verified))
            .collect();
        assert_eq!(verified, [true, false], "newest first");
    }
}
