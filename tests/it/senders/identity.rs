//! Who is behind a number: learned from WhatsApp with each proof, and what a project has done when it is somebody else.

use std::time::Duration;

use serde_json::json;
use watchword_domain::channel::{CountryPolicy, DeliveryPolicy, Fallback};
use watchword_domain::identity::IdentityCheck;
use watchword_domain::{Channel, Phone};

use crate::on_each_database;
use crate::pages::other_channel::{BOTH, ask_by, by, decide, failed, sms_to};
use crate::support::{Answer, Browser, CALLBACK, House, random_phone};

const KNOWN: &str = "SELECT identity_key_hash FROM authenticators WHERE identity_key_hash IS NOT NULL";

async fn check(house: &House, check: IdentityCheck) {
    assert!(house.flow.check_identities(&house.pool, check).await.is_ok(), "Meta tells identities");
    house.clock.turn(Duration::from_secs(3)); // What the doors keep in memory is looked up again.
}

/// Somebody else has the number from now on.
async fn changes_hands(house: &House, phone: &str) {
    let url = format!("http://{}/simulator/phones", house.simulator);
    let change = json!({ "number": phone, "owner": "changed" });
    assert!(house.http.post(url).json(&change).send().await.unwrap().status().is_success());
    house.clock.turn(Duration::from_secs(30));
}

/// Asks for a code once more, although somebody may be signed in, from a browser that was never here.
async fn ask(house: &House, phone: &str) -> (Browser, Answer) {
    let browser = house.browser();
    let page = browser.ask_code(house, phone).await;
    (browser, page)
}

/// Signs in with the newest code, once it arrived and WhatsApp said to whom.
async fn finish(house: &House, (browser, page): (Browser, Answer), phone: &str) -> Answer {
    browser.told(house, &page, "delivered").await;
    let code = house.messages_to(phone).await[0]["code"].as_str().unwrap().to_owned();
    browser.type_code(house, &page, &code).await
}

/// Asks for a code once more that WhatsApp does not bring.
async fn undelivered(house: &House, browser: &Browser, phone: &str) -> Answer {
    house.fault(json!({ "kind": "status_failed", "code": 131026, "to": phone, "channel": "whatsapp" })).await;
    browser.ask_code_again(house, phone).await
}

/// The code of a number's newest SMS, once it is there.
async fn newest_sms(house: &House, phone: &str) -> String {
    sms_to(house, phone).await;
    by(house, phone, "sms").await[0]["code"].as_str().unwrap().to_owned()
}

/// Types the code of the SMS, which is right and signs nobody in, now or when it is typed once more.
async fn refused(house: &House, browser: &Browser, page: &Answer, phone: &str) {
    let code = newest_sms(house, phone).await;
    let answer = browser.type_code(house, page, &code).await;
    assert_eq!((answer.status, answer.heading()), (403, "Use the code from WhatsApp".to_owned()));
    assert_eq!(browser.type_code(house, page, &code).await.status, 303);
    assert_eq!(house.count("sessions").await, 1, "its user's");
}

/// Waits until the project was told of the change, and gives all it was told.
async fn alerts(house: &House) -> Vec<String> {
    house.eventually("SELECT kind FROM limit_alerts WHERE kind = 'identity_changed'").await;
    house.flow.alerts(&house.pool).await.unwrap().into_iter().map(|alert| alert.kind).collect()
}

