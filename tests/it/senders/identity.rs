//! Who is behind a number: learned from WhatsApp with each proof, and what a project has done when it is somebody else.

use std::time::Duration;

use serde_json::json;
use watchword_domain::Phone;
use watchword_domain::identity::IdentityCheck;

use crate::on_each_database;
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
