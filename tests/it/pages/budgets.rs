//! What a pool may send and spend, who is told, and what a new project may.

use std::time::Duration;

use watchword_domain::limits::Limits;
use watchword_domain::pool::PoolSettings;
use watchword_domain::prices::PriceTable;

use crate::on_each_database;
use crate::support::{Answer, House, random_phone};

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A budget so small that a test can spend it.
fn an_hour(usual: Limits) -> Limits {
    Limits { messages_per_pool_hour: 2, ..usual }
}

/// A message to the United States costs 40 cents of a budget of one.
fn a_coin(usual: Limits) -> Limits {
    let prices = PriceTable::parse("country,channel,EUR\nUS,whatsapp,0.4\n*,whatsapp,0.01\n").unwrap();
    Limits { prices: prices.into(), money_per_pool_day: "1".parse().ok(), ..usual }
}

fn probation(usual: Limits) -> Limits {
    Limits { probation_days: 7, probation_messages_day: 2, ..usual }
}

fn new_and_priced(usual: Limits) -> Limits {
    Limits { probation_days: 7, probation_money_percent: 50, ..a_coin(usual) }
}

async fn start(house: &House) -> Answer {
    let browser = house.browser();
    let page = browser.open(house).await;
    browser.type_phone(house, &page, &random_phone()).await
}

async fn decide(house: &House, change: impl FnOnce(&mut PoolSettings) + Send) {
    house.flow.change_settings(&house.pool, change).await.unwrap();
}

/// The alerts of a kind, in percent.
async fn told(house: &House, kind: &str) -> Vec<String> {
    let query = format!(
        "SELECT CAST(percent AS TEXT) FROM limit_alerts WHERE kind = '{kind}' ORDER BY limit_alerts.percent"
    );
    house.values(&query).await
}

/// Refused in words that are true: whoever waits as told gets a code, and a moment before nobody does.
async fn reopens_when_it_says(house: &House, refused: &Answer) {
    assert_eq!(refused.status, 429, "{}", refused.text);
    assert!(refused.text.contains("We can’t send codes right now."), "{}", refused.text);
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    house.clock.turn(Duration::from_secs(wait.checked_sub(60).unwrap()));
    assert_eq!(start(house).await.status, 429);
    house.clock.turn(Duration::from_secs(60));
    assert_eq!(start(house).await.status, 303);
}

on_each_database! {
    fn a_pool_spends_its_hour_and_the_page_says_when_the_next_begins(house with an_hour) {
        house.clock.turn_to_next(DAY);
        house.clock.turn(Duration::from_secs(25 * 60));
        for _ in 0..2 {
            assert_eq!(start(&house).await.status, 303);
        }
        let refused = start(&house).await;
        assert!((2000..=2100).contains(&refused.header("retry-after").parse().unwrap()));
        assert_eq!(house.count("messages").await, 2);
        reopens_when_it_says(&house, &refused).await;
    }

    fn a_pool_spends_its_money_by_country_and_no_more(house with a_coin) {
        house.clock.turn_to_next(DAY);
        for _ in 0..2 {
            assert_eq!(start(&house).await.status, 303);
        }
        assert_eq!(told(&house, "money_day").await, ["50", "80"], "eighty cents reach both at once");
        let refused = start(&house).await;
        let used = "SELECT CAST(amount AS TEXT) FROM counters WHERE name LIKE 'money_day of %'";
        assert_eq!(house.values(used).await, ["800000"], "what was refused is not counted");
        assert_eq!(told(&house, "money_day").await, ["50", "80", "100"], "the rest pays for no message");
        reopens_when_it_says(&house, &refused).await;
    }

    fn a_project_has_budgets_of_its_own(house with an_hour) {
        house.clock.turn_to_next(DAY);
        decide(&house, |own| own.messages_per_hour = Some(3)).await;
        for _ in 0..3 {
            assert_eq!(start(&house).await.status, 303);
        }
        assert_eq!(start(&house).await.status, 429);
    }

    fn a_budget_that_was_made_smaller_than_what_is_spent_is_told_as_used_up(house) {
        house.clock.turn_to_next(DAY);
        for _ in 0..3 {
            assert_eq!(start(&house).await.status, 303);
        }
        decide(&house, |own| own.messages_per_day = Some(2)).await;
        assert_eq!(start(&house).await.status, 429);
        assert_eq!(start(&house).await.status, 429);
        assert_eq!(told(&house, "messages_day").await, ["100"]);
    }

    fn each_part_of_a_budget_is_told_once_and_again_in_the_next_hour(house with an_hour) {
        house.clock.turn_to_next(DAY);
        for _ in 0..4 {
            start(&house).await;
        }
        assert_eq!(told(&house, "messages_hour").await, ["50", "80", "100"]);
        house.clock.turn(HOUR);
        start(&house).await;
        assert_eq!(told(&house, "messages_hour").await, ["50", "50", "80", "100"]);
    }

    fn a_new_project_has_a_smaller_day_until_it_is_released(house with probation) {
        house.clock.turn_to_next(DAY);
        for _ in 0..2 {
            assert_eq!(start(&house).await.status, 303);
        }
        assert_eq!(start(&house).await.status, 429);
        decide(&house, |own| own.released = true).await;
        assert_eq!(start(&house).await.status, 303);
    }

    fn a_new_project_has_a_share_of_the_money_until_it_is_released(house with new_and_priced) {
        house.clock.turn_to_next(DAY);
        assert_eq!(start(&house).await.status, 303);
        assert_eq!(start(&house).await.status, 429, "half a coin pays for one message and not for two");
        house.flow.sweep().await.unwrap();
        assert_eq!(house.values("SELECT reason FROM refusals").await, ["probation"]);
        decide(&house, |own| own.released = true).await;
        assert_eq!(start(&house).await.status, 303);
    }

    fn a_new_project_is_none_any_more_after_a_week(house with probation) {
        house.clock.turn_to_next(DAY);
        house.clock.turn(5 * DAY);
        for status in [303, 303, 429] {
            assert_eq!(start(&house).await.status, status);
        }
        house.clock.turn(2 * DAY);
        for _ in 0..3 {
            assert_eq!(start(&house).await.status, 303);
        }
    }
}
