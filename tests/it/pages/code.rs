//! `/sign-in/code`.

use crate::on_each_database;
use crate::support::random_phone;

on_each_database! {
    fn wrong_codes_are_counted_until_none_is_left(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        let code = house.code_to(&phone, 0).await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for _ in 0..5 {
            assert_eq!(browser.type_code(&house, &page, wrong).await.status, 422);
        }
        let late = browser.type_code(&house, &page, &code).await;
        assert_eq!(late.status, 200, "{}", late.text);
        assert!(!late.text.contains("name=\"code\""));
    }
}
