//! Too many wrong codes for one account: its method is off until somebody gives it back.

use std::time::Duration;

use watchword_domain::Phone;
use watchword_domain::failures::Guessers;
use watchword_domain::limits::Limits;
use watchword_domain::session::Method;

use crate::on_each_database;
use crate::support::{Answer, Browser, CALLBACK, House, another, random_phone};

const DAY: u64 = 24 * 60 * 60;

/// Ten tries a code, so that a right code of the same number is still alive when the failures are full.
fn ten_tries(usual: Limits) -> Limits {
    Limits { tries_per_code: 10, ..usual }
}

/// Somebody else guesses wrongly, twenty times over two codes.
async fn guess_twenty_times(house: &House, phone: &str) {
    guess_in(&house.browser(), house, phone, 2).await;
}

/// Wrong guesses in this browser, ten at each of so many codes.
async fn guess_in(browser: &Browser, house: &House, phone: &str, codes: usize) {
    house.clock.turn(Duration::from_secs(30));
    let sent = house.messages_to(phone).await.len();
    let page = browser.ask_code_again(house, phone).await;
    for newer in 0..codes {
        let code = house.code_to(phone, sent + newer).await;
        for _ in 0..10 {
            browser.type_wrong_code(house, &page, &another(&code)).await;
        }
        if newer + 1 < codes {
            house.clock.turn(Duration::from_secs(120));
            browser.ask_new_code(house, &page).await.location();
        }
    }
}

/// What this browser is answered that asks for a code.
async fn ask(browser: &Browser, house: &House, phone: &str) -> Answer {
    let page = browser.authorize(house, &house.prompted()).await;
    browser.type_phone(house, &page, phone).await
}

async fn with_a_code(house: &House, phone: &str) -> (Browser, Answer, String) {
    let browser = house.browser();
    let page = browser.ask_code(house, phone).await;
    let code = house.code_to(phone, 0).await;
    (browser, page, code)
}

async fn failures(house: &House, phone: &str) -> u32 {
    let phone = Phone::from_e164(phone).unwrap();
    let rows = house.store.read(&house.pool.id);
    let failures = rows.find_failures(Method::WhatsappCode, &phone, Guessers::Strangers).await.unwrap();
    failures.map_or(0, |failures| failures.count)
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

    fn strangers_switch_the_method_off_for_strangers_and_never_for_the_owner(house with ten_tries) {
        let (owner, phone) = (house.browser(), random_phone());
        owner.sign_in(&house, &phone).await;
        guess_twenty_times(&house, &phone).await;
        let stranger = house.browser();
        let refused = stranger.type_phone(&house, &stranger.open(&house).await, &phone).await;
        assert!(refused.text.contains("Codes for this number are switched off"));
        let sent = house.messages_to(&phone).await.len();
        let page = owner.ask_code_again(&house, &phone).await;
        let code = house.code_to(&phone, sent).await;
        assert!(owner.type_code(&house, &page, &code).await.location().starts_with(CALLBACK));
        assert_eq!(failures(&house, &phone).await, 0, "a proof forgets what strangers did");
    }

    fn a_browser_that_is_known_for_its_own_number_is_a_stranger_to_others(house with ten_tries) {
        let (attacker, phone) = (house.browser(), random_phone());
        attacker.sign_in(&house, &random_phone()).await;
        guess_twenty_times(&house, &phone).await;
        let page = attacker.authorize(&house, &house.prompted()).await;
        assert_eq!(attacker.type_phone(&house, &page, &phone).await.status, 422);
    }

    fn a_known_browser_that_guesses_wrongly_becomes_a_stranger_and_takes_no_other_with_it(house with ten_tries) {
        let (owner, other, phone) = (house.browser(), house.browser(), random_phone());
        owner.sign_in(&house, &phone).await;
        house.clock.turn(Duration::from_secs(30));
        other.sign_in(&house, &phone).await;
        guess_in(&other, &house, &phone, 3).await;
        assert_eq!(failures(&house, &phone).await, 20, "ten are its own, the rest a stranger's");
        assert_eq!(ask(&other, &house, &phone).await.status, 422);
        house.clock.turn(Duration::from_secs(60 * 60));
        let sent = house.messages_to(&phone).await.len();
        let page = owner.ask_code_again(&house, &phone).await;
        let code = house.code_to(&phone, sent).await;
        assert!(owner.type_code(&house, &page, &code).await.location().starts_with(CALLBACK));
    }

    fn known_browsers_together_bear_twenty_failures(house with ten_tries) {
        let (owner, others, phone) = (house.browser(), [house.browser(), house.browser()], random_phone());
        for browser in [&owner, &others[0], &others[1]] {
            browser.sign_in(&house, &phone).await;
            house.clock.turn(Duration::from_secs(30));
        }
        for browser in &others {
            guess_in(browser, &house, &phone, 1).await;
            house.clock.turn(Duration::from_secs(60 * 60));
        }
        assert_eq!(failures(&house, &phone).await, 0);
        guess_in(&owner, &house, &phone, 1).await;
        assert_eq!(failures(&house, &phone).await, 10, "the owner counts as a stranger now, and is not shut out");
    }

    fn a_browser_is_forgotten_half_a_year_after_the_number_signed_in_with_it(house with ten_tries) {
        let (owner, phone) = (house.browser(), random_phone());
        owner.sign_in(&house, &phone).await;
        house.clock.turn(Duration::from_secs(180 * DAY));
        guess_twenty_times(&house, &phone).await;
        let sent = house.messages_to(&phone).await.len();
        let page = owner.ask_code_again(&house, &phone).await;
        let code = house.code_to(&phone, sent).await;
        assert!(owner.type_code(&house, &page, &code).await.location().starts_with(CALLBACK));
        house.clock.turn(Duration::from_secs(181 * DAY));
        guess_twenty_times(&house, &phone).await;
        assert_eq!(ask(&owner, &house, &phone).await.status, 422);
    }

    fn strangers_may_guess_again_a_day_later_and_only_so_often(house with ten_tries) {
        let phone = random_phone();
        for round in 1..=4 {
            guess_twenty_times(&house, &phone).await;
            assert_eq!(failures(&house, &phone).await, 20 * round);
            house.clock.turn(Duration::from_secs(24 * 60 * 60));
        }
        let stranger = house.browser();
        let refused = stranger.type_phone(&house, &stranger.open(&house).await, &phone).await;
        assert!(refused.text.contains("Codes for this number are switched off"));
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
        let found = rows.find_failures(Method::WhatsappCode, &number, Guessers::Strangers).await.unwrap();
        assert_eq!(found, None);
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
