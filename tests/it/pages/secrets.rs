//! What is secret shows up where it must and nowhere else.

use watchword_domain::client::ClientKind;

use crate::on_each_database;
use crate::support::{Answer, CALLBACK, VERIFIER, another, query_of, random_phone};

/// Whether a text holds a code: its digits, standing alone.
fn holds(text: &str, code: &str) -> bool {
    text.split(|letter: char| !letter.is_ascii_digit()).any(|digits| digits == code)
}

fn shows(answer: &Answer, code: &str) -> bool {
    let headers = answer.headers.values().filter_map(|value| value.to_str().ok());
    holds(&answer.text, code) || headers.into_iter().any(|value| holds(value, code))
}

on_each_database! {
    fn a_code_leaves_by_message_and_no_other_way(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let number = browser.open(&house).await;
        let typed = browser.type_phone(&house, &number, &phone).await;
        let page = browser.page(&house, &typed.location()).await;
        let code = house.code_to(&phone, 0).await;
        let events = browser.told(&house, &page, "delivered").await.to_string();
        let wrong = browser.type_code(&house, &page, &another(&code)).await;
        let again = browser.look_again(&house, &page).await;
        let in_database = house.contents().await;
        let right = browser.type_code(&house, &page, &code).await;
        let late = browser.type_code(&house, &page, &code).await;
        for answer in [&number, &typed, &page, &wrong, &again, &right, &late] {
            assert!(!shows(answer, &code), "{} {:?} {}", answer.status, answer.headers, answer.text);
        }
        assert!(!shows(&wrong, &another(&code)), "what was typed is not shown again");
        assert!(!holds(&events, &code));
        for (place, value) in in_database.iter().chain(&house.contents().await) {
            assert!(!holds(value, &code), "{place}");
        }
    }

    fn the_database_holds_no_secret_as_it_is(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        let code = house.code_to(&phone, 0).await;
        let location = browser.type_code(&house, &page, &code).await.location();
        let authorization_code = query_of(&location)["code"].clone();
        let tokens = house.redeem(&authorization_code).await.json();
        let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
        let secrets = [
            authorization_code,
            text("refresh_token"),
            text("access_token"),
            text("id_token"),
            browser.cookie("session").unwrap(),
            browser.cookie("browser").unwrap(),
            browser.cookie("known").unwrap(),
            page.hidden("csrf"),
            house.client_secret.clone(),
            "access-token-of-the-tests".to_owned(),
            "app-secret-of-the-tests".to_owned(),
            "\"d\":".to_owned(),
            "PRIVATE KEY".to_owned(),
        ];
        for (place, value) in house.contents().await {
            let found = secrets.iter().position(|secret| value.contains(secret.as_str()));
            assert_eq!(found, None, "{place}");
        }
    }

    fn a_refresh_token_kept_for_a_lost_answer_is_sealed(house) {
        let app = house.project("app", ClientKind::Spa).await;
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.open_at(&app).await;
        let location = browser.type_phone_at(&app.pool.issuer, &page, &phone).await.location();
        let page = browser.page(&house, &location).await;
        let (csrf, sign_in, code) =
            (page.hidden("csrf"), page.hidden("sign_in"), house.code_to(&phone, 0).await);
        let form = [("csrf", csrf.as_str()), ("sign_in", &sign_in), ("code", &code)];
        let location = browser.post(&format!("{}/sign-in/code", app.pool.issuer), &form).await.location();
        let code = query_of(&location)["code"].clone();
        let token = async |form: &[(&str, &str)]| {
            let request = house.http.post(format!("{}/token", app.pool.issuer)).form(form);
            let tokens = Answer::of(request.send().await.unwrap()).await.json();
            tokens["refresh_token"].as_str().unwrap().to_owned()
        };
        let client = ("client_id", app.client.id.as_str());
        let redeem = [
            client,
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        let first = token(&redeem).await;
        let second = token(&[client, ("grant_type", "refresh_token"), ("refresh_token", &first)]).await;
        assert_eq!(house.values("SELECT successor_sealed FROM refresh_tokens").await.len(), 1);
        for (place, value) in house.contents().await {
            assert!(!value.contains(&first) && !value.contains(&second), "{place}");
        }
    }

    fn a_number_is_masked_on_every_page(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        let wrong = browser.type_code(&house, &page, "x").await;
        for answer in [&page, &wrong] {
            let digits: String = answer.text.chars().filter(char::is_ascii_digit).collect();
            assert!(!digits.contains(&phone[2..]) && answer.text.contains('•'));
            assert!(!format!("{:?}", answer.headers).contains(&phone[2..]));
        }
    }

    fn a_number_is_in_no_address(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.open(&house).await;
        let location = browser.type_phone(&house, &page, &phone).await.location();
        assert!(!location.contains(&phone[2..]), "{location}");
        let page = browser.page(&house, &location).await;
        let answer = browser.type_code(&house, &page, &house.code_to(&phone, 0).await).await.location();
        assert!(!answer.contains(&phone[2..]), "{answer}");
    }
}
