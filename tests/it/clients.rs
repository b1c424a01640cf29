//! Clients that are registered, given new secrets and taken out, as they and people meet it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use watchword_domain::client::ClientKind;
use watchword_flow::clients::{ClientRegistrationRefusal, NewClient, NewSecretRefusal};
use watchword_flow::error::Error;

use crate::oauth::client::{Public, asks_who, code_of, introspect, refresh, sign_in, text, userinfo};
use crate::on_each_database;
use crate::races::ground::at_once;
use crate::support::{Answer, CALLBACK, House, SIGNED_OUT, VERIFIER, random_phone, request, with_query};

fn new(kind: ClientKind, callback: &str) -> NewClient {
    NewClient {
        name: " Acme Stall ".into(),
        kind,
        redirect_uris: vec![callback.into()],
        post_logout_redirect_uris: vec![SIGNED_OUT.into()],
    }
}

/// Whether this secret proves the house's client.
async fn proves(house: &House, secret: &str) -> bool {
    let asked = house.http.post(house.url("/introspect")).basic_auth(&house.client_id, Some(secret));
    Answer::of(asked.form(&[("token", "x")]).send().await.unwrap()).await.status == 200
}

async fn live_secrets(house: &House) -> usize {
    house.values("SELECT id FROM client_secrets WHERE revoked_at IS NULL").await.len()
}

