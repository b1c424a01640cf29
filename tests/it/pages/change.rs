//! Another number within the same sign-in.

use crate::on_each_database;
use crate::support::{CALLBACK, query_of, random_phone};

on_each_database! {
    fn another_number_can_be_used_at_once(house) {
        let (browser, wrong, right) = (house.browser(), random_phone(), random_phone());
        let page = browser.ask_code(&house, &wrong).await;
        let old_code = house.code_to(&wrong, 0).await;
        let change = browser.change_page(&house, &page).await;
        assert_eq!((change.status, change.value("phone").as_str()), (200, ""));
        assert_eq!(browser.change_phone(&house, &change, &right).await.status, 303);
        let code = house.code_to(&right, 0).await;
        browser.type_wrong_code(&house, &page, &old_code).await;
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

    fn starting_again_with_the_same_number_goes_on_with_its_code_and_the_newer_request(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let first = browser.ask_code(&house, &phone).await;
        let code = house.code_to(&phone, 0).await;
        let mut newer = house.request();
        newer.iter_mut().find(|(name, _)| name == "state").unwrap().1 = "newer".into();
        let page = browser.authorize(&house, &newer).await;
        let location = browser.type_phone(&house, &page, &phone).await.location();
        let second = browser.page(&house, &location).await;
        assert_eq!(second.hidden("sign_in"), first.hidden("sign_in"));
        assert_eq!((house.count("messages").await, house.count("sign_ins").await), (1, 1));
        let answer = browser.type_code(&house, &second, &code).await.location();
        assert_eq!(query_of(&answer)["state"], "newer");
    }

    fn starting_again_with_another_number_or_a_dead_code_is_a_new_sign_in(house) {
        let (browser, phone) = (house.browser(), random_phone());
        browser.ask_code(&house, &phone).await;
        browser.ask_code(&house, &random_phone()).await;
        assert_eq!(house.count("sign_ins").await, 2);
        browser.ask_code(&house, &random_phone()).await;
        house.clock.turn(std::time::Duration::from_secs(5 * 60));
        browser.ask_code(&house, &phone).await;
        assert_eq!((house.count("sign_ins").await, house.count("messages").await), (4, 4));
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
