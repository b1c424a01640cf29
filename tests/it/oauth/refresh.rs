//! `/token` with `refresh_token` (RFC 6749, section 6; RFC 9700, section 4.14).

use std::time::Duration;

use serde_json::{Value, json};
use watchword_domain::client::ClientKind;

use super::client::{
    Public, bad, code_of, introspect, post, refresh, refused, sign_in, text, userinfo, with,
};
use crate::on_each_database;
use crate::support::{Answer, House, claims_of, random_phone};

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(86_400);

/// A refresh of the house's client for these scopes.
async fn narrowed(house: &House, token: &str, scope: &str) -> Answer {
    house.token(&[("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope)]).await
}

/// The refresh token that a public client got for this one.
async fn rotated(house: &House, spa: &Public, token: &str) -> String {
    let answer = spa.refresh(house, token).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    text(&answer.json(), "refresh_token")
}

/// Whether every token of the family is dead.
async fn is_over(house: &House, spa: &Public, tokens: &Value, newest: &str) {
    assert_eq!(refused(&spa.refresh(house, newest).await), bad("invalid_grant"));
    let access = text(tokens, "access_token");
    assert_eq!(introspect(house, &access).await, json!({ "active": false }));
    assert_eq!(userinfo(house, &access).await.status, 401);
}

on_each_database! {
    /// RFC 9700, section 4.14.2: a client that proves itself needs no rotation.
    fn a_confidential_client_keeps_its_refresh_token(house) {
        let kept = text(&house.tokens_of(&random_phone()).await, "refresh_token");
        for _ in 0..3 {
            let answer = refresh(&house, &kept).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            assert_eq!(answer.json().get("refresh_token"), None);
            assert_eq!(userinfo(&house, &text(&answer.json(), "access_token")).await.status, 200);
            house.clock.turn(DAY);
        }
    }

    /// OpenID Connect Core 1.0, section 12.2.
    fn a_refreshed_id_token_tells_of_the_same_sign_in(house) {
        let tokens = house.tokens_of(&random_phone()).await;
        house.clock.turn(DAY);
        let answer = refresh(&house, &text(&tokens, "refresh_token")).await.json();
        let (first, second) = (claims_of(&text(&tokens, "id_token")), claims_of(&text(&answer, "id_token")));
        for name in ["iss", "sub", "aud", "auth_time", "acr", "amr", "sid"] {
            assert_eq!(first[name], second[name], "{name}");
        }
        assert!(second["iat"].as_i64().unwrap() >= first["iat"].as_i64().unwrap() + 86_400);
        assert_eq!(second.get("nonce"), None);
        assert_ne!(first["at_hash"], second["at_hash"]);
    }

    /// RFC 6749, section 6.
    fn a_refresh_narrows_the_scope_of_one_access_token_and_never_widens(house) {
        let kept = text(&house.tokens_of(&random_phone()).await, "refresh_token");
        let answer = narrowed(&house, &kept, "openid phone").await.json();
        assert_eq!(answer["scope"], "openid phone");
        assert_eq!(claims_of(&text(&answer, "access_token"))["scope"], "openid phone");
        let told = userinfo(&house, &text(&answer, "access_token")).await.json();
        assert!(told.get("phone_number").is_some() && told.get("locale").is_none(), "{told}");
        let mute = narrowed(&house, &kept, "phone").await.json();
        assert_eq!(mute.get("id_token"), None);
        let whole = refresh(&house, &kept).await.json();
        assert_eq!(whole["scope"], "openid profile phone offline_access");
        let few = with(&house.request(), "scope", "openid offline_access");
        let few = sign_in(&house, &house.browser(), &few, &random_phone()).await;
        let few = house.redeem(&code_of(&few)).await.json();
        for scope in ["openid phone", "profile", "openid offline_access phone"] {
            let answer = narrowed(&house, &text(&few, "refresh_token"), scope).await;
            assert_eq!(refused(&answer), bad("invalid_scope"), "{scope}");
        }
        assert_eq!(refused(&narrowed(&house, &kept, "email").await), bad("invalid_scope"));
    }

    /// RFC 9700, section 2.2.2.
    fn a_public_clients_refresh_token_is_exchanged_at_every_use(house) {
        let spa = Public::spa(&house).await;
        let first = text(&spa.tokens(&house).await, "refresh_token");
        let second = rotated(&house, &spa, &first).await;
        let third = rotated(&house, &spa, &second).await;
        assert!(first != second && second != third && first != third);
        assert_eq!(spa.refresh(&house, &third).await.status, 200);
    }

    fn a_retry_within_a_minute_is_given_the_same_successor(house) {
        let spa = Public::spa(&house).await;
        let first = text(&spa.tokens(&house).await, "refresh_token");
        let second = rotated(&house, &spa, &first).await;
        assert_eq!(rotated(&house, &spa, &first).await, second);
        house.clock.turn(SECOND * 50);
        assert_eq!(rotated(&house, &spa, &first).await, second);
        assert_eq!(spa.refresh(&house, &second).await.status, 200);
    }

    /// RFC 9700, section 4.14.2.
    fn an_old_token_after_its_successor_was_used_ends_the_family(house) {
        let spa = Public::spa(&house).await;
        let tokens = spa.tokens(&house).await;
        let first = text(&tokens, "refresh_token");
        let second = rotated(&house, &spa, &first).await;
        let third = rotated(&house, &spa, &second).await;
        assert_eq!(refused(&spa.refresh(&house, &first).await), bad("invalid_grant"));
        is_over(&house, &spa, &tokens, &third).await;
    }

    fn a_family_has_two_tokens_here_however_often_it_is_refreshed_and_each_old_one_ends_it(house) {
        let spa = Public::spa(&house).await;
        let tokens = spa.tokens(&house).await;
        let mut family = vec![text(&tokens, "refresh_token")];
        for _ in 0..9 {
            family.push(rotated(&house, &spa, family.last().unwrap()).await);
            assert_eq!(house.count("refresh_tokens").await, 2);
        }
        let newest = family.pop().unwrap();
        let (named, of) = family[3].rsplit_once('.').unwrap();
        let (_, of_another) = family[4].rsplit_once('.').unwrap();
        for forged in [format!("{named}.{of_another}"), format!("{named}."), named.to_owned(), format!("{named}.{of}x")] {
            assert_eq!(refused(&spa.refresh(&house, &forged).await), bad("invalid_grant"), "{forged}");
        }
        let other = Public::spa(&house).await;
        assert_eq!(refused(&other.refresh(&house, &family[3]).await), bad("invalid_grant"));
        let newest = rotated(&house, &spa, &newest).await;
        house.clock.turn(SECOND * 3600 * 24);
        assert_eq!(refused(&spa.refresh(&house, &family[3]).await), bad("invalid_grant"));
        is_over(&house, &spa, &tokens, &newest).await;
    }

    fn an_old_token_given_back_takes_its_family_along(house) {
        let spa = Public::spa(&house).await;
        let tokens = spa.tokens(&house).await;
        let first = text(&tokens, "refresh_token");
        let second = rotated(&house, &spa, &first).await;
        let third = rotated(&house, &spa, &second).await;
        let form = [("token", first.as_str()), ("client_id", &spa.id)];
        assert_eq!(post(&house, "/revoke", &form).await.status, 200);
        is_over(&house, &spa, &tokens, &third).await;
    }

    fn an_old_token_after_a_minute_ends_the_family(house) {
        let spa = Public::spa(&house).await;
        let tokens = spa.tokens(&house).await;
        let first = text(&tokens, "refresh_token");
        let second = rotated(&house, &spa, &first).await;
        house.clock.turn(SECOND * 60);
        assert_eq!(refused(&spa.refresh(&house, &first).await), bad("invalid_grant"));
        is_over(&house, &spa, &tokens, &second).await;
    }

    fn a_family_that_ends_leaves_others_of_the_same_person_alone(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let first = house.redeem(&browser.sign_in(&house, &phone).await).await.json();
        let code = code_of(&browser.open(&house).await);
        let second = house.redeem(&code).await.json();
        assert_eq!(refused(&house.redeem(&code).await), bad("invalid_grant"));
        assert_eq!(refused(&refresh(&house, &text(&second, "refresh_token")).await), bad("invalid_grant"));
        assert_eq!(refresh(&house, &text(&first, "refresh_token")).await.status, 200);
    }

    fn a_token_nobody_uses_for_two_weeks_is_over(house) {
        let spa = Public::spa(&house).await;
        let (kept, public) = (house.tokens_of(&random_phone()).await, spa.tokens(&house).await);
        house.clock.turn(DAY * 14);
        assert_eq!(refused(&refresh(&house, &text(&kept, "refresh_token")).await), bad("invalid_grant"));
        assert_eq!(
            refused(&spa.refresh(&house, &text(&public, "refresh_token")).await),
            bad("invalid_grant")
        );
    }

    fn a_family_ends_after_thirty_days_however_much_it_is_used(house) {
        let spa = Public::spa(&house).await;
        let kept = text(&house.tokens_of(&random_phone()).await, "refresh_token");
        let mut public = text(&spa.tokens(&house).await, "refresh_token");
        for _ in 0..2 {
            house.clock.turn(DAY * 13);
            assert_eq!(refresh(&house, &kept).await.status, 200);
            public = rotated(&house, &spa, &public).await;
        }
        house.clock.turn(DAY * 4);
        assert_eq!(refused(&refresh(&house, &kept).await), bad("invalid_grant"));
        assert_eq!(refused(&spa.refresh(&house, &public).await), bad("invalid_grant"));
    }

    fn a_refresh_token_is_of_no_use_to_another_client_and_not_spent_by_it(house) {
        let spa = Public::spa(&house).await;
        let kept = text(&house.tokens_of(&random_phone()).await, "refresh_token");
        let public = text(&spa.tokens(&house).await, "refresh_token");
        assert_eq!(refused(&spa.refresh(&house, &kept).await), bad("invalid_grant"));
        assert_eq!(refused(&refresh(&house, &public).await), bad("invalid_grant"));
        assert_eq!(refresh(&house, &kept).await.status, 200);
        assert_eq!(spa.refresh(&house, &public).await.status, 200);
    }

    fn a_refresh_token_is_of_no_use_in_another_pool(house) {
        let kept = text(&house.tokens_of(&random_phone()).await, "refresh_token");
        let other = house.project("other", ClientKind::Web).await;
        let secret = other.client_secret.as_ref().unwrap().expose();
        let url = format!("{}/token", other.pool.issuer);
        let request = house.http.post(url).basic_auth(other.client.id.as_str(), Some(secret));
        let form = [("grant_type", "refresh_token"), ("refresh_token", kept.as_str())];
        let answer = Answer::of(request.form(&form).send().await.unwrap()).await;
        assert_eq!(refused(&answer), bad("invalid_grant"));
        assert_eq!(refresh(&house, &kept).await.status, 200);
    }

    fn no_token_of_another_kind_is_a_refresh_token(house) {
        let tokens = house.tokens_of(&random_phone()).await;
        for name in ["access_token", "id_token"] {
            assert_eq!(refused(&refresh(&house, &text(&tokens, name)).await), bad("invalid_grant"), "{name}");
        }
    }
}
