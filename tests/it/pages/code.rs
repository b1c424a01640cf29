//! `/sign-in/code`: how a code may be written, and what a wrong one costs.

use std::time::Duration;

use watchword_domain::client::ClientKind;

use crate::on_each_database;
use crate::support::{CALLBACK, another, random_phone};

/// The digit of another script, by the script's zero.
fn in_script(code: &str, zero: u32) -> String {
    code.chars().map(|digit| char::from_u32(zero + digit.to_digit(10).unwrap()).unwrap()).collect()
}

on_each_database! {
    fn wrong_codes_are_counted_until_none_is_left(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        assert!(page.element("tries").starts_with("5 tries left"));
        let code = house.code_to(&phone, 0).await;
        for left in ["4 tries", "3 tries", "2 tries", "1 try"] {
            let answer = browser.type_wrong_code(&house, &page, &another(&code)).await;
            assert_eq!(answer.status, 200);
            assert_eq!(answer.element("error"), format!("That is not the code. You have {left} left."));
            assert_eq!(answer.text.matches(left).count(), 1, "the tries are said once");
            assert!(browser.look_again(&house, &page).await.element("tries").starts_with(left));
        }
        let last = browser.type_wrong_code(&house, &page, &another(&code)).await;
        assert_eq!((last.status, last.heading().as_str()), (200, "Too many wrong tries"));
        let late = browser.type_code(&house, &page, &code).await;
        assert_eq!((late.status, late.heading().as_str()), (200, "Too many wrong tries"));
        assert!(!late.text.contains("name=\"code\"") && browser.cookie("session").is_none());
    }

    fn looking_again_after_a_wrong_code_costs_nothing_and_a_new_code_has_nothing_wrong_about_it(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        let code = house.code_to(&phone, 0).await;
        let location = browser.type_code(&house, &page, &another(&code)).await.location();
        for _ in 0..3 {
            let again = browser.page(&house, &location).await;
            assert_eq!(again.element("error"), "That is not the code. You have 4 tries left.");
        }
        house.clock.turn(Duration::from_secs(30));
        browser.ask_new_code(&house, &page).await.location();
        assert_eq!(browser.page(&house, &location).await.element("error"), "");
    }

    fn a_code_may_be_written_in_any_script_and_with_spaces(house) {
        let ways: [fn(&str) -> String; 6] = [
            |code| in_script(code, 0x660),
            |code| in_script(code, 0x966),
            |code| in_script(code, 0xff10),
            |code| format!(" {} {} ", &code[..3], &code[3..]),
            |code| format!("{}-{}", &code[..3], &code[3..]),
            |code| format!("{}\u{a0}{}\t", &code[..3], &code[3..]),
        ];
        for write in ways {
            let (browser, phone) = (house.browser(), random_phone());
            let page = browser.ask_code(&house, &phone).await;
            let typed = write(&house.code_to(&phone, 0).await);
            let answer = browser.type_code(&house, &page, &typed).await;
            assert_eq!(answer.status, 303, "{typed}: {}", answer.text);
        }
    }

    fn what_cannot_be_the_code_costs_no_try(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        let code = house.code_to(&phone, 0).await;
        let long = format!("{code}0");
        let typed = [
            ("", "Enter the code."),
            (" ", "Enter the code."),
            ("abcdef", "The code has digits only. Check what you typed."),
            ("12345½", "The code has digits only. Check what you typed."),
            (&code[1..], "The code has 6 digits."),
            (long.as_str(), "The code has 6 digits."),
        ];
        for (typed, said) in typed {
            let answer = browser.type_code(&house, &page, typed).await;
            assert_eq!((answer.status, answer.element("error").as_str()), (422, said), "{typed}");
            assert!(answer.element("tries").starts_with("5 tries left"), "{typed}");
        }
        assert_eq!(house.count("method_failures").await, 0);
        assert!(browser.type_code(&house, &page, &code).await.location().starts_with(CALLBACK));
    }

    fn a_code_that_is_there_twice_costs_no_try(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        let code = house.code_to(&phone, 0).await;
        let (csrf, sign_in) = (page.hidden("csrf"), page.hidden("sign_in"));
        let form = [("csrf", csrf.as_str()), ("sign_in", &sign_in), ("code", &code), ("code", &code)];
        assert_eq!(browser.post(&house.url("/sign-in/code"), &form).await.status, 422);
        assert_eq!(house.count("method_failures").await, 0);
    }

    fn a_code_answers_only_the_sign_in_it_was_sent_for(house) {
        let (one, other) = (random_phone(), random_phone());
        house.browser().ask_code(&house, &one).await;
        let browser = house.browser();
        let page = browser.ask_code(&house, &other).await;
        let (foreign, own) = (house.code_to(&one, 0).await, house.code_to(&other, 0).await);
        if foreign != own {
            browser.type_wrong_code(&house, &page, &foreign).await;
        }
    }

    fn a_code_lives_five_minutes(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        let code = house.code_to(&phone, 0).await;
        house.clock.turn(Duration::from_secs(5 * 60));
        let late = browser.type_code(&house, &page, &code).await;
        assert_eq!((late.status, late.heading().as_str()), (422, "This code has expired"));
        let again = browser.look_again(&house, &page).await;
        assert_eq!((again.status, again.heading().as_str()), (200, "This code has expired"));
        browser.ask_new_code(&house, &again).await.location();
        let new = house.code_to(&phone, 1).await;
        assert!(browser.type_code(&house, &page, &new).await.location().starts_with(CALLBACK));
    }

    fn a_pool_may_want_longer_codes(house) {
        let mut other = house.project("other", ClientKind::Web).await;
        other.pool.settings.code_digits = Some(8);
        let settings = serde_json::to_string(&other.pool.settings).unwrap();
        house.execute(&format!("UPDATE pools SET settings = '{settings}' WHERE domain = 'other'")).await;
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.open_at(&other).await;
        let location = browser.type_phone_at(&other.pool.issuer, &page, &phone).await.location();
        assert!(browser.page(&house, &location).await.text.contains("8-digit code"));
        assert_eq!(house.code_to(&phone, 0).await.len(), 8);
    }
}