on_each_database! {
    fn no_code_goes_to_another_account_than_before_until_an_operator_trusts_it(house) {
        check(&house, IdentityCheck::SecondFactor).await;
        let phone = random_phone();
        assert!(finish(&house, ask(&house, &phone).await, &phone).await.location().starts_with(CALLBACK));
        let before = house.values(KNOWN).await;
        assert_eq!(before.len(), 1);
        changes_hands(&house, &phone).await;
        let (browser, page) = ask(&house, &phone).await;
        let told = browser.told(&house, &page, "failed").await;
        assert!(told["text"].as_str().unwrap().contains("account of this number changed"), "{told}");
        assert_eq!(told["other"], "", "on no channel");
        assert_eq!(house.messages_to(&phone).await[0]["status"], "failed");
        assert_eq!(alerts(&house).await, ["identity_changed"]);

        house.flow.trust_number(&house.pool, &Phone::from_e164(&phone).unwrap()).await.unwrap();
        house.clock.turn(Duration::from_secs(60));
        assert!(finish(&house, ask(&house, &phone).await, &phone).await.location().starts_with(CALLBACK));
        let after = house.values(KNOWN).await;
        assert!(after.len() == 1 && after != before, "{after:?}");
        house.clock.turn(Duration::from_secs(60));
        assert!(finish(&house, ask(&house, &phone).await, &phone).await.location().starts_with(CALLBACK));
    }

    fn a_code_by_sms_is_no_proof_of_a_number_whose_account_is_known(house) {
        check(&house, IdentityCheck::SecondFactor).await;
        decide(&house, &BOTH, Fallback::OnRequest).await;
        let phone = random_phone();
        let (known, page) = ask(&house, &phone).await;
        assert!(finish(&house, (known.clone(), page), &phone).await.location().starts_with(CALLBACK));
        let before = house.values(KNOWN).await;
        house.clock.turn(Duration::from_secs(1200));

        // Whoever has the number now has no WhatsApp.
        let page = undelivered(&house, &known, &phone).await;
        let told = known.told(&house, &page, "failed").await;
        assert_eq!(told["other"], "", "where the user is known the way that leads nowhere is not offered: {told}");
        house.clock.turn(Duration::from_secs(1200));
        let stranger = house.browser();
        let page = undelivered(&house, &stranger, &phone).await;
        let told = stranger.told(&house, &page, "failed").await;
        assert_eq!(told["other_channel"], "sms", "to strangers every number looks alike: {told}");
        ask_by(&house, &stranger, &page, "sms").await;
        refused(&house, &stranger, &page, &phone).await;
        assert_eq!(house.values(KNOWN).await, before);

        house.flow.trust_number(&house.pool, &Phone::from_e164(&phone).unwrap()).await.unwrap();
        house.clock.turn(Duration::from_secs(1200));
        let stranger = house.browser();
        let page = undelivered(&house, &stranger, &phone).await;
        stranger.told(&house, &page, "failed").await;
        ask_by(&house, &stranger, &page, "sms").await;
        stranger.told(&house, &page, "delivered").await;
        let code = newest_sms(&house, &phone).await;
        assert!(stranger.type_code(&house, &page, &code).await.location().starts_with(CALLBACK));
        assert!(house.values(KNOWN).await.is_empty(), "who did not get it on WhatsApp is not known by it");
    }

    fn an_sms_that_goes_first_is_no_proof_of_such_a_number_either(house) {
        check(&house, IdentityCheck::SecondFactor).await;
        let phone = random_phone();
        assert!(finish(&house, ask(&house, &phone).await, &phone).await.location().starts_with(CALLBACK));
        let there = CountryPolicy::from(vec![Channel::Sms, Channel::Whatsapp]);
        let country = Phone::from_e164(&phone).unwrap().country().unwrap();
        let policy = DeliveryPolicy { by_country: [(country, there)].into(), ..DeliveryPolicy::default() };
        house.flow.change_settings(&house.pool, |own| own.delivery = policy).await.unwrap();
        house.clock.turn(Duration::from_secs(60));
        let (browser, page) = ask(&house, &phone).await;
        refused(&house, &browser, &page, &phone).await;
        // By WhatsApp alone it still works.
        decide(&house, &[Channel::Whatsapp], Fallback::OnRequest).await;
        house.clock.turn(Duration::from_secs(60));
        assert!(finish(&house, ask(&house, &phone).await, &phone).await.location().starts_with(CALLBACK));
    }

    fn whoever_a_code_did_not_reach_is_not_learned_from_its_failure(house) {
        check(&house, IdentityCheck::SecondFactor).await;
        decide(&house, &BOTH, Fallback::OnRequest).await;
        let (browser, phone, page, _) = failed(&house, 131026).await;
        ask_by(&house, &browser, &page, "sms").await;
        let code = newest_sms(&house, &phone).await;
        assert!(browser.type_code(&house, &page, &code).await.location().starts_with(CALLBACK));
        assert!(house.values(KNOWN).await.is_empty());
        let of_the_message = "SELECT identity_key_hash FROM messages WHERE identity_key_hash IS NOT NULL";
        assert!(house.values(of_the_message).await.is_empty());
    }

    fn a_project_that_observes_is_told_and_nobody_is_kept_out(house) {
        check(&house, IdentityCheck::Observe).await;
        let phone = random_phone();
        finish(&house, ask(&house, &phone).await, &phone).await;
        let before = house.values(KNOWN).await;
        changes_hands(&house, &phone).await;
        assert!(finish(&house, ask(&house, &phone).await, &phone).await.location().starts_with(CALLBACK));
        assert_eq!(alerts(&house).await, ["identity_changed"]);
        assert_ne!(house.values(KNOWN).await, before);
    }

    fn where_nobody_asks_nothing_is_kept_and_what_meta_refuses_is_not_stored(house) {
        let phone = random_phone();
        finish(&house, ask(&house, &phone).await, &phone).await;
        assert!(house.values(KNOWN).await.is_empty());
        house.meta_leaves().await;
        assert!(house.flow.check_identities(&house.pool, IdentityCheck::Observe).await.is_err());
        let settings = house.values("SELECT settings FROM pools").await;
        assert!(settings[0].contains("\"identity_check\":\"off\""), "{settings:?}");
        let nobodys = Phone::from_e164(&random_phone()).unwrap();
        assert!(house.flow.trust_number(&house.pool, &nobodys).await.is_err());
    }
}
