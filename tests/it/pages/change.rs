//! Another number within the same sign-in.

use crate::on_each_database;
use crate::support::{CALLBACK, random_phone};

on_each_database! {
    fn another_number_can_be_used_at_once(house) {
        let (browser, wrong, right) = (house.browser(), random_phone(), random_phone());
        let page = browser.ask_code(&house, &wrong).await;
        let old_code = house.code_to(&wrong, 0).await;
        let change = browser.change_page(&house, &page).await;
        assert_eq!((change.status, change.value("phone").as_str()), (200, ""));
        assert_eq!(browser.change_phone(&house, &change, &right).await.status, 303);
        let code = house.code_to(&right, 0).await;
        assert_eq!(browser.type_code(&house, &page, &old_code).await.status, 422);
        assert!(browser.type_code(&house, &page, &code).await.location().starts_with(CALLBACK));
        assert_eq!(house.values("SELECT value FROM authenticators").await, [right]);
    }

    fn the_same_number_once_more_leads_back_to_its_code(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        let code = house.code_to(&phone, 0).await;
        house.clock.turn(std::time::Duration::from_secs(60));
        let location = browser.change_phone(&house, &page, &phone).await.location();
        assert_eq!(browser.page(&house, &location).await.hidden("sign_in"), page.hidden("sign_in"));
        assert_eq!(house.count("messages").await, 1);
        assert!(browser.type_code(&house, &page, &code).await.location().starts_with(CALLBACK));
    }

    fn a_number_that_cannot_be_used_leaves_the_sign_in_as_it_was(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        let code = house.code_to(&phone, 0).await;
        for (typed, status) in [("nonsense", 422), ("+44 7400 123456", 422)] {
            let answer = browser.change_phone(&house, &page, typed).await;
            assert_eq!(
                (answer.status, answer.hidden("sign_in")),
                (status, page.hidden("sign_in")),
                "{typed}"
            );
        }
        assert!(browser.type_code(&house, &page, &code).await.location().starts_with(CALLBACK));
    }
}
