//! A user whom an administrator disabled: at every door, at once (ASVS 5.0, 7.4.2).

use std::time::Duration;

use serde_json::json;
use watchword_domain::Phone;
use watchword_flow::standing::Ended;

use super::client::{
    Public, asks_who, bad, code_of, error_of, introspect, refresh, refused, sign_in, text, userinfo,
};
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

    fn an_operator_ends_all_that_somebody_has_and_lets_them_in_again(house) {
        let phone = random_phone();
        let number = Phone::from_e164(&phone).unwrap();
        let browser = house.browser();
        let tokens = house.redeem(&browser.sign_in(&house, &phone).await).await.json();
        let other = house.tokens_of(&random_phone()).await;
        let code = code_of(&browser.open(&house).await);
        let ended = house.flow.sign_user_out(&house.pool, &number).await.unwrap();
        assert_eq!(ended, Ended { sessions: 1, grants: 1 });
        assert!(asks_who(&browser.open(&house).await));
        assert_eq!(refused(&house.redeem(&code).await), bad("invalid_grant"));
        assert_eq!(refused(&refresh(&house, &text(&tokens, "refresh_token")).await), bad("invalid_grant"));
        assert_eq!(userinfo(&house, &text(&tokens, "access_token")).await.status, 401);
        assert_eq!(userinfo(&house, &text(&other, "access_token")).await.status, 200);

        house.clock.turn(Duration::from_secs(60));
        let browser = house.browser();
        let tokens = house.redeem(&browser.sign_in(&house, &phone).await).await.json();
        let ended = house.flow.disable_user(&house.pool, &number).await.unwrap();
        assert_eq!(ended, Ended { sessions: 1, grants: 1 });
        assert_eq!(refused(&refresh(&house, &text(&tokens, "refresh_token")).await), bad("invalid_grant"));
        house.clock.turn(Duration::from_secs(60));
        let answer = sign_in(&house, &house.browser(), &house.request(), &phone).await;
        assert_eq!(error_of(&house, &answer), "login_required");

        house.flow.enable_user(&house.pool, &number).await.unwrap();
        assert_eq!(refused(&refresh(&house, &text(&tokens, "refresh_token")).await), bad("invalid_grant"));
        house.clock.turn(Duration::from_secs(60));
        code_of(&sign_in(&house, &house.browser(), &house.request(), &phone).await);
        let nobody = Phone::from_e164(&random_phone()).unwrap();
        assert!(house.flow.disable_user(&house.pool, &nobody).await.is_err());
        assert!(house.flow.enable_user(&house.pool, &nobody).await.is_err());
        assert!(house.flow.sign_user_out(&house.pool, &nobody).await.is_err());
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
