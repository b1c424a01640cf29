//! A user whom an administrator disabled: at every door, at once (ASVS 5.0, 7.4.2).

use serde_json::json;

use super::client::{Public, bad, code_of, introspect, refresh, refused, sign_in, text, userinfo};
use crate::on_each_database;
use crate::support::{House, random_phone};

async fn disable_everybody(house: &House) {
    house.execute("UPDATE users SET disabled_at = 1").await;
}

on_each_database! {
    fn nothing_that_was_issued_works_any_more(house) {
        let spa = Public::spa(&house).await;
        let (tokens, public) = (house.tokens_of(&random_phone()).await, spa.tokens(&house).await);
        let code = house.browser().sign_in(&house, &random_phone()).await;
        disable_everybody(&house).await;
        assert_eq!(refused(&refresh(&house, &text(&tokens, "refresh_token")).await), bad("invalid_grant"));
        assert_eq!(
            refused(&spa.refresh(&house, &text(&public, "refresh_token")).await),
            bad("invalid_grant")
        );
        assert_eq!(userinfo(&house, &text(&tokens, "access_token")).await.status, 401);
        for name in ["access_token", "refresh_token"] {
            assert_eq!(introspect(&house, &text(&tokens, name)).await, json!({ "active": false }), "{name}");
        }
        assert_eq!(refused(&house.redeem(&code).await), bad("invalid_grant"));
    }

    fn others_are_not_touched(house) {
        let first = house.tokens_of(&random_phone()).await;
        disable_everybody(&house).await;
        let second = house.tokens_of(&random_phone()).await;
        assert_eq!(userinfo(&house, &text(&first, "access_token")).await.status, 401);
        assert_eq!(userinfo(&house, &text(&second, "access_token")).await.status, 200);
        code_of(&sign_in(&house, &house.browser(), &house.request(), &random_phone()).await);
    }
}
