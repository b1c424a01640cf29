//! How a sender is, as Meta tells it: each thing that is not as it should be is found, and said with what to do about it.

use std::time::Duration;

use serde_json::{Value, json};
use watchword_domain::Language;
use watchword_flow::error::Error;
use watchword_flow::senders::health::{Finding, Part, Trouble};
use watchword_flow::senders::manage::SenderRefusal;

use super::own::{ACCOUNT, NUMBER, TOKEN, live, made, new, number_at_meta, said, silent_message};
use crate::on_each_database;
use crate::support::{House, PHONE_NUMBER_ID, WABA_ID, shared_sender_with};

/// Something about a number is otherwise at Meta from now on.
async fn patch(house: &House, number: &str, change: Value) {
    let url = format!("http://{}/simulator/senders/{number}", house.simulator);
    let answer = house.http.patch(url).json(&change).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
}

/// Something happens to a template at Meta.
pub(super) async fn happens(house: &House, order: Value) {
    let url = format!("http://{}/simulator/templates", house.simulator);
    let answer = house.http.post(url).json(&order).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
}

fn all(findings: Vec<Finding>) -> Vec<Trouble> {
    findings.into_iter().flat_map(|finding| finding.troubles).collect()
}

/// What is wrong with the shared sender. Whatever it is, what to do about it is one sentence.
async fn shared_troubles(house: &House) -> Vec<Trouble> {
    let troubles = all(house.flow.check_shared_sender().await.map_err(said).unwrap());
    for Trouble { mend, .. } in &troubles {
        assert!(mend.ends_with('.') && !mend.trim_end_matches('.').contains(". "), "{mend}");
    }
    troubles
}

fn sentences(troubles: &[Trouble]) -> Vec<String> {
    troubles.iter().map(|trouble| format!("{} {}", trouble.what, trouble.wrong)).collect()
}

