//! `POST /webhooks/sms/{provider}`: what SMS providers report, applied to messages that left.

use std::net::SocketAddr;

use serde_json::{Value, json};
use watchword_domain::Phone;
use watchword_messaging::sms::Provider::{self, Gateway, Twilio, Vonage};

use crate::on_each_database;
use crate::support::{Answer, Browser, House, random_phone, sms};

/// A message that left by SMS and was not reported of, and the page that waits for it.
struct Sent {
    id: String,
    phone: String,
    browser: Browser,
    page: Answer,
}

async fn sent(house: &House) -> Sent {
    let (browser, phone) = (house.browser(), random_phone());
    house.fault(json!({ "kind": "silence", "to": phone })).await;
    let page = browser.ask_code(house, &phone).await;
    browser.told(house, &page, "accepted").await;
    let id = house.message_to(&phone, 0).await["correlation"].as_str().unwrap().to_owned();
    let provider_id = provider_id(&id);
    house
        .execute(&format!(
            "UPDATE messages SET channel = 'sms', sender_id = 'sms', provider_message_id = '{provider_id}' WHERE id = '{id}'"
        ))
        .await;
    Sent { id, phone, browser, page }
}

fn provider_id(id: &str) -> String {
    format!("SM-{id}")
}

async fn state(house: &House, message: &Sent) -> String {
    house.values(&format!("SELECT state FROM messages WHERE id = '{}'", message.id)).await.join(", ")
}

async fn kinds(house: &House) -> Vec<String> {
    house.values("SELECT kind FROM webhook_events ORDER BY kind").await
}

/// A provider's word for a state, and its report of it: query and body.
fn report(provider: Provider, message: &Sent, word: &str, code: Option<u32>) -> (String, String) {
    let (id, provider_id) = (&message.id, provider_id(&message.id));
    let to = message.phone.trim_start_matches('+');
    match provider {
        Twilio => {
            let code = code.map(|code| code.to_string()).unwrap_or_default();
            let body = format!("MessageSid={provider_id}&MessageStatus={word}&To=%2B{to}&ErrorCode={code}");
            (format!("message={id}"), body)
        }
        Vonage => {
            let mut body = json!({ "message_uuid": provider_id, "client_ref": id, "to": to, "status": word });
            if let Some(code) = code {
                let kind = format!("https://developer.vonage.com/api-errors/messages#{code}");
                body["error"] = json!({ "type": kind, "title": code, "detail": format!("no way to {to}") });
            }
            (String::new(), body.to_string())
        }
        Gateway => (
            String::new(),
            json!({ "id": provider_id, "reference": id, "status": word, "to": to }).to_string(),
        ),
    }
}

/// Posts a report that is proven.
async fn tell(house: &House, doors: SocketAddr, provider: Provider, (query, body): &(String, String)) -> u16 {
    let path = match query.as_str() {
        "" => provider.as_str().to_owned(),
        query => format!("{}?{query}", provider.as_str()),
    };
    let proof = sms::proof(house, doors, provider, (query, body));
    sms::post(house, doors, (&path, body), Some(proof)).await
}

