//! How many sign-ins may be started from one address, and what a pool may spend in a day.

use std::time::Duration;

use watchword_domain::client::ClientKind;
use watchword_domain::limits::{ADDRESS_WINDOW, Limits};

use crate::on_each_database;
use crate::support::{Answer, Browser, House, random_phone};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn starts(most: u32) -> impl Fn(Limits) -> Limits {
    move |usual| Limits { starts_per_address: most, ..usual }
}

fn messages_a_day(most: u32) -> impl Fn(Limits) -> Limits {
    move |usual| Limits { messages_per_pool_day: most, ..usual }
}

async fn start(house: &House, browser: &Browser) -> Answer {
    let page = browser.authorize(house, &house.prompted()).await;
    browser.type_phone(house, &page, &random_phone()).await
}

on_each_database! {
    fn what_is_over_is_cleared_away_however_much_there_is_of_one_moment(house) {
        for (name, age) in [("starts from", 21 * 60), ("starts in browser", 19 * 60), ("other", 3600)] {
            let window = house.flow.now().millis() - age * 1000;
            let rows = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)";
            let all = format!("SELECT '{name} ' || CAST(i AS TEXT), {window}, 1 FROM n");
            house.execute(&format!("{rows} INSERT INTO counters (name, window_start, amount) {all}")).await;
        }
        while house.flow.sweep().await.unwrap() > 0 {}
        assert_eq!(house.count("counters").await, 2400);
        house.clock.turn(Duration::from_secs(2 * 24 * 3600));
        while house.flow.sweep().await.unwrap() > 0 {}
        assert_eq!(house.count("counters").await, 0);
    }

    fn an_address_starts_so_many_sign_ins_and_no_more(house with starts(3)) {
        house.clock.turn_to_next(ADDRESS_WINDOW);
        for _ in 0..3 {
            assert_eq!(start(&house, &house.browser()).await.status, 303);
        }
        let refused = start(&house, &house.browser()).await;
        assert_eq!(refused.status, 429);
        assert!(refused.text.contains("Too many sign-ins were started from your network."));
        assert!((1..=600).contains(&refused.header("retry-after").parse().unwrap()));
        assert_eq!((house.count("sign_ins").await, house.count("messages").await), (3, 3));
        assert_eq!(house.count("number_sends").await, 3);
        house.clock.turn(2 * ADDRESS_WINDOW);
        assert_eq!(start(&house, &house.browser()).await.status, 303);
    }

    fn a_browser_somebody_signed_in_with_is_not_counted(house with starts(1)) {
        house.clock.turn_to_next(ADDRESS_WINDOW);
        let (known, phone) = (house.browser(), random_phone());
        known.sign_in(&house, &phone).await;
        assert_eq!(start(&house, &house.browser()).await.status, 429);
        let page = known.authorize(&house, &house.prompted()).await;
        assert_eq!(known.type_phone(&house, &page, &phone).await.status, 303);
        // It is known for this number, and for another no better than any browser.
        assert_eq!(start(&house, &known).await.status, 429);
        // The mark is this browser's and no use in another.
        let mark = format!("watchword-known-{}={}", house.pool.id, known.cookie("known").unwrap());
        let thief = house.browser();
        let page = thief.open(&house).await;
        let (csrf, sealed) = (page.hidden("csrf"), page.hidden("sealed"));
        let form = [("csrf", csrf.as_str()), ("sealed", &sealed), ("country", "US"), ("phone", &phone)];
        let cookies = format!("{}; {mark}", thief.cookie_line());
        let request = house.http.post(house.url("/sign-in/phone")).header("cookie", cookies).form(&form);
        assert_eq!(request.send().await.unwrap().status(), 429);
    }

    fn a_start_that_is_refused_counts_as_one(house with starts(4)) {
        house.clock.turn_to_next(ADDRESS_WINDOW);
        let phone = random_phone();
        house.browser().ask_code(&house, &phone).await;
        for told in ["a moment ago", "a moment ago", "a moment ago", "from your network"] {
            let stranger = house.browser();
            let refused = stranger.type_phone(&house, &stranger.open(&house).await, &phone).await;
            assert_eq!(refused.status, 429);
            assert!(refused.text.contains(told), "{}", refused.text);
        }
    }

    fn another_number_within_a_sign_in_counts_as_a_start(house with starts(2)) {
        house.clock.turn_to_next(ADDRESS_WINDOW);
        let browser = house.browser();
        let page = browser.ask_code(&house, &random_phone()).await;
        assert_eq!(browser.change_phone(&house, &page, &random_phone()).await.status, 303);
        let refused = browser.change_phone(&house, &page, &random_phone()).await;
        assert_eq!(refused.status, 429);
        assert!(refused.text.contains("Too many sign-ins were started from your network."));
        assert_eq!(house.count("messages").await, 2);
    }

    fn a_new_code_to_the_same_number_counts_as_no_start(house with starts(1)) {
        house.clock.turn_to_next(ADDRESS_WINDOW);
        let browser = house.browser();
        let page = browser.ask_code(&house, &random_phone()).await;
        house.clock.turn(Duration::from_secs(30));
        browser.ask_new_code(&house, &page).await.location();
        assert_eq!(house.count("messages").await, 2);
    }

    fn a_pool_spends_its_budget_and_no_more(house with messages_a_day(2)) {
        house.clock.turn_to_next(DAY);
        for _ in 0..2 {
            assert_eq!(start(&house, &house.browser()).await.status, 303);
        }
        let refused = start(&house, &house.browser()).await;
        assert_eq!(refused.status, 429);
        assert!(refused.text.contains("We can’t send codes right now."));
        assert_eq!((house.count("messages").await, house.count("sign_ins").await), (2, 2));
        assert_eq!(house.count("number_sends").await, 2, "nobody waits for a message that was never sent");
        house.clock.turn(DAY);
        assert_eq!(start(&house, &house.browser()).await.status, 303);
    }

    fn a_new_code_that_the_budget_does_not_pay_for_is_refused_in_words(house with messages_a_day(1)) {
        house.clock.turn_to_next(DAY);
        let browser = house.browser();
        let page = browser.ask_code(&house, &random_phone()).await;
        house.clock.turn(Duration::from_secs(30));
        let refused = browser.ask_new_code(&house, &page).await;
        assert_eq!(refused.status, 429);
        assert!(refused.text.contains("We can’t send codes right now."));
        assert_eq!(house.count("messages").await, 1);
    }

    fn a_pool_does_not_spend_the_budget_of_another(house with messages_a_day(1)) {
        house.clock.turn_to_next(DAY);
        let other = house.project("other", ClientKind::Web).await;
        assert_eq!(start(&house, &house.browser()).await.status, 303);
        assert_eq!(start(&house, &house.browser()).await.status, 429);
        let browser = house.browser();
        let page = browser.open_at(&other).await;
        assert_eq!(browser.type_phone_at(&other.pool.issuer, &page, &random_phone()).await.status, 303);
    }
}
