//! The life of a sign-in: whose it is, when it is over, and that a user is made at its end and not a moment
//! earlier.

use std::time::Duration;

use watchword_domain::Phone;

use crate::on_each_database;
use crate::support::{Answer, CALLBACK, House, another, query_of, random_phone};

const LIFE: Duration = Duration::from_secs(15 * 60);

/// What a code page shows, without what is different for everybody: the number, tokens, seconds.
fn anonymous(page: &Answer) -> String {
    let (_, rest) = page.text.split_once("class=\"masked\" dir=\"ltr\">").unwrap();
    let masked = rest.split_once('<').unwrap().0;
    let own = [masked.to_owned(), page.hidden("csrf"), page.hidden("sign_in")];
    let text = own.iter().fold(page.text.clone(), |text, own| text.replace(own.as_str(), "…"));
    text.chars().filter(|letter| !letter.is_ascii_digit()).collect()
}

/// The names of an answer's headers, with the values that do not change from one answer to the next.
fn headers(answer: &Answer) -> Vec<String> {
    let fickle =
        ["date", "x-request-id", "content-security-policy", "set-cookie", "location", "content-length"];
    let line = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
        let value = if fickle.contains(&name.as_str()) { "…" } else { value.to_str().unwrap() };
        format!("{name}: {value}")
    };
    answer.headers.iter().map(line).collect()
}

/// A stranger types a number: the answer to that, and the page that follows, once the message is delivered.
async fn stranger(house: &House, phone: &str) -> (Answer, Answer) {
    let browser = house.browser();
    let page = browser.open(house).await;
    let typed = browser.type_phone(house, &page, phone).await;
    let code_page = browser.page(house, &typed.location()).await;
    browser.told(house, &code_page, "delivered").await;
    let code_page = browser.look_again(house, &code_page).await;
    (typed, code_page)
}

