//! `/introspect` (RFC 7662).

use std::time::Duration;

use serde_json::json;
use watchword_domain::client::ClientKind;

use super::client::{Public, bad, introspect, post, post_as_client, refresh, refused, text};
use crate::on_each_database;
use crate::support::{Answer, claims_of, random_phone};

on_each_database! {
    /// Section 2.2.
    fn an_access_token_that_holds_is_told_with_what_it_says(house) {
        let access = text(&house.tokens_of(&random_phone()).await, "access_token");
        let told = introspect(&house, &access).await;
        assert_eq!((&told["active"], &told["token_type"]), (&json!(true), &json!("Bearer")));
        let claims = claims_of(&access);
        for name in
            ["iss", "aud", "sub", "client_id", "jti", "iat", "exp", "scope", "auth_time", "acr", "amr"]
        {
            assert_eq!(told[name], claims[name], "{name}");
        }
        assert_eq!(told.as_object().unwrap().len(), 13, "{told}");
    }

    fn a_refresh_token_is_told_to_its_owner(house) {
        let tokens = house.tokens_of(&random_phone()).await;
        let told = introspect(&house, &text(&tokens, "refresh_token")).await;
        assert_eq!(told["active"], true);
        assert_eq!(told["iss"], house.pool.issuer);
        assert_eq!(told["client_id"], house.client_id);
        assert_eq!(told["sub"], claims_of(&text(&tokens, "id_token"))["sub"]);
        assert_eq!(told["scope"], "openid profile phone offline_access");
        assert_eq!(told["exp"].as_i64().unwrap() - told["iat"].as_i64().unwrap(), 14 * 86_400);
        assert_eq!(told.get("token_type"), None, "nobody should take it for an access token");
    }

    fn an_access_token_of_another_client_of_the_pool_is_told_but_not_its_refresh_token(house) {
        let spa = Public::spa(&house).await;
        let tokens = spa.tokens(&house).await;
        assert_eq!(introspect(&house, &text(&tokens, "access_token")).await["client_id"], spa.id);
        let inactive = json!({ "active": false });
        assert_eq!(introspect(&house, &text(&tokens, "refresh_token")).await, inactive);
    }

    fn whatever_does_not_hold_is_inactive_and_nothing_more_is_said(house) {
        let inactive = json!({ "active": false });
        let tokens = house.tokens_of(&random_phone()).await;
        for token in ["x", "a.b.c", &"a".repeat(4000), &text(&tokens, "id_token")] {
            assert_eq!(introspect(&house, token).await, inactive);
        }
        let access = text(&tokens, "access_token");
        house.clock.turn(Duration::from_secs(3600));
        assert_eq!(introspect(&house, &access).await, inactive);
        house.clock.turn(Duration::from_secs(14 * 86_400));
        assert_eq!(introspect(&house, &text(&tokens, "refresh_token")).await, inactive);
    }

    fn a_token_of_another_pool_is_inactive(house) {
        let access = text(&house.tokens_of(&random_phone()).await, "access_token");
        let other = house.project("other", ClientKind::Web).await;
        let secret = other.client_secret.as_ref().unwrap().expose();
        let request = house.http.post(format!("{}/introspect", other.pool.issuer));
        let request = request.basic_auth(other.client.id.as_str(), Some(secret)).form(&[("token", &access)]);
        let answer = Answer::of(request.send().await.unwrap()).await;
        assert_eq!(answer.json(), json!({ "active": false }));
    }

    fn a_token_that_was_taken_back_is_inactive_at_once(house) {
        let tokens = house.tokens_of(&random_phone()).await;
        let newer = refresh(&house, &text(&tokens, "refresh_token")).await.json();
        post_as_client(&house, "/revoke", &[("token", &text(&tokens, "refresh_token"))]).await;
        for token in
            [text(&tokens, "access_token"), text(&newer, "access_token"), text(&tokens, "refresh_token")]
        {
            assert_eq!(introspect(&house, &token).await, json!({ "active": false }));
        }
    }

    fn a_wrong_hint_of_the_kind_does_not_matter(house) {
        let access = text(&house.tokens_of(&random_phone()).await, "access_token");
        for hint in ["refresh_token", "access_token", "unheard_of"] {
            let answer =
                post_as_client(&house, "/introspect", &[("token", &access), ("token_type_hint", hint)]).await;
            assert_eq!(answer.json()["active"], true, "{hint}");
        }
    }

    /// Section 2.1: nobody may fish for tokens.
    fn only_a_client_that_proves_itself_may_ask(house) {
        let spa = Public::spa(&house).await;
        let access = text(&spa.tokens(&house).await, "access_token");
        let anybody = post(&house, "/introspect", &[("token", &access)]).await;
        assert_eq!(refused(&anybody), (401, "invalid_client".to_owned()));
        let public = post(&house, "/introspect", &[("token", &access), ("client_id", &spa.id)]).await;
        assert_eq!(refused(&public), bad("unauthorized_client"));
        let wrong = house.http.post(house.url("/introspect")).basic_auth(&house.client_id, Some("wrong"));
        let wrong = Answer::of(wrong.form(&[("token", &access)]).send().await.unwrap()).await;
        assert_eq!(refused(&wrong), (401, "invalid_client".to_owned()));
        assert!(wrong.header("www-authenticate").starts_with("Basic "));
    }

    fn a_question_about_no_token_or_two_is_refused(house) {
        for form in [vec![], vec![("token", "")], vec![("token", "a"), ("token", "a")]] {
            assert_eq!(refused(&post_as_client(&house, "/introspect", &form).await), bad("invalid_request"));
        }
        assert_eq!(house.http.get(house.url("/introspect")).send().await.unwrap().status(), 405);
    }
}