on_each_database! {
    fn people_sign_in_to_a_client_that_was_registered_a_moment_ago(house) {
        let made = house.flow.create_client(&house.pool.id, new(ClientKind::Web, CALLBACK)).await.unwrap();
        assert_eq!(made.client.name, "Acme Stall");
        let (id, secret) = (made.client.id.as_str(), made.secret.unwrap());
        let answer = sign_in(&house, &house.browser(), &request(id), &random_phone()).await;
        let code = code_of(&answer);
        let form = [
            ("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        let request = house.http.post(house.url("/token")).basic_auth(id, Some(secret.expose()));
        let answer = Answer::of(request.form(&form).send().await.unwrap()).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let listed = house.flow.list_clients(&house.pool.id).await.unwrap();
        assert!(listed.len() == 2 && listed[1] == made.client);
    }

    fn what_a_project_cannot_be_made_with_a_client_cannot_be_registered_with(house) {
        let refused = async |new: NewClient| match house.flow.create_client(&house.pool.id, new).await {
            Err(Error::Refused(refusal)) => refusal,
            _ => panic!("not refused"),
        };
        let spa = |uri| new(ClientKind::Spa, uri);
        assert_eq!(
            refused(NewClient { name: " ".into(), ..spa(CALLBACK) }).await,
            ClientRegistrationRefusal::Name
        );
        assert_eq!(
            refused(NewClient { redirect_uris: vec![], ..spa(CALLBACK) }).await,
            ClientRegistrationRefusal::NoRedirectUri
        );
        for uri in ["http://shop.example/cb", "com.example.app:/cb", "/cb"] {
            assert!(matches!(refused(spa(uri)).await, ClientRegistrationRefusal::Uri { .. }), "{uri}");
            let signed_out = NewClient { post_logout_redirect_uris: vec![uri.into()], ..spa(CALLBACK) };
            assert!(matches!(refused(signed_out).await, ClientRegistrationRefusal::Uri { .. }), "{uri}");
        }
        assert_eq!(house.count("clients").await, 1);
        let machine = NewClient { redirect_uris: vec![], ..new(ClientKind::Machine, CALLBACK) };
        assert!(house.flow.create_client(&house.pool.id, machine).await.unwrap().secret.is_some());
        let native = new(ClientKind::Native, "com.example.app:/cb");
        assert!(house.flow.create_client(&house.pool.id, native).await.unwrap().secret.is_none());
    }

    fn a_new_secret_is_good_beside_the_one_before_and_no_other(house) {
        let id = house.client_id.as_str().into();
        let mut secrets = vec![house.client_secret.clone()];
        for _ in 0..3 {
            house.clock.turn(Duration::from_secs(1));
            let secret = house.flow.rotate_client_secret(&house.pool.id, &id, false).await.unwrap();
            secrets.push(secret.expose().clone());
            for (age, secret) in secrets.iter().rev().enumerate() {
                assert_eq!(proves(&house, secret).await, age < 2, "{age}");
            }
        }
        let last = house.flow.rotate_client_secret(&house.pool.id, &id, true).await.unwrap();
        for secret in &secrets {
            assert!(!proves(&house, secret).await);
        }
        assert!(proves(&house, last.expose()).await);
        assert_eq!(live_secrets(&house).await, 1);
    }

    fn many_new_secrets_at_once_leave_two_that_are_good(house) {
        let racers = (0..6).map(|_| {
            let (flow, pool, id) = (house.flow.clone(), house.pool.id.clone(), house.client_id.as_str().into());
            async move { flow.rotate_client_secret(&pool, &id, false).await.unwrap().expose().clone() }
        });
        let secrets = at_once(racers).await;
        assert_eq!(live_secrets(&house).await, 2);
        house.clock.turn(Duration::from_secs(2));
        let mut good = 0;
        for secret in &secrets {
            good += usize::from(proves(&house, secret).await);
        }
        assert!(good >= 1, "whoever came last");
    }

    fn a_client_without_a_secret_gets_none_and_one_of_another_pool_neither(house) {
        let spa = Public::spa(&house).await;
        let other = house.project("other", ClientKind::Web).await;
        for (pool, id, refusal) in [
            (&house.pool.id, &spa.id, NewSecretRefusal::PublicClient),
            (&house.pool.id, &other.client.id.as_str().to_owned(), NewSecretRefusal::UnknownClient),
            (&other.pool.id, &house.client_id, NewSecretRefusal::UnknownClient),
        ] {
            let refused = house.flow.rotate_client_secret(pool, &id.as_str().into(), true).await;
            assert!(matches!(refused, Err(Error::Refused(said)) if said == refusal), "{refusal}");
        }
        assert!(proves(&house, &house.client_secret).await);
    }

    fn a_client_that_is_taken_out_leaves_nothing_that_works(house) {
        let spa = Public::spa(&house).await;
        let (browser, phone) = (house.browser(), random_phone());
        let answer = sign_in(&house, &browser, &spa.request(), &phone).await;
        let tokens = spa.redeem(&house, &code_of(&answer)).await.json();
        let unspent = code_of(&browser.authorize(&house, &spa.request()).await);
        let undecided = house.browser();
        let waiting = undecided.authorize(&house, &spa.request()).await;
        let (halfway, last) = (house.browser(), random_phone());
        let page = halfway.authorize(&house, &spa.request()).await;
        let location = halfway.type_phone(&house, &page, &last).await.location();
        let page = halfway.page(&house, &location).await;
        let code = house.code_to(&last, 0).await;
        assert_eq!(userinfo(&house, &text(&tokens, "access_token")).await.status, 200);
        let others = house.tokens_of(&random_phone()).await;

        assert!(house.flow.delete_client(&house.pool.id, &spa.id.as_str().into()).await.unwrap());
        assert_eq!(userinfo(&house, &text(&tokens, "access_token")).await.status, 401);
        assert_eq!(introspect(&house, &text(&tokens, "access_token")).await, json!({ "active": false }));
        assert_eq!(spa.refresh(&house, &text(&tokens, "refresh_token")).await.status, 401);
        assert_eq!(spa.redeem(&house, &unspent).await.status, 401);
        assert_eq!(browser.authorize(&house, &spa.request()).await.status, 400, "it is unknown");
        let typed = undecided.type_phone(&house, &waiting, &random_phone()).await;
        assert!((400..500).contains(&typed.status), "{}", typed.text);
        let typed = halfway.type_code(&house, &page, &code).await;
        assert!((400..500).contains(&typed.status), "{} {}", typed.status, typed.text);
        // The other client and the person's session are as they were.
        assert!(!asks_who(&browser.open(&house).await));
        assert_eq!(userinfo(&house, &text(&others, "access_token")).await.status, 200);
        assert_eq!(refresh(&house, &text(&others, "refresh_token")).await.status, 200);
        assert!(!house.flow.delete_client(&house.pool.id, &spa.id.as_str().into()).await.unwrap());
        // Nor do its ID tokens speak for the person any more: whoever kept one signs nobody out with it.
        let hint = text(&tokens, "id_token");
        let asked = browser.get(&with_query(&house.url("/end-session"), &[("id_token_hint", &hint)])).await;
        assert_eq!((asked.status, asked.heading().as_str()), (200, "Sign out of Acme Market?"));
        assert!(!asks_who(&browser.open(&house).await));
    }

    fn a_client_is_taken_out_by_its_own_pool_alone(house) {
        let other = house.project("other", ClientKind::Web).await;
        let tokens = house.tokens_of(&random_phone()).await;
        let before = house.contents_of(&house.pool.id).await;
        let id = house.client_id.as_str().into();
        assert!(!house.flow.delete_client(&other.pool.id, &id).await.unwrap());
        assert_eq!(house.contents_of(&house.pool.id).await, before);
        assert_eq!(userinfo(&house, &text(&tokens, "access_token")).await.status, 200);
    }

    /// Somebody may be in the middle of it.
    fn a_client_taken_out_while_its_codes_are_redeemed_has_no_token_that_works(house) {
        let house = Arc::new(house);
        for _ in 0..5 {
            let spa = Arc::new(Public::spa(&house).await);
            let mut codes = vec![None];
            for _ in 0..3 {
                let answer = sign_in(&house, &house.browser(), &spa.request(), &random_phone()).await;
                codes.push(Some(code_of(&answer)));
            }
            let redeemed = at_once(codes.into_iter().map(|code| {
                let (house, spa) = (house.clone(), spa.clone());
                async move {
                    let Some(code) = code else {
                        let id = spa.id.as_str().into();
                        assert!(house.flow.delete_client(&house.pool.id, &id).await.unwrap());
                        return None;
                    };
                    let answer = spa.redeem(&house, &code).await;
                    assert!([200, 401].contains(&answer.status), "{}", answer.text);
                    (answer.status == 200).then(|| answer.json())
                }
            }))
            .await;
            house.clock.turn(Duration::from_secs(2));
            for tokens in redeemed.into_iter().flatten() {
                assert_eq!(userinfo(&house, &text(&tokens, "access_token")).await.status, 401);
                assert_eq!(spa.refresh(&house, &text(&tokens, "refresh_token")).await.status, 401);
            }
        }
    }
}
