//! Why people were refused a code, as the developer learns it.

use std::time::Duration;

use watchword_domain::Clock;
use watchword_domain::limits::{ADDRESS_WINDOW, Limits};
use watchword_store::RefusalRow;

use crate::on_each_database;
use crate::support::{House, random_phone};

fn few(usual: Limits) -> Limits {
    Limits { starts_per_address: 2, ..usual }
}

async fn told(house: &House) -> Vec<(String, String, u64)> {
    house.flow.sweep().await.unwrap();
    let refusals = house.flow.refusals(&house.pool).await.unwrap();
    let mut told: Vec<_> = refusals.into_iter().map(|row| (row.reason, row.country, row.amount)).collect();
    told.sort();
    told
}

fn refusal(reason: &str, country: &str, amount: u64) -> (String, String, u64) {
    (reason.to_owned(), country.to_owned(), amount)
}

on_each_database! {
    fn every_refusal_is_counted_by_its_limit_and_its_country(house with few) {
        house.clock.turn_to_next(Duration::from_secs(3600));
        house.clock.turn(ADDRESS_WINDOW);
        let phone = random_phone();
        house.browser().ask_code(&house, &phone).await;
        let type_phone = async |phone: &str| {
            let browser = house.browser();
            browser.type_phone(&house, &browser.open(&house).await, phone).await.status
        };
        assert_eq!(type_phone(&phone).await, 429);
        assert_eq!(told(&house).await, [refusal("resend_wait", "US", 1)]);
        for number in [&random_phone(), &random_phone(), "+33 6 12 34 56 78", "+1 900 234 5678", "12"] {
            assert!([422, 429].contains(&type_phone(number).await), "{number}");
        }
        let expected = [
            refusal("country", "FR", 1),
            refusal("number_kind", "US", 1),
            refusal("resend_wait", "US", 1),
            refusal("starts", "US", 2),
        ];
        assert_eq!(told(&house).await, expected);
        let elsewhere = house.project("other", watchword_domain::client::ClientKind::Web).await;
        assert_eq!(house.flow.refusals(&elsewhere.pool).await.unwrap(), []);
        house.clock.turn(Duration::from_secs(26 * 3600));
        assert_eq!(told(&house).await, []);
    }

    fn what_two_nodes_gathered_is_added_up(house) {
        let now = house.clock.now();
        for amount in [2, 3] {
            let tx = house.store.begin(&house.pool.id).await.unwrap();
            let (reason, country) = ("starts".into(), String::new());
            tx.count_refusals(&RefusalRow { reason, country, hour: now, amount }).await.unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(told(&house).await, [refusal("starts", "", 5)]);
    }
}
