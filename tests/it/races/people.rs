//! People who do the same thing twice at once: ask for a new code, sign in for the first time.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use watchword_domain::Language;
use watchword_domain::client::ClientKind;
use watchword_domain::limits::Limits;
use watchword_flow::error::Error;
use watchword_flow::sign_in::{Asker, SendRefusal};

use super::FEW_ROUNDS;
use super::ground::{Ground, at_once, on_both, run};
use crate::support::random_phone;

const AFTER_THE_WAIT: Duration = Duration::from_secs(31);

on_both! {
    fn a_new_code_asked_for_three_times_at_once_is_sent_once(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        let rounds = ground.rounds(FEW_ROUNDS).await;
        ground.clock.turn(AFTER_THE_WAIT);
        run(rounds, |ready| {
            let (ground, ready) = (ground.clone(), Arc::new(ready));
            async move {
                let answers = at_once((0..3).map(|_| {
                    let (ground, ready) = (ground.clone(), ready.clone());
                    async move {
                        let waiting = &ready.waiting;
                        let current = ground.flow.sign_in(&ground.pool, &waiting.browser, &waiting.sign_in).await;
                        let current = current.unwrap_or_else(|_| panic!("the sign-in is there"));
                        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
                        let asker = Asker { browser: &waiting.browser, address, proof: None };
                        match ground.flow.resend_code(&ground.pool, &asker, current, Language::En).await {
                            Ok(()) => true,
                            Err(Error::Refused(SendRefusal::Wait(_))) => false,
                            Err(Error::Refused(refusal)) => panic!("{refusal}"),
                            Err(Error::Fault(fault)) => panic!("{fault:?}"),
                        }
                    }
                }))
                .await;
                assert_eq!(answers.iter().filter(|sent| **sent).count(), 1, "{answers:?}");
            }
        })
        .await;
        assert_eq!(ground.count("COUNT(*) FROM messages").await, 2 * FEW_ROUNDS as i64);
        // The code before it is dead, the new one is the one the sign-in waits for.
        let waited_for = "COUNT(*) FROM challenges c JOIN sign_ins s ON s.challenge_id = c.id WHERE c.ended_at IS NULL";
        assert_eq!(ground.count(waited_for).await, FEW_ROUNDS as i64);
        assert_eq!(ground.count("COUNT(*) FROM challenges WHERE ended_at IS NULL").await, FEW_ROUNDS as i64);
    }

    fn a_number_typed_in_two_browsers_at_once_gets_one_code(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        run((0..FEW_ROUNDS).map(|_| random_phone()), |phone| {
            let ground = ground.clone();
            async move {
                let answers = at_once((0..2).map(|_| {
                    let (ground, phone) = (ground.clone(), phone.clone());
                    async move {
                        match ground.start(&phone).await {
                            Ok(_) => true,
                            Err(Error::Refused(SendRefusal::Wait(_))) => false,
                            Err(Error::Refused(refusal)) => panic!("{refusal}"),
                            Err(Error::Fault(fault)) => panic!("{fault:?}"),
                        }
                    }
                }))
                .await;
                assert_eq!(answers.iter().filter(|sent| **sent).count(), 1, "{answers:?}");
            }
        })
        .await;
        for table in ["messages", "challenges", "sign_ins"] {
            assert_eq!(ground.count(&format!("COUNT(*) FROM {table}")).await, FEW_ROUNDS as i64, "{table}");
        }
    }

    fn a_number_that_signs_in_for_the_first_time_in_two_browsers_becomes_one_user(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        let phones: Vec<String> = (0..FEW_ROUNDS).map(|_| random_phone()).collect();
        let mut first = ground.ready(&phones).await;
        ground.clock.turn(AFTER_THE_WAIT);
        let mut second = ground.ready(&phones).await;
        first.sort_by_key(|ready| ready.waiting.phone.clone());
        second.sort_by_key(|ready| ready.waiting.phone.clone());
        run(first.into_iter().zip(second), |(one, other)| {
            let ground = ground.clone();
            async move {
                let outcomes = at_once([one, other].map(|ready| {
                    let ground = ground.clone();
                    async move { ground.answer(&ready.waiting, &ready.code).await }
                }))
                .await;
                let new = outcomes.into_iter().map(|outcome| match outcome {
                    Ok(finished) => finished.is_new_user,
                    Err(Error::Refused(refusal)) => panic!("{refusal}"),
                    Err(Error::Fault(fault)) => panic!("{fault:?}"),
                });
                assert_eq!(new.filter(|new| *new).count(), 1);
            }
        })
        .await;
        assert_eq!(ground.count("COUNT(*) FROM users").await, FEW_ROUNDS as i64);
        assert_eq!(ground.count("COUNT(*) FROM authenticators").await, FEW_ROUNDS as i64);
        assert_eq!(ground.count("COUNT(*) FROM sessions").await, 2 * FEW_ROUNDS as i64);
    }
}
