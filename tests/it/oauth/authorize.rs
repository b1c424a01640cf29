//! `/authorize`.

use crate::on_each_database;
use crate::support::{CALLBACK, query_of, random_phone};

on_each_database! {
    fn a_person_signs_in_and_the_client_gets_a_code(house) {
        let browser = house.browser();
        let page = browser.ask_code(&house, "(415) 555-2671").await;
        assert_eq!(page.status, 200, "{}", page.text);
        let code = house.code_to("+14155552671", 0).await;
        let location = browser.type_code(&house, &page, &code).await.location();
        assert!(location.starts_with(CALLBACK), "{location}");
        let query = query_of(&location);
        assert_eq!(query["state"], "st&te=1");
        assert_eq!(query["iss"], house.pool.issuer);
        let tokens = house.redeem(&query["code"]).await;
        assert_eq!(tokens.status, 200, "{}", tokens.text);
        assert!(tokens.json()["id_token"].is_string());
    }

    fn a_second_request_is_answered_from_the_session(house) {
        let browser = house.browser();
        browser.sign_in(&house, &random_phone()).await;
        let location = browser.open(&house).await.location();
        assert!(query_of(&location).contains_key("code"), "{location}");
    }
}
