//! Too many wrong codes for one account: its method is off until somebody gives it back.

use std::time::Duration;

use watchword_domain::Phone;
use watchword_domain::limits::Limits;
use watchword_domain::session::Method;

use crate::on_each_database;
use crate::support::{Answer, Browser, CALLBACK, House, another, random_phone};

/// Ten tries a code, so that a right code of the same number is still alive when the failures are full.
fn ten_tries(usual: Limits) -> Limits {
    Limits { tries_per_code: 10, ..usual }
}

/// Somebody else guesses wrongly, twenty times over two codes.
async fn guess_twenty_times(house: &House, phone: &str) {
    house.clock.turn(Duration::from_secs(30));
    let (attacker, sent) = (house.browser(), house.messages_to(phone).await.len());
    let page = attacker.ask_code(house, phone).await;
    for newer in 0..2 {
        let code = house.code_to(phone, sent + newer).await;
        for _ in 0..10 {
            assert_eq!(attacker.type_code(house, &page, &another(&code)).await.status, 422);
        }
        if newer == 0 {
            house.clock.turn(Duration::from_secs(60));
            attacker.ask_new_code(house, &page).await.location();
        }
    }
}

async fn with_a_code(house: &House, phone: &str) -> (Browser, Answer, String) {
    let browser = house.browser();
    let page = browser.ask_code(house, phone).await;
    let code = house.code_to(phone, 0).await;
    (browser, page, code)
}

async fn failures(house: &House, phone: &str) -> u32 {
    let phone = Phone::from_e164(phone).unwrap();
    house.store.read(&house.pool.id).find_failures(Method::WhatsappCode, &phone).await.unwrap()
}

on_each_database! {
    fn twenty_failures_over_all_codes_switch_the_method_off(house with ten_tries) {
        let phone = random_phone();
        let (browser, page, code) = with_a_code(&house, &phone).await;
        guess_twenty_times(&house, &phone).await;
        let refused = browser.type_code(&house, &page, &code).await;
        assert_eq!((refused.status, refused.heading().as_str()), (403, "Codes are switched off"));
        assert_eq!((house.count("users").await, failures(&house, &phone).await), (0, 20));
        let sent = house.count("messages").await;
        house.clock.turn(Duration::from_secs(120));
        assert_eq!(browser.ask_new_code(&house, &page).await.status, 403);
        let start = house.browser();
        let again = start.type_phone(&house, &start.open(&house).await, &phone).await;
        assert_eq!(again.status, 422);
        assert!(again.text.contains("Codes for this number are switched off"));
        assert_eq!(house.count("messages").await, sent);
    }

    fn an_operator_gives_the_method_back(house with ten_tries) {
        let phone = random_phone();
        let (browser, page, code) = with_a_code(&house, &phone).await;
        guess_twenty_times(&house, &phone).await;
        assert_eq!(browser.type_code(&house, &page, &code).await.status, 403);
        let number = Phone::from_e164(&phone).unwrap();
        assert!(house.flow.unlock(&house.pool, &number).await.unwrap());
        assert!(!house.flow.unlock(&house.pool, &number).await.unwrap(), "there was nothing more to forget");
        assert!(browser.type_code(&house, &page, &code).await.location().starts_with(CALLBACK));
    }

    fn another_number_may_be_used_when_one_is_switched_off(house with ten_tries) {
        let (phone, other) = (random_phone(), random_phone());
        let (browser, page, _) = with_a_code(&house, &phone).await;
        guess_twenty_times(&house, &phone).await;
        let change = browser.change_page(&house, &page).await;
        assert_eq!(change.status, 200);
        assert_eq!(browser.change_phone(&house, &change, &other).await.status, 303);
        let code = house.code_to(&other, 0).await;
        assert!(browser.type_code(&house, &page, &code).await.location().starts_with(CALLBACK));
    }

    fn the_failures_of_one_pool_are_no_other_pools(house with ten_tries) {
        let phone = random_phone();
        with_a_code(&house, &phone).await;
        guess_twenty_times(&house, &phone).await;
        let other = house.project("other", watchword_domain::client::ClientKind::Web).await;
        let rows = house.store.read(&other.pool.id);
        let number = Phone::from_e164(&phone).unwrap();
        assert_eq!(rows.find_failures(Method::WhatsappCode, &number).await.unwrap(), 0);
    }

    fn a_right_code_forgets_the_failures(house) {
        let phone = random_phone();
        let (browser, page, code) = with_a_code(&house, &phone).await;
        for _ in 0..4 {
            browser.type_code(&house, &page, &another(&code)).await;
        }
        assert_eq!(failures(&house, &phone).await, 4);
        browser.type_code(&house, &page, &code).await.location();
        assert_eq!(failures(&house, &phone).await, 0);
    }
}
