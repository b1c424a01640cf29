//! `/revoke` (RFC 7009).

use serde_json::Value;

use super::client::{Public, bad, introspect, post, post_as_client, refresh, refused, text, userinfo};
use crate::on_each_database;
use crate::support::{Answer, House, random_phone};

/// Gives a token of the house's client back.
async fn revoke(house: &House, token: &str) -> Answer {
    post_as_client(house, "/revoke", &[("token", token)]).await
}

/// Whether tokens work, all of them or none.
async fn work(house: &House, tokens: &Value) -> bool {
    let access = userinfo(house, &text(tokens, "access_token")).await.status == 200;
    let told = introspect(house, &text(tokens, "access_token")).await["active"] == true;
    let refreshed = refresh(house, &text(tokens, "refresh_token")).await.status == 200;
    assert!(access == told && told == refreshed, "{access} {told} {refreshed}");
    access
}

on_each_database! {
    /// Section 2.1: the tokens of a grant stand and fall together.
    fn whichever_token_is_given_back_the_grant_ends(house) {
        for name in ["refresh_token", "access_token"] {
            let tokens = house.tokens_of(&random_phone()).await;
            assert!(work(&house, &tokens).await);
            let answer = revoke(&house, &text(&tokens, name)).await;
            assert_eq!((answer.status, answer.text.as_str()), (200, ""), "{name}");
            assert_eq!(answer.header("cache-control"), "no-store");
            assert!(!work(&house, &tokens).await, "{name}");
        }
    }

    /// Section 2.2: what was asked for is the case afterwards.
    fn giving_back_twice_or_what_is_no_token_is_a_success(house) {
        let tokens = house.tokens_of(&random_phone()).await;
        for token in [
            &text(&tokens, "refresh_token"),
            &text(&tokens, "refresh_token"),
            "x",
            "a.b.c",
            &"a".repeat(4000),
        ] {
            assert_eq!(revoke(&house, token).await.status, 200);
        }
    }

    fn a_wrong_hint_of_the_kind_does_not_matter(house) {
        let tokens = house.tokens_of(&random_phone()).await;
        let form =
            [("token", text(&tokens, "refresh_token")), ("token_type_hint", "access_token".to_owned())];
        let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
        assert_eq!(post_as_client(&house, "/revoke", &form).await.status, 200);
        assert!(!work(&house, &tokens).await);
    }

    fn a_public_client_gives_its_token_back_by_its_id_alone(house) {
        let spa = Public::spa(&house).await;
        let kept = text(&spa.tokens(&house).await, "refresh_token");
        let answer = post(&house, "/revoke", &[("token", &kept), ("client_id", &spa.id)]).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(refused(&spa.refresh(&house, &kept).await), bad("invalid_grant"));
    }

    fn an_exchanged_refresh_token_still_names_its_family(house) {
        let spa = Public::spa(&house).await;
        let first = text(&spa.tokens(&house).await, "refresh_token");
        let second = text(&spa.refresh(&house, &first).await.json(), "refresh_token");
        assert_eq!(post(&house, "/revoke", &[("token", &first), ("client_id", &spa.id)]).await.status, 200);
        assert_eq!(refused(&spa.refresh(&house, &second).await), bad("invalid_grant"));
    }

    /// Section 2.1.
    fn a_client_gives_back_only_its_own_tokens(house) {
        let spa = Public::spa(&house).await;
        let (ours, theirs) = (house.tokens_of(&random_phone()).await, spa.tokens(&house).await);
        for name in ["refresh_token", "access_token"] {
            let answer =
                post(&house, "/revoke", &[("token", &text(&ours, name)), ("client_id", &spa.id)]).await;
            assert_eq!(refused(&answer), bad("invalid_grant"), "{name}");
            assert_eq!(refused(&revoke(&house, &text(&theirs, name)).await), bad("invalid_grant"), "{name}");
        }
        assert!(work(&house, &ours).await);
        assert_eq!(spa.refresh(&house, &text(&theirs, "refresh_token")).await.status, 200);
    }

    /// RFC 9700, section 2.6.
    fn a_page_of_any_origin_may_call_it(house) {
        let preflight = house.http.request(reqwest::Method::OPTIONS, house.url("/revoke"));
        let preflight = preflight.header("origin", "https://shop.example");
        let answer = preflight.header("access-control-request-method", "POST").send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["access-control-allow-origin"]),
            (204, &"*".parse().unwrap())
        );
        assert_eq!(revoke(&house, "x").await.header("access-control-allow-origin"), "*");
    }

    fn only_a_client_that_proves_itself_may_give_back(house) {
        let tokens = house.tokens_of(&random_phone()).await;
        let token = text(&tokens, "refresh_token");
        for form in
            [vec![("token", token.as_str())], vec![("token", &token), ("client_id", &house.client_id)]]
        {
            let answer = post(&house, "/revoke", &form).await;
            assert_eq!(refused(&answer), (401, "invalid_client".to_owned()));
        }
        assert!(work(&house, &tokens).await);
        for form in [vec![], vec![("token", "a"), ("token", "b")]] {
            assert_eq!(refused(&post_as_client(&house, "/revoke", &form).await), bad("invalid_request"));
        }
    }
}
