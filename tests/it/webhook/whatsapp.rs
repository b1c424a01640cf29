//! `POST /webhooks/whatsapp`: what Meta reports, applied to messages that really left.

use serde_json::{Value, json};

use crate::on_each_database;
use crate::support::{House, random_phone, report, sign};

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../../src/messaging/fixtures/", $name, ".json"))
    };
}

/// A message that Meta took and has not reported of.
async fn message(house: &House) -> Value {
    let (browser, phone) = (house.browser(), random_phone());
    house.fault(json!({ "kind": "silence", "to": phone })).await;
    let page = browser.ask_code(house, &phone).await;
    browser.told(house, &page, "accepted").await;
    house.message_to(&phone, 0).await
}

fn correlation(message: &Value) -> &str {
    message["correlation"].as_str().unwrap()
}

/// How a message fares, by what the database says.
async fn state(house: &House, message: &Value) -> String {
    let query = format!("SELECT state FROM messages WHERE id = '{}'", correlation(message));
    house.values(&query).await.join(", ")
}

async fn kinds(house: &House) -> Vec<String> {
    house.values("SELECT kind FROM webhook_events ORDER BY kind").await
}

/// The status in a report, to be changed.
fn status_of(report: &mut Value) -> &mut Value {
    &mut report["entry"][0]["changes"][0]["value"]["statuses"][0]
}

