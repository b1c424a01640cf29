//! One-time codes: many guesses at the same moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use watchword_domain::Phone;
use watchword_domain::client::ClientKind;
use watchword_domain::failures::Guessers;
use watchword_domain::limits::Limits;
use watchword_domain::session::Method;
use watchword_domain::sign_in::EndReason;
use watchword_flow::error::{Error, Outcome};
use watchword_flow::sign_in::{Finished, GuessRefusal};

use super::ground::{Ground, Ready, at_once, on_both, run};
use super::{FEW_ROUNDS, ROUNDS};
use crate::support::{another, random_phone};

/// What a guess came to: finished, compared and found wrong, or never compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Guess {
    Finished,
    Wrong,
    NotCompared,
}

fn guess(outcome: &Outcome<Finished, GuessRefusal>) -> Guess {
    match outcome {
        Ok(_) => Guess::Finished,
        Err(Error::Refused(GuessRefusal::Wrong { .. })) => Guess::Wrong,
        Err(Error::Refused(GuessRefusal::Dead(_) | GuessRefusal::Ended(_))) => Guess::NotCompared,
        Err(Error::Refused(refusal)) => panic!("{refusal}"),
        Err(Error::Fault(fault)) => panic!("{fault:?}"),
    }
}

/// All these codes typed at once, in as many windows.
async fn guesses(ground: &Arc<Ground>, ready: Ready, codes: Vec<String>) -> Vec<Guess> {
    let ready = Arc::new(ready);
    at_once(codes.into_iter().map(|code| {
        let (ground, ready) = (ground.clone(), ready.clone());
        async move { guess(&ground.answer(&ready.waiting, &code).await) }
    }))
    .await
}

fn how_many(guesses: &[Guess], kind: Guess) -> usize {
    guesses.iter().filter(|guess| **guess == kind).count()
}

async fn failures(ground: &Ground, phone: &str) -> u32 {
    let phone = Phone::from_e164(phone).unwrap();
    let rows = ground.store.read(&ground.pool.id);
    let failures = rows.find_failures(Method::WhatsappCode, &phone, Guessers::Strangers).await.unwrap();
    failures.map_or(0, |failures| failures.count)
}

on_both! {
    fn a_right_code_typed_in_three_windows_at_once_signs_in_once(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        let rounds = ground.rounds(ROUNDS).await;
        run(rounds, |ready| {
            let ground = ground.clone();
            async move {
                let phone = ready.waiting.phone.clone();
                let codes = vec![ready.code.clone(); 3];
                let guesses = guesses(&ground, ready, codes).await;
                assert_eq!(how_many(&guesses, Guess::Finished), 1, "{guesses:?}");
                assert_eq!(how_many(&guesses, Guess::Wrong), 0, "{guesses:?}");
                assert_eq!(failures(&ground, &phone).await, 0);
            }
        })
        .await;
        for table in ["users", "authenticators", "sessions", "authorization_codes"] {
            assert_eq!(ground.count(&format!("COUNT(*) FROM {table}")).await, ROUNDS as i64, "{table}");
        }
    }

    fn wrong_codes_typed_at_once_are_compared_as_often_as_allowed(database) {
        let limits = Limits { tries_per_code: 2, ..Limits::default() };
        let ground = Ground::new(database, ClientKind::Web, limits).await;
        let rounds = ground.rounds(ROUNDS).await;
        run(rounds, |ready| {
            let ground = ground.clone();
            async move {
                let phone = ready.waiting.phone.clone();
                let codes = vec![another(&ready.code); 3];
                let guesses = guesses(&ground, ready, codes).await;
                assert_eq!(how_many(&guesses, Guess::Wrong), 2, "{guesses:?}");
                assert_eq!(how_many(&guesses, Guess::NotCompared), 1, "{guesses:?}");
                assert_eq!(failures(&ground, &phone).await, 2);
            }
        })
        .await;
        assert_eq!(ground.count("COUNT(*) FROM challenges WHERE tries <> 2").await, 0);
        assert_eq!(ground.count("COUNT(*) FROM users").await, 0);
    }

    fn right_and_wrong_codes_typed_at_once_never_buy_a_try_more(database) {
        let limits = Limits { tries_per_code: 2, ..Limits::default() };
        let ground = Ground::new(database, ClientKind::Web, limits).await;
        let rounds = ground.rounds(FEW_ROUNDS).await;
        let signed_in = Arc::new(AtomicUsize::new(0));
        run(rounds, |ready| {
            let (ground, signed_in) = (ground.clone(), signed_in.clone());
            async move {
                let phone = ready.waiting.phone.clone();
                let (right, wrong) = (ready.code.clone(), another(&ready.code));
                let guesses = guesses(&ground, ready, vec![wrong.clone(), right.clone(), wrong, right]).await;
                let (finished, wrong) = (how_many(&guesses, Guess::Finished), how_many(&guesses, Guess::Wrong));
                assert!(finished <= 1 && finished + wrong <= 2, "{guesses:?}");
                // Either somebody had a right guess in time, or every try was spent on a wrong one.
                assert!(finished == 1 || wrong == 2, "{guesses:?}");
                let charged = if finished == 1 { 0 } else { 2 };
                assert_eq!(failures(&ground, &phone).await, charged, "{guesses:?}");
                signed_in.fetch_add(finished, Ordering::Relaxed);
            }
        })
        .await;
        let signed_in = signed_in.load(Ordering::Relaxed);
        assert!(0 < signed_in, "the right guess never came in time");
        assert_eq!(ground.count("COUNT(*) FROM users").await, signed_in as i64);
        assert_eq!(ground.count("COUNT(*) FROM sessions").await, signed_in as i64);
    }

    /// Three codes of one number in three browsers, ten tries each, and all of them guessed at together.
    fn an_account_is_guessed_at_twenty_times_and_not_once_more(database) {
        let limits = Limits { tries_per_code: 10, resend_waits_seconds: vec![1], ..Limits::default() };
        let ground = Ground::new(database, ClientKind::Web, limits).await;
        for _ in 0..10 {
            let phones = [random_phone()];
            let mut racers = Vec::new();
            for _ in 0..3 {
                ground.clock.turn(Duration::from_secs(2));
                let ready = Arc::new(ground.ready(&phones).await.remove(0));
                for _ in 0..10 {
                    let (ground, ready) = (ground.clone(), ready.clone());
                    racers.push(async move {
                        match ground.answer(&ready.waiting, &another(&ready.code)).await {
                            Err(Error::Refused(GuessRefusal::Ended(EndReason::TooManyTries))) => Guess::NotCompared,
                            outcome => guess(&outcome),
                        }
                    });
                }
            }
            let guesses = at_once(racers).await;
            assert_eq!(how_many(&guesses, Guess::Wrong), 20, "{guesses:?}");
            assert_eq!(failures(&ground, &phones[0]).await, 20);
        }
    }
}
