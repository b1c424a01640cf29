//! Senders of a project: made by whoever Meta says may use the number, gone live with when they are fit for it, and heard
//! about themselves alone.

use std::time::Duration;

use serde_json::{Value, json};
use watchword_domain::client::ClientKind;
use watchword_domain::ids::SenderId;
use watchword_domain::pool::Pool;
use watchword_domain::{Phone, Secret};
use watchword_flow::error::Error;
use watchword_flow::senders::manage::{CreatedSender, NewSender, SenderChange, SenderRefusal};

use super::templates::{news, sent_in};
use crate::on_each_database;
use crate::support::{Answer, House, PHONE_NUMBER_ID, random_phone, report, sign_with, with_query};

pub(super) const NUMBER: &str = "206540352242922";
pub(super) const ACCOUNT: &str = "202290129340398";
pub(super) const TOKEN: &str = "token-of-the-project";
pub(super) const SECRET: &str = "secret-of-the-project";

/// Meta gets a further number, whose account has a template of this name in these languages.
pub(super) async fn number_at_meta(house: &House, (number, account): (&str, &str), templates: Value) {
    let url = format!("http://{}/simulator/senders", house.simulator);
    let sender = json!({
        "phone_number_id": number, "waba_id": account, "display_phone_number": "+1 555 078 4000",
        "verified_name": "Acme", "access_token": TOKEN, "app_secret": SECRET, "verify_token": "any",
        "webhook_url": format!("http://{}/webhooks/whatsapp", house.provider), "templates": templates,
    });
    let answer = house.http.post(url).json(&sender).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
}

pub(super) fn in_all_languages() -> Value {
    let languages = watchword_domain::Language::ALL.map(watchword_domain::Language::meta_code);
    json!([{ "name": "our_code", "languages": languages }, { "name": "our_standby", "languages": languages }])
}

pub(super) fn new(number: &str, account: &str) -> NewSender {
    NewSender {
        name: "Acme's own".into(),
        phone_number_id: number.into(),
        waba_id: account.into(),
        access_token: Secret::new(TOKEN.into()),
        app_secret: Secret::new(SECRET.into()),
        template: "our_code".into(),
        standby_template: Some("our_standby".into()),
    }
}

pub(super) async fn made(house: &House, pool: &Pool, new: NewSender) -> Result<CreatedSender, String> {
    house.flow.create_sender(pool, new).await.map_err(said)
}

pub(super) fn said(error: Error<SenderRefusal>) -> String {
    match error {
        Error::Refused(refusal) => refusal.to_string(),
        Error::Fault(fault) => panic!("{fault:?}"),
    }
}

/// A sender of the house's project that is live.
pub(crate) async fn live(house: &House) -> SenderId {
    number_at_meta(house, (NUMBER, ACCOUNT), in_all_languages()).await;
    let id = made(house, &house.pool, new(NUMBER, ACCOUNT)).await.unwrap().sender.id;
    house.flow.take_sender_live(&house.pool.id, &id).await.map_err(said).unwrap();
    id
}

pub(super) fn own(language: &str, template: &str) -> Result<(String, String), i64> {
    Ok((language.to_owned(), template.to_owned()))
}

/// A code from the project's own number that is accepted and not reported on.
pub(super) async fn silent_message(house: &House) -> (String, Value) {
    let (browser, phone) = (house.browser(), random_phone());
    house.fault(json!({ "kind": "silence", "to": phone })).await;
    let page = browser.ask_code(house, &phone).await;
    browser.told(house, &page, "accepted").await;
    let message = house.message_to(&phone, 0).await;
    (phone, message)
}

pub(super) async fn state_of(house: &House, phone: &str) -> &'static str {
    let number = Phone::from_e164(phone).unwrap();
    house.flow.messages_to(&house.pool, &number).await.unwrap().remove(0).state.as_str()
}