on_each_database! {
    fn a_user_is_made_at_the_first_right_code_and_not_before(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let number = Phone::from_e164(&phone).unwrap();
        let page = browser.ask_code(&house, &phone).await;
        let code = house.code_to(&phone, 0).await;
        browser.type_code(&house, &page, &another(&code)).await;
        assert_eq!((house.count("users").await, house.count("sessions").await), (0, 0));
        browser.type_code(&house, &page, &code).await.location();
        let bound = house.store.read(&house.pool.id).find_phone(&number).await.unwrap().unwrap();
        house.browser().sign_in(&house, &phone).await;
        assert_eq!(house.values("SELECT id FROM users").await, [bound.user_id.as_str()]);
    }

    fn nothing_tells_a_known_number_from_an_unknown_one(house) {
        let (known, unknown) = (random_phone(), random_phone());
        house.browser().sign_in(&house, &known).await;
        let (typed_known, page_known) = stranger(&house, &known).await;
        let (typed_unknown, page_unknown) = stranger(&house, &unknown).await;
        assert_eq!((typed_known.status, page_known.status), (typed_unknown.status, page_unknown.status));
        assert_eq!(headers(&typed_known), headers(&typed_unknown));
        assert_eq!(headers(&page_known), headers(&page_unknown));
        assert_eq!(typed_known.location().len(), typed_unknown.location().len());
        assert_eq!(anonymous(&page_known), anonymous(&page_unknown));
    }

    fn a_sign_in_is_of_no_use_in_another_browser(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        let (code, sign_in) = (house.code_to(&phone, 0).await, page.hidden("sign_in"));
        let thief = house.browser();
        let csrf = thief.open(&house).await.hidden("csrf");
        for path in ["/sign-in/code", "/sign-in/phone"] {
            let seen = thief.get(&house.url(&format!("{path}?sign_in={sign_in}"))).await;
            assert_eq!((seen.status, seen.heading().as_str()), (403, "This page is out of date"));
        }
        let events = thief.get(&house.url(&format!("/sign-in/events?sign_in={sign_in}"))).await;
        assert_eq!(events.status, 404);
        let forms: [(&str, &[(&str, &str)]); 3] = [
            ("/sign-in/code", &[("csrf", &csrf), ("sign_in", &sign_in), ("code", &code)]),
            ("/sign-in/new-code", &[("csrf", &csrf), ("sign_in", &sign_in)]),
            (
                "/sign-in/phone",
                &[("csrf", &csrf), ("sign_in", &sign_in), ("country", "US"), ("phone", &phone)],
            ),
        ];
        for (path, form) in forms {
            assert_eq!(thief.post(&house.url(path), form).await.status, 403, "{path}");
        }
        assert_eq!(house.count("method_failures").await, 0);
        assert!(browser.type_code(&house, &page, &code).await.location().starts_with(CALLBACK));
    }

    fn a_sign_in_that_took_too_long_is_over_and_can_be_started_again(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        let code = house.code_to(&phone, 0).await;
        house.clock.turn(LIFE);
        let late = browser.type_code(&house, &page, &code).await;
        assert_eq!((late.status, late.heading().as_str()), (410, "This sign-in took too long"));
        assert_eq!(browser.look_again(&house, &page).await.status, 410);
        assert_eq!(browser.ask_new_code(&house, &page).await.status, 410);
        assert_eq!(browser.change_phone(&house, &page, &random_phone()).await.status, 410);
        assert_eq!(house.count("messages").await, 1);
        let again = browser.page(&house, &late.button()).await;
        assert_eq!(again.status, 200);
        let next = browser.type_phone(&house, &again, &phone).await.location();
        let (next, code) = (browser.page(&house, &next).await, house.code_to(&phone, 1).await);
        let location = browser.type_code(&house, &next, &code).await.location();
        assert_eq!(query_of(&location)["state"], "st&te=1");
        assert_eq!(house.redeem(&query_of(&location)["code"]).await.status, 200);
    }

    fn a_finished_sign_in_gives_nothing_more(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        let code = house.code_to(&phone, 0).await;
        browser.type_code(&house, &page, &code).await.location();
        let again = browser.type_code(&house, &page, &code).await;
        assert_eq!((again.status, again.heading().as_str()), (409, "This sign-in is finished"));
        assert!(again.header("set-cookie").is_empty());
        assert_eq!(browser.look_again(&house, &page).await.status, 409);
        assert_eq!(browser.change_phone(&house, &page, &random_phone()).await.status, 409);
        house.clock.turn(Duration::from_secs(60));
        assert_eq!(browser.ask_new_code(&house, &page).await.status, 409);
        let (codes, sessions) = (house.count("authorization_codes").await, house.count("sessions").await);
        assert_eq!((codes, sessions, house.count("messages").await), (1, 1, 1));
    }

    fn going_back_to_the_first_page_after_signing_in_leads_to_the_client(house) {
        let browser = house.browser();
        browser.sign_in(&house, &random_phone()).await;
        assert!(browser.open(&house).await.location().starts_with(CALLBACK));
    }

    fn a_sign_in_nobody_began_is_unknown(house) {
        let browser = house.browser();
        browser.open(&house).await;
        for query in ["", "?sign_in=", "?sign_in=0000000000000000000000", "?sign_in=%27%20OR%201=1"] {
            for path in ["/sign-in/code", "/sign-in/phone"] {
                assert_eq!(
                    browser.get(&house.url(&format!("{path}{query}"))).await.status,
                    403,
                    "{path}{query}"
                );
            }
            assert_eq!(browser.get(&house.url(&format!("/sign-in/events{query}"))).await.status, 404);
        }
    }

    fn a_sign_in_of_one_pool_is_unknown_in_another(house) {
        let other = house.project("other", watchword_domain::client::ClientKind::Web).await;
        let browser = house.browser();
        let page = browser.ask_code(&house, &random_phone()).await;
        browser.open_at(&other).await;
        let theirs = format!("{}/sign-in/code?sign_in={}", other.pool.issuer, page.hidden("sign_in"));
        assert_eq!(browser.get(&theirs).await.status, 403);
    }
}
