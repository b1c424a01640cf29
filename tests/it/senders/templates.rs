//! The template a code goes out in: the person's language, or else one that can be sent.

use std::time::Duration;

use serde_json::{Value, json};
use watchword_domain::Phone;

use crate::on_each_database;
use crate::support::{House, WABA_ID, random_phone, with_query};

/// Asks for a code in a browser that reads this language; gives the language and template it went out in, or Meta's code.
pub(super) async fn sent_in(house: &House, language: &str) -> Result<(String, String), i64> {
    let (browser, phone) = (house.browser(), random_phone());
    let url = with_query(&house.url("/authorize"), &house.request());
    let page = browser.send(house.http.get(url).header("accept-language", language)).await;
    let answer = browser.type_phone(house, &page, &phone).await;
    let page = browser.page(house, &answer.location()).await;
    let mut live = browser.follow(house, &page).await;
    while let Some(event) = live.next().await {
        if ["delivered", "failed"].contains(&event["state"].as_str().unwrap()) {
            break;
        }
    }
    // A report may come before it is written down what Meta answered.
    let of = format!("SELECT id FROM messages WHERE recipient = '{phone}'");
    house.eventually(&format!("{of} AND (accepted_at IS NOT NULL OR state = 'failed')")).await;
    let number = Phone::from_e164(&phone).unwrap();
    let message = house.flow.messages_to(&house.pool, &number).await.unwrap().remove(0);
    if let Some((_, code)) = message.failure {
        return Err(code);
    }
    let seen = house.message_to(&phone, 0).await;
    assert_eq!(seen["language"], message.language, "the timeline says what was sent: {seen}");
    Ok((message.language, seen["template"].as_str().unwrap().to_owned()))
}

fn ours(language: &str) -> Result<(String, String), i64> {
    Ok((language.to_owned(), "watchword_code".to_owned()))
}

/// News of a template, as Meta words it.
pub(super) fn news(account: &str, name: &str, language: &str, event: &str, at: i64) -> Value {
    json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": account, "time": at, "changes": [{
            "field": "message_template_status_update",
            "value": {
                "event": event, "message_template_id": 594425479261596_i64, "message_template_name": name,
                "message_template_language": language, "reason": "NONE", "message_template_category": "AUTHENTICATION",
            },
        }] }],
    })
}

async fn hear(house: &House, language: &str, event: &str) {
    let at = house.flow.now().seconds();
    let body = news(WABA_ID, "watchword_code", language, event, at).to_string();
    assert_eq!(house.webhook(&body).await, 200);
}

on_each_database! {
    fn a_language_that_meta_does_not_know_gives_way_to_the_pools_for_a_while(house) {
        house.fault(json!({ "kind": "error", "code": 132001, "times": 1 })).await;
        assert_eq!(sent_in(&house, "es").await, ours("en_US"));
        // Nobody else asks Meta for it, and those who read another language never noticed.
        assert_eq!(sent_in(&house, "es").await, ours("en_US"));
        assert_eq!(sent_in(&house, "hi").await, ours("hi"));
        house.clock.turn(Duration::from_secs(15 * 60));
        assert_eq!(sent_in(&house, "es").await, ours("es"));
    }

    fn a_paused_template_is_left_alone_until_meta_says_that_it_goes_on(house) {
        hear(&house, "es", "PAUSED").await;
        assert_eq!(sent_in(&house, "es").await, ours("en_US"));
        hear(&house, "es", "FLAGGED").await;
        assert_eq!(sent_in(&house, "es").await, ours("es"));
        hear(&house, "es", "DISABLED").await;
        assert_eq!(sent_in(&house, "es").await, ours("en_US"));
        hear(&house, "es", "APPROVED").await;
        assert_eq!(sent_in(&house, "es").await, ours("es"));
    }

    fn older_news_of_a_template_change_nothing(house) {
        let now = house.flow.now().seconds();
        for (event, at) in [("APPROVED", now), ("PAUSED", now - 60)] {
            let body = news(WABA_ID, "watchword_code", "es", event, at).to_string();
            assert_eq!(house.webhook(&body).await, 200);
        }
        assert_eq!(sent_in(&house, "es").await, ours("es"));
    }

    fn without_any_template_a_code_fails_and_says_so(house) {
        hear(&house, "en-US", "REJECTED").await;
        assert_eq!(sent_in(&house, "en").await, Err(132001));
        assert_eq!(sent_in(&house, "es").await, ours("es"));
    }
}
