//! What is told of senders that cannot send: once, whichever node notices it first.

use std::time::Duration;

use serde_json::{Value, json};
use watchword_domain::{Language, sender};
use watchword_messaging::sms::Provider;

use super::health::happens;
use super::own::{ACCOUNT, NUMBER, live, own, silent_message, state_of};
use super::templates::sent_in;
use crate::on_each_database;
use crate::support::{House, PHONE_NUMBER_ID, random_phone, report, sign, sign_with};

/// What an operator was told, as `kind subject`.
async fn told(house: &House) -> Vec<String> {
    house.values("SELECT kind || ' ' || subject FROM installation_alerts ORDER BY kind, subject").await
}

/// What the house's developer was told of senders: kind and subject.
async fn told_developer(house: &House) -> Vec<(String, String)> {
    let alerts = house.flow.alerts(&house.pool).await.unwrap();
    alerts.into_iter().map(|alert| (alert.kind, alert.subject)).collect()
}

/// Who hears from now on of what Meta reports of this number's account.
async fn subscribed(house: &House, number: &str, to: &str) {
    let url = format!("http://{}/simulator/senders/{number}", house.simulator);
    let change = json!({ "subscription": to });
    house.http.patch(url).json(&change).send().await.unwrap().error_for_status().unwrap();
}

async fn rejected(house: &House, name: &str) {
    happens(house, json!({ "name": name, "event": "REJECTED", "reason": "SCAM" })).await;
}

