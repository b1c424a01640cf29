//! What becomes of transactions whose owners go away at any moment, as a browser that hangs up makes them: nothing of
//! theirs by halves, and nothing of anybody else's.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use watchword_domain::client::ClientKind;
use watchword_domain::limits::Limits;

use super::FEW_ROUNDS;
use super::ground::{Ground, at_once, on_both, run};

/// Does it, but goes away when it was waited for so many times.
async fn given_up_after<T>(waits: usize, work: impl Future<Output = T>) -> Option<T> {
    let (mut work, mut left) = (pin!(work), waits);
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

async fn write(ground: &Ground, key: &str) -> watchword_store::Result<bool> {
    let tx = ground.store.begin_system().await?;
    let written = tx.claim_webhook_event(key, "test", String::new(), ground.now()).await?;
    tx.commit().await?;
    Ok(written)
}

on_both! {
    fn what_was_acknowledged_is_there_whoever_else_went_away(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        for round in 0..FEW_ROUNDS / 4 {
            let written = at_once((0..20).map(|number| {
                let ground = ground.clone();
                async move {
                    let key = format!("{round}-{number}");
                    let waits = if number % 2 == 0 { usize::MAX } else { (round + number) % 20 };
                    (number, given_up_after(waits, write(&ground, &key)).await.map(Result::unwrap))
                }
            }))
            .await;
            let stayed = written.iter().filter(|(number, written)| number % 2 == 0 && written.is_some()).count();
            assert_eq!(stayed, 10);
            // What its owner did not wait for may be there or not.
            let there = ground.texts(&format!("id FROM webhook_events WHERE id LIKE '{round}-%'")).await;
            for (number, _) in written.iter().filter(|(_, written)| written.is_some()) {
                assert!(there.contains(&format!("{round}-{number}")), "{round}-{number} is not there");
            }
        }
        ground.forgot_no_transaction().await;
    }

    fn a_sign_in_whose_browser_hangs_up_is_complete_or_not_begun(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        let rounds: Vec<_> = ground.rounds(FEW_ROUNDS).await.into_iter().enumerate().collect();
        run(rounds, |(round, ready)| {
            let ground = ground.clone();
            async move {
                let ready = Arc::new(ready);
                let answer = {
                    let ready = ready.clone();
                    async move { given_up_after(round % 100, ground.answer(&ready.waiting, &ready.code)).await }
                };
                tokio::spawn(answer).await.unwrap();
            }
        })
        .await;
        let finished = ground.count("COUNT(*) FROM sign_ins WHERE finished_at IS NOT NULL").await;
        assert!(0 < finished && finished < FEW_ROUNDS as i64, "{finished}: nobody, or everybody, was quick enough");
        assert_eq!(ground.count("COUNT(*) FROM challenges WHERE ended_at IS NOT NULL").await, finished);
        for table in ["users", "authenticators", "sessions", "authorization_codes"] {
            assert_eq!(ground.count(&format!("COUNT(*) FROM {table}")).await, finished, "{table}");
        }
        ground.forgot_no_transaction().await;
    }
}
