//! Keys that follow one another, as relying parties meet them (OpenID Connect Core 1.0, section 10.1.1).

use std::time::Duration;

use josekit::jwk::Jwk;
use josekit::jws::{self, ES256, JwsHeader, JwsVerifier, RS256};
use serde_json::{Value, json};
use watchword_domain::client::ClientKind;

use super::client::{asks_who, introspect, refresh, text, userinfo};
use crate::on_each_database;
use crate::support::{Answer, House, SIGNED_OUT, random_phone, with_query};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

async fn keys_at(house: &House, issuer: &str) -> Vec<Value> {
    let answer = Answer::of(house.http.get(format!("{issuer}/jwks")).send().await.unwrap()).await;
    answer.json()["keys"].as_array().unwrap().clone()
}

async fn keys(house: &House) -> Vec<Value> {
    keys_at(house, &house.pool.issuer).await
}

async fn kids(house: &House) -> Vec<String> {
    keys(house).await.iter().map(|key| text(key, "kid")).collect()
}

fn header(token: &str) -> JwsHeader {
    let (header, _) = token.split_once('.').unwrap();
    use base64::Engine;
    JwsHeader::from_bytes(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap()
}

fn kid(token: &str) -> String {
    header(token).key_id().unwrap().to_owned()
}

/// Whether a relying party that has these keys takes the token for ours.
fn verifies(keys: &[Value], token: &str) -> bool {
    let Some(key) = keys.iter().find(|key| key["kid"] == kid(token)) else { return false };
    let jwk = Jwk::from_bytes(key.to_string()).unwrap();
    let verifier: Box<dyn JwsVerifier> = match key["alg"].as_str().unwrap() {
        "RS256" => Box::new(RS256.verifier_from_jwk(&jwk).unwrap()),
        _ => Box::new(ES256.verifier_from_jwk(&jwk).unwrap()),
    };
    jws::deserialize_compact(token, &*verifier).is_ok()
}

/// Both tokens of somebody who signs in.
async fn tokens(house: &House) -> [String; 2] {
    let tokens = house.tokens_of(&random_phone()).await;
    [text(&tokens, "id_token"), text(&tokens, "access_token")]
}

on_each_database! {
    fn a_new_key_is_in_the_key_set_a_day_before_it_signs(house) {
        let before = kids(&house).await;
        assert_eq!(house.flow.rotate_keys(&house.pool.id).await.unwrap(), 2);
        let shown = kids(&house).await;
        assert_eq!(shown.len(), 4);
        assert_eq!(shown[..2], before, "those that sign come first");
        // What a relying party read at this moment will do for a day and longer.
        let cached = keys(&house).await;
        for (later, old) in [(Duration::ZERO, true), (DAY - HOUR, true), (HOUR, false)] {
            house.clock.turn(later);
            for token in tokens(&house).await {
                assert_eq!(before.contains(&kid(&token)), old, "{later:?}");
                assert!(verifies(&cached, &token));
            }
        }
        assert!(!before.contains(&kids(&house).await[0]), "those that sign come first");
    }

    fn tokens_signed_before_a_rotation_hold_until_they_end(house) {
        house.flow.rotate_keys(&house.pool.id).await.unwrap();
        house.clock.turn(DAY - HOUR / 2);
        let [id_token, access_token] = tokens(&house).await;
        house.clock.turn(HOUR / 2 + HOUR / 4);
        let [new_id_token, new_access_token] = tokens(&house).await;
        assert_ne!((kid(&id_token), kid(&access_token)), (kid(&new_id_token), kid(&new_access_token)));
        let keys = keys(&house).await;
        for token in [&id_token, &new_id_token, &access_token, &new_access_token] {
            assert!(verifies(&keys, token));
        }
        for token in [&access_token, &new_access_token] {
            assert_eq!(userinfo(&house, token).await.status, 200);
            assert_eq!(introspect(&house, token).await["active"], true);
        }
        house.clock.turn(HOUR / 4);
        assert_eq!(userinfo(&house, &access_token).await.status, 401, "it ends when it always would have");
        assert_eq!(userinfo(&house, &new_access_token).await.status, 200);
    }

    /// A token signed at the last moment may live for a day, and its reader's clock may be five minutes behind.
    fn an_old_key_leaves_the_key_set_when_the_last_of_its_tokens_is_over(house) {
        let old = kids(&house).await;
        house.flow.rotate_keys(&house.pool.id).await.unwrap();
        house.clock.turn(DAY + DAY + Duration::from_secs(299));
        assert_eq!(kids(&house).await.len(), 4);
        house.clock.turn(Duration::from_secs(3));
        let shown = kids(&house).await;
        assert!(shown.len() == 2 && shown.iter().all(|kid| !old.contains(kid)), "{old:?} {shown:?}");
        assert_eq!(house.count("signing_keys").await, 4, "kept for hints");
        house.flow.sweep().await.unwrap();
        assert_eq!(house.count("signing_keys").await, 4, "kept for hints");
        house.clock.turn(6 * DAY);
        house.flow.sweep().await.unwrap();
        let mut left = house.values("SELECT id FROM signing_keys").await;
        left.sort();
        let mut shown = kids(&house).await;
        shown.sort();
        assert_eq!(left, shown);
    }

    /// RP-Initiated Logout 1.0, section 2: an expired ID token speaks for a session that lives longer than it.
    fn an_id_token_whose_key_left_the_key_set_still_signs_out(house) {
        house.flow.rotate_keys(&house.pool.id).await.unwrap();
        house.clock.turn(DAY - HOUR);
        let browser = house.browser();
        let hint = house.redeem(&browser.sign_in(&house, &random_phone()).await).await;
        let hint = text(&hint.json(), "id_token");
        house.clock.turn(DAY - HOUR);
        assert!(!asks_who(&browser.open(&house).await), "the session is used and goes on");
        house.clock.turn(3 * HOUR);
        assert!(!kids(&house).await.contains(&kid(&hint)));
        let params = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", SIGNED_OUT)];
        let answer = browser.get(&with_query(&house.url("/end-session"), &params)).await;
        assert!(answer.location().starts_with(SIGNED_OUT));
        assert!(asks_who(&browser.open(&house).await));
    }

    fn upkeep_gives_keys_successors_in_time_to_sign_for_ninety_days(house) {
        assert_eq!(house.flow.rotate_aged_keys().await.unwrap(), 0);
        house.clock.turn(89 * DAY - HOUR);
        assert_eq!(house.flow.rotate_aged_keys().await.unwrap(), 0);
        house.clock.turn(HOUR);
        let old = kids(&house).await;
        assert_eq!(house.flow.rotate_aged_keys().await.unwrap(), 2);
        assert_eq!(kids(&house).await.len(), 4);
        assert_eq!(house.flow.rotate_aged_keys().await.unwrap(), 0);
        assert_eq!(house.flow.rotate_keys(&house.pool.id).await.unwrap(), 0, "successors wait already");
        house.clock.turn(DAY);
        assert!(tokens(&house).await.iter().all(|token| !old.contains(&kid(token))));
        assert_eq!(house.flow.rotate_aged_keys().await.unwrap(), 0);
        house.clock.turn(89 * DAY);
        assert_eq!(house.flow.rotate_aged_keys().await.unwrap(), 2);
    }

    fn the_keys_of_another_pool_stay_as_they_are(house) {
        house.clock.turn(89 * DAY);
        let other = house.project("other", ClientKind::Web).await.pool;
        let (before, shown) = (house.contents_of(&other.id).await, keys_at(&house, &other.issuer).await);
        assert_eq!(house.flow.rotate_aged_keys().await.unwrap(), 2);
        house.clock.turn(DAY + HOUR);
        house.flow.rotate_keys(&house.pool.id).await.unwrap();
        house.clock.turn(20 * DAY);
        house.flow.sweep().await.unwrap();
        house.flow.replace_keys(&house.pool.id).await.unwrap();
        assert_eq!(house.contents_of(&other.id).await, before);
        assert_eq!(keys_at(&house, &other.issuer).await, shown);
    }

    fn keys_replaced_at_once_sign_at_once_and_the_old_ones_count_for_nothing(house) {
        let browser = house.browser();
        let before = house.redeem(&browser.sign_in(&house, &random_phone()).await).await.json();
        let (old, access_token) = (kids(&house).await, text(&before, "access_token"));
        house.flow.rotate_keys(&house.pool.id).await.unwrap();
        assert_eq!(house.flow.replace_keys(&house.pool.id).await.unwrap(), 2);
        let keys = keys(&house).await;
        assert_eq!(keys.len(), 2, "the one that waited is gone, too");
        assert!(keys.iter().all(|key| !old.contains(&text(key, "kid"))));
        assert_eq!(userinfo(&house, &access_token).await.status, 401);
        assert_eq!(introspect(&house, &access_token).await, json!({ "active": false }));
        let params = [("id_token_hint", text(&before, "id_token"))];
        let hinted = browser.get(&with_query(&house.url("/end-session"), &params)).await;
        assert!(hinted.status == 200 && hinted.text.contains("name=\"csrf\""), "the person is asked");
        // Nobody has to sign in again who can refresh.
        let after = refresh(&house, &text(&before, "refresh_token")).await.json();
        for name in ["id_token", "access_token"] {
            assert!(verifies(&keys, &text(&after, name)), "{name}");
        }
        assert_eq!(userinfo(&house, &text(&after, "access_token")).await.status, 200);
        assert_eq!(house.flow.rotate_aged_keys().await.unwrap(), 0);
    }
}
