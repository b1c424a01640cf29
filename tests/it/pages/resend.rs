//! `/sign-in/new-code`: when a new code may be asked for, and how many.

use std::time::Duration;

use watchword_domain::client::ClientKind;
use watchword_domain::limits::Limits;
use watchword_flow::projects::Project;

use crate::on_each_database;
use crate::support::{CALLBACK, House, another, random_phone};

fn one_an_hour(usual: Limits) -> Limits {
    Limits { sends_per_number_hour: 1, ..usual }
}

/// Tries to start a sign-in with a number in a fresh browser; gives the status.
async fn start(house: &House, phone: &str) -> u16 {
    let browser = house.browser();
    let page = browser.open(house).await;
    browser.type_phone(house, &page, phone).await.status
}

async fn start_at(house: &House, project: &Project, phone: &str) -> u16 {
    let browser = house.browser();
    let page = browser.open_at(project).await;
    browser.type_phone_at(&project.pool.issuer, &page, phone).await.status
}

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

on_each_database! {
    fn a_new_code_kills_the_old_one(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        let old = house.code_to(&phone, 0).await;
        house.clock.turn(Duration::from_secs(30));
        browser.ask_new_code(&house, &page).await.location();
        let new = house.code_to(&phone, 1).await;
        let confirmed = "We sent a new code. The one before no longer works.";
        assert!(!page.text.contains(confirmed));
        assert!(browser.look_again(&house, &page).await.text.contains(confirmed));
        if old != new {
            let refused = browser.type_wrong_code(&house, &page, &old).await;
            assert!(refused.element("error").ends_with("You have 4 tries left."));
            assert!(refused.text.contains(confirmed), "whoever typed the old code learns of the new one");
        }
        assert!(browser.type_code(&house, &page, &new).await.location().starts_with(CALLBACK));
        assert_eq!(house.values("SELECT id FROM challenges WHERE ended_at IS NULL").await.len(), 0);
    }

    fn a_new_code_comes_in_the_language_the_page_is_in_now(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        let here = format!("{}?sign_in={}&lang=es", house.url("/sign-in/code"), page.hidden("sign_in"));
        let page = browser.get(&here).await;
        house.clock.turn(Duration::from_secs(30));
        browser.ask_new_code(&house, &page).await.location();
        let sent = house.values("SELECT language FROM messages ORDER BY created_at").await;
        assert_eq!(sent, ["en_US", "es"]);
    }

    fn the_owner_of_a_number_never_waits_for_what_strangers_asked(house) {
        let (owner, phone) = (house.browser(), random_phone());
        owner.sign_in(&house, &phone).await;
        for wait in [0, 30, 60, 120] {
            house.clock.turn(Duration::from_secs(wait));
            assert_eq!(start(&house, &phone).await, 303);
        }
        assert_eq!(start(&house, &phone).await, 429, "strangers had all they may get");
        let sent = house.messages_to(&phone).await.len();
        let page = owner.ask_code_again(&house, &phone).await;
        assert!(page.text.contains("New code in"), "the page counts the owner's own wait");
        let code = house.code_to(&phone, sent).await;
        assert!(owner.type_code(&house, &page, &code).await.location().starts_with(CALLBACK));
    }

    fn the_waits_for_a_new_code_grow(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        for (sent, wait) in [30, 60, 120, 300].into_iter().enumerate() {
            // Half the wait is the whole of the one before.
            for half in [wait / 2, wait - wait / 2] {
                assert_eq!(browser.ask_new_code(&house, &page).await.status, 303);
                assert_eq!(house.count("messages").await, sent + 1, "too early");
                house.clock.turn(Duration::from_secs(half));
            }
            browser.ask_new_code(&house, &page).await.location();
            assert_eq!(house.count("messages").await, sent + 2);
        }
    }

    fn the_page_says_when_a_new_code_may_be_asked_for(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        assert!(page.text.contains("class=\"resend in\""));
        let location = browser.ask_new_code(&house, &page).await.location();
        assert!(browser.page(&house, &location).await.text.contains("class=\"resend in\""));
        house.clock.turn(Duration::from_secs(30));
        assert!(browser.look_again(&house, &page).await.text.contains("class=\"resend now\""));
    }

    fn a_new_code_gives_new_tries_but_forgets_no_failure(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        let code = house.code_to(&phone, 0).await;
        for _ in 0..3 {
            browser.type_code(&house, &page, &another(&code)).await;
        }
        house.clock.turn(Duration::from_secs(30));
        browser.ask_new_code(&house, &page).await.location();
        assert!(browser.look_again(&house, &page).await.element("tries").starts_with("5 tries left"));
        assert_eq!(house.values("SELECT CAST(failures AS TEXT) FROM method_failures").await, ["3"]);
    }

    fn a_number_gets_five_codes_an_hour_over_all_pools(house) {
        let (other, phone) = (house.project("other", ClientKind::Web).await, random_phone());
        for turn in 0..5 {
            let status = match turn % 2 {
                0 => start(&house, &phone).await,
                _ => start_at(&house, &other, &phone).await,
            };
            assert_eq!(status, 303, "{turn}");
            house.clock.turn(10 * MINUTE);
        }
        assert_eq!(start(&house, &phone).await, 429);
        assert_eq!(start_at(&house, &other, &phone).await, 429);
        assert_eq!(house.count("messages").await, 5);
        house.clock.turn(10 * MINUTE);
        assert_eq!(start_at(&house, &other, &phone).await, 303);
    }

    fn a_number_gets_ten_codes_a_day(house) {
        let phone = random_phone();
        for _ in 0..10 {
            assert_eq!(start(&house, &phone).await, 303);
            house.clock.turn(HOUR);
        }
        assert_eq!(start(&house, &phone).await, 429);
        house.clock.turn(14 * HOUR);
        assert_eq!(start(&house, &phone).await, 303);
    }

    fn the_page_says_when_a_number_had_all_its_codes(house with one_an_hour) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        assert!(page.text.contains("class=\"resend no_more\""));
        house.clock.turn(2 * MINUTE);
        browser.ask_new_code(&house, &page).await.location();
        assert_eq!(house.count("messages").await, 1);
    }

    fn a_right_answer_restarts_the_waits(house) {
        let phone = random_phone();
        let browser = house.browser();
        let page = browser.ask_code(&house, &phone).await;
        let code = house.code_to(&phone, 0).await;
        assert_eq!(start(&house, &phone).await, 429);
        browser.type_code(&house, &page, &code).await.location();
        assert_eq!(start(&house, &phone).await, 303);
        assert_eq!(start(&house, &phone).await, 429);
    }

    fn a_code_asked_for_by_the_owner_of_a_number_in_two_places_works_in_both(house) {
        let (one, other, phone) = (house.browser(), house.browser(), random_phone());
        let first = one.ask_code(&house, &phone).await;
        let code = house.code_to(&phone, 0).await;
        house.clock.turn(Duration::from_secs(30));
        let second = other.ask_code(&house, &phone).await;
        let newer = house.code_to(&phone, 1).await;
        assert!(one.type_code(&house, &first, &code).await.location().starts_with(CALLBACK));
        assert!(other.type_code(&house, &second, &newer).await.location().starts_with(CALLBACK));
        assert_eq!((house.count("users").await, house.count("sessions").await), (1, 2));
    }
}
