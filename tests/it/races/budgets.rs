//! Budgets, traffic and what is told of them, with many sign-ins started at the same moment, on two nodes.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use watchword_domain::Language;
use watchword_domain::client::ClientKind;
use watchword_domain::limits::Limits;
use watchword_domain::prices::PriceTable;
use watchword_flow::error::Error;
use watchword_flow::sign_in::{SendRefusal, Typed};

use super::ground::{Ground, at_once, on_both};
use crate::support::random_phone;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Starts so many sign-ins at once, each with a number of its own. Gives how many got a code.
async fn started(ground: &Arc<Ground>, starts: usize) -> usize {
    let racers = (0..starts).map(|_| {
        let ground = ground.clone();
        async move {
            match ground.start(&random_phone()).await {
                Ok(_) => true,
                Err(Error::Refused(SendRefusal::Budget { .. })) => false,
                Err(other) => panic!("{other:?}"),
            }
        }
    });
    at_once(racers).await.into_iter().filter(|started| *started).count()
}

on_both! {
    fn many_at_once_spend_a_budget_to_the_last_message_and_no_more(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        ground.clock.turn_to_next(DAY);
        let change = ground.flow.change_settings(&ground.pool, |own| own.messages_per_day = Some(20)).await;
        let ground = ground.with_pool(change.unwrap());
        assert_eq!(started(&ground, 30).await, 20);
        assert_eq!(started(&ground, 10).await, 0);
        assert_eq!(ground.count("COUNT(*) FROM messages").await, 20);
        assert_eq!(ground.count("COUNT(*) FROM number_sends").await, 20);
        let used = ground.flow.usage(&ground.pool).await.unwrap();
        assert_eq!(used.iter().map(|usage| usage.used).collect::<Vec<_>>(), [20, 20, 0]);
        let told = "CAST(percent AS TEXT) FROM limit_alerts WHERE kind = 'messages_day' ORDER BY limit_alerts.percent";
        assert_eq!(ground.texts(told).await, ["50", "80", "100"]);
        assert_eq!(ground.count("CAST(SUM(sent) AS BIGINT) FROM prefix_traffic WHERE prefix = 'all'").await, 20);
        ground.forgot_no_transaction().await;
    }

    /// Both touch the old code and the rows of the range: in the same order, or they would wait for one another.
    fn a_code_typed_while_another_number_is_asked_for_locks_nobody_out(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        for ready in ground.rounds(60).await {
            let ready = Arc::new(ready);
            let racers = [true, false].map(|answers| {
                let (ground, ready) = (ground.clone(), ready.clone());
                async move {
                    let waiting = &ready.waiting;
                    if answers {
                        return !matches!(ground.answer(waiting, &ready.code).await, Err(Error::Fault(_)));
                    }
                    let (flow, pool, browser) = (&ground.flow, &ground.pool, &waiting.browser);
                    let current = flow.sign_in(pool, browser, &waiting.sign_in).await;
                    let Ok(current) = current else { panic!("the sign-in is there") };
                    let phone = random_phone();
                    let typed = Typed { phone: &phone, country: None, language: Language::En, proof: None };
                    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
                    let changed = flow.change_number(pool, browser, current, address, &typed).await;
                    !matches!(changed, Err(Error::Fault(_)))
                }
            });
            assert_eq!(at_once(racers).await, [true, true]);
        }
        ground.forgot_no_transaction().await;
    }

    fn many_at_once_spend_money_to_the_millionth(database) {
        let prices = PriceTable::parse("country,channel,EUR\nUS,whatsapp,0.000007\n*,whatsapp,1\n").unwrap();
        let limits = Limits { prices: prices.into(), money_per_pool_day: "0.0001".parse().ok(), ..Limits::default() };
        let ground = Ground::new(database, ClientKind::Web, limits).await;
        ground.clock.turn_to_next(DAY);
        assert_eq!(started(&ground, 20).await, 14, "98 of 100 millionths");
        let used = ground.flow.usage(&ground.pool).await.unwrap();
        let used: Vec<_> = used.iter().map(|usage| (usage.budget.name(), usage.used)).collect();
        let counted = [("messages_hour", 14), ("messages_day", 14), ("sms_day", 0), ("money_hour", 98), ("money_day", 98)];
        assert_eq!(used, counted);
        let told = "CAST(percent AS TEXT) FROM limit_alerts WHERE kind = 'money_day' ORDER BY limit_alerts.percent";
        assert_eq!(ground.texts(told).await, ["50", "80", "100"], "nothing more can be paid, and that is told, too");
    }
}