on_each_database! {
    fn a_shared_sender_without_a_template_is_told_of_once_and_sends_nothing(house) {
        assert_eq!(house.flow.look_at_templates().await.unwrap(), 0);
        subscribed(&house, PHONE_NUMBER_ID, "none").await;
        rejected(&house, "watchword_code").await;
        let other = house.another_node().await;
        assert_eq!(house.flow.look_at_templates().await.unwrap(), 1);
        assert_eq!(other.look_at_templates().await.unwrap(), 1);
        let alerts = told(&house).await;
        assert!(alerts.contains(&"no_template shared".to_owned()), "{alerts:?}");
        assert_eq!(alerts.len(), 1 + Language::ALL.len(), "one for each language that was stopped: {alerts:?}");
        // The person is told, and Meta is not asked for what it would refuse.
        assert_eq!(sent_in(&house, "es").await, Err(132001));
        happens(&house, json!({ "name": "watchword_code", "event": "APPROVED" })).await;
        subscribed(&house, PHONE_NUMBER_ID, "own").await;
        assert_eq!(house.flow.look_at_templates().await.unwrap(), 0);
        assert_eq!(sent_in(&house, "es").await, own("es", "watchword_code"));
    }

    fn a_template_that_is_not_there_at_all_is_none(house) {
        subscribed(&house, PHONE_NUMBER_ID, "none").await;
        happens(&house, json!({ "name": "watchword_code", "event": "DELETED" })).await;
        assert_eq!(house.flow.look_at_templates().await.unwrap(), 1);
        assert_eq!(told(&house).await, ["no_template shared"]);
        assert_eq!(sent_in(&house, "hi").await, Err(132001));
    }

    fn a_developer_is_told_of_their_own_senders_templates(house) {
        let id = live(&house).await;
        assert_eq!(house.flow.look_at_templates().await.unwrap(), 0);
        happens(&house, json!({ "name": "our_code", "language": "es", "event": "PAUSED", "waba_id": ACCOUNT })).await;
        house.eventually("SELECT kind FROM limit_alerts").await;
        let stopped = (sender::TEMPLATE_STOPPED.to_owned(), format!("{id} our_code es PAUSED"));
        assert_eq!(told_developer(&house).await, vec![stopped.clone()]);
        assert!(told(&house).await.is_empty(), "it is nothing of the operator's");
        // Looked at again it is no news.
        house.flow.look_at_templates().await.unwrap();
        assert_eq!(told_developer(&house).await, [stopped]);

        subscribed(&house, NUMBER, "none").await;
        for name in ["our_code", "our_standby"] {
            happens(&house, json!({ "name": name, "event": "DELETED", "waba_id": ACCOUNT })).await;
        }
        assert_eq!(house.flow.look_at_templates().await.unwrap(), 1);
        let none = (sender::NO_TEMPLATE.to_owned(), id.as_str().to_owned());
        assert!(told_developer(&house).await.contains(&none));
        assert_eq!(sent_in(&house, "es").await, Err(132001));
    }

    fn a_template_out_of_the_archive_is_sent_again(house) {
        house.flow.look_at_templates().await.unwrap();
        let of = |event: &str| json!({ "name": "watchword_code", "language": "es", "event": event });
        let known = |status: &str| format!("SELECT name FROM template_states WHERE language = 'es' AND status = '{status}'");
        happens(&house, of("ARCHIVED")).await;
        house.eventually(&known("ARCHIVED")).await;
        assert_eq!(sent_in(&house, "es").await, own("en_US", "watchword_code"));
        happens(&house, of("UNARCHIVED")).await;
        house.eventually(&known("UNARCHIVED")).await;
        assert_eq!(sent_in(&house, "es").await, own("es", "watchword_code"));
    }

    fn a_sender_that_goes_out_of_order_is_told_of_once_over_all_nodes(house) {
        let id = live(&house).await;
        let mut reports = Vec::new();
        for _ in 0..9 {
            let (_, message) = silent_message(&house).await;
            let mut body = report(&message, "failed", &[131042]);
            body["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = NUMBER.into();
            reports.push(body.to_string());
        }
        for body in &reports[..3] {
            assert_eq!(house.webhook_signed(body, Some(&sign_with(super::own::SECRET, body))).await, 200);
        }
        let first = (sender::OUT_OF_ORDER.to_owned(), format!("{id} 131042"));
        assert_eq!(told_developer(&house).await, vec![first.clone()]);
        let before = house.flow.alerts(&house.pool).await.unwrap();
        // Another node, and one that was started anew, find out by themselves.
        for bodies in [&reports[3..6], &reports[6..]] {
            let node = house.another_node().await;
            for body in bodies {
                let taken = node.receive_webhook(body.as_bytes(), Some(&sign_with(super::own::SECRET, body))).await;
                assert!(taken.is_ok());
            }
        }
        assert_eq!(house.flow.alerts(&house.pool).await.unwrap(), before, "nobody told it again");
        assert_eq!(before[0].amount, 131042);
        assert!(told(&house).await.is_empty());
    }

    fn the_shared_sender_and_that_of_sms_are_told_of_once_and_again_after_a_day(house) {
        let mut bodies = Vec::new();
        for _ in 0..9 {
            let (_, message) = silent_message(&house).await;
            bodies.push(report(&message, "failed", &[131042]).to_string());
        }
        let raised = "SELECT CAST(raised_at AS TEXT) FROM installation_alerts WHERE subject = 'shared 131042'";
        let mut before = Vec::new();
        for (round, bodies) in bodies.chunks(3).enumerate() {
            let node = house.another_node().await;
            if round == 2 {
                house.clock.turn(Duration::from_secs(24 * 60 * 60 + 1));
            }
            for body in bodies {
                assert!(node.receive_webhook(body.as_bytes(), Some(&sign(body))).await.is_ok());
            }
            let now = house.values(raised).await;
            assert_eq!(now.len(), 1, "it is one alert");
            assert_eq!(now == before, round == 1, "told in round {round}");
            before = now;
        }
        assert_eq!(told(&house).await, ["sender_out_of_order shared 131042"]);
    }

    fn what_a_sender_refuses_for_a_reason_that_does_not_pass_is_told_of_and_stops_nobody(house) {
        for code in [131048, 131064, 131030, 132000, 777_777] {
            let phone = random_phone();
            house.fault(json!({ "kind": "status_failed", "code": code, "to": phone, "times": 0 })).await;
            let browser = house.browser();
            let page = browser.ask_code(&house, &phone).await;
            browser.told(&house, &page, "failed").await;
        }
        let phone = random_phone();
        house.fault(json!({ "kind": "status_failed", "code": 131026, "to": phone })).await;
        let browser = house.browser();
        let page = browser.ask_code(&house, &phone).await;
        browser.told(&house, &page, "failed").await;
        house.flow.sweep().await.unwrap();
        let codes = [131030, 131048, 131064, 132000, 777_777];
        assert_eq!(told(&house).await, codes.map(|code| format!("sender_refuses_some shared {code}")));
        house.browser().sign_in(&house, &random_phone()).await;
    }

    fn a_gateway_that_refuses_everything_is_told_of(house) {
        use watchword_domain::Channel;
        use watchword_domain::channel::DeliveryPolicy;
        assert_eq!(house.flow.settings().sms.as_ref().unwrap().provider, Provider::Gateway);
        let policy = DeliveryPolicy { channels: vec![Channel::Sms], ..DeliveryPolicy::default() };
        house.flow.change_settings(&house.pool, |own| own.delivery = policy).await.unwrap();
        house.fault(json!({ "kind": "error", "code": 401, "http_status": 401, "channel": "sms", "times": 0 })).await;
        for _ in 0..4 {
            let (browser, phone) = (house.browser(), random_phone());
            let page = browser.ask_code(&house, &phone).await;
            browser.told(&house, &page, "failed").await;
        }
        house.eventually("SELECT kind FROM installation_alerts").await;
        assert_eq!(told(&house).await, ["sender_out_of_order sms 401"]);
    }

    fn a_code_with_less_than_half_a_minute_to_live_is_not_sent_late(house) {
        let (browser, phone) = (house.browser(), random_phone());
        house.fault(json!({ "kind": "error", "code": 130429, "to": phone, "times": 0 })).await;
        browser.ask_code(&house, &phone).await;
        let waits = "SELECT id FROM messages WHERE state = 'queued'";
        house.eventually(waits).await;
        house.clock.turn(Duration::from_secs(271));
        house.forget_faults().await;
        house.eventually("SELECT id FROM messages WHERE state = 'expired'").await;
        assert_eq!(house.messages_to(&phone).await, Vec::<Value>::new());
        assert_eq!(state_of(&house, &phone).await, "expired");
        let sealed = "SELECT id FROM messages WHERE state = 'expired' AND code_sealed IS NOT NULL";
        assert!(house.values(sealed).await.is_empty());
    }
}
