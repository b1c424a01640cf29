//! One proof of work, brought by many sign-ins at the same moment.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use watchword_domain::Language;
use watchword_domain::client::ClientKind;
use watchword_domain::limits::{ADDRESS_WINDOW, Limits};
use watchword_domain::proof::Puzzle;
use watchword_flow::error::Error;
use watchword_flow::proof_of_work::ProofAnswer;
use watchword_flow::sign_in::{SendRefusal, Start, Typed};

use super::ground::{Ground, at_once, on_both, request_of};
use crate::support::{random_phone, solved};

/// What one start that brings this answer comes to: whether it got a code.
async fn started(ground: &Ground, browser: &watchword_flow::browser::Browser, answer: (&str, &str)) -> bool {
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let start = Start { request: request_of(&ground.client.id), address, pending: None };
    let proof = Some(ProofAnswer { challenge: answer.0, nonces: answer.1 });
    let phone = random_phone();
    let typed = Typed { phone: &phone, country: None, language: Language::En, proof };
    match ground.flow.start_sign_in(&ground.pool, browser, start, &typed).await {
        Ok(_) => true,
        Err(Error::Refused(SendRefusal::Proof { .. })) => false,
        Err(other) => panic!("{other:?}"),
    }
}

on_both! {
    fn a_proof_brought_by_many_at_once_opens_the_door_once(database) {
        let limits = Limits { proof_bits: 8, ..Limits::default() };
        let ground = Ground::with_free_starts(database, ClientKind::Web, limits, 1).await;
        ground.clock.turn_to_next(ADDRESS_WINDOW);
        ground.start(&random_phone()).await.unwrap_or_else(|_| panic!("the first is free"));
        for _ in 0..10 {
            let browser = Arc::new(ground.flow.new_browser());
            let challenge = ground.flow.proof_challenge(&ground.pool.id, &browser, Puzzle::of(10)).unwrap();
            let answer = Arc::new((solved(&challenge), challenge));
            let racers = (0..12).map(|_| {
                let (ground, browser, answer) = (ground.clone(), browser.clone(), answer.clone());
                async move { started(&ground, &browser, (&answer.1, &answer.0)).await }
            });
            assert_eq!(at_once(racers).await.into_iter().filter(|started| *started).count(), 1);
        }
        assert_eq!(ground.count("COUNT(*) FROM spent_proofs").await, 10);
        assert_eq!(ground.count("COUNT(*) FROM messages").await, 11);
        ground.forgot_no_transaction().await;
    }
}
