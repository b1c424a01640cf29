//! Forms that are not ours, not this browser's, not this pool's or not of today.

use std::time::Duration;

use watchword_domain::client::ClientKind;

use crate::on_each_database;
use crate::support::{Answer, CALLBACK, random_phone};

fn is_out_of_date(answer: &Answer) {
    assert_eq!(answer.status, 403, "{}", answer.text);
    assert_eq!(answer.heading(), "This page is out of date");
}

on_each_database! {
    fn a_form_without_its_token_does_nothing(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let first = browser.open(&house).await;
        let page = browser.ask_code(&house, &phone).await;
        let code = house.code_to(&phone, 0).await;
        browser.told(&house, &page, "delivered").await;
        house.clock.turn(Duration::from_secs(60));
        let (sign_in, sealed, other) = (page.hidden("sign_in"), first.hidden("sealed"), random_phone());
        let stranger = house.browser().open(&house).await.hidden("csrf");
        let before = house.contents().await;
        for csrf in ["", "made-up", stranger.as_str()] {
            let forms: [(&str, &[(&str, &str)]); 4] = [
                (
                    "/sign-in/phone",
                    &[("csrf", csrf), ("sealed", &sealed), ("country", "US"), ("phone", &other)],
                ),
                (
                    "/sign-in/phone",
                    &[("csrf", csrf), ("sign_in", &sign_in), ("country", "US"), ("phone", &other)],
                ),
                ("/sign-in/code", &[("csrf", csrf), ("sign_in", &sign_in), ("code", &code)]),
                ("/sign-in/new-code", &[("csrf", csrf), ("sign_in", &sign_in)]),
            ];
            for (path, form) in forms {
                is_out_of_date(&browser.post(&house.url(path), form).await);
                is_out_of_date(&browser.post(&house.url(path), &form[1..]).await);
            }
        }
        assert_eq!(house.contents().await, before);
        assert!(browser.type_code(&house, &page, &code).await.location().starts_with(CALLBACK));
    }

    fn a_token_is_worth_nothing_without_its_cookie(house) {
        let page = house.browser().open(&house).await;
        is_out_of_date(&house.browser().type_phone(&house, &page, &random_phone()).await);
        assert_eq!(house.count("sign_ins").await, 0);
    }

    fn a_request_that_was_left_lying_for_too_long_is_not_taken_up(house) {
        let browser = house.browser();
        let page = browser.open(&house).await;
        house.clock.turn(Duration::from_secs(15 * 60));
        is_out_of_date(&browser.type_phone(&house, &page, &random_phone()).await);
        assert_eq!(house.count("sign_ins").await, 0);
    }

    fn a_request_belongs_to_the_browser_it_was_shown_to(house) {
        let sealed = house.browser().open(&house).await.hidden("sealed");
        let thief = house.browser();
        let csrf = thief.open(&house).await.hidden("csrf");
        let form =
            [("csrf", csrf.as_str()), ("sealed", &sealed), ("country", "US"), ("phone", &random_phone())];
        is_out_of_date(&thief.post(&house.url("/sign-in/phone"), &form).await);
        assert_eq!(house.count("sign_ins").await, 0);
    }

    fn a_request_belongs_to_its_pool(house) {
        let other = house.project("other", ClientKind::Web).await;
        let browser = house.browser();
        let sealed = browser.open(&house).await.hidden("sealed");
        let theirs = browser.open_at(&other).await;
        let phone = random_phone();
        let csrf = theirs.hidden("csrf");
        let form = [("csrf", csrf.as_str()), ("sealed", &sealed), ("country", "US"), ("phone", &phone)];
        is_out_of_date(&browser.post(&format!("{}/sign-in/phone", other.pool.issuer), &form).await);
        assert_eq!(house.count("sign_ins").await, 0);
    }

    fn a_changed_request_does_not_open(house) {
        let browser = house.browser();
        let page = browser.open(&house).await;
        let (csrf, sealed) = (page.hidden("csrf"), page.hidden("sealed"));
        for sealed in [&sealed[1..], "", "1.x.y", &sealed.replacen('.', "..", 1)] {
            let form =
                [("csrf", csrf.as_str()), ("sealed", sealed), ("country", "US"), ("phone", "4155550123")];
            is_out_of_date(&browser.post(&house.url("/sign-in/phone"), &form).await);
        }
        assert_eq!(house.count("sign_ins").await, 0);
    }

    fn a_field_that_is_there_twice_counts_as_none(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.open(&house).await;
        let (csrf, sealed) = (page.hidden("csrf"), page.hidden("sealed"));
        let form = [("csrf", csrf.as_str()), ("sealed", &sealed), ("country", "US"), ("phone", &phone)];
        for (position, status) in [(0, 403), (1, 403), (3, 422)] {
            let mut twice = form.to_vec();
            twice.push(form[position]);
            assert_eq!(browser.post(&house.url("/sign-in/phone"), &twice).await.status, status, "{position}");
        }
        assert_eq!(house.count("sign_ins").await, 0);
    }
}
