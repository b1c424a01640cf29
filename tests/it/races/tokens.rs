//! Authorization codes and refresh tokens, presented by several at the same moment.

use std::sync::Arc;

use watchword_domain::Secret;
use watchword_domain::client::ClientKind;
use watchword_domain::limits::Limits;
use watchword_domain::session::ANSWERS_PER_SESSION;
use watchword_flow::authorize::{Decision, Params};
use watchword_flow::error::{Error, Outcome};
use watchword_flow::token::{CodeRefusal, Grant, IssuedTokens, RefreshGrant, RefreshRefusal, TokenRefusal};

use super::ground::{Ground, at_once, on_both, run};
use super::{FEW_ROUNDS, ROUNDS};
use crate::support::request;

/// People who are signed in, each for as many rounds as a session answers.
struct SignedIn(Vec<Arc<str>>);

impl SignedIn {
    async fn new(ground: &Arc<Ground>, rounds: usize) -> Self {
        let people = rounds / ANSWERS_PER_SESSION as usize + 1;
        let mut cookies = Vec::new();
        for ready in ground.rounds(people).await {
            let finished = ground.answer(&ready.waiting, &ready.code).await;
            let cookie = finished.unwrap_or_else(|_| panic!("signed in")).cookies.unwrap().session;
            cookies.push(cookie.expose().as_str().into());
        }
        Self(cookies)
    }

    /// The cookie of whoever this round is for.
    fn of(&self, round: usize) -> Arc<str> {
        self.0[round / ANSWERS_PER_SESSION as usize].clone()
    }
}

/// A fresh authorization code for that person.
async fn authorization_code(ground: &Ground, session: &str) -> String {
    let params = Params::new(request(ground.client.id.as_str()));
    match ground.flow.authorize(&ground.pool, &params, Some(session)).await {
        Ok(Decision::Respond(response)) => response.params[0].1.clone(),
        _ => panic!("no answer from the session"),
    }
}

fn tokens(outcome: Outcome<IssuedTokens, TokenRefusal>) -> Option<IssuedTokens> {
    match outcome {
        Ok(tokens) => Some(tokens),
        Err(Error::Refused(
            TokenRefusal::Code(CodeRefusal::Unusable) | TokenRefusal::Refresh(RefreshRefusal::Unusable),
        )) => None,
        Err(Error::Refused(refusal)) => panic!("{refusal}"),
        Err(Error::Fault(fault)) => panic!("{fault:?}"),
    }
}

async fn refresh(ground: &Ground, token: &str) -> Option<IssuedTokens> {
    let given = RefreshGrant { token: Secret::new(token.to_owned()), scope: None };
    tokens(ground.flow.redeem(&ground.pool, &ground.credentials(), &Grant::Refresh(given)).await)
}

fn refresh_token(tokens: &IssuedTokens) -> String {
    tokens.refresh_token.as_ref().expect("a refresh token").expose().clone()
}

on_both! {
    fn an_authorization_code_redeemed_three_times_at_once_gives_tokens_once_and_they_are_revoked(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        let people = SignedIn::new(&ground, ROUNDS).await;
        run(0..ROUNDS, |round| {
            let (ground, session) = (ground.clone(), people.of(round));
            async move {
                let code = authorization_code(&ground, &session).await;
                let answers = at_once((0..3).map(|_| {
                    let (ground, code) = (ground.clone(), code.clone());
                    async move { tokens(ground.redeem(&code).await) }
                }))
                .await;
                let won: Vec<IssuedTokens> = answers.into_iter().flatten().collect();
                assert_eq!(won.len(), 1);
                assert!(refresh(&ground, &refresh_token(&won[0])).await.is_none(), "still alive");
            }
        })
        .await;
        assert_eq!(ground.count("COUNT(*) FROM grants").await, ROUNDS as i64);
        assert_eq!(ground.count("COUNT(*) FROM grants WHERE revoked_at IS NULL").await, 0);
    }

    fn a_refresh_token_used_three_times_at_once_has_one_successor_and_all_are_given_it(database) {
        let ground = Ground::new(database, ClientKind::Spa, Limits::default()).await;
        let people = SignedIn::new(&ground, ROUNDS).await;
        run(0..ROUNDS, |round| {
            let (ground, session) = (ground.clone(), people.of(round));
            async move {
                let code = authorization_code(&ground, &session).await;
                let first = refresh_token(&tokens(ground.redeem(&code).await).unwrap());
                let answers = at_once((0..3).map(|_| {
                    let (ground, first) = (ground.clone(), first.clone());
                    async move { refresh(&ground, &first).await }
                }))
                .await;
                let mut successors: Vec<String> = answers.iter().flatten().map(refresh_token).collect();
                assert_eq!(successors.len(), 3, "nobody did anything wrong");
                successors.dedup();
                assert_eq!(successors.len(), 1, "one successor");
                assert_ne!(successors[0], first);
            }
        })
        .await;
        assert_eq!(ground.count("COUNT(*) FROM refresh_tokens").await, 2 * ROUNDS as i64);
        assert_eq!(ground.count("COUNT(*) FROM refresh_tokens WHERE superseded_at IS NULL").await, ROUNDS as i64);
        assert_eq!(ground.count("COUNT(*) FROM grants WHERE revoked_at IS NOT NULL").await, 0);
    }

    /// The old token comes back while its successor is used: whichever is first, never do two live tokens result.
    fn an_old_refresh_token_beside_its_successor_never_makes_two_families(database) {
        let ground = Ground::new(database, ClientKind::Spa, Limits::default()).await;
        let people = SignedIn::new(&ground, FEW_ROUNDS).await;
        run(0..FEW_ROUNDS, |round| {
            let (ground, session) = (ground.clone(), people.of(round));
            async move {
                let code = authorization_code(&ground, &session).await;
                let first = refresh_token(&tokens(ground.redeem(&code).await).unwrap());
                let second = refresh_token(&refresh(&ground, &first).await.unwrap());
                at_once([first.clone(), second.clone(), first, second].map(|token| {
                    let ground = ground.clone();
                    async move { refresh(&ground, &token).await.map(|tokens| refresh_token(&tokens)) }
                }))
                .await;
            }
        })
        .await;
        let newest = "COUNT(*) FROM refresh_tokens WHERE superseded_at IS NULL";
        assert_eq!(ground.count(newest).await, FEW_ROUNDS as i64);
        assert_eq!(ground.count("COUNT(*) FROM refresh_tokens").await, 2 * FEW_ROUNDS as i64);
    }
}