on_each_database! {
    fn a_batch_in_disorder_with_duplicates_is_taken_apart(house) {
        let message = message(&house).await;
        let body = fixture!("status_batch").replace("message-a", correlation(&message));
        assert_eq!(house.webhook(&body).await, 200);
        assert_eq!(state(&house, &message).await, "read");
        // Read, sent and delivered of ours, an inbound message, a report about somebody else's.
        assert_eq!(kinds(&house).await, ["inbound", "status", "status", "status", "status"]);
        assert_eq!(house.webhook(&body).await, 200);
        assert_eq!(kinds(&house).await.len(), 5, "the same once more is no news");
    }

    fn a_failure_without_contacts_is_understood(house) {
        let message = message(&house).await;
        let body = fixture!("status_failed_without_contacts").replace("message-f", correlation(&message));
        assert_eq!(house.webhook(&body).await, 200);
        let query = "SELECT state || ' ' || failure_class || ' ' || CAST(failure_code AS TEXT) FROM messages";
        assert_eq!(house.values(query).await, ["failed not_reachable 131026"]);
    }

    fn a_failure_without_a_reason_says_nothing_of_the_sender(house) {
        for _ in 0..5 {
            let message = message(&house).await;
            let mut failed = report(&message, "failed", &[]);
            status_of(&mut failed).as_object_mut().unwrap().remove("errors");
            assert_eq!(house.webhook(&failed.to_string()).await, 200);
            let mut coded = report(&message, "failed", &[0]);
            status_of(&mut coded)["id"] = json!("wamid.of-nobody");
            assert_eq!(house.webhook(&coded.to_string()).await, 200);
        }
        let codes = house.values("SELECT DISTINCT CAST(failure_code AS TEXT) FROM messages").await;
        assert_eq!(codes, ["131000"]);
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        browser.told(&house, &page, "delivered").await;
    }

    fn unknown_fields_and_unreadable_items_are_kept_and_change_nothing(house) {
        let message = message(&house).await;
        assert_eq!(house.webhook(fixture!("unknown_fields")).await, 200);
        assert_eq!(state(&house, &message).await, "accepted");
        assert_eq!(kinds(&house).await.len(), 10);
    }

    fn a_nul_is_stored_on_no_database(house) {
        assert_eq!(house.webhook(fixture!("nul")).await, 200);
        assert_eq!(kinds(&house).await, ["inbound", "other"]);
        let bodies = house.values("SELECT body FROM webhook_events").await.join(" ");
        assert!(bodies.contains("LOGIN 7F3K-Q2") && !bodies.contains("\\u0000") && !bodies.contains('\0'));
        assert_eq!(house.webhook("\0 not JSON \0").await, 200);
        assert_eq!(kinds(&house).await.len(), 3);
    }

    fn without_metas_signature_nothing_is_believed_or_stored(house) {
        let message = message(&house).await;
        let body = report(&message, "read", &[]).to_string();
        let right = sign(&body);
        let other_body = sign("{}");
        let (upper, bare) = (right.to_uppercase(), right.trim_start_matches("sha256="));
        let wrong = [
            None,
            Some(""),
            Some("sha256="),
            Some(other_body.as_str()),
            Some(bare),
            Some(&right[..70]),
            Some(upper.as_str()),
        ];
        for signature in wrong {
            assert_eq!(house.webhook_signed(&body, signature).await, 401, "{signature:?}");
        }
        assert_eq!(house.webhook_signed(&format!("{body} "), Some(&right)).await, 401, "not these bytes");
        assert_eq!((state(&house, &message).await.as_str(), kinds(&house).await.len()), ("accepted", 0));
        assert_eq!(house.webhook_signed(&body, Some(&right)).await, 200);
        assert_eq!(state(&house, &message).await, "read");
    }

    fn a_report_about_a_message_nobody_sent_changes_nothing(house) {
        let message = message(&house).await;
        let mut unknown = report(&message, "failed", &[131026]);
        status_of(&mut unknown)["biz_opaque_callback_data"] = json!("0000000000000000000000");
        assert_eq!(house.webhook(&unknown.to_string()).await, 200);
        assert_eq!((state(&house, &message).await.as_str(), kinds(&house).await.len()), ("accepted", 1));
    }

    fn a_report_about_another_sender_changes_nothing(house) {
        let message = message(&house).await;
        let mut foreign = report(&message, "read", &[]);
        foreign["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = json!("106540352242999");
        assert_eq!(house.webhook(&foreign.to_string()).await, 200);
        assert_eq!((state(&house, &message).await.as_str(), kinds(&house).await.len()), ("accepted", 1));
    }

    fn a_report_that_names_only_metas_id_is_applied(house) {
        let message = message(&house).await;
        let mut nameless = report(&message, "delivered", &[]);
        status_of(&mut nameless).as_object_mut().unwrap().remove("biz_opaque_callback_data");
        assert_eq!(house.webhook(&nameless.to_string()).await, 200);
        assert_eq!(state(&house, &message).await, "delivered");
    }

    fn a_status_we_do_not_know_and_a_time_nobody_can_mean_harm_nothing(house) {
        let message = message(&house).await;
        assert_eq!(house.webhook(&report(&message, "pondered", &[]).to_string()).await, 200);
        assert_eq!(state(&house, &message).await, "accepted");
        let mut odd = report(&message, "sent", &[]);
        status_of(&mut odd)["timestamp"] = json!("9223372036854775807");
        assert_eq!(house.webhook(&odd.to_string()).await, 200);
        assert_eq!(state(&house, &message).await, "sent");
    }

    fn a_body_that_is_signed_and_unreadable_is_kept_and_not_asked_for_again(house) {
        for body in ["not JSON", "{}", "[1, 2", ""] {
            assert_eq!(house.webhook(body).await, 200, "{body}");
            assert_eq!(house.webhook(body).await, 200, "{body}");
        }
        assert_eq!(kinds(&house).await, ["unreadable"; 4]);
        assert!(house.values("SELECT body FROM webhook_events").await.contains(&"not JSON".to_owned()));
        let long = format!("é{}", "é".repeat(20_000));
        assert_eq!(house.webhook(&long).await, 200);
        let longest = "SELECT CAST(MAX(length(body)) AS TEXT) FROM webhook_events";
        assert_eq!(house.values(longest).await, ["8192"], "letters of two bytes each");
    }

    fn three_megabytes_are_taken_and_no_more(house) {
        let message = message(&house).await;
        let padded = |length: usize| {
            let body = report(&message, "sent", &[]).to_string();
            format!("{body}{}", " ".repeat(length - body.len()))
        };
        assert_eq!(house.webhook(&padded(3 * 1024 * 1024 + 1)).await, 413);
        assert_eq!(state(&house, &message).await, "accepted");
        assert_eq!(house.webhook(&padded(3 * 1024 * 1024)).await, 200);
        assert_eq!(state(&house, &message).await, "sent");
    }

    fn no_number_is_in_the_key_of_an_event(house) {
        let message = message(&house).await;
        house.report(&message, "sent").await;
        let number = message["to"].as_str().unwrap().trim_start_matches('+');
        for id in house.values("SELECT id FROM webhook_events").await {
            assert!(!id.contains(number) && !id.contains("wamid"), "{id}");
        }
    }
}