on_each_database! {
    fn what_is_wrong_with_a_number_or_its_token_is_found(house) {
        assert_eq!(shared_troubles(&house).await, Vec::new());
        let both = ["whatsapp_business_messaging", "whatsapp_business_management"];
        let usual = json!({ "status": "CONNECTED", "quality_rating": "GREEN", "messaging_limit": "TIER_2K",
                            "permissions": both, "subscription": "own" });
        for (change, wrong, mend, is_fatal) in [
            (json!({ "status": "PENDING" }), "is PENDING at Meta, not CONNECTED", "Register the number", true),
            (json!({ "status": "BANNED" }), "is BANNED at Meta, not CONNECTED", "WhatsApp Manager", true),
            (json!({ "quality_rating": "RED" }), "has the quality RED at Meta", "why people block", false),
            (json!({ "messaging_limit": "TIER_250" }), "may write to 250 people within 24 hours", "verify the business", false),
            (json!({ "permissions": both[1..] }), "was made without whatsapp_business_messaging", "both permissions", true),
            (json!({ "permissions": both[..1] }), "was made without whatsapp_business_management", "both permissions", true),
            (json!({ "subscription": "none" }), "has no subscribed app", "subscribe --shared", true),
            (json!({ "subscription": "another" }), "reports to Another app and not to the app of the access token", "subscribe --shared", true),
        ] {
            patch(&house, PHONE_NUMBER_ID, usual.clone()).await;
            patch(&house, PHONE_NUMBER_ID, change.clone()).await;
            let troubles = shared_troubles(&house).await;
            let found = troubles.iter().find(|trouble| trouble.wrong.contains(wrong));
            let found = found.unwrap_or_else(|| panic!("{change}: {troubles:?}"));
            assert!(found.mend.contains(mend) && found.is_fatal == is_fatal, "{found:?}");
        }
        patch(&house, PHONE_NUMBER_ID, usual).await;
        patch(&house, PHONE_NUMBER_ID, json!({ "subscription": "both" })).await;
        assert_eq!(shared_troubles(&house).await, Vec::new(), "another app beside ours does no harm");
    }

    fn a_token_that_died_is_the_only_thing_said(house) {
        patch(&house, PHONE_NUMBER_ID, json!({ "token_expired": true })).await;
        let troubles = shared_troubles(&house).await;
        assert_eq!(troubles.len(), 1, "{troubles:?}");
        assert!(troubles[0].mend.contains("WATCHWORD_WHATSAPP_ACCESS_TOKEN"), "{troubles:?}");
    }

    fn webhooks_that_do_not_come_are_missed_ten_minutes_after_a_message(house) {
        live(&house).await;
        let (phone, message) = silent_message(&house).await;
        let id = house.flow.list_senders(&house.pool.id).await.unwrap().remove(0).0.id;
        let check = async || {
            let findings = house.flow.check_sender(&house.pool.id, &id).await.map_err(said).unwrap();
            let webhooks = findings.into_iter().find(|finding| finding.part == Part::Webhooks).unwrap();
            (webhooks.found, sentences(&webhooks.troubles).pop())
        };
        let (found, trouble) = check().await;
        assert!(found.ends_with("; never heard so far") && trouble.is_none(), "{found} {trouble:?}");
        house.clock.turn(Duration::from_secs(11 * 60));
        let (_, trouble) = check().await;
        assert!(trouble.unwrap().starts_with("the webhooks were never heard, and Meta accepted a message at 20"));
        assert_eq!(super::own::report_read(&house, &message, NUMBER, super::own::SECRET).await, 200);
        let (found, trouble) = check().await;
        assert!(found.contains("; last heard 20") && trouble.is_none(), "{found} {trouble:?} {phone}");
        silent_message(&house).await;
        house.clock.turn(Duration::from_secs(11 * 60));
        let (_, trouble) = check().await;
        assert!(trouble.as_ref().unwrap().starts_with("the webhooks were last heard 20"), "{trouble:?}");
    }

    fn why_a_template_was_rejected_and_how_people_take_it_is_said(house) {
        let of = |language: &str, order: Value| {
            let mut order = order;
            order["name"] = "watchword_code".into();
            order["language"] = language.into();
            order
        };
        happens(&house, of("es", json!({ "event": "REJECTED", "reason": "INVALID_FORMAT" }))).await;
        happens(&house, of("hi", json!({ "quality": "RED" }))).await;
        let troubles = sentences(&shared_troubles(&house).await);
        assert_eq!(troubles, [
            "the template watchword_code is REJECTED (INVALID_FORMAT) in es",
            "the template watchword_code has the quality RED in hi",
        ]);
        let known = "SELECT quality FROM template_states WHERE language = 'hi' AND quality = 'RED'";
        assert_eq!(house.values(known).await.len(), 1, "what was read is known from then on");
    }

    fn news_of_how_people_take_a_template_are_heard(house) {
        house.flow.look_at_templates().await.unwrap();
        let known = "SELECT name FROM template_states WHERE language = 'es' AND quality = 'YELLOW'";
        assert!(house.values(known).await.is_empty());
        happens(&house, json!({ "name": "watchword_code", "language": "es", "quality": "YELLOW" })).await;
        house.eventually(known).await;
    }

    fn a_template_that_is_tried_longer_than_its_code_works_keeps_a_sender_from_going_live(house) {
        number_at_meta(&house, (NUMBER, ACCOUNT), json!([])).await;
        let id = made(&house, &house.pool, new(NUMBER, ACCOUNT)).await.unwrap().sender.id;
        let pool = &house.pool.id;
        house.flow.save_sender_templates(pool, &id).await.map_err(said).unwrap();
        house.flow.subscribe_sender(pool, &id).await.map_err(said).unwrap();
        // Only the standby: a dead code is as dead that comes in it.
        let longer = json!({
            "name": "our_standby", "languages": Language::ALL.map(Language::meta_code), "category": "AUTHENTICATION",
            "message_send_ttl_seconds": 600,
            "components": [
                { "type": "BODY", "add_security_recommendation": true },
                { "type": "FOOTER", "code_expiration_minutes": 5 },
                { "type": "BUTTONS", "buttons": [{ "type": "OTP", "otp_type": "COPY_CODE" }] },
            ],
        });
        let url = format!("http://{}/v25.0/{ACCOUNT}/upsert_message_templates", house.simulator);
        let answer = house.http.post(url).bearer_auth(TOKEN).json(&longer).send().await.unwrap();
        assert!(answer.status().is_success());
        let Err(Error::Refused(SenderRefusal::NotReady(troubles))) = house.flow.take_sender_live(pool, &id).await else {
            panic!("it went live with a template that outlives its code");
        };
        assert!(troubles.iter().any(|it| it.wrong.contains("is tried for 600 s")), "{troubles:?}");
        house.flow.save_sender_templates(pool, &id).await.map_err(said).unwrap();
        house.eventually("SELECT 'all' WHERE NOT EXISTS (SELECT 1 FROM template_states WHERE status <> 'APPROVED')").await;
        house.flow.take_sender_live(pool, &id).await.map_err(said).unwrap();
    }

    fn the_shared_sender_is_set_up_as_a_projects_own(house) {
        patch(&house, PHONE_NUMBER_ID, json!({ "subscription": "none" })).await;
        let graph = house.flow.settings().graph.clone();
        let names = ["fresh_code", "fresh_standby"];
        let shared = shared_sender_with(&graph, &names);
        let node = house.node_with(|settings| settings.whatsapp = Some(shared)).await;
        node.subscribe_shared_sender().await.map_err(said).unwrap();
        let saved = node.save_shared_templates().await.map_err(said).unwrap();
        assert_eq!(saved.len(), 12, "two templates in six languages");
        let pending = format!("SELECT 1 FROM template_states WHERE waba_id = '{WABA_ID}' AND status <> 'APPROVED'");
        house.eventually(&format!("SELECT 'all' WHERE NOT EXISTS ({pending})")).await;
        let findings = node.check_shared_sender().await.map_err(said).unwrap();
        let found: Vec<&str> = findings.iter().map(|finding| finding.found.as_str()).collect();
        assert!(names.iter().all(|name| found.iter().any(|line| line.starts_with(name))), "{found:?}");
        assert_eq!(all(findings), Vec::new());
        let without = house.node_with(|settings| settings.whatsapp = None).await;
        assert!(said(without.check_shared_sender().await.err().unwrap()).contains("no sender is set up"));
        assert!(without.save_shared_templates().await.is_err() && without.subscribe_shared_sender().await.is_err());
    }
}