on_each_database! {
    fn a_report_of_each_provider_moves_its_message_and_tells_the_page(house) {
        for provider in Provider::ALL {
            let doors = sms::doors_of(&house, provider).await;
            let message = sent(&house).await;
            let pool = format!("http://{doors}/{}", house.pool.domain);
            let mut live = message.browser.follow_at(&house, &pool, &message.page).await;
            live.until("accepted").await;
            let delivered = report(provider, &message, "delivered", None);
            assert_eq!(tell(&house, doors, provider, &delivered).await, 200, "{provider:?}");
            live.until("delivered").await;
            assert_eq!(state(&house, &message).await, "delivered", "{provider:?}");
        }
        assert_eq!(kinds(&house).await, ["sms_status"; 3]);
    }

    fn the_same_report_twice_is_no_news_and_a_late_one_goes_not_back(house) {
        let doors = sms::doors_of(&house, Twilio).await;
        let message = sent(&house).await;
        for (word, now) in [("delivered", "delivered"), ("sent", "delivered"), ("delivered", "delivered"), ("undelivered", "delivered")] {
            let body = report(Twilio, &message, word, None);
            assert_eq!(tell(&house, doors, Twilio, &body).await, 200);
            assert_eq!(state(&house, &message).await, now, "{word}");
        }
        assert_eq!(kinds(&house).await.len(), 3, "the second delivery is not stored");
        let phone = Phone::from_e164(&message.phone).unwrap();
        let way = house.flow.messages_to(&house.pool, &phone).await.unwrap();
        let steps: Vec<&str> = way[0].steps.iter().map(|(step, _)| step.as_str()).collect();
        assert!(steps.contains(&"sent") && steps.contains(&"delivered") && !steps.contains(&"failed"), "{steps:?}");
    }

    fn a_failure_keeps_its_reason(house) {
        for (provider, word, code, kept) in [
            (Twilio, "undelivered", Some(30_005), "failed not_reachable 30005"),
            (Vonage, "rejected", Some(1240), "failed blocked 1240"),
            (Gateway, "failed", None, "failed held_back 0"),
        ] {
            let doors = sms::doors_of(&house, provider).await;
            let message = sent(&house).await;
            let failed = report(provider, &message, word, code);
            assert_eq!(tell(&house, doors, provider, &failed).await, 200);
            let query = format!(
                "SELECT state || ' ' || failure_class || ' ' || CAST(failure_code AS TEXT) FROM messages WHERE id = '{}'",
                message.id
            );
            assert_eq!(house.values(&query).await, [kept]);
        }
    }

    fn without_the_providers_proof_nothing_is_believed_or_stored(house) {
        let message = sent(&house).await;
        for provider in Provider::ALL {
            let doors = sms::doors_of(&house, provider).await;
            let (query, body) = report(provider, &message, "delivered", None);
            let name = provider.as_str();
            let path = if query.is_empty() { name.to_owned() } else { format!("{name}?{query}") };
            let (header, right) = sms::proof(&house, doors, provider, (&query, &body));
            let (_, of_another) = sms::proof(&house, doors, provider, (&query, "{}"));
            for wrong in [None, Some(String::new()), Some("x".to_owned()), Some(of_another)] {
                let proof = wrong.map(|wrong| (header, wrong));
                assert_eq!(sms::post(&house, doors, (&path, &body), proof).await, 401, "{provider:?}");
            }
            let changed = format!("{body} ");
            assert_eq!(sms::post(&house, doors, (&path, &changed), Some((header, right.clone()))).await, 401);
            for other in ["twilio", "vonage", "gateway", "pigeon"].into_iter().filter(|it| *it != name) {
                let proof = Some((header, right.clone()));
                assert_eq!(sms::post(&house, doors, (other, &body), proof).await, 401, "{provider:?} as {other}");
            }
        }
        assert_eq!((state(&house, &message).await.as_str(), kinds(&house).await.len()), ("accepted", 0));
    }

    fn twilios_proof_holds_for_the_message_of_the_address_only(house) {
        let doors = sms::doors_of(&house, Twilio).await;
        let (one, other) = (sent(&house).await, sent(&house).await);
        let (query, body) = report(Twilio, &one, "delivered", None);
        let proof = sms::proof(&house, doors, Twilio, (&query, &body));
        let path = format!("twilio?message={}", other.id);
        assert_eq!(sms::post(&house, doors, (&path, &body), Some(proof)).await, 401);
        assert_eq!(state(&house, &other).await, "accepted");
    }

    fn vonages_token_is_not_taken_an_hour_later(house) {
        let doors = sms::doors_of(&house, Vonage).await;
        let message = sent(&house).await;
        let (_, body) = report(Vonage, &message, "delivered", None);
        let proof = sms::proof(&house, doors, Vonage, ("", &body));
        house.clock.turn(std::time::Duration::from_secs(3600));
        assert_eq!(sms::post(&house, doors, ("vonage", &body), Some(proof)).await, 401);
    }

    fn a_report_that_names_only_the_providers_id_is_applied(house) {
        let doors = sms::doors_of(&house, Twilio).await;
        let message = sent(&house).await;
        let (_, body) = report(Twilio, &message, "delivered", None);
        assert_eq!(tell(&house, doors, Twilio, &(String::new(), body)).await, 200);
        assert_eq!(state(&house, &message).await, "delivered");
    }

    fn a_message_of_unknown_outcome_is_found_by_our_id(house) {
        let doors = sms::doors_of(&house, Vonage).await;
        let message = sent(&house).await;
        house.execute("UPDATE messages SET state = 'unknown', provider_message_id = NULL").await;
        let submitted = report(Vonage, &message, "submitted", None);
        assert_eq!(tell(&house, doors, Vonage, &submitted).await, 200);
        assert_eq!(state(&house, &message).await, "sent");
    }

    fn a_report_about_a_message_nobody_sent_is_stored_and_changes_nothing(house) {
        for provider in Provider::ALL {
            let doors = sms::doors_of(&house, provider).await;
            let message = sent(&house).await;
            let nobody = Sent { id: "0000000000000000000000".into(), ..sent(&house).await };
            let delivered = report(provider, &nobody, "delivered", None);
            assert_eq!(tell(&house, doors, provider, &delivered).await, 200);
            assert_eq!(state(&house, &message).await, "accepted");
        }
        assert_eq!(kinds(&house).await, ["sms_status"; 3]);
    }

    fn what_is_proven_and_unreadable_is_kept_and_not_asked_for_again(house) {
        for provider in Provider::ALL {
            let doors = sms::doors_of(&house, provider).await;
            for body in ["", "\0 not \u{fffd} JSON", "{}", "[1, 2", "{\"status\":7}", "a=b&c=%00"] {
                for _ in 0..2 {
                    let garbage = (String::new(), body.to_owned());
                    assert_eq!(tell(&house, doors, provider, &garbage).await, 200, "{provider:?} {body:?}");
                }
            }
        }
        assert_eq!(kinds(&house).await, ["unreadable"; 6]);
    }

    fn a_report_has_64_kilobytes_at_most(house) {
        let doors = sms::doors_of(&house, Gateway).await;
        let message = sent(&house).await;
        let padded = |length: usize| {
            let (_, body) = report(Gateway, &message, "delivered", None);
            (String::new(), format!("{body}{}", " ".repeat(length - body.len())))
        };
        assert_eq!(tell(&house, doors, Gateway, &padded(64 * 1024 + 1)).await, 413);
        assert_eq!(state(&house, &message).await, "accepted");
        assert_eq!(tell(&house, doors, Gateway, &padded(64 * 1024)).await, 200);
        assert_eq!(state(&house, &message).await, "delivered");
    }

    fn where_a_provider_is_not_set_up_no_report_of_it_is_taken(house) {
        let message = sent(&house).await;
        // This house sends by the plain gateway: whoever else reports is nobody it knows.
        for provider in [Twilio, Vonage] {
            let (_, body) = report(provider, &message, "delivered", None);
            let proof = sms::proof(&house, house.provider, provider, ("", &body));
            assert_eq!(sms::post(&house, house.provider, (provider.as_str(), &body), Some(proof)).await, 401);
        }
    }

    fn what_is_kept_of_a_report_names_nobody(house) {
        for provider in Provider::ALL {
            let doors = sms::doors_of(&house, provider).await;
            let message = sent(&house).await;
            let failed = report(provider, &message, "failed", Some(30_003));
            assert_eq!(tell(&house, doors, provider, &failed).await, 200);
            let number = message.phone.trim_start_matches('+').to_owned();
            let kept: Vec<Value> = house.values("SELECT body FROM webhook_events").await.into_iter().map(Value::from).collect();
            assert!(kept.iter().all(|body| !body.to_string().contains(&number)), "{kept:?}");
            for id in house.values("SELECT id FROM webhook_events").await {
                assert!(!id.contains(&number), "{id}");
            }
        }
    }

    fn an_account_that_was_suspended_is_told_of_once_over_all_nodes(house) {
        for provider in [Twilio, Vonage] {
            let code = if provider == Twilio { 30_002 } else { 1_340 };
            for _ in 0..2 {
                let doors = sms::doors_of(&house, provider).await;
                for _ in 0..3 {
                    let message = sent(&house).await;
                    let failed = report(provider, &message, if provider == Twilio { "failed" } else { "rejected" }, Some(code));
                    assert_eq!(tell(&house, doors, provider, &failed).await, 200);
                }
            }
        }
        let told = house.values("SELECT kind || ' ' || subject FROM installation_alerts ORDER BY subject").await;
        assert!(told.contains(&"sender_out_of_order sms 30002".to_owned()), "{told:?}");
    }
}