/// Reports that a message was read, in the name of this number, signed with this secret.
pub(super) async fn report_read(house: &House, message: &Value, number: &str, secret: &str) -> u16 {
    let mut body = report(message, "read", &[]);
    body["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = number.into();
    let body = body.to_string();
    house.webhook_signed(&body, Some(&sign_with(secret, &body))).await.as_u16()
}

on_each_database! {
    fn codes_of_a_project_leave_from_its_own_number_once_it_is_live(house) {
        let before = random_phone();
        house.browser().sign_in(&house, &before).await;
        let other = house.project("other", ClientKind::Web).await.pool;
        live(&house).await;
        let phone = random_phone();
        house.browser().sign_in(&house, &phone).await;
        assert_eq!(house.message_to(&before, 0).await["phone_number_id"], PHONE_NUMBER_ID);
        assert_eq!(house.message_to(&phone, 0).await["phone_number_id"], NUMBER);
        assert!(house.flow.list_senders(&other.id).await.unwrap().is_empty());
        house.flow.use_shared_sender(&house.pool.id).await.unwrap();
        let after = random_phone();
        house.browser().sign_in(&house, &after).await;
        assert_eq!(house.message_to(&after, 0).await["phone_number_id"], PHONE_NUMBER_ID);
    }

    fn a_number_is_registered_by_whom_meta_lets_use_it_and_once(house) {
        number_at_meta(&house, (NUMBER, ACCOUNT), json!([])).await;
        let wrong_token = NewSender { access_token: Secret::new("another".into()), ..new(NUMBER, ACCOUNT) };
        let refused = made(&house, &house.pool, wrong_token).await.err().unwrap();
        assert!(refused.contains("does not confirm"), "{refused}");
        let others = made(&house, &house.pool, new(PHONE_NUMBER_ID, ACCOUNT)).await.err().unwrap();
        assert!(others.contains("another sender"), "{others}");
        for (wrong, about) in [
            (NewSender { name: " ".into(), ..new(NUMBER, ACCOUNT) }, "name"),
            (NewSender { app_secret: Secret::new(String::new()), ..new(NUMBER, ACCOUNT) }, "app secret"),
            (NewSender { template: "A B".into(), ..new(NUMBER, ACCOUNT) }, "template"),
            (new("+1555", ACCOUNT), "phone number id"),
            (new(NUMBER, "x"), "Business Account id"),
        ] {
            let refused = made(&house, &house.pool, wrong).await.err().unwrap();
            assert!(refused.contains(about), "{refused}");
        }
        assert_eq!(house.count("senders").await, 0);
        made(&house, &house.pool, new(NUMBER, ACCOUNT)).await.unwrap();
        let other = house.project("other", ClientKind::Web).await.pool;
        let taken = made(&house, &other, new(NUMBER, ACCOUNT)).await.err().unwrap();
        assert!(taken.contains("another sender"), "{taken}");
        assert_eq!(house.count("senders").await, 1);
    }

    fn nothing_of_a_senders_secrets_is_stored_in_the_clear(house) {
        number_at_meta(&house, (NUMBER, ACCOUNT), json!([])).await;
        let made = made(&house, &house.pool, new(NUMBER, ACCOUNT)).await.unwrap();
        for (place, value) in house.contents().await {
            for secret in [TOKEN, SECRET, made.verify_token.expose()] {
                assert!(!value.contains(secret), "{place}");
            }
        }
    }

    fn a_sender_that_could_not_send_does_not_go_live_and_the_way_there_is_shown(house) {
        number_at_meta(&house, (NUMBER, ACCOUNT), json!([])).await;
        let (pool, id) = (&house.pool.id, made(&house, &house.pool, new(NUMBER, ACCOUNT)).await.unwrap().sender.id);
        let Err(Error::Refused(SenderRefusal::NotReady(troubles))) = house.flow.take_sender_live(pool, &id).await else {
            panic!("it went live without a template");
        };
        assert!(troubles.iter().any(|trouble| trouble.mend.contains("save-template")), "{troubles:?}");
        let templates = house.flow.save_sender_templates(pool, &id).await.map_err(said).unwrap();
        assert_eq!(templates.len(), 12, "two templates in six languages");
        house.flow.subscribe_sender(pool, &id).await.map_err(said).unwrap();
        house.flow.take_sender_live(pool, &id).await.map_err(said).unwrap();
        assert_eq!(sent_in(&house, "hi").await, own("hi", "our_code"));
    }

    fn a_review_that_is_over_at_once_is_heard_of(house) {
        number_at_meta(&house, (NUMBER, ACCOUNT), json!([])).await;
        let (pool, id) = (&house.pool.id, made(&house, &house.pool, new(NUMBER, ACCOUNT)).await.unwrap().sender.id);
        house.flow.save_sender_templates(pool, &id).await.map_err(said).unwrap();
        let pending = "SELECT 1 FROM template_states WHERE status <> 'APPROVED'";
        house.eventually(&format!("SELECT 'all' WHERE NOT EXISTS ({pending})")).await;
        assert_eq!(house.count("template_states").await, 12);
    }

    fn a_standby_steps_in_for_a_paused_template_in_the_same_language(house) {
        live(&house).await;
        assert_eq!(sent_in(&house, "es").await, own("es", "our_code"));
        let body = news(ACCOUNT, "our_code", "es", "PAUSED", house.flow.now().seconds()).to_string();
        assert_eq!(house.webhook_signed(&body, Some(&sign_with(SECRET, &body))).await, 200);
        assert_eq!(sent_in(&house, "es").await, own("es", "our_standby"));
        assert_eq!(sent_in(&house, "en").await, own("en_US", "our_code"));
    }

    fn a_sender_is_heard_about_its_own_messages_alone(house) {
        let (phone_of_shared, of_shared) = silent_message(&house).await;
        live(&house).await;
        let (phone_of_own, of_own) = silent_message(&house).await;
        // The right secret in another's name, and another's secret in the right name.
        assert_eq!(report_read(&house, &of_shared, PHONE_NUMBER_ID, SECRET).await, 401);
        assert_eq!(report_read(&house, &of_own, NUMBER, "app-secret-of-the-tests").await, 200);
        assert_eq!(report_read(&house, &of_own, "999", SECRET).await, 401);
        // In its own name, about a message that is not its own: heard, and nothing comes of it.
        assert_eq!(report_read(&house, &of_shared, NUMBER, SECRET).await, 200);
        assert_eq!(state_of(&house, &phone_of_shared).await, "accepted");
        assert_eq!(state_of(&house, &phone_of_own).await, "accepted");
        assert_eq!(report_read(&house, &of_own, NUMBER, SECRET).await, 200);
        assert_eq!(state_of(&house, &phone_of_own).await, "read");
        // What the project's sender said of the shared one's message took nothing from the shared one.
        house.report(&of_shared, "read").await;
        assert_eq!(state_of(&house, &phone_of_shared).await, "read");
    }

    /// A project has its app's secret, and may sign what it likes, any amount of it.
    fn what_is_news_of_nothing_a_project_sent_is_not_kept(house) {
        live(&house).await;
        let (_, message) = silent_message(&house).await;
        let sign = async |body: Value| {
            let body = body.to_string();
            assert_eq!(house.webhook_signed(&body, Some(&sign_with(SECRET, &body))).await, 200);
            house.count("webhook_events").await
        };
        let of = |item: (&str, Value)| {
            let mut body = report(&message, "read", &[]);
            let value = &mut body["entry"][0]["changes"][0]["value"];
            value["metadata"]["phone_number_id"] = NUMBER.into();
            value.as_object_mut().unwrap().remove("statuses");
            value[item.0] = json!([item.1]);
            body
        };
        let status = |id: String, correlation: &Value, state: &str| {
            let details = "x".repeat(100_000);
            json!({ "id": id, "status": state, "timestamp": "1", "recipient_id": "1", "errors":
                [{ "code": 1, "title": "x", "error_data": { "details": details } }],
                "biz_opaque_callback_data": correlation })
        };
        let text = |id: usize| json!({ "id": format!("wamid.{id}"), "from": "1", "timestamp": "1", "type": "text",
            "text": { "body": "x".repeat(100_000) } });
        for id in 0..3 {
            assert_eq!(sign(of(("statuses", status(format!("wamid.{id}"), &json!("nobody"), "sent")))).await, 0);
            assert_eq!(sign(of(("messages", text(id)))).await, 0);
            assert_eq!(sign(of(("statuses", status(format!("wamid.{id}"), &message["correlation"], "odd")))).await, 0);
        }
        for id in 0..3 {
            let failed = status(format!("wamid.{id}"), &message["correlation"], "failed");
            assert_eq!(sign(of(("statuses", failed))).await, 1, "a message fails once, whatever it is called");
        }
        let longest = house.values("SELECT CAST(length(body) AS TEXT) FROM webhook_events").await;
        assert_eq!(longest, ["16384"]);
        for at in 0..600 {
            let news = news(ACCOUNT, "our_code", "es", "PAUSED", at);
            sign(news).await;
        }
        assert_eq!(house.count("webhook_events").await, 501, "more news of templates than any account has in an hour");
    }

    fn news_of_a_template_count_from_its_own_account_alone(house) {
        live(&house).await;
        let paused = news(ACCOUNT, "our_code", "es", "PAUSED", house.flow.now().seconds()).to_string();
        assert_eq!(house.webhook_signed(&paused, Some(&sign_with("another", &paused))).await, 401);
        let ours = news(crate::support::WABA_ID, "watchword_code", "es", "PAUSED", house.flow.now().seconds());
        let ours = ours.to_string();
        assert_eq!(house.webhook_signed(&ours, Some(&sign_with(SECRET, &ours))).await, 401);
        assert_eq!(sent_in(&house, "es").await, own("es", "our_code"));
    }

    fn two_app_secrets_count_while_one_replaces_the_other(house) {
        let id = live(&house).await;
        let pool = &house.pool.id;
        let counts = async |secret: &str| {
            let (_, message) = silent_message(&house).await;
            report_read(&house, &message, NUMBER, secret).await == 200
        };
        let rotate = async |secret: &str, ends| {
            let secret = Secret::new(secret.to_owned());
            house.flow.rotate_sender_secret(pool, &id, (secret, ends)).await.map_err(said).unwrap();
        };
        rotate("second", false).await;
        assert!(counts("second").await && counts(SECRET).await && !counts("third").await);
        rotate("third", false).await;
        assert!(counts("third").await && counts("second").await && !counts(SECRET).await);
        rotate("fourth", true).await;
        assert!(counts("fourth").await && !counts("third").await);
    }

    fn a_dead_token_stops_its_own_sender_and_a_new_one_starts_it_at_once(house) {
        let id = live(&house).await;
        let other = house.project("other", ClientKind::Web).await;
        let at_meta = format!("http://{}/simulator/senders/{NUMBER}", house.simulator);
        let patch = async |change: Value| {
            let answer = house.http.patch(&at_meta).json(&change).send().await.unwrap();
            assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
        };
        patch(json!({ "token_expired": true })).await;
        for _ in 0..4 {
            assert_eq!(sent_in(&house, "en").await, Err(190));
        }
        let phone = random_phone();
        let (browser, url) = (house.browser(), format!("{}/authorize", other.pool.issuer));
        let request = crate::support::request(other.client.id.as_str());
        let page = browser.get(&with_query(&url, &request)).await;
        browser.type_phone_at(&other.pool.issuer, &page, &phone).await;
        assert_eq!(house.message_to(&phone, 0).await["phone_number_id"], PHONE_NUMBER_ID);

        patch(json!({ "access_token": "fresh" })).await;
        let refused = house.flow.replace_sender_token(&house.pool.id, &id, Secret::new("stale".into())).await;
        assert!(said(refused.err().unwrap()).contains("does not confirm"));
        let fresh = Secret::new("fresh".to_owned());
        house.flow.replace_sender_token(&house.pool.id, &id, fresh).await.map_err(said).unwrap();
        assert_eq!(sent_in(&house, "en").await, own("en_US", "our_code"));
    }

    fn its_verify_token_answers_the_handshake_until_it_is_renewed(house) {
        number_at_meta(&house, (NUMBER, ACCOUNT), json!([])).await;
        let made = made(&house, &house.pool, new(NUMBER, ACCOUNT)).await.unwrap();
        let shake = async |token: &str| {
            let query = [("hub.mode", "subscribe"), ("hub.verify_token", token), ("hub.challenge", "77")];
            let url = with_query(&format!("http://{}/webhooks/whatsapp", house.provider), &query);
            Answer::of(house.http.get(url).send().await.unwrap()).await.status
        };
        assert_eq!(shake(made.verify_token.expose()).await, 200);
        assert_eq!(shake("another").await, 403);
        let renewed = house.flow.renew_verify_token(&house.pool.id, &made.sender.id).await.map_err(said).unwrap();
        assert_eq!(shake(renewed.expose()).await, 200);
        assert_eq!(shake(made.verify_token.expose()).await, 403, "the one before counts no more");
        assert!(house.contents().await.iter().all(|(_, value)| !value.contains(renewed.expose())));
        house.flow.delete_sender(&house.pool.id, &made.sender.id).await.map_err(said).unwrap();
        assert_eq!(shake(made.verify_token.expose()).await, 403);
    }

    fn what_waits_fails_when_its_sender_is_taken_out_and_the_shared_one_goes_on(house) {
        let id = live(&house).await;
        let waits = random_phone();
        house.fault(json!({ "kind": "error", "code": 130429, "to": waits, "times": 0 })).await;
        house.browser().ask_code(&house, &waits).await;
        house.eventually("SELECT id FROM messages WHERE state IN ('queued', 'sending')").await;
        house.flow.delete_sender(&house.pool.id, &id).await.map_err(said).unwrap();
        house.wait_for_outbox().await;
        assert_eq!(state_of(&house, &waits).await, "failed");
        let phone = random_phone();
        house.browser().sign_in(&house, &phone).await;
        assert_eq!(house.message_to(&phone, 0).await["phone_number_id"], PHONE_NUMBER_ID);
        let again = house.flow.delete_sender(&house.pool.id, &id).await;
        assert!(said(again.err().unwrap()).contains("no such sender"));
    }

    fn another_node_hears_of_a_change_within_two_seconds(house) {
        let other = house.another_node().await;
        let pool = other.pool("acme").await.unwrap().unwrap();
        let id = live(&house).await;
        house.clock.turn(Duration::from_secs(2));
        let found = other.list_senders(&pool.id).await.unwrap();
        assert!(found.iter().any(|(sender, _)| sender.id == id && sender.is_live));
    }

    fn a_live_sender_changes_to_templates_it_can_send_with_and_to_no_others(house) {
        let id = live(&house).await;
        let change = async |change: SenderChange| house.flow.change_sender(&house.pool.id, &id, change).await;
        let nowhere = SenderChange { template: Some("nowhere".into()), ..SenderChange::default() };
        let Err(Error::Refused(SenderRefusal::NotReady(troubles))) = change(nowhere).await else {
            panic!("it changed to a template that is not there");
        };
        assert!(troubles[0].wrong.contains("in none of the languages"), "{troubles:?}");
        for (wrong, about) in [
            (SenderChange { template: Some("A B".into()), ..SenderChange::default() }, "template"),
            (SenderChange { standby_template: Some(Some(String::new())), ..SenderChange::default() }, "template"),
            (SenderChange { name: Some(" ".into()), ..SenderChange::default() }, "name"),
        ] {
            let refused = said(change(wrong).await.err().unwrap());
            assert!(refused.contains(about), "{refused}");
        }
        assert_eq!(sent_in(&house, "es").await, own("es", "our_code"));
        let swapped = SenderChange {
            name: Some("Ours".into()), template: Some("our_standby".into()), standby_template: Some(None),
        };
        let sender = change(swapped).await.map_err(said).unwrap();
        assert_eq!((sender.name.as_str(), sender.templates()), ("Ours", vec!["our_standby".to_owned()]));
        assert_eq!(sent_in(&house, "es").await, own("es", "our_standby"));
        let found = house.flow.list_senders(&house.pool.id).await.unwrap();
        assert!(found[0].0.is_live && found[0].0.standby_template.is_none());
    }
}
